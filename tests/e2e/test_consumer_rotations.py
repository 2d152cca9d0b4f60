"""A machine follows its user's rotations and never sees an error: with the AWS CLI, and with a program that lives on.

`make prove` lives 120 days, every hour of them, with an access key of 60 days; `make test` fourteen days, every four
hours of them, with an access key of eight.
"""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from sandbox.local_aws import Deployment
from tests.consumer.machine import Machine, a_user, night, statuses
from tests.proving import PROVE

USER = "follower"
DAYS, STEP, CLI_EVERY = (120, timedelta(hours=1), 1) if PROVE else (14, timedelta(hours=4), 6)
AGES = {"max_age_days": 60} if PROVE else {"max_age_days": 8, "grace_days": 2}


def test_two_rotations_go_by_without_a_failed_call(stack: Deployment, tmp_path: Path) -> None:
    first = a_user(stack, USER, **AGES)
    machine = Machine(stack.aws, USER, tmp_path / "machine").set_up(first)
    began, calls_before = stack.aws.clock.now(), sum(1 for _ in stack.aws.calls())
    failures: list[str] = []
    done: Counter[str] = Counter()
    steps = DAYS * timedelta(days=1) // STEP
    with machine.program() as program:
        for step in range(steps):
            stack.aws.clock.move_to(began + step * STEP)
            at = f"day {step * STEP / timedelta(days=1):.2f}"
            if step * STEP % timedelta(days=1) == timedelta(0):
                done.update(action for action, _ in night(stack, USER))
            if (outcome := program.work()) != "done":
                failures.append(f"{at}, boto3: {outcome}")
            if step % CLI_EVERY == 0 and (cli := machine.cli()).returncode:
                failures.append(f"{at}, AWS CLI: {cli.stderr}")
    assert failures == []
    assert done["CreateKey"] == 2
    assert done["DeactivateKey"] == 2
    assert done["DeleteKey"] >= 1
    assert first.key_id not in statuses(stack, USER)
    mine = [call for call in list(stack.aws.calls())[calls_before:] if str(call["caller"]).endswith(f":user/{USER}")]
    counted = Counter(call["action"] for call in mine)
    assert counted["sqs:ListQueues"] == steps + len(range(0, steps, CLI_EVERY))
    # Once at the start, and never again within the hour, however many ask.
    assert counted["secretsmanager:GetSecretValue"] <= steps + 1
    assert machine.credentials("status").returncode == 0
