"""After a step back to an older release: what a newer one has marked in its own words is left alone, and told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keyturn.domain import tags as tag
from keyturn.domain.reason import Reason
from keyturn.domain.tags import GRACE_FROM, written
from keyturn.request import Request
from tests.builders import FIRST, a_secret, a_user, active, ago, deactivated, inactive, rotation, stored
from tests.fakes.invariants import violations
from tests.fakes.vault import Secret
from tests.fakes.world import World
from tests.unit.deciding import decided, held, rolled_back, rung
from tests.unit.running import performed
from tests.upgrade.restoring import STATES, restored

NEWER_TAG = {"keyturn:frozen-until": "2031-01-01"}
IN_GRACE = [active(120, used=9), active(20, used=1)]


def tagged(secret: Secret) -> None:
    secret.tags.update(NEWER_TAG)


def labelled(secret: Secret) -> None:
    version = next(iter(secret.versions.values()), None)
    if version is None:
        tagged(secret)  # nothing to put a label on
    else:
        version.labels.append("held:AKIAFAKE000000000001")


@pytest.mark.parametrize("mark", [tagged, labelled])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.stem)
@pytest.mark.parametrize("force", [False, True])
def test_no_key_and_no_secret_with_such_a_mark_is_touched(
    state: Path, mark: Callable[[Secret], None], *, force: bool
) -> None:
    world = restored(state)
    for secret in world.secrets.values():
        mark(secret)
    run = performed(world, Request(users=tuple(name for name in world.users if name != "untouched"), force=force))
    assert {run.reason(user) for user in run.lines} == {"StateNotUnderstood"}
    assert set(run.lines.values()) == {("Hold", "Held")}
    assert world.mutations == []
    assert violations(world) == []


def test_it_is_told_as_something_that_blocks_with_the_command_that_takes_the_mark_off() -> None:
    hold = held(decided(a_user(IN_GRACE, a_secret(*rotation(20), tags=NEWER_TAG))), Reason.STATE_NOT_UNDERSTOOD)
    assert hold.reason.blocks
    assert "tag keyturn:frozen-until" in hold.message
    assert "untag-resource --secret-id arn:" in hold.message
    assert "--tag-keys keyturn:frozen-until'" in hold.message


def test_so_is_a_label_of_the_shape_that_labels_of_ours_have() -> None:
    intent, current = rotation(20)
    odd = stored(FIRST, 100, f"retired:{FIRST}", id="odd")
    hold = held(decided(a_user(IN_GRACE, a_secret(intent, odd, current))), Reason.STATE_NOT_UNDERSTOOD)
    assert f"--version-stage retired:{FIRST} --remove-from-version-id odd'" in hold.message


def test_peoples_own_labels_and_tags_hold_nobody() -> None:
    intent, current = rotation(20)
    own = stored(FIRST, 100, "blue", "team:payments", "MyLabel", id="own")
    secret = a_secret(intent, own, current, tags={"team": "payments", "keyturnish:x": "y"})
    assert decided(a_user(IN_GRACE, secret)).name == "DeactivateKey"


@pytest.mark.parametrize("ask", [decided, rolled_back, rung])
def test_it_holds_rollbacks_and_alarms_too(ask: Callable[..., object]) -> None:
    keys = [inactive(120, used=9), active(20, used=1)]
    secret = a_secret(*rotation(20), tags={**deactivated(FIRST, 0.1), **NEWER_TAG})
    action = ask(a_user(keys, secret, alarm="ALARM"))
    assert getattr(action, "reason") is Reason.STATE_NOT_UNDERSTOOD  # noqa: B009 - an action of any kind


@pytest.mark.parametrize("text", ["", "soon", "2030-05-30", "2030-05-30T06:00:00.000Z", "1906351200"])
def test_a_grace_period_whose_beginning_cannot_be_read_is_not_taken_for_over(text: str) -> None:
    """Without the tag the predecessor would go; with a beginning that another release wrote otherwise, it must not."""
    assert decided(a_user(IN_GRACE, a_secret(*rotation(20)))).name == "DeactivateKey"
    hold = held(
        decided(a_user(IN_GRACE, a_secret(*rotation(20), tags={GRACE_FROM: text}))), Reason.STATE_NOT_UNDERSTOOD
    )
    assert "tag keyturn:grace-from, which is" in hold.message
    assert held(
        decided(a_user(IN_GRACE, a_secret(*rotation(20), tags={GRACE_FROM: written(ago(2))}))), Reason.GRACE_RUNNING
    )


@pytest.mark.parametrize("text", ["", "soon", "2030-05-30", "2030-04-01T06:00:00.000Z"])
def test_a_deactivation_whose_time_cannot_be_read_begins_its_recovery_period_anew(text: str) -> None:
    keys = [inactive(120, used=99), active(90, used=1)]
    tags = {**deactivated(FIRST, 60), tag.DEACTIVATED_AT: text}
    assert decided(a_user(keys, a_secret(*rotation(90), tags=tags))).name == "RecordInactive"
    assert decided(a_user(keys, a_secret(*rotation(90), tags=deactivated(FIRST, 60)))).name == "DeleteKey"


@pytest.mark.parametrize("name", ["keyturn:exempt_until", "keyturn:hold", "Keyturn:exempt-until", "keyturn:user-id"])
def test_a_users_tag_whose_name_is_not_known_holds_it_until_somebody_looks(name: str) -> None:
    user = a_user([active(100, used=1)], tags={name: "2030-12-31"})
    hold = held(decided(user, force=True), Reason.INVALID_TAG)
    assert f"tag {name} is not known: allowed are keyturn:exempt-until, " in hold.message


def test_it_is_told_at_every_run_and_nothing_is_done() -> None:
    world = World()
    world.key(world.user("alice", tags={"keyturn:exempt_until": "2030-12-31"}), age_days=10)
    for _ in range(2):
        run = performed(world)
        assert run.lines == {"alice": ("Hold", "Held")}
        assert run.reason("alice") == "InvalidTag"
    assert world.mutations == [call for call in world.mutations if call.operation == "generate_credential_report"]


def test_a_rollback_is_not_held_by_a_users_tag() -> None:
    keys = [inactive(120, used=9), active(20, used=1)]
    secret = a_secret(*rotation(20), tags=deactivated(FIRST, 1))
    assert rolled_back(a_user(keys, secret, tags={"keyturn:hold": "x"})).name == "ReactivateKey"


def test_every_tag_of_ours_is_known_on_users_or_on_secrets() -> None:
    names = {value for value in vars(tag).values() if isinstance(value, str) and value.startswith("keyturn:")}
    assert names - {"keyturn:"} == tag.ON_USERS | tag.ON_SECRETS
    assert {tag.OWNER, tag.GUARD_ALARM} == tag.ON_USERS & tag.ON_SECRETS


def test_the_secret_of_a_user_that_is_gone_is_kept_while_it_has_such_a_mark() -> None:
    world = World()
    world.key(world.user("alice"), age_days=100)
    performed(world)
    (secret,) = world.secrets.values()
    secret.tags.update(NEWER_TAG)
    for key in world.users.pop("alice").keys:
        key.deleted_at = world.now
    run = performed(world)
    assert run.lines == {"alice": ("Hold", "Held")}
    assert "keyturn:frozen-until" in run.report.outcomes[0].message
    assert secret.deletion_at is None
    del secret.tags["keyturn:frozen-until"]
    assert performed(world).lines == {"alice": ("RetireSecret", "Done")}
