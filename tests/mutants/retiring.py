"""Mutants of the retirement: keys cut, deleted or given back against the rules."""

from tests.mutants.mutant import Mutant
from tests.mutants.rotating import HAPPY_PATH, PEOPLE, RACES

PLAN = "tests/unit/test_plan_retiring.py"
RESPONSES = "tests/protocol/test_responses.py"
RESPONDER = "tests/unit/test_respond_handler.py"
GONE = "tests/unit/test_retirement.py"

RETIRING = (
    Mutant(
        "deactivated without a look at its last use",
        "domain/retiring.py",
        {"if case.used_within(key, case.policy.idle) and not fetching_only:": "if False:"},
        f"{HAPPY_PATH}::test_a_program_that_stays_with_its_key_is_never_cut_off",
    ),
    Mutant(
        "deactivated though nobody has the successor",
        "domain/retiring.py",
        {
            "if case.used_within(key, case.policy.unused) and not (successor_works or _fetched(case, successor)):": ""
            "if False:"
        },
        f"{HAPPY_PATH}::test_a_weekly_program_keeps_its_key_until_it_has_the_successor",
    ),
    Mutant(
        "the check of the new key by STS counts as its adoption",
        "domain/retiring.py",
        {'successor_works = case.last_use(successor).by_other_than("sts")': ""
         "successor_works = case.last_use(successor).at is not None"},
        f"{HAPPY_PATH}::test_a_weekly_program_keeps_its_key_until_it_has_the_successor",
    ),
    Mutant(
        "the grace period is cut",
        "domain/retiring.py",
        {"    if case.now < case.grace_over_at - WANDER:\n        return Hold(\n"
         "            reason=Reason.GRACE_RUNNING,\n            key=key.id,\n"
         '            message=f"key {key.id} stays': "    if False:\n        return Hold(\n"
         "            reason=Reason.GRACE_RUNNING,\n            key=key.id,\n"
         '            message=f"key {key.id} stays'},
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "a key is due a day late, so one gets too old",
        "domain/policy.py",
        {"return self.max_age - self.grace - RUN_INTERVAL - WANDER": "return self.max_age - self.grace"},
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "the deadline cuts though the setting says hold",
        "domain/retiring.py",
        {"return case.policy.at_deadline is AtDeadline.DEACTIVATE and case": "return case"},
        f"{HAPPY_PATH}::test_a_program_that_stays_with_its_key_is_never_cut_off",
    ),
    Mutant(
        "the tag comes after the deactivation",
        "switching.py",
        {
            '    note_inactive(action, arn, state.user, run, by="keyturn")\n'
            '    run.doors.iam.deactivate(state.user.name, action.key or "")\n': ""
            '    run.doors.iam.deactivate(state.user.name, action.key or "")\n'
            '    note_inactive(action, arn, state.user, run, by="keyturn")\n'
        },
        f"{RESPONSES}::test_whenever_the_alarm_rings_and_the_signal_comes_the_key_ends_active",
    ),
    Mutant(
        "a guard alarm that does not exist counts as quiet",
        "domain/lifecycle.py",
        {
            "            case AlarmState.MISSING:\n": "            case AlarmState.MISSING if False:\n",
            "            case AlarmState.OK | AlarmState.INSUFFICIENT_DATA:": "            case _:",
        },
        f"{PLAN}::TestTheGuardAlarm::test_it_holds_a_deactivation",
    ),
    Mutant(
        "the guard alarm is not looked at before a deactivation",
        "domain/retiring.py",
        {'        or case.held_by_guard(key, "deactivated")\n        or replace': "        or replace"},
        f"{PLAN}::TestTheGuardAlarm::test_it_holds_a_deactivation",
    ),
    Mutant(
        "the guard alarm is not looked at before a deletion",
        "domain/retiring.py",
        {'return case.held_by_guard(key, "deleted") or DeleteKey(': "return DeleteKey("},
        f"{PLAN}::TestTheGuardAlarm::test_it_holds_a_deletion",
    ),
    Mutant(
        "the guard alarm is not read again after the deactivation",
        "switching.py",
        {"return _alarmed(name, run) if name else None": "return None"},
        f"{RESPONSES}::test_whenever_the_alarm_rings_and_the_signal_comes_the_key_ends_active",
    ),
    Mutant(
        "a deactivation after which nothing can be read is left as it is",
        "switching.py",
        {"        run.doors.iam.activate(state.user.name, action.key or \"\")\n        raise\n    if trouble": ""
         "        raise\n    if trouble"},
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "a run does not undo what the guard alarm rings about",
        "domain/retiring.py",
        {"    if undone := guarding.undo(case, key):\n        return undone\n": ""},
        f"{RESPONSES}::test_a_fault_at_any_call_is_made_good_by_the_next_delivery_or_the_next_run",
    ),
    Mutant(
        "an alarm switches on what a person has switched off",
        "domain/guarding.py",
        {"if at is None or not ours or case": "if at is None or case"},
        f"{RESPONDER}::test_a_person_s_deactivation_stays_done",
    ),
    Mutant(
        "an alarm is believed whatever the user's own tag says",
        "undoing.py",
        {"bound = user.id == secret.tags.get(tag.USER_ID) and user.tags.get(tag.GUARD_ALARM) == alarm": "bound = True"},
        f"{RESPONDER}::test_the_users_own_tag_says_whether_the_alarm_guards_it",
    ),
    Mutant(
        "a reactivation forgets the deactivation before it begins the new grace period",
        "switching.py",
        {
            "    run.doors.secrets.tag(\n        arn,\n        {\n            tag.GRACE_FROM": ""
            "    run.doors.secrets.untag(arn, tag.DEACTIVATED_KEY, tag.DEACTIVATED_AT, tag.DEACTIVATED_BY)\n"
            "    run.doors.secrets.tag(\n        arn,\n        {\n            tag.GRACE_FROM",
        },
        f"{RESPONSES}::test_a_fault_at_any_call_is_made_good_by_the_next_delivery_or_the_next_run",
    ),
    Mutant(
        "a rollback that came between is overruled by the deactivation",
        "switching.py",
        {"    if _rolled_back(arn, state, run):": "    if False:"},
        f"{RACES}::test_a_rollback_that_answers_done_has_the_last_word",
    ),
    Mutant(
        "nobody looks whether a deactivation left a key that works",
        "switching.py",
        {'    if _leaves_none(run, state.user.name, action.key or ""):': "    if False:"},
        "tests/protocol/test_people_at_work.py",
    ),
    Mutant(
        "the recovery period is cut",
        "domain/retiring.py",
        {"    if case.now < over:": "    if False:"},
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "a use after the deactivation is ignored",
        "domain/retiring.py",
        {"    if used is not None and used > since:": "    if False:"},
        f"{PLAN}::TestRecovery::test_a_key_that_was_used_since_begins_it_anew",
    ),
    Mutant(
        "a key that was found Inactive is deleted at once",
        "domain/retiring.py",
        {"    since = case.recorded_inactive_since(key)\n    if since is None:": ""
         "    since = case.recorded_inactive_since(key) or key.created\n    if since is None:"},
        f"{PLAN}::TestRecovery::test_a_key_without_a_valid_clock_of_its_own_gets_one_now",
    ),
    Mutant(
        "an Inactive key is deleted though no key works",
        "domain/retiring.py",
        {"    if not active:\n": "    if False:\n"},
        f"{PLAN}::TestRecovery::test_without_a_key_that_works_nothing_is_deleted",
    ),
    Mutant(
        "a predecessor is deleted instead of deactivated",
        "apply.py",
        {"    if (trouble := deactivate(action, arn, state, run)) is None:": ""
         '    run.doors.iam.delete(state.user.name, action.key or "")\n'
         "    if (trouble := None) is None:"},
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "a key that a person has reactivated a moment ago is deleted",
        "apply.py",
        {"    if key in active:": "    if False:"},
        "tests/protocol/test_people_at_work.py",
    ),
    Mutant(
        "a deleted key's labels stay",
        "apply.py",
        {"        for label in (key, before(key)):\n            _drop(label, state.secret, run)\n": ""},
        "tests/protocol/test_happy_path.py",
    ),
    Mutant(
        "of two Active keys the one in use is deactivated",
        "domain/retiring.py",
        {"        if key == case.successor or other is None or not _unused(case, key):": ""
         "        if key == case.successor or other is None or _unused(case, key):"},
        f"{PLAN}",
    ),
    Mutant(
        "an unused key is deactivated though nothing else is in use",
        "domain/retiring.py",
        {"        if other == case.successor or _in_use(case, other):": "        if other:"},
        f"{PLAN}",
    ),
    Mutant(
        "a rollback gives an exposed key back",
        "plan.py",
        {"(standing.quarantined, *_STANDING, rolling_back.predecessor)": ""
         "(*[check for check in _STANDING if check is not standing.exposed], rolling_back.predecessor)"},
        "tests/unit/test_plan_exposed.py::test_neither_a_rollback_nor_an_alarm_brings_a_key_back",
    ),
    Mutant(
        "a secret is deleted without a way back",
        "aws/secrets.py",
        {"RecoveryWindowInDays=RECOVERY_WINDOW_DAYS": "ForceDeleteWithoutRecovery=True"},
        f"{GONE}::test_it_is_deleted_in_thirty_days_and_can_be_restored_until_then",
    ),
    Mutant(
        "a secret is retired though a key of its labels is left",
        "retirement.py",
        {"        if version.key_id and (owner := run.doors.iam.owner(version.key_id)):": "        if owner := None:"},
        f"{GONE}::test_a_key_of_its_labels_that_is_still_there_keeps_it",
    ),
    Mutant(
        "a secret is retired by the list of users alone",
        "retirement.py",
        {"        user = run.doors.iam.user(_former_user(secret, run).name)\n    except NotFound:\n        pass\n    else:": ""
         "        user = None\n    except NotFound:\n        pass\n    if user:"},
        f"{GONE}::test_a_user_that_was_made_since_the_listing_keeps_it",
    ),
)
