"""Mutants of what is read and what is told: facts guessed, pages left out, failures that spread, secrets that show."""

from tests.mutants.mutant import Mutant
from tests.mutants.suites import (
    BOUNDS,
    CLIENTS,
    CRASHES,
    HANDLER,
    ISOLATION,
    LOOKING,
    NEWER_MARKS,
    OVERRIDES,
    PLAN_EXPOSED,
    PLAN_STANDING,
    READING,
    RETIREMENT,
    ROTATION,
    SECRETS,
    SURVEY,
    THROTTLED,
)

FACTS = (
    Mutant(
        "an error is read as never used",
        "aws/iam.py",
        """
-        with asking("GetAccessKeyLastUsed"):
+        try:
             used = self._iam.get_access_key_last_used(AccessKeyId=key_id).get("AccessKeyLastUsed", {})
+        except Exception:
+            used = {}
""",
        f"{ISOLATION}::test_unreadable_is_not_absent",
    ),
    Mutant(
        "a secret that cannot be read is absent",
        "aws/secrets.py",
        """
-        except NotFound:
+        except Exception:
""",
        f"{ROTATION}::test_what_cannot_be_read_is_not_absent",
    ),
    Mutant(
        "a guard alarm that cannot be read is quiet",
        "aws/alarms.py",
        """
-        with asking("DescribeAlarms"):
+        answer = {}
+        from contextlib import suppress
+        with suppress(Exception):

-        return next((AlarmState(alarm["StateValue"]) for alarm in found), AlarmState.MISSING)
+        return next((AlarmState(alarm["StateValue"]) for alarm in found), AlarmState.OK)
""",
        f"{CRASHES}::test_an_operation_throttled_for_a_whole_run_loses_nothing_and_is_healed[a guarded deactivation]",
    ),
    Mutant(
        "what could not be read holds nobody",
        "plan.py",
        """
-    standing.unreadable,
""",
        f"{PLAN_STANDING}::test_what_could_not_be_read_holds_the_user",
    ),
    Mutant(
        "an exemption fails open",
        "domain/tags.py",
        """
-    raise InvalidTag(tag, text, "an ISO date such as 2026-12-31")
+    return None
""",
        f"{PLAN_STANDING}::test_an_exemption_that_cannot_be_read_holds_the_user_and_is_reported",
    ),
    Mutant(
        "an exemption that is misspelt fails open",
        "plan.py",
        """
-    standing.known_tags,
""",
        f"{NEWER_MARKS}::test_a_users_tag_whose_name_is_not_known_holds_it_until_somebody_looks",
    ),
    Mutant(
        "a mark of a newer release is ignored",
        "plan.py",
        """
-    standing.state_not_understood,
""",
        f"{NEWER_MARKS}::test_no_key_and_no_secret_with_such_a_mark_is_touched",
    ),
    Mutant(
        "a grace period whose beginning cannot be read is over",
        "domain/understanding.py",
        """
-    if tag.GRACE_FROM in secret.tags and tag.moment(secret.tags, tag.GRACE_FROM) is None:
+    if False:
""",
        f"{NEWER_MARKS}::test_a_grace_period_whose_beginning_cannot_be_read_is_not_taken_for_over",
    ),
    Mutant(
        "an exemption is ignored",
        "plan.py",
        """
-    standing.exempt,
""",
        f"{PLAN_STANDING}::test_an_exempt_user_is_held_through_the_last_day_of_the_exemption",
    ),
    Mutant(
        "an age that cannot be read is the account's",
        "domain/tags.py",
        """
-        raise InvalidTag(tag, text, f"a whole number of days from 1 to {high}")
+        return default
""",
        f"{PLAN_STANDING}::test_an_age_that_cannot_be_read_holds_the_user_and_is_reported",
    ),
    Mutant(
        "a user whose key is exposed gets a new one",
        "plan.py",
        """
-    standing.exposed,
""",
        f"{PLAN_EXPOSED}::test_a_user_whose_key_was_reported_is_held",
    ),
    Mutant(
        "the keys are read before the versions",
        "reading.py",
        """
     user, secrets = candidate.user, run.doors.secrets
+    keys = run.doors.iam.keys(user.name)
     # By its tag, since users get renamed; else by the name that it would have.

         secret = secrets.read(claims[0])
-    keys = run.doors.iam.keys(user.name)
     return Truth(keys=tuple(key for key in keys if key.id not in deleted), secret=secret)
""",
        f"{READING}::test_the_secret_and_its_versions_are_read_before_the_keys",
    ),
    Mutant(
        "only the first page of versions is read",
        "aws/secrets.py",
        """
-                if not page.get("NextToken"):
-                    return
+                return
""",
        f"{READING}::test_all_versions_are_read_however_many_pages_they_fill",
    ),
    Mutant(
        "only the first page of users is read",
        "aws/iam.py",
        """
                 _user(each, each.get("AttachedManagedPolicies", []))
-                for page in pages
+                for page in list(pages)[:1]
                 for each in page.get("UserDetailList", [])
""",
        f"{SURVEY}::test_short_and_empty_pages_hide_nobody",
    ),
    Mutant(
        "only the first page of keys is read",
        "aws/iam.py",
        """
                 AccessKey(each["AccessKeyId"], KeyStatus(each["Status"]), each["CreateDate"])
-                for page in pages
+                for page in list(pages)[:1]
                 for each in page.get("AccessKeyMetadata", [])
""",
        f"{ROTATION}::test_answers_that_come_a_piece_at_a_time_change_nothing",
    ),
    Mutant(
        "only the first page of secrets is read",
        "aws/secrets.py",
        """
-            return [listed(each) for page in pages for each in page.get("SecretList", [])]
+            return [listed(each) for page in list(pages)[:1] for each in page.get("SecretList", [])]
""",
        f"{ROTATION}::test_a_secret_on_the_last_page_is_not_forgotten",
    ),
    Mutant(
        "a renamed user's secret is not found by its tag",
        "reading.py",
        """
-    if claims is None and (secret is None or secret.tags.get(tag.USER_ID) != user.id):
+    if False and (secret is None or secret.tags.get(tag.USER_ID) != user.id):
""",
        f"{READING}::test_a_renamed_user_s_secret_is_found_by_its_tag",
    ),
    Mutant(
        "one user's failure aborts the run",
        "turn.py",
        """
-        except Exception as error:  # noqa: BLE001 - one user's failure, foreseen or not, never stops another's
+        except ZeroDivisionError as error:  # noqa: BLE001 - one user's failure, foreseen or not, never stops another's
""",
        f"{ISOLATION}::test_an_error_in_the_program_hits_the_one_user_and_is_told_by_its_kind",
    ),
    Mutant(
        "one user's refusal is nobody's failure",
        "apply.py",
        """
-        return _done(action, state).broken_off(
-            error, f"{action.message}; but it could not be done to its end: {error}; the next run goes on"
+        return _done(action, state).held(
+            Reason.NOT_DUE, f"{action.message}; but it could not be done to its end: {error}; the next run goes on"
""",
        f"{RETIREMENT}::test_what_a_user_is_refused_is_a_failure_and_told",
    ),
    Mutant(
        "a throttle is a failure",
        "domain/outcome.py",
        """
-        return self.held(Reason.THROTTLED, message) if isinstance(error, Throttled) else self.failed(message)
+        return self.failed(message)
""",
        f"{THROTTLED}::TestARun::test_users_wait_for_another_run_which_does_all",
    ),
    Mutant(
        "any refusal passes for a throttle",
        "domain/outcome.py",
        """
-        return self.held(Reason.THROTTLED, message) if isinstance(error, Throttled) else self.failed(message)
+        return self.held(Reason.THROTTLED, message)
""",
        f"{RETIREMENT}::test_what_a_user_is_refused_is_a_failure_and_told",
    ),
    Mutant(
        "what could not be read for now is a failure",
        "reading.py",
        """
-            state = replace(state, unreadable=str(error), throttled=isinstance(error, Throttled))
+            state = replace(state, unreadable=str(error))
""",
        f"{THROTTLED}::TestARun::test_users_wait_for_another_run_which_does_all",
    ),
    Mutant(
        "an account's own rules are not looked at",
        "rotate.py",
        """
-    settings = settings.of_account(request.account or own)
""",
        f"{OVERRIDES}::TestRuns::test_an_account_that_is_only_observed_keeps_its_keys_and_lends_a_session_that_looks",
    ),
    Mutant(
        "a dry run acts",
        "run.py",
        """
-    return settings.mode is Mode.ENFORCE and not request.dry_run and request.verb is not Verb.STATUS
+    return settings.mode is Mode.ENFORCE and request.verb is not Verb.STATUS
""",
        f"{LOOKING}::TestOnlyLooking::test_the_plan_is_told_and_nothing_is_done",
    ),
    Mutant(
        "observing acts",
        "run.py",
        """
-    return settings.mode is Mode.ENFORCE and not request.dry_run and request.verb is not Verb.STATUS
+    return not request.dry_run and request.verb is not Verb.STATUS
""",
        f"{HANDLER}::test_the_default_is_to_observe",
    ),
    Mutant(
        "a run rotates more users than it may",
        "turn.py",
        """
-                return False
""",
        f"{BOUNDS}::TestTheMostRotations::test_the_oldest_come_first",
    ),
    Mutant(
        "the SDK may log at DEBUG",
        "aws/clients.py",
        """
-    hold_down_debug_logs()
""",
        f"{CLIENTS}::test_no_logger_prints_a_secret_at_any_level_anybody_sets",
    ),
    Mutant(
        "a new key's representation shows its secret",
        "domain/access_key.py",
        """
-    secret: str = field(repr=False)
+    secret: str
""",
        f"{CLIENTS}::test_a_new_key_shows_no_secret",
    ),
    Mutant(
        "what AWS says of a store is passed on",
        "aws/secrets.py",
        """
-        with asking("PutSecretValue", quiet=True):
+        with asking("PutSecretValue"):
""",
        f"{SECRETS}::test_a_call_that_carries_a_secret_and_always_fails_lets_none_out",
    ),
    Mutant(
        "an error in the program is told with its message",
        "turn.py",
        """
-        message=f"unexpected {type(error).__name__} in {place.name} ({place.filename}:{place.lineno}); "
+        message=f"unexpected {error} in {place.name} ({place.filename}:{place.lineno}); "
""",
        f"{SECRETS}::test_a_call_that_carries_a_secret_and_always_fails_lets_none_out",
    ),
)
