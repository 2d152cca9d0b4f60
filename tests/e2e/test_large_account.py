"""One large account, without members or an organization: the tour's loop takes the place of one Lambda's time."""

from datetime import timedelta

from sandbox.local_aws import local_aws, synthesis
from tests.e2e.touring import Organization

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
        iam = aws.client("iam")
        for number in range(USERS):
            iam.create_user(UserName=f"user-{number}")
            iam.create_access_key(UserName=f"user-{number}")
        aws.clock.move_by(timedelta(days=80))

        tour = Organization(stack, {}, template="").tour()

        assert (tour.answer["accounts"], tour.answer["unwell"]) == (1, 0)
        keys = [iam.list_access_keys(UserName=f"user-{number}")["AccessKeyMetadata"] for number in range(USERS)]
        assert [len(each) for each in keys] == [2] * USERS
        runs = [call for call in aws.calls() if call["action"] == "iam:GenerateCredentialReport"]
        assert len(runs) == 3
        assert not [call for call in aws.calls() if call["action"].startswith("organizations:")]
