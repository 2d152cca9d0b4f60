"""One point counted where the real function runs: deployed into the sandbox, with the real SDK, under its own role."""

from collections import Counter
from datetime import timedelta
from typing import Final

from sandbox.local_aws import local_aws, synthesis

USERS: Final = 20
DUE: Final = 5
_AGE: Final = timedelta(days=80)


def counted() -> Counter[str]:
    """Count the calls that the function and the keys that it made are seen to make, by the names of their actions."""
    with synthesis({"mode": "enforce"}) as assembly, local_aws() as aws:
        deployment = aws.deploy(assembly)
        iam = aws.client("iam")
        aws.clock.move_by(-_AGE)
        for number in range(USERS):
            if number == DUE:
                aws.clock.move_by(_AGE)
            iam.create_user(UserName=f"user-{number}")
            iam.create_access_key(UserName=f"user-{number}")
        before = len(list(aws.calls()))
        made = deployment.invoke({"action": "rotate"})["totals"].get("CreateKey", 0)
        if made != DUE:
            raise RuntimeError(f"{made} of {DUE} keys that are due were rotated")
        return Counter(
            call["action"] for call in list(aws.calls())[before:] if call["action"] != "lambda:InvokeFunction"
        )
