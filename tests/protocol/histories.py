"""Long histories: runs that meet faults, time that passes in leaps, and people who do as they please in between."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from keyturn.domain.policy import LEASE
from keyturn.domain.reason import Reason
from keyturn.report import went_wrong
from keyturn.request import Request
from tests.fakes.faults import EVERY, each_at
from tests.fakes.identities import User
from tests.protocol.life import ROLLBACK, Ending, Life, sending
from tests.protocol.people import ACTS, AMENDS

GUARD = "alice-is-unwell"
# By name, so that a history prints as a script that can be run.
REQUESTS = {
    "for everybody": Request(),
    "for alice, forced": Request(users=("alice",), force=True),
    "a rollback": ROLLBACK,
}
SPANS = {
    "ten minutes": timedelta(minutes=10),
    "an hour": timedelta(hours=1),
    "half a day": timedelta(hours=12),
    "a day": timedelta(days=1),
    "a grace period": timedelta(days=14),
    "a recovery period": timedelta(days=30),
}
# What a run may leave alone that it could heal: the user is another's, or is not to be touched.
LEFT_ALONE = {Reason.EXEMPT, Reason.ANOTHER_RUN_AT_WORK}
calls = st.integers(1, 20)
faults = st.sampled_from(sorted(EVERY))


class Histories(RuleBasedStateMachine):
    """Alice's life; what is wrong after a step or a call fails the history, which prints as the steps that it took."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @initialize(
        age=st.sampled_from([10, 74, 80, 200]),
        guarded=st.booleans(),
        second=st.sampled_from([None, "Active", "Inactive"]),
    )
    def begin(self, age: int, *, guarded: bool, second: str | None) -> None:
        self.life.world.alarm(GUARD)
        alice = self.life.alice(age_days=age, tags={"keyturn:guard-alarm": GUARD} if guarded else None)
        if second is not None:
            self.life.world.key(alice, age_days=150, status=second)

    @property
    def user(self) -> User:
        """Alice, or who is called so by now."""
        return list(self.life.world.users.values())[-1]

    @rule(span=st.sampled_from(sorted(SPANS)))
    def wait(self, span: str) -> None:
        self.life.wait(SPANS[span])

    @rule()
    def a_day_and_a_run(self) -> None:
        self.life.wait(timedelta(days=1))
        self._judge(self.life.run())

    @rule(name=faults, number=calls, attempts=st.sampled_from([1, 5]))
    def a_day_and_a_run_with_a_fault(self, name: str, number: int, attempts: int) -> None:
        self.life.wait(timedelta(days=1))
        self._disturbed({number: name}, attempts=attempts)

    @rule(first=faults, number=calls, second=faults, later=calls)
    def a_run_with_two_faults(self, first: str, number: int, second: str, later: int) -> None:
        self._disturbed({number: first, number + later: second}, attempts=1)

    @rule(request=st.sampled_from(sorted(REQUESTS)))
    def a_run(self, request: str) -> None:
        ending = self.life.run(REQUESTS[request])
        # A rollback brings a key back and heals nothing; what stands open is told by the daily run.
        self._judge(None if request == "a rollback" else ending)

    @rule(act=st.sampled_from(sorted(ACTS)))
    def a_person(self, act: str) -> None:
        before = self.user
        ACTS[act](self.life, before)
        if self.user is not before:
            self.life.consumers.clear()  # her program went with her
        self._judge()

    @rule(amends=st.sampled_from(sorted(AMENDS)))
    def a_person_makes_amends(self, amends: str) -> None:
        AMENDS[amends](self.life, self.user)
        self._judge()

    @rule(state=st.sampled_from(["OK", "ALARM", "INSUFFICIENT_DATA"]))
    def the_guard_alarm_goes_to(self, state: str) -> None:
        self.life.world.alarm(GUARD, state)

    @precondition(lambda self: self.life.world.secrets)
    @rule()
    def secrets_manager_forgets_versions_without_labels(self) -> None:
        self.life.world.forget_deprecated()

    def teardown(self) -> None:
        """People put everything right, and runs go on for some days: nothing is left over, or somebody is told."""
        for act in AMENDS.values():
            act(self.life, self.user)
        for _ in range(4):
            self.life.wait(timedelta(days=1))
            self._judge(self.life.run())

    def _disturbed(self, struck: dict[int, str], attempts: int) -> None:
        trigger = each_at({number: EVERY[name] for number, name in struck.items()})
        self.life.world.intercept.append(trigger)
        undisturbed, self.life.connect = self.life.connect, sending(attempts)
        ending = self.life.run()
        self.life.connect = undisturbed
        self.life.world.intercept.remove(trigger)
        self._judge(ending)

    def _judge(self, ending: Ending | None = None) -> None:
        self.life.judge()
        # Whether an orphan can be healed is up to people, too; whether somebody is told of it is not.
        wrong = [text for text in self.life.found if not text.startswith("2: nobody holds")]
        if ending is not None and ending.report is not None and not self.life.world.runs[-1].disturbed:
            wrong += [f"nobody is told that {key_id} is left over" for key_id in self._forgotten(ending)]
        if wrong:
            raise AssertionError("; ".join(wrong))

    def _forgotten(self, ending: Ending) -> list[str]:
        """The orphans that a rotating run has neither put aside nor told of."""
        told = {
            outcome.user.id
            for outcome in ending.outcomes
            if outcome.reason.blocks or went_wrong(outcome) or outcome.reason in LEFT_ALONE
        }
        return [
            key.id
            for key in self.life.strangers()
            if key.status == "Active" and self.life.world.now - key.created_at > LEASE and key.user.id not in told
        ]
