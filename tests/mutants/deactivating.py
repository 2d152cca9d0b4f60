"""Mutants of a deactivation: keys cut, or not given back, against the rules."""

from tests.mutants.mutant import Mutant
from tests.mutants.suites import HAPPY_PATH, PLAN_RETIRING, RACES, RESPONDER, RESPONSES, RETIREMENT

DEACTIVATING = (
    Mutant(
        "deactivated without a look at its last use",
        "domain/retiring.py",
        """
-    if case.used_within(key, case.policy.idle) and not fetching_only:
+    if False:
""",
        f"{HAPPY_PATH}::test_a_program_that_stays_with_its_key_is_never_cut_off",
    ),
    Mutant(
        "deactivated though nobody has the successor",
        "domain/retiring.py",
        """
-    if case.used_within(key, case.policy.unused) and not (successor_works or _fetched(case, successor)):
+    if False:
""",
        f"{RETIREMENT}::test_a_program_that_runs_once_a_month_keeps_its_key_until_it_has_the_successor",
    ),
    Mutant(
        "the check of the new key by STS counts as its adoption",
        "domain/retiring.py",
        """
-    successor_works = case.last_use(successor).by_other_than("sts")
+    successor_works = case.last_use(successor).at is not None
""",
        f"{RETIREMENT}::test_a_program_that_runs_once_a_month_keeps_its_key_until_it_has_the_successor",
    ),
    Mutant(
        "the grace period is cut",
        "domain/retiring.py",
        """
-    if case.now < case.grace_over_at - WANDER:
+    if False:
""",
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "a key is due a day late, so one gets too old",
        "domain/policy.py",
        """
-        return self.max_age - self.grace - RUN_INTERVAL - WANDER
+        return self.max_age - self.grace
""",
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "the deadline cuts though the setting says hold",
        "domain/retiring.py",
        """
-    return case.policy.at_deadline is AtDeadline.DEACTIVATE and case.age(key) >= case.policy.deadline_age
+    return case.age(key) >= case.policy.deadline_age
""",
        f"{HAPPY_PATH}::test_a_program_that_stays_with_its_key_is_never_cut_off",
    ),
    Mutant(
        "the tag comes after the deactivation",
        "switching.py",
        """
-    note_inactive(action, arn, state.user, run, by="keyturn")
     run.doors.iam.deactivate(state.user.name, action.key or "")
+    note_inactive(action, arn, state.user, run, by="keyturn")
""",
        f"{RETIREMENT}::test_a_deactivation_that_dies_in_the_middle_is_undone_by_its_alarm",
    ),
    Mutant(
        "a guard alarm that does not exist counts as quiet",
        "domain/lifecycle.py",
        """
-            case AlarmState.MISSING:
+            case AlarmState.MISSING if False:

-            case AlarmState.OK | AlarmState.INSUFFICIENT_DATA:
+            case _:
""",
        f"{PLAN_RETIRING}::TestTheGuardAlarm::test_it_holds_a_deactivation",
    ),
    Mutant(
        "the guard alarm is not looked at before a deactivation",
        "domain/retiring.py",
        """
-        or case.held_by_guard(key, "deactivated")
""",
        f"{PLAN_RETIRING}::TestTheGuardAlarm::test_it_holds_a_deactivation",
    ),
    Mutant(
        "the guard alarm is not looked at before a deletion",
        "domain/retiring.py",
        """
-    return case.held_by_guard(key, "deleted") or DeleteKey(
+    return DeleteKey(
""",
        f"{PLAN_RETIRING}::TestTheGuardAlarm::test_it_holds_a_deletion",
    ),
    Mutant(
        "the guard alarm is not read again after the deactivation",
        "switching.py",
        """
-    return _alarmed(name, run) if name else None
+    return None
""",
        f"{RESPONSES}::test_whenever_the_alarm_rings_and_the_signal_comes_the_key_ends_active",
    ),
    Mutant(
        "a deactivation after which nothing can be read is left as it is",
        "switching.py",
        """
-        run.doors.iam.activate(state.user.name, action.key or "")
""",
        f"{RETIREMENT}::test_a_deactivation_after_which_nothing_can_be_read_is_undone",
    ),
    Mutant(
        "a run does not undo what the guard alarm rings about",
        "domain/retiring.py",
        """
-    if undone := guarding.undo(case, key):
-        return undone
""",
        f"{RESPONSES}::test_a_fault_at_any_call_is_made_good_by_the_next_delivery_or_the_next_run",
    ),
    Mutant(
        "an alarm switches on what a person has switched off",
        "domain/guarding.py",
        """
-    if at is None or not ours or case.now - at >= case.policy.guard or not case.guard_rings():
+    if at is None or case.now - at >= case.policy.guard or not case.guard_rings():
""",
        f"{RESPONDER}::test_a_person_s_deactivation_stays_done",
    ),
    Mutant(
        "an alarm is believed whatever the user's own tag says",
        "undoing.py",
        """
-    bound = user.id == secret.tags.get(tag.USER_ID) and user.tags.get(tag.GUARD_ALARM) == alarm
+    bound = True
""",
        f"{RESPONDER}::test_the_users_own_tag_says_whether_the_alarm_guards_it",
    ),
    Mutant(
        "a reactivation forgets the deactivation before it begins the new grace period",
        "switching.py",
        """
+    run.doors.secrets.untag(arn, tag.DEACTIVATED_KEY, tag.DEACTIVATED_AT, tag.DEACTIVATED_BY)
     run.doors.secrets.tag(
         arn,
         {
             tag.GRACE_FROM: tag.written(run.now),
""",
        f"{RESPONSES}::test_a_fault_at_any_call_is_made_good_by_the_next_delivery_or_the_next_run",
    ),
    Mutant(
        "a rollback that came between is overruled by the deactivation",
        "switching.py",
        """
-    if _rolled_back(arn, state, run):
+    if False:
""",
        f"{RACES}::test_a_rollback_that_answers_done_has_the_last_word",
    ),
    Mutant(
        "nobody looks whether a deactivation left a key that works",
        "switching.py",
        """
-    if _leaves_none(run, state.user.name, action.key or ""):
+    if False:
""",
        f"{RETIREMENT}::test_a_deactivation_that_leaves_no_key_is_undone",
    ),
)
