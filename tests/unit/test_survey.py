"""The survey finds whom a run has to look at among thousands, cheaply, and however AWS cuts and delays its answers."""

from datetime import timedelta

import pytest

from keyturn.domain.refusal import AwsError
from keyturn.domain.shortlist import Rank
from keyturn.domain.tags import EXEMPT_UNTIL, MANAGED
from keyturn.request import InvalidRequest, Request, Verb
from keyturn.survey import Survey, survey
from tests.fakes.faults import Fault, always, at, failed_before, meanwhile, refused, throttled, unreachable, upon
from tests.fakes.world import World
from tests.unit.running import a_run


@pytest.fixture
def world() -> World:
    return World()


def scanned(world: World, *, seconds: float = 900, force: bool = False, **settings: str | int) -> Survey:
    return survey(Request(force=force), a_run(world, seconds=seconds, **settings))


def named(world: World, *users: str, **settings: str | int) -> Survey:
    return survey(Request(users=users), a_run(world, seconds=900, **settings))


def names(found: Survey) -> list[str]:
    return [candidate.user.name for candidate in found.candidates]


def operations(world: World) -> list[str]:
    return [call.operation for call in world.calls()]


def a_crowd(world: World) -> None:
    """Nine users, of whom three have a due key and one has two keys."""
    for number in range(9):
        user = world.user(f"user-{number}")
        world.key(user, age_days=[10, 200, 5, 100, 10, 30, 90, 1, 10][number])
    world.key("user-8", age_days=400, status="Inactive")


CROWD = ["user-8", "user-1", "user-3", "user-6"]


def test_the_candidates_are_those_with_a_due_key_or_two_keys(world: World) -> None:
    a_crowd(world)
    found = scanned(world)
    assert names(found) == CROWD
    assert [candidate.rank for candidate in found.candidates] == [Rank.RETIRE, *[Rank.START] * 3]
    assert len(found.hints.users) == 9
    assert (found.abandoned, found.notes) == ((), ())
    assert world.mutations == []


def test_a_scan_reads_the_report_the_users_and_the_secrets_and_no_user(world: World) -> None:
    a_crowd(world)
    scanned(world)
    assert operations(world) == [
        "generate_credential_report",
        "get_account_authorization_details",
        "list_secrets",
        "get_credential_report",
    ]


@pytest.mark.parametrize("cap", [1, 2, 7, None])
@pytest.mark.parametrize("empty", [False, True])
def test_short_and_empty_pages_hide_nobody(world: World, cap: int | None, *, empty: bool) -> None:
    a_crowd(world)
    world.page_cap, world.empty_pages = cap, empty
    found = scanned(world)
    assert names(found) == CROWD
    assert len(found.hints.users) == 9


def test_root_is_no_user(world: World) -> None:
    world.user("alice")
    found = scanned(world)
    assert [user.name for user in found.hints.users] == ["alice"]
    assert not [arn for arn in found.hints.keys if arn.endswith(":root")]


def test_keys_beyond_the_second_are_told_by_nothing_but_the_second(world: World) -> None:
    alice = world.user("alice")
    for age in (5, 4, 3):
        world.key(alice, age_days=age)
    assert names(scanned(world)) == ["alice"]


def test_slots_say_nothing_of_age(world: World) -> None:
    alice = world.user("alice")
    world.key(alice, age_days=3)
    world.key(alice, age_days=300)
    (candidate,) = scanned(world).candidates
    assert candidate.oldest == world.now - timedelta(days=300)


class TestTheReport:
    """The credential report may take its time, be stale, or not be had at all."""

    def test_it_is_waited_for(self, world: World) -> None:
        a_crowd(world)
        world.report_takes = timedelta(seconds=20)
        assert names(scanned(world)) == CROWD
        assert operations(world).count("generate_credential_report") == 1
        assert operations(world).count("get_credential_report") == 6

    def test_it_is_taken_as_it_is_within_four_hours_of_the_last(self, world: World) -> None:
        a_crowd(world)
        scanned(world)
        world.key("user-0", age_days=300)
        world.advance(timedelta(hours=3))
        assert names(scanned(world)) == CROWD
        world.advance(timedelta(hours=1))
        assert "user-0" in names(scanned(world))

    def test_an_expired_one_is_asked_for_anew(self, world: World) -> None:
        a_crowd(world)
        scanned(world)
        world.advance(timedelta(hours=5))
        world.intercept.append(at(1, refused("Throttling"), operation="generate_credential_report"))
        assert names(scanned(world)) == CROWD
        assert operations(world)[-3:] == [
            "get_credential_report",
            "generate_credential_report",
            "get_credential_report",
        ]

    @pytest.mark.parametrize("code", ["ReportInProgress", "ReportExpired", "ReportNotPresent"])
    def test_a_hesitating_answer_is_asked_for_again(self, world: World, code: str) -> None:
        a_crowd(world)
        world.intercept.append(upon([1, 2], refused(code, 410), operation="get_credential_report"))
        found = scanned(world)
        assert (names(found), found.notes) == (CROWD, ())

    @pytest.mark.parametrize(
        "fault",
        [refused("AccessDenied", 403), refused("LimitExceeded", 409), throttled, unreachable, failed_before],
        ids=["denied", "limit", "throttled", "unreachable", "failed"],
    )
    def test_without_it_each_users_keys_are_listed_and_the_run_says_so(self, world: World, fault: Fault) -> None:
        a_crowd(world)
        world.intercept.append(always(fault, operation="generate_credential_report"))
        world.intercept.append(always(fault, operation="get_credential_report"))
        found = scanned(world)
        assert names(found) == CROWD
        assert operations(world).count("list_access_keys") == 9
        (note,) = found.notes
        assert note.startswith("the credential report could not be had (GetCredentialReport: ")

    @pytest.mark.parametrize("code", ["ReportInProgress", "ReportExpired"])
    def test_one_that_never_comes_is_not_waited_for_for_ever(self, world: World, code: str) -> None:
        a_crowd(world)
        world.intercept.append(always(refused(code, 410), operation="get_credential_report"))
        began = world.now
        found = scanned(world)
        assert names(found) == CROWD
        assert code in found.notes[0]
        assert timedelta(seconds=30) < world.now - began < timedelta(minutes=2)

    def test_a_run_with_little_time_does_not_wait_for_it(self, world: World) -> None:
        a_crowd(world)
        world.report_takes = timedelta(minutes=10)
        began = world.now
        assert names(scanned(world, seconds=60)) == CROWD
        assert world.now == began

    def test_a_user_whose_keys_cannot_be_listed_then_is_looked_at_closely(self, world: World) -> None:
        a_crowd(world)
        world.intercept.append(always(refused("AccessDenied", 403), operation="get_credential_report"))
        world.intercept.append(at(1, throttled, operation="list_access_keys"))
        assert len(names(scanned(world, concurrency=1))) == 5

    def test_listing_the_keys_leaves_half_of_the_time_for_the_work(self, world: World) -> None:
        a_crowd(world)
        world.intercept.append(always(refused("AccessDenied", 403), operation="get_credential_report"))
        world.intercept.append(
            always(meanwhile(lambda: world.advance(timedelta(seconds=100))), operation="list_access_keys")
        )
        began = world.now
        found = scanned(world, seconds=600, concurrency=1)
        assert timedelta(seconds=300) <= world.now - began <= timedelta(seconds=400)
        unlisted = {user.name for user in found.hints.users if user.arn not in found.hints.keys}
        assert len(unlisted) == 9 - operations(world).count("list_access_keys")
        assert unlisted <= set(names(found))

    def test_a_user_made_since_is_not_missed_for_long(self, world: World) -> None:
        scanned(world)
        world.advance(timedelta(hours=1))
        world.key(world.user("new", age_days=0))
        assert names(scanned(world)) == []  # a new user has new keys

    def test_a_user_that_it_should_show_and_does_not_is_looked_at(self, world: World) -> None:
        world.key(world.user("alice"), age_days=1)
        scanned(world)
        world.admin.iam.update_user(UserName="alice", NewUserName="alicia")
        (candidate,) = scanned(world).candidates
        assert (candidate.user.name, candidate.rank) == ("alicia", Rank.RETIRE)

    def test_it_may_hide_the_inactive_keys(self, world: World) -> None:
        a_crowd(world)
        world.report_hides_inactive = True
        assert names(scanned(world)) == CROWD[1:]


class TestScope:
    """Only users under the path, and in opt-in mode only those that opted in."""

    def crowd(self, world: World) -> None:
        for name, path, tags in (
            ("in", "/services/", {MANAGED: "true"}),
            ("below", "/services/batch/", {MANAGED: "true"}),
            ("untagged", "/services/", {}),
            ("out", "/", {MANAGED: "true"}),
            ("near", "/services-of-others/", {MANAGED: "TRUE"}),
        ):
            world.key(world.user(name, path=path, tags=tags), age_days=100)

    def test_the_path_bounds_a_scan(self, world: World) -> None:
        self.crowd(world)
        found = scanned(world, user_path="/services/")
        assert {user.name for user in found.hints.users} == set(names(found)) == {"in", "below", "untagged"}

    def test_opting_in_bounds_it_further(self, world: World) -> None:
        self.crowd(world)
        assert set(names(scanned(world, user_path="/services/", opt_in="true"))) == {"in", "below"}
        assert set(names(scanned(world, opt_in="true"))) == {"in", "below", "out"}

    @pytest.mark.parametrize(
        ("name", "trouble"),
        [
            ("out", "'out' has path '/': in scope is '/services/'"),
            ("near", "'near' has path '/services-of-others/': in scope is '/services/'"),
            ("untagged", "'untagged' has no tag keyturn:managed=true: in scope are users that have it"),
            ("nobody", "'nobody' is not an IAM user of this account"),
        ],
    )
    def test_a_named_user_out_of_scope_is_an_error_and_nobody_is_touched(
        self, world: World, name: str, trouble: str
    ) -> None:
        self.crowd(world)
        with pytest.raises(InvalidRequest) as refusal:
            named(world, "in", name, user_path="/services/", opt_in="true")
        assert str(refusal.value) == f"users: {trouble}"
        assert world.mutations == []

    def test_all_named_users_at_fault_are_told_at_once(self, world: World) -> None:
        self.crowd(world)
        with pytest.raises(InvalidRequest) as refusal:
            named(world, "nobody", "in", "out", "no-one", user_path="/services/")
        told = [name for name in ("nobody", "in", "out", "no-one") if f"'{name}'" in str(refusal.value)]
        assert told == ["nobody", "out", "no-one"]

    def test_no_secret_of_a_user_out_of_scope_is_abandoned(self, world: World) -> None:
        out = world.user("out")
        world.admin.secretsmanager.create_secret(
            Name="keyturn/out/access-key", Tags=[{"Key": "keyturn:user-id", "Value": out.id}]
        )
        assert scanned(world, user_path="/services/").abandoned == ()


class TestNamedUsers:
    """A person's word goes directly to the users it names."""

    def test_they_skip_the_report(self, world: World) -> None:
        a_crowd(world)
        found = named(world, "user-7", "user-0")
        assert names(found) == ["user-7", "user-0"]
        assert sorted(operations(world)) == ["get_user"] * 2 + ["list_attached_user_policies"] * 2
        assert len(found.hints.users) == 2

    def test_one_named_twice_or_in_another_spelling_is_one(self, world: World) -> None:
        world.user("alice")
        assert names(named(world, "alice", "ALICE", "alice", "Alice")) == ["alice"]

    def test_their_secret_is_left_to_be_found_when_they_are_read(self, world: World) -> None:
        alice = world.user("alice")
        made = world.admin.secretsmanager.create_secret(
            Name="keyturn/of-old/access-key", Tags=[{"Key": "keyturn:user-id", "Value": alice.id}]
        )
        (candidate,) = named(world, "alice").candidates
        assert candidate.secret_arns is None
        assert [one.secret_arns for one in scanned(world).candidates] == [(made["ARN"],)]

    @pytest.mark.parametrize("operation", ["get_user", "list_attached_user_policies"])
    def test_one_that_cannot_be_looked_up_is_an_error_and_not_absent(self, world: World, operation: str) -> None:
        world.user("alice")
        world.intercept.append(always(throttled, operation=operation))
        with pytest.raises(AwsError, match="Throttling"):
            named(world, "alice")


@pytest.mark.parametrize("operation", ["get_account_authorization_details", "list_secrets"])
def test_users_or_secrets_that_cannot_be_listed_end_the_run_before_anything_is_done(
    world: World, operation: str
) -> None:
    a_crowd(world)
    world.intercept.append(always(refused("AccessDenied", 403), operation=operation))
    with pytest.raises(AwsError, match="AccessDenied"):
        scanned(world)
    assert world.mutations == []


def test_only_secrets_below_the_prefix_are_looked_at(world: World) -> None:
    alice = world.user("alice")
    for name in ("keyturn/alice/access-key", "keyturn-of-others/alice", "other/alice"):
        world.admin.secretsmanager.create_secret(Name=name, Tags=[{"Key": "keyturn:user-id", "Value": alice.id}])
    assert [secret.name for secret in scanned(world).hints.secrets] == ["keyturn/alice/access-key"]


def test_a_secret_whose_user_is_gone_is_abandoned(world: World) -> None:
    world.admin.secretsmanager.create_secret(
        Name="keyturn/gone/access-key", Tags=[{"Key": "keyturn:user-id", "Value": "AIDAFAKEGONE"}]
    )
    world.admin.secretsmanager.create_secret(Name="keyturn/unknown/access-key")
    assert [secret.name for secret in scanned(world).abandoned] == ["keyturn/gone/access-key"]


def test_five_thousand_users_cost_ten_calls(world: World) -> None:
    for number in range(5_000):
        tags = {EXEMPT_UNTIL: "2031-01-01"} if number % 100 == 0 else None
        world.key(world.user(f"user-{number}", tags=tags), age_days=80 if number % 1000 == 0 else 10)
    found = scanned(world)
    assert (len(found.hints.users), len(found.candidates)) == (5_000, 5)
    assert len(world.calls()) <= 10


def test_a_status_surveys_like_a_rotation(world: World) -> None:
    a_crowd(world)
    assert names(survey(Request(Verb.STATUS), a_run(world))) == CROWD


def test_a_forced_scan_takes_in_everybody_with_an_active_key(world: World) -> None:
    a_crowd(world)
    world.user("keyless")
    assert len(names(scanned(world, force=True))) == 9
