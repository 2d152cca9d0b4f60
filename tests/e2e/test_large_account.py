"""One large account, without members or an organization: the tour's loop takes the place of one Lambda's time."""

import json
import time
from datetime import timedelta

from sandbox.local_aws import local_aws, synthesis

USERS, A_RUN = 12, 5


def test_its_users_are_rotated_in_as_many_runs_as_it_takes() -> None:
    settings: dict[str, object] = {
        "mode": "enforce",
        "organization": True,
        "waves": "own",
        "max_rotations_per_run": A_RUN,
    }
    with local_aws() as aws, synthesis(settings) as assembly:
        stack = aws.deploy(assembly)
        aws.client("scheduler").delete_schedule(Name=stack.outputs["ScheduleName"])
        iam, states = aws.client("iam"), aws.client("stepfunctions")
        for number in range(USERS):
            iam.create_user(UserName=f"user-{number}")
            iam.create_access_key(UserName=f"user-{number}")
        aws.clock.move_by(timedelta(days=80))

        started = states.start_execution(stateMachineArn=stack.outputs["TourStateMachineArn"], input="{}")
        for _ in range(600):
            ended = states.describe_execution(executionArn=started["executionArn"])
            if ended["status"] != "RUNNING":
                break
            time.sleep(0.2)

        assert ended["status"] == "SUCCEEDED", ended
        assert json.loads(ended["output"]) == {"accounts": 1, "unwell": 0, "named": []}
        keys = [iam.list_access_keys(UserName=f"user-{number}")["AccessKeyMetadata"] for number in range(USERS)]
        assert [len(each) for each in keys] == [2] * USERS
        runs = [call for call in aws.calls() if call["action"] == "iam:GenerateCredentialReport"]
        assert len(runs) == 3
        assert not [call for call in aws.calls() if call["action"].startswith("organizations:")]
