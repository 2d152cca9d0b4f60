"""Mutants of a deletion: keys and secrets that are gone too early, or for good."""

from tests.mutants.mutant import Mutant
from tests.mutants.suites import GONE_USERS, HAPPY_PATH, PLAN_EXPOSED, PLAN_RETIRING, RETIREMENT

DELETING = (
    Mutant(
        "the recovery period is cut",
        "domain/retiring.py",
        """
-    if case.now < over:
+    if False:
""",
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "a use after the deactivation is ignored",
        "domain/retiring.py",
        """
-    if used is not None and used > since:
+    if False:
""",
        f"{PLAN_RETIRING}::TestRecovery::test_a_key_that_was_used_since_begins_it_anew",
    ),
    Mutant(
        "a key that was found Inactive is deleted at once",
        "domain/retiring.py",
        """
-    since = case.recorded_inactive_since(key)
+    since = case.recorded_inactive_since(key) or key.created
""",
        f"{PLAN_RETIRING}::TestRecovery::test_a_key_without_a_valid_clock_of_its_own_gets_one_now",
    ),
    Mutant(
        "an Inactive key is deleted though no key works",
        "domain/retiring.py",
        """
-    if not active:
+    if False:
""",
        f"{PLAN_RETIRING}::TestRecovery::test_without_a_key_that_works_nothing_is_deleted",
    ),
    Mutant(
        "a predecessor is deleted instead of deactivated",
        "apply.py",
        """
-    if (trouble := deactivate(action, arn, state, run)) is None:
+    run.doors.iam.delete(state.user.name, action.key or "")
+    if (trouble := None) is None:
""",
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "a key that a person has reactivated a moment ago is deleted",
        "apply.py",
        """
-    if key in active:
+    if False:
""",
        f"{RETIREMENT}::test_a_key_that_a_person_has_reactivated_since_the_look_is_not_deleted",
    ),
    Mutant(
        "a deleted key's labels stay",
        "apply.py",
        """
-        for label in (key, before(key)):
-            _drop(label, state.secret, run)
""",
        f"{RETIREMENT}::test_a_deleted_keys_labels_go_with_it",
    ),
    Mutant(
        "of two Active keys the one in use is deactivated",
        "domain/retiring.py",
        """
-        if key == case.successor or other is None or not _unused(case, key):
+        if key == case.successor or other is None or _unused(case, key):
""",
        f"{PLAN_RETIRING}::TestTwoKeysThatWereNeverRotated::test_of_two_active_ones_the_unused_one_is_deactivated",
    ),
    Mutant(
        "an unused key is deactivated though nothing else is in use",
        "domain/retiring.py",
        """
-        if other == case.successor or _in_use(case, other):
+        if other:
""",
        f"{PLAN_RETIRING}::TestTwoKeysThatWereNeverRotated::"
        "test_when_none_is_surely_unneeded_both_stay_and_the_owner_is_told",
    ),
    Mutant(
        "a rollback gives an exposed key back",
        "plan.py",
        """
-_ROLL_BACK: Final[tuple[Check, ...]] = (standing.quarantined, *_STANDING, rolling_back.predecessor)
+_ROLL_BACK: Final[tuple[Check, ...]] = (*set(_STANDING) - {standing.exposed}, rolling_back.predecessor)
""",
        f"{PLAN_EXPOSED}::test_neither_a_rollback_nor_an_alarm_brings_a_key_back",
    ),
    Mutant(
        "a secret is deleted without a way back",
        "aws/secrets.py",
        """
-            self._client.delete_secret(SecretId=arn, RecoveryWindowInDays=RECOVERY_WINDOW_DAYS)
+            self._client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
""",
        f"{GONE_USERS}::test_it_is_deleted_in_thirty_days_and_can_be_restored_until_then",
    ),
    Mutant(
        "a secret is retired though a key of its labels is left",
        "retirement.py",
        """
-        if version.key_id and (owner := run.doors.iam.owner(version.key_id)):
+        if owner := None:
""",
        f"{GONE_USERS}::test_a_key_of_its_labels_that_is_still_there_keeps_it",
    ),
    Mutant(
        "a secret is retired by the list of users alone",
        "retirement.py",
        """
-        user = run.doors.iam.user(_former_user(secret, run).name)
+        user = None

-    else:
+    if user:
""",
        f"{GONE_USERS}::test_a_user_that_was_made_since_the_listing_keeps_it",
    ),
)
