"""Every command of the runbook runs as it stands there, and does what its page says."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from sandbox.demo.seeding import work
from sandbox.local_aws import Deployment
from sandbox.runs import DailyRuns
from tests.aws_events import own_action
from tests.e2e.conftest import set_schedule
from tests.e2e.functions import acting_as, package
from tests.e2e.shell import Shell
from tests.e2e.test_rotation import a_user, fetched, statuses, turn
from tests.e2e.touring import Organization, organization_of
from tests.e2e.waiting import eventually
from tests.runbook import INDEX, PAGES, Page

TOURS = [Page(name) for name in ("no-tour", "tour-failed", "tour-timed-out", "tour-aborted", "tour-throttled")]
_SLOW = "import time\n\ndef handler(event, context):\n    time.sleep(20)\n"
STOP, EXPOSED, LOST, UNREADABLE, LETTERS = SHOWN_BELOW = [
    Page(name)
    for name in ("emergency-stop", "exposed-key", "program-lost-its-key", "secret-not-readable", "dead-letters")
]


@pytest.fixture(scope="module")
def shell(stack: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell in which the index's lines were pasted."""
    shell = Shell(stack.aws, tmp_path_factory.mktemp("on-call")).open()
    (lines,) = INDEX.commands
    shell.remember(lines)
    (shell.home / "signal.json").write_text(json.dumps(own_action("guards-nobody")))
    yield shell
    # The stack is others', too: no brake stays pulled, not even by a test that failed.
    stack.aws.client("lambda").delete_function_concurrency(FunctionName=stack.outputs["RotatorFunctionName"])
    set_schedule(stack, "DISABLED")


def deactivated(stack: Deployment, name: str) -> dict[str, str]:
    """A user whose old key was deactivated; what the pages call them."""
    old = a_user(stack, name, age=80)
    turn(stack, name)
    work(stack.aws, fetched(stack, name, old))
    stack.aws.clock.move_by(timedelta(days=15))
    assert turn(stack, name)["action"] == "DeactivateKey"
    until = stack.aws.clock.now() + timedelta(days=30)
    return {"USER_NAME": name, "KEY_ID": old.key_id, "OWNER": "alice@example.com", "UNTIL": f"{until:%Y-%m-%d}"}


@pytest.fixture(scope="module")
def user(stack: Deployment) -> dict[str, str]:
    return deactivated(stack, "runbook-quinn")


def status_of_key(stack: Deployment, user: dict[str, str]) -> str | None:
    return statuses(stack, user["USER_NAME"]).get(user["KEY_ID"])


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page not in SHOWN_BELOW + TOURS], ids=lambda page: page.name
)
def test_the_commands_of_a_page_run_in_the_order_in_which_they_stand(
    stack: Deployment, shell: Shell, user: dict[str, str], page: Page
) -> None:
    for commands in page.commands:
        said = shell.run(commands, **user)
        assert "FunctionError" not in said
        assert '"status": "FAILED"' not in said
    assert len(statuses(stack, "runbook-quinn")) == 2, "whatever the page does, no key is gone"


def test_the_dead_letters_are_read_and_in_the_end_gone(stack: Deployment, shell: Shell) -> None:
    queue, sqs = stack.outputs["DeadLetterQueueUrl"], stack.aws.client("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody="a dead letter")
    check, again, purge = LETTERS.commands
    assert "a dead letter" in shell.run(check)
    said = shell.run(again)
    assert "FunctionError" not in said
    assert "guards no user's key" in said, "the signal is followed once more"
    shell.run(purge)
    stack.aws.clock.move_by(timedelta(minutes=2))
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)


def test_a_program_has_its_key_back(stack: Deployment, shell: Shell) -> None:
    lost = deactivated(stack, "runbook-rosa")
    check, fix = LOST.commands
    assert "can be reactivated until" in shell.run(check, **lost)
    assert "ReactivateKey" in shell.run(fix, **lost)
    assert status_of_key(stack, lost) == "Active"


def test_a_user_may_read_its_secret(stack: Deployment, shell: Shell) -> None:
    iam = stack.aws.client("iam")
    old = a_user(stack, "saul", age=80)
    turn(stack, "saul")
    iam.detach_user_policy(UserName="saul", PolicyArn=stack.outputs["ReadOwnSecretPolicyArn"])
    check, fix, undo = UNREADABLE.commands
    assert iam.get_user(UserName="saul")["User"]["UserId"] in shell.run(check, USER_NAME="saul")
    shell.run(fix, USER_NAME="saul")
    assert fetched(stack, "saul", old)
    shell.run(undo, USER_NAME="saul")
    with pytest.raises(ClientError, match="AccessDenied"):
        fetched(stack, "saul", old)


def test_an_exposed_key_is_switched_off_and_in_the_end_deleted(stack: Deployment, shell: Shell) -> None:
    old = a_user(stack, "tara", age=80)
    turn(stack, "tara")
    exposed = {"USER_NAME": "tara", "KEY_ID": old.key_id, "UNTIL": f"{stack.aws.clock.now():%Y-%m-%d}"}
    check, switch_off, delete, undo = EXPOSED.commands
    assert "tara" in shell.run(check, **exposed)
    shell.run(switch_off, **exposed)
    assert status_of_key(stack, exposed) == "Inactive"
    assert turn(stack, "tara")["reason"] == "Exempt"
    shell.run(undo, **exposed)
    assert status_of_key(stack, exposed) == "Active"
    shell.run(delete, **exposed)
    assert status_of_key(stack, exposed) is None
    assert turn(stack, "tara")["reason"] != "Exempt"


def test_each_brake_holds_and_is_released(stack: Deployment, shell: Shell) -> None:
    check, *organization, no_run, no_key, observe, no_schedule, enforce, undo, undo_schedule = STOP.commands[:-2]
    assert len(organization) == 2, "which tests/e2e/test_emergency_stop.py runs, and the last two"
    a_user(stack, "ursa", age=0)
    request = {"action": "rotate", "users": ["ursa"], "force": True}
    stack.aws.clock.move_by(timedelta(days=1, minutes=1))
    runs, now = DailyRuns(stack), stack.aws.clock.now()
    set_schedule(stack, "ENABLED")  # it is overdue, so it fires once, and not again for a day
    runs.ended(now)

    def state() -> list[str]:
        return shell.run(check).split()[-2:]

    assert state() == ["enforce", "ENABLED"]
    shell.run(no_run)
    with pytest.raises(ClientError, match="TooManyRequests"):
        stack.invoke(request)
    shell.run(no_key)
    as_rotator = acting_as(stack, stack.outputs["RotatorFunctionName"])
    assert as_rotator("iam", "list_access_keys", UserName="ursa") == "allowed"
    assert as_rotator("iam", "create_access_key", UserName="ursa") == "AccessDenied"
    shell.run(observe)
    shell.run(no_schedule)
    assert state() == ["observe", "DISABLED"]
    assert len(statuses(stack, "ursa")) == 1
    shell.run(observe)  # once more, by somebody who does not know: the first one's memory is kept
    shell.run(enforce)
    assert '"status": "OK"' in shell.run(undo)
    shell.run(undo_schedule)
    assert state() == ["enforce", "ENABLED"]
    assert stack.invoke(request)["totals"]["CreateKey"] == 1


@pytest.fixture(scope="module")
def organization() -> Iterator[Organization]:
    with organization_of({"home": 0, "member": 0}) as found:
        found.settle_namesakes("alice")
        yield found


@pytest.fixture(scope="module")
def hubs_shell(organization: Organization, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The same lines, pasted where an organization's hub is deployed."""
    shell = Shell(organization.hub.aws, tmp_path_factory.mktemp("on-call-of-the-hub")).open()
    (lines,) = INDEX.commands
    shell.remember(lines)
    return shell


@pytest.mark.parametrize("page", TOURS, ids=lambda page: page.name)
def test_the_commands_of_a_tours_page_run_and_the_tour_that_they_start_ends_well(
    organization: Organization, hubs_shell: Shell, page: Page
) -> None:
    before = organization.tours()
    for commands in page.commands:
        said = hubs_shell.run(commands)
        assert "FunctionError" not in said
        organization.at_rest()
    begun = organization.tours().keys() - before.keys()
    starts = sum(commands.count("start-execution") for commands in page.commands)
    assert len(begun) == starts
    assert {organization.tours()[each] for each in begun} <= {"SUCCEEDED"}
    assert len(organization.client("member", "iam").list_access_keys(UserName="alice")["AccessKeyMetadata"]) <= 2


def test_a_tour_that_was_stopped_is_told_by_its_page(organization: Organization, hubs_shell: Shell) -> None:
    states, arn = organization.hub.aws.client("stepfunctions"), organization.hub.outputs["TourStateMachineArn"]
    begun = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    states.stop_execution(executionArn=begun, error="Stopped", cause="a rehearsal")
    check, _ = Page("tour-aborted").commands
    assert "a rehearsal" in hubs_shell.run(check)


def test_a_tour_under_way_takes_fewer_accounts_side_by_side(organization: Organization, hubs_shell: Shell) -> None:
    """The last test at this hub: its rotator only takes its time from here on."""
    states, functions = (organization.hub.aws.client(each) for each in ("stepfunctions", "lambda"))
    rotator, arn = (organization.hub.outputs[each] for each in ("RotatorFunctionName", "TourStateMachineArn"))
    functions.update_function_configuration(FunctionName=rotator, Handler="app.handler")
    functions.update_function_code(FunctionName=rotator, ZipFile=package(_SLOW))
    begun = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    (run,) = eventually(lambda: states.list_map_runs(executionArn=begun)["mapRuns"])
    assert states.describe_map_run(mapRunArn=run["mapRunArn"])["maxConcurrency"] == 10
    _, fix = Page("tour-throttled").commands
    hubs_shell.run(fix)
    assert states.describe_map_run(mapRunArn=run["mapRunArn"])["maxConcurrency"] == 5
    organization.at_rest()
