"""Mutants of a rotation's second half: the store, the check and the promotion; what each is for, taken away."""

from tests.mutants.mutant import Mutant
from tests.mutants.suites import BOUNDS, HAPPY_PATH, LATE, LATER_RUN, PEOPLE, ROTATION

STORING = (
    Mutant(
        "promoted before it is stored",
        "rotation.py",
        """
         version = store_token(self._user.id, key.id)
+        self._doors.secrets.promote(self._arn, to=version, holder=self._current)
         if error := self._store(key, version):
""",
        f"{HAPPY_PATH}::test_the_steps_come_in_the_order_that_a_crash_can_be_healed_from",
    ),
    Mutant(
        "promoted before it is verified",
        "rotation.py",
        """
         outcome = replace(self._outcome, version_id=version)
+        self._doors.secrets.promote(self._arn, to=version, holder=self._current)
         try:
""",
        f"{LATE}::test_a_new_key_that_sts_refuses_for_longer_is_given_to_nobody_and_told",
    ),
    Mutant(
        "promoted by the very call that stores it",
        "aws/secrets.py",
        """
-                SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(value), VersionStages=[PENDING, key.id]
+                SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(value),
+                VersionStages=[PENDING, CURRENT, key.id]
""",
        f"{LATE}::test_a_new_key_that_sts_refuses_for_longer_is_given_to_nobody_and_told",
    ),
    Mutant(
        "not verified at all",
        "rotation.py",
        """
-            caller = self._verify(key)
+            from keyturn.aws.identity import Caller
+            caller = Caller(self._user.account, self._user.arn, self._user.id)
""",
        f"{LATE}::test_a_new_key_that_sts_refuses_for_longer_is_given_to_nobody_and_told",
    ),
    Mutant(
        "whose key it is, as STS says, is not looked at",
        "rotation.py",
        """
-        if (caller.account, caller.arn, caller.user_id) != (self._user.account, self._user.arn, self._user.id):
+        if not caller:
""",
        f"{PEOPLE}::test_a_key_made_for_a_user_that_was_created_anew_in_that_moment_is_deleted_at_once",
    ),
    Mutant(
        "AWSCURRENT is not moved",
        "rotation.py",
        """
-            self._doors.secrets.promote(self._arn, to=version, holder=self._current)
+            pass
""",
        f"{HAPPY_PATH}::test_a_key_is_replaced_at_day_75_switched_off_at_day_89_and_deleted_at_day_119",
    ),
    Mutant(
        "AWSCURRENT is moved from whoever holds it",
        "aws/secrets.py",
        """
-        source = {"RemoveFromVersionId": holder} if holder else {}
+        source = {}
+        if held := self._holder(arn, CURRENT):
+            source = {"RemoveFromVersionId": held}
""",
        f"{ROTATION}::test_a_value_that_a_person_has_written_meanwhile_stays_current",
    ),
    Mutant(
        "AWSCURRENT is moved without naming its holder",
        "aws/secrets.py",
        """
-        source = {"RemoveFromVersionId": holder} if holder else {}
+        source: dict[str, str] = {}
""",
        f"{HAPPY_PATH}::test_the_successors_have_the_same_life",
    ),
    Mutant(
        "a promotion whose answer was lost counts as failed",
        "aws/secrets.py",
        """
-            if self._holder(arn, CURRENT) != to:
-                raise
+            raise
""",
        f"{ROTATION}::test_a_promotion_whose_answer_is_lost_is_known_for_done_by_its_labels",
    ),
    Mutant(
        "the stored version does not carry the key's ID",
        "aws/secrets.py",
        """
-                SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(value), VersionStages=[PENDING, key.id]
+                SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(value), VersionStages=[PENDING]
""",
        f"{LATER_RUN}::test_a_key_stored_and_not_promoted_is_deleted_and_a_new_attempt_made_at_once",
    ),
    Mutant(
        "a key that cannot be stored is kept",
        "rotation.py",
        """
-            seen = self._doors.iam.delete(self._user.name, key.id)
+            seen = True
""",
        f"{ROTATION}::test_a_key_that_cannot_be_stored_is_deleted_by_the_run_that_made_it",
    ),
    Mutant(
        "a store that fails is not tried again",
        "rotation.py",
        """
-_STORE_WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0)
+_STORE_WAITS: Final = ()
""",
        f"{ROTATION}::test_a_store_that_fails_is_made_again_while_the_key_is_in_memory",
    ),
    Mutant(
        "the predecessor is deactivated as soon as the successor is promoted",
        "rotation.py",
        """
         )
+        self._doors.iam.deactivate(self._user.name, self._outcome.key or "")
         return self._note_review(outcome)
""",
        f"{HAPPY_PATH}::test_the_predecessor_is_not_touched_by_the_run_that_replaces_it",
    ),
    Mutant(
        "a rotation is begun without the time to end it",
        "rotation.py",
        """
-_CREATE_RESERVE: Final = 45.0
+_CREATE_RESERVE: Final = 0.0
""",
        f"{BOUNDS}::TestTheDeadline::test_time_that_was_lost_by_reading_begins_no_key",
    ),
    Mutant(
        "a user is started without the time for a rotation",
        "rotation.py",
        """
-SECONDS_NEEDED: Final = 120.0
+SECONDS_NEEDED: Final = 0.0
""",
        f"{BOUNDS}::TestTheDeadline::test_a_run_without_time_starts_nobody",
    ),
)
