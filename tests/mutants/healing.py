"""Mutants of the healing: what a run left behind, taken for something else."""

from tests.mutants.mutant import Mutant
from tests.mutants.suites import LATER_RUN, PLAN_HEALING, PLAN_STANDING, RETIREMENT, SHORTLIST

HEALING = (
    Mutant(
        "the lease is ignored",
        "domain/policy.py",
        """
-LEASE: Final = timedelta(minutes=20)
+LEASE: Final = timedelta(0)
""",
        f"{LATER_RUN}::test_an_orphan_within_the_lease_is_left_to_the_run_that_may_be_about_to_store_it",
    ),
    Mutant(
        "an open intent is not looked at",
        "plan.py",
        """
-    healing.open_intent,
""",
        f"{LATER_RUN}::test_an_orphan_is_quarantined_deleted_a_day_later_and_a_new_attempt_made",
    ),
    Mutant(
        "a key stored and not promoted is left where it is",
        "domain/healing.py",
        """
-    return _lease(case, intent) or _stored(case, intent) or _unknown(case, intent)
+    return _lease(case, intent) or _unknown(case, intent)
""",
        f"{LATER_RUN}::test_a_key_stored_and_not_promoted_is_deleted_and_a_new_attempt_made_at_once",
    ),
    Mutant(
        "AWSPREVIOUS is ignored, so a key that a person moved back is deleted",
        "domain/healing.py",
        """
-    return PREVIOUS in version.labels or bool(overtaken)
+    return bool(overtaken)
""",
        f"{PLAN_HEALING}::TestAKeyStoredAndNotPromoted::test_a_current_version_that_a_person_moved_back_is_held",
    ),
    Mutant(
        "a later version is ignored, so a key off which a person moved AWSCURRENT twice is deleted",
        "domain/healing.py",
        """
-    return PREVIOUS in version.labels or bool(overtaken)
+    return PREVIOUS in version.labels
""",
        f"{PLAN_HEALING}::TestAKeyStoredAndNotPromoted::test_it_is_held_when_a_later_version_is_current",
    ),
    Mutant(
        "a stored key that was fetched is deleted",
        "domain/healing.py",
        """
-    fetched = intent.last_accessed is not None
+    fetched = False
""",
        f"{LATER_RUN}::test_a_stored_key_that_somebody_has_fetched_is_held_whatever_became_of_the_labels",
    ),
    Mutant(
        "a stored key in use is deleted",
        "domain/healing.py",
        """
-    if fetched or _was_current(case, intent) or case.last_use(key).by_other_than("sts"):
+    if fetched or _was_current(case, intent):
""",
        f"{LATER_RUN}::test_a_stored_key_that_is_in_use_is_held_and_reported",
    ),
    Mutant(
        "a stored key is deleted while it is Active",
        "apply.py",
        """
-    run.doors.iam.deactivate(state.user.name, key)
""",
        f"{LATER_RUN}::test_a_key_stored_and_not_promoted_is_deleted_and_a_new_attempt_made_at_once",
    ),
    Mutant(
        "a stored key is deleted though it is the user's only Active key",
        "domain/healing.py",
        """
-    if _is_only_active(case, key):
+    if False:
         # It may have been promoted, before a person wrote the secret by hand twice: no label tells of that any more.
""",
        f"{LATER_RUN}::test_a_promoted_key_that_two_values_written_by_hand_have_hidden_is_not_taken_from_a_user_without_another",
    ),
    Mutant(
        "a key of any time is taken for an orphan",
        "domain/policy.py",
        """
-INTENT_REACH: Final = timedelta(minutes=15)
+INTENT_REACH: Final = timedelta(days=15)
""",
        f"{LATER_RUN}::test_a_key_that_is_made_later_is_a_persons_even_unused",
    ),
    Mutant(
        "a key that was used is taken for an orphan",
        "domain/healing.py",
        """
-    return case.last_use(key).at is None
+    return True
""",
        f"{LATER_RUN}::test_a_key_that_is_used_is_a_persons_whenever_it_was_made",
    ),
    Mutant(
        "an orphan is deleted without a quarantine",
        "domain/policy.py",
        """
-QUARANTINE: Final = timedelta(hours=20)
+QUARANTINE: Final = timedelta(0)
""",
        f"{LATER_RUN}::test_an_orphan_is_quarantined_deleted_a_day_later_and_a_new_attempt_made",
    ),
    Mutant(
        "an orphan is deleted while it is Active",
        "domain/healing.py",
        """
-    if key.active or since is None:
-        return _quarantine(case, key)
+    if since is None:
+        since = case.now - QUARANTINE
""",
        f"{LATER_RUN}::test_an_orphan_is_quarantined_deleted_a_day_later_and_a_new_attempt_made",
    ),
    Mutant(
        "the user's only Active key is quarantined",
        "domain/healing.py",
        """
-    if _is_only_active(case, key):
+    if False:
         # Were it a person's after all, the user would be left without a key that works.
""",
        f"{PLAN_HEALING}::TestAKeyThatNoLabelNames::test_the_users_only_active_key_is_not_quarantined",
    ),
    Mutant(
        "after a quarantine nobody looks whether a key that works is left",
        "switching.py",
        """
-        stays = not _leaves_none(run, user_name, key_id)
+        stays = True
""",
        f"{RETIREMENT}::test_a_quarantine_that_leaves_no_key_is_undone",
    ),
    Mutant(
        "the intent of a person's key stays open",
        "apply.py",
        """
-    if action.closes_intent and secret and secret.open_intent:
+    if False:
""",
        f"{LATER_RUN}::test_a_key_that_is_used_is_a_persons_whenever_it_was_made",
    ),
    Mutant(
        "an open intent alone brings nobody onto the shortlist",
        "domain/shortlist.py",
        """
-        if stopped:
+        if False:
""",
        f"{SHORTLIST}::test_an_open_intent_is_healed_first_whatever_the_report_says",
    ),
    Mutant(
        "a current key that a person took away is replaced",
        "plan.py",
        """
-    standing.current_key_taken_away,
""",
        f"{LATER_RUN}::test_a_current_key_that_a_person_took_away_is_held_and_reported",
    ),
    Mutant(
        "the secret of a recreated user is taken over",
        "plan.py",
        """
-    standing.secret_of_another_user,
""",
        f"{PLAN_STANDING}::test_a_recreated_users_secret_is_held_even_when_it_holds_the_name_and_a_key",
    ),
    Mutant(
        "a rotation goes on beside two secrets that claim the user",
        "plan.py",
        """
-    standing.rival_secrets,
""",
        f"{PLAN_STANDING}::test_a_state_that_keyturn_does_not_make_holds_rotations_and_rollbacks_alike",
    ),
)
