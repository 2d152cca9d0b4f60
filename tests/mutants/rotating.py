"""Mutants of a rotation: intent, create, store, verify, promote; what each step is for, taken away."""

from tests.mutants.mutant import Mutant

HAPPY_PATH = "tests/protocol/test_happy_path.py"
LATER_RUN = "tests/protocol/test_found_by_a_later_run.py"
LATE = "tests/protocol/test_eventual_consistency.py"
CRASHES = "tests/protocol/test_crash_points.py"
RACES = "tests/protocol/test_races.py"
PEOPLE = "tests/protocol/test_people_at_work.py"
CLIENTS = "tests/unit/test_clients.py"
BOUNDS = "tests/unit/test_run_bounds.py"

ORDER = f"{HAPPY_PATH}::test_the_steps_come_in_the_order_that_a_crash_can_be_healed_from"
ANY_CALL = f"{CRASHES}::test_a_fault_at_any_call_loses_nothing_and_is_healed"
TWO_RUNS = f"{RACES}::test_two_runs_at_once_do_what_one_does"

PUT_INTENT = """first = self._doors.secrets.put_intent(
            self._arn,
            self._intent,
            labels=[before(key.id) for key in self._state.keys],
            value={
                "Status": "RotationInProgress",
                "RunId": self._run.id,
                "UserName": self._user.name,
                "Started": tag.written(self._run.now),
            },
        )"""

ROTATING = (
    Mutant(
        "no intent comes before the create",
        "rotation.py",
        {PUT_INTENT: "first = False"},
        f"{LATER_RUN}::test_an_orphan_is_quarantined_deleted_a_day_later_and_a_new_attempt_made",
    ),
    Mutant(
        "the intent comes after the create",
        "rotation.py",
        {
            "        try:\n            self._declare()": "        try:\n            early = self._create()\n"
            "            self._declare()",
            "            key = self._create()": "            key = early",
        },
        ORDER,
    ),
    Mutant(
        "the intent does not name its run, so two runs write the same",
        "rotation.py",
        {
            '                "RunId": self._run.id,\n': "",
            '                "Started": tag.written(self._run.now),\n': "",
        },
        f"{TWO_RUNS}[a later rotation]",
    ),
    Mutant(
        "the intent's token is random, so it is no lock",
        "domain/secret_labels.py",
        {
            "from uuid import UUID, uuid5": "from uuid import UUID, uuid4, uuid5",
            "return str(uuid5(_TOKENS, f\"{user_id} after {' '.join(seen)}\"))": "return str(uuid4())",
        },
        f"{TWO_RUNS}[a later rotation]",
    ),
    Mutant(
        "an intent that another run has won is no reason to stop",
        "rotation.py",
        {
            "        except AlreadyExists:\n            return self._outcome.held(\n"
            "                Reason.ANOTHER_RUN_AT_WORK": "        except AlreadyExists:\n            pass\n"
            "        except NotImplementedError:\n            return self._outcome.held(\n"
            "                Reason.ANOTHER_RUN_AT_WORK"
        },
        f"{TWO_RUNS}[a later rotation]",
    ),
    Mutant(
        "the intent does not name the keys that were there before it",
        "rotation.py",
        {"labels=[before(key.id) for key in self._state.keys],": "labels=[],"},
        f"{LATER_RUN}::test_an_intent_without_a_key_gets_a_new_attempt",
    ),
    Mutant(
        "labels are swept on a read that no won intent has proved",
        "rotation.py",
        {
            "        notes = tuple(self._sweep())\n": "",
            "        try:\n            self._declare()": "        self._arn = secret_arn(self._state, self._run)\n"
            "        notes = tuple(self._sweep())\n        try:\n            self._declare()",
        },
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "labels of keys that are gone are never swept",
        "rotation.py",
        {"notes = tuple(self._sweep())": "notes: tuple[str, ...] = ()"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "the SDK's retries are left on for the create",
        "aws/clients.py",
        {
            '_ONCE: Final = _RETRIED.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))': ""
            "_ONCE: Final = _RETRIED"
        },
        f"{CLIENTS}::test_a_create_whose_answer_is_lost_is_sent_once",
    ),
    Mutant(
        "the create goes through the client that retries",
        "aws/iam.py",
        {"self._iam_once.create_access_key": "self._iam.create_access_key"},
        f"{LATER_RUN}::test_an_answer_lost_on_its_way_makes_one_orphan_and_not_two_keys",
    ),
    Mutant(
        "a create that was not answered is made again",
        "rotation.py",
        {
            "            except Throttled as error:  # surely not executed: the one failure after which the call may be "
            "repeated\n                throttled = error": "            except (Throttled, Ambiguous) as error:\n"
            "                throttled = error"
        },
        f"{LATER_RUN}::test_an_answer_lost_on_its_way_makes_one_orphan_and_not_two_keys",
    ),
    Mutant(
        "a server error counts as a refusal",
        "aws/translation.py",
        {"        return Ambiguous(operation, code, message)\n": "        return Refused(operation, code, message)\n"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "a lost answer counts as a refusal",
        "aws/translation.py",
        {"raise Ambiguous(operation, type(error).__name__) from None": "raise Refused(operation, type(error).__name__)"},
        f"{LATER_RUN}::test_a_run_that_learns_of_its_own_orphan_puts_it_aside_at_once",
    ),
    Mutant(
        "a throttled create counts as one that may have been executed",
        "aws/translation.py",
        {"        return Throttled(operation, code, message)": "        return Ambiguous(operation, code, message)"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "a throttled create is given up at once",
        "rotation.py",
        {"_CREATE_WAITS: Final = (1.0, 2.0, 4.0, 8.0)": "_CREATE_WAITS: Final = ()"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "the intent of a create that was refused stays open",
        "rotation.py",
        {'return self._outcome.failed(f"no key was created: {error}{self._close_intent()}")': ""
         'return self._outcome.failed(f"no key was created: {error}")'},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "an unanswered create is settled by one look",
        "rotation.py",
        {"_SETTLE_WAITS: Final = (1.0, 2.0, 4.0, 8.0)": "_SETTLE_WAITS: Final = ()"},
        f"{LATE}::test_a_key_whose_creation_was_not_answered_is_put_aside_as_soon_as_it_is_seen",
    ),
    Mutant(
        "an unanswered create is not settled at all",
        "rotation.py",
        {"            return self._settle(error)": '            return self._outcome.failed(f"not answered: {error}")'},
        f"{LATER_RUN}::test_a_run_that_learns_of_its_own_orphan_puts_it_aside_at_once",
    ),
    Mutant(
        "the settling takes a key in use for an orphan",
        "rotation.py",
        {"return key_id not in seen and self._doors.iam.last_use(key_id).at is None": "return key_id not in seen"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "the settling takes the predecessor for an orphan",
        "rotation.py",
        {"return key_id not in seen and": "return"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "a suspected orphan is deleted at once",
        "switching.py",
        {
            "    if not stays:\n        run.doors.iam.activate(user_name, key_id)\n    return stays": ""
            "    run.doors.iam.delete(user_name, key_id)\n    return stays"
        },
        f"{LATER_RUN}::test_a_run_that_learns_of_its_own_orphan_puts_it_aside_at_once",
    ),
    Mutant(
        "promoted before it is stored",
        "rotation.py",
        {
            "        if error := self._store(key, version):": ""
            "        self._doors.secrets.promote(self._arn, to=version, holder=self._current)\n"
            "        if error := self._store(key, version):"
        },
        ORDER,
    ),
    Mutant(
        "promoted before it is verified",
        "rotation.py",
        {
            "        outcome = replace(self._outcome, version_id=version)\n": ""
            "        outcome = replace(self._outcome, version_id=version)\n"
            "        self._doors.secrets.promote(self._arn, to=version, holder=self._current)\n"
        },
        f"{LATE}::test_a_new_key_that_sts_refuses_for_longer_is_given_to_nobody_and_told",
    ),
    Mutant(
        "promoted by the very call that stores it",
        "aws/secrets.py",
        {"VersionStages=[PENDING, key.id]": "VersionStages=[PENDING, CURRENT, key.id]"},
        f"{LATE}::test_a_new_key_that_sts_refuses_for_longer_is_given_to_nobody_and_told",
    ),
    Mutant(
        "not verified at all",
        "rotation.py",
        {
            "            caller = self._verify(key)": "            from keyturn.aws.identity import Caller\n"
            "            caller = Caller(self._user.account, self._user.arn, self._user.id)"
        },
        f"{LATE}::test_a_new_key_that_sts_refuses_for_longer_is_given_to_nobody_and_told",
    ),
    Mutant(
        "whose key it is, as STS says, is not looked at",
        "rotation.py",
        {
            "if (caller.account, caller.arn, caller.user_id) != (self._user.account, self._user.arn, self._user.id):": ""
            "if not caller:"
        },
        f"{PEOPLE}::test_a_key_made_for_a_user_that_was_created_anew_in_that_moment_is_deleted_at_once",
    ),
    Mutant(
        "AWSCURRENT is not moved",
        "rotation.py",
        {"            self._doors.secrets.promote(self._arn, to=version, holder=self._current)": "            pass"},
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "AWSCURRENT is moved from whoever holds it",
        "aws/secrets.py",
        {
            '        source = {"RemoveFromVersionId": holder} if holder else {}': ""
            "        source = {}\n"
            "        if held := self._holder(arn, CURRENT):\n"
            '            source = {"RemoveFromVersionId": held}'
        },
        "tests/protocol/test_people_at_work.py",
    ),
    Mutant(
        "AWSCURRENT is moved without naming its holder",
        "aws/secrets.py",
        {'source = {"RemoveFromVersionId": holder} if holder else {}': "source: dict[str, str] = {}"},
        f"{HAPPY_PATH}::test_the_successors_have_the_same_life",
    ),
    Mutant(
        "a promotion whose answer was lost counts as failed",
        "aws/secrets.py",
        {
            "            if self._holder(arn, CURRENT) != to:\n                raise": "            raise"
        },
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "the stored version does not carry the key's ID",
        "aws/secrets.py",
        {"VersionStages=[PENDING, key.id]": "VersionStages=[PENDING]"},
        f"{LATER_RUN}::test_a_key_stored_and_not_promoted_is_deleted_and_a_new_attempt_made_at_once",
    ),
    Mutant(
        "a key that cannot be stored is kept",
        "rotation.py",
        {"            seen = self._doors.iam.delete(self._user.name, key.id)": "            seen = True"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "a store that fails is not tried again",
        "rotation.py",
        {"_STORE_WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0)": "_STORE_WAITS: Final = ()"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "the predecessor is deactivated as soon as the successor is promoted",
        "rotation.py",
        {
            "        return self._note_review(outcome)": ""
            '        self._doors.iam.deactivate(self._user.name, self._outcome.key or "")\n'
            "        return self._note_review(outcome)"
        },
        f"{HAPPY_PATH}::test_the_predecessor_is_not_touched_by_the_run_that_replaces_it",
    ),
    Mutant(
        "a rotation is begun without the time to end it",
        "rotation.py",
        {"_CREATE_RESERVE: Final = 45.0": "_CREATE_RESERVE: Final = 0.0"},
        f"{BOUNDS}::TestTheDeadline::test_time_that_was_lost_by_reading_begins_no_key",
    ),
    Mutant(
        "a user is started without the time for a rotation",
        "rotation.py",
        {"SECONDS_NEEDED: Final = 60.0": "SECONDS_NEEDED: Final = 0.0"},
        f"{BOUNDS}::TestTheDeadline::test_a_run_without_time_starts_nobody",
    ),
)
