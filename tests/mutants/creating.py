"""Mutants of a rotation's first half: the intent and the create; what each step is for, taken away."""

from tests.mutants.mutant import Mutant
from tests.mutants.suites import CLIENTS, HAPPY_PATH, IN_HUB, LATE, LATER_RUN, ROTATION, THROTTLED

CREATING = (
    Mutant(
        "no intent comes before the create",
        "rotation.py",
        """
-        first = self._doors.secrets.put_intent(
-            self._arn,
-            self._intent,
-            labels=[before(key.id) for key in self._state.keys],
-            value={
-                "Status": "RotationInProgress",
-                "RunId": self._run.id,
-                "UserName": self._user.name,
-                "Started": tag.written(self._run.now),
-            },
-        )
+        first = False
""",
        f"{LATER_RUN}::test_an_orphan_is_quarantined_deleted_a_day_later_and_a_new_attempt_made",
    ),
    Mutant(
        "the intent comes after the create",
        "rotation.py",
        """
         try:
+            early = self._create()
             self._declare()

         try:
-            key = self._create()
+            key = early
         except Ambiguous as error:
""",
        f"{HAPPY_PATH}::test_the_steps_come_in_the_order_that_a_crash_can_be_healed_from",
    ),
    Mutant(
        "the intent does not name its run, so two runs write the same",
        "rotation.py",
        """
-                "RunId": self._run.id,

-                "Started": tag.written(self._run.now),
""",
        f"{ROTATION}::test_a_run_that_writes_its_intent_second_asks_for_no_key",
    ),
    Mutant(
        "the intent's token is random, so it is no lock",
        "domain/secret_labels.py",
        """
-from uuid import UUID, uuid5
+from uuid import UUID, uuid4, uuid5

-    return str(uuid5(_TOKENS, f"{user_id} after {' '.join(seen)}"))
+    return str(uuid4())
""",
        f"{ROTATION}::test_a_run_that_writes_its_intent_second_asks_for_no_key",
    ),
    Mutant(
        "an intent that another run has won is no reason to stop",
        "rotation.py",
        """
         except AlreadyExists:
+            pass
+        except NotImplementedError:
             return self._outcome.held(
""",
        f"{ROTATION}::test_a_run_that_writes_its_intent_second_asks_for_no_key",
    ),
    Mutant(
        "the intent does not name the keys that were there before it",
        "rotation.py",
        """
-            labels=[before(key.id) for key in self._state.keys],
+            labels=[],
""",
        f"{ROTATION}::test_a_key_made_moments_before_the_rotation_that_died_is_told_from_its_orphan",
    ),
    Mutant(
        "labels are swept on a read that no won intent has proved",
        "rotation.py",
        """
             )
+        self._arn = self._state.secret.arn if self._state.secret else ''
+        notes = tuple(self._sweep())
         try:

             return self._outcome.broken_off(error, f"the secret cannot be written, so no key was created: {error}")
-        notes = tuple(self._sweep())
         try:
""",
        f"{ROTATION}::test_a_label_of_a_key_that_is_gone_is_taken_off_when_the_next_intent_is_won",
    ),
    Mutant(
        "labels of keys that are gone are never swept",
        "rotation.py",
        """
-        notes = tuple(self._sweep())
+        notes: tuple[str, ...] = ()
""",
        f"{ROTATION}::test_a_label_of_a_key_that_is_gone_is_taken_off_when_the_next_intent_is_won",
    ),
    Mutant(
        "the SDK's retries are left on for the create",
        "aws/clients.py",
        """
-_ONCE: Final = RETRIED.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
+_ONCE: Final = RETRIED
""",
        f"{CLIENTS}::test_a_create_whose_answer_is_lost_is_sent_once",
    ),
    Mutant(
        "the create goes through the client that retries",
        "aws/iam.py",
        """
-            key = self._iam_once.create_access_key(UserName=user_name)["AccessKey"]
+            key = self._iam.create_access_key(UserName=user_name)["AccessKey"]
""",
        f"{LATER_RUN}::test_an_answer_lost_on_its_way_makes_one_orphan_and_not_two_keys",
    ),
    Mutant(
        "a create that was not answered is made again",
        "rotation.py",
        """
-            except Throttled as error:  # surely not executed: the one failure after which the call may be repeated
+            except (Throttled, Ambiguous) as error:
""",
        f"{LATER_RUN}::test_an_answer_lost_on_its_way_makes_one_orphan_and_not_two_keys",
    ),
    Mutant(
        "a server error counts as a refusal",
        "aws/translation.py",
        """
-        return Ambiguous(operation, code, message)
+        return Refused(operation, code, message)
""",
        f"{ROTATION}::test_a_create_that_may_have_been_done_is_settled_and_not_made_again",
    ),
    Mutant(
        "a lost answer counts as a refusal",
        "aws/translation.py",
        """
-        raise Ambiguous(operation, type(error).__name__) from None
+        raise Refused(operation, type(error).__name__)
""",
        f"{LATER_RUN}::test_a_run_that_learns_of_its_own_orphan_puts_it_aside_at_once",
    ),
    Mutant(
        "a throttled create counts as one that may have been executed",
        "aws/translation.py",
        """
-        return Throttled(operation, code, message)
+        return Ambiguous(operation, code, message)
""",
        f"{ROTATION}::test_a_throttled_create_is_made_again_in_the_same_run",
    ),
    Mutant(
        "a throttled create is given up at once",
        "rotation.py",
        """
-_CREATE_WAITS: Final = (1.0, 2.0, 4.0, 8.0)
+_CREATE_WAITS: Final = ()
""",
        f"{ROTATION}::test_a_throttled_create_is_made_again_in_the_same_run",
    ),
    Mutant(
        "the intent of a create that was refused stays open",
        "rotation.py",
        """
-            return self._outcome.broken_off(error, f"no key was created: {error}{self._close_intent()}")
+            return self._outcome.broken_off(error, f"no key was created: {error}")
""",
        f"{ROTATION}::test_after_a_create_that_was_refused_a_persons_key_is_not_taken_for_an_orphan",
    ),
    Mutant(
        "a create waits for its turn beyond the time to store its key",
        "pace.py",
        """
-            if turn < reserve:
+            if False:
""",
        f"{THROTTLED}::TestThePace::test_nothing_is_begun_that_would_come_too_late",
    ),
    Mutant(
        "a throttled create comes again as fast as before",
        "rotation.py",
        """
-                pace.slow_down()
""",
        f"{THROTTLED}::TestARun::test_a_create_that_was_throttled_slows_the_run_down",
    ),
    Mutant(
        "a key is created in the hub's keeping before anybody may read it",
        "rotation.py",
        """
-        if self._is_new_to_its_reader:
+        if False:
""",
        f"{IN_HUB}::test_the_reader_is_admitted_before_there_is_a_key_to_read",
    ),
    Mutant(
        "a member's secrets are put among the hub's own",
        "membership.py",
        """
-    return f"{prefix.removesuffix('/')}-members/"
+    return prefix
""",
        f"{IN_HUB}::test_runs_for_the_hub_s_own_users_do_not_see_its_members_secrets",
    ),
    Mutant(
        "an unanswered create is settled by one look",
        "settling.py",
        """
-_SETTLE_WAITS: Final = (1.0, 2.0, 4.0, 8.0)
+_SETTLE_WAITS: Final = ()
""",
        f"{LATE}::test_a_key_whose_creation_was_not_answered_is_put_aside_as_soon_as_it_is_seen",
    ),
    Mutant(
        "an unanswered create is not settled at all",
        "rotation.py",
        """
-            return settle(error, self._outcome, self._arn, self._state, self._run)
+            return self._outcome.failed(f"not answered: {error}")
""",
        f"{LATER_RUN}::test_a_run_that_learns_of_its_own_orphan_puts_it_aside_at_once",
    ),
    Mutant(
        "the settling takes a key in use for an orphan",
        "settling.py",
        """
-    return key_id not in seen and run.doors.iam.last_use(key_id).at is None
+    return key_id not in seen
""",
        f"{ROTATION}::test_a_settling_leaves_a_key_alone_that_somebody_uses",
    ),
    Mutant(
        "the settling takes the predecessor for an orphan",
        "settling.py",
        """
-    return key_id not in seen and run.doors.iam.last_use(key_id).at is None
+    return run.doors.iam.last_use(key_id).at is None
""",
        f"{ROTATION}::test_a_settling_leaves_the_keys_alone_that_were_there_before",
    ),
    Mutant(
        "a suspected orphan is deleted at once",
        "switching.py",
        """
-    if not stays:
-        run.doors.iam.activate(user_name, key_id)
+    run.doors.iam.delete(user_name, key_id)
""",
        f"{LATER_RUN}::test_a_run_that_learns_of_its_own_orphan_puts_it_aside_at_once",
    ),
)
