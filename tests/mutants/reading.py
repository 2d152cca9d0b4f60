"""Mutants of what is read and what is told: facts guessed, pages left out, failures that spread, secrets that show."""

from tests.mutants.mutant import Mutant

READING_TESTS = "tests/unit/test_reading.py"
STANDING = "tests/unit/test_plan_standing.py"
ISOLATION = "tests/unit/test_run_isolation.py::TestIsolation"
SECRETS = "tests/protocol/test_secrets_stay_secret.py"

READING = (
    Mutant(
        "an error is read as never used",
        "aws/iam.py",
        {
            '        with asking("GetAccessKeyLastUsed"):\n'
            "            used = self._iam.get_access_key_last_used(AccessKeyId=key_id).get(\"AccessKeyLastUsed\", {})": ""
            "        try:\n"
            "            used = self._iam.get_access_key_last_used(AccessKeyId=key_id).get(\"AccessKeyLastUsed\", {})\n"
            "        except Exception:\n"
            "            used = {}"
        },
        f"{ISOLATION}::test_unreadable_is_not_absent",
    ),
    Mutant(
        "a secret that cannot be read is absent",
        "aws/secrets.py",
        {
            "        except NotFound:\n            return None\n        labelled": ""
            "        except Exception:\n            return None\n        labelled"
        },
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "a guard alarm that cannot be read is quiet",
        "aws/alarms.py",
        {
            '        with asking("DescribeAlarms"):\n            answer =': "        answer = {}\n"
            "        from contextlib import suppress\n        with suppress(Exception):\n            answer =",
            "AlarmState.MISSING)": "AlarmState.OK)",
        },
        "tests/protocol/test_crash_points.py",
    ),
    Mutant(
        "what could not be read holds nobody",
        "plan.py",
        {"    standing.unreadable,\n": ""},
        f"{STANDING}::test_what_could_not_be_read_holds_the_user",
    ),
    Mutant(
        "an exemption fails open",
        "domain/tags.py",
        {'    raise InvalidTag(tag, text, "an ISO date such as 2026-12-31")': "    return None"},
        f"{STANDING}::test_an_exemption_that_cannot_be_read_holds_the_user_and_is_reported",
    ),
    Mutant(
        "an exemption is ignored",
        "plan.py",
        {"    standing.exempt,\n": ""},
        f"{STANDING}::test_an_exempt_user_is_held_through_the_last_day_of_the_exemption",
    ),
    Mutant(
        "an age that cannot be read is the account's",
        "domain/tags.py",
        {'        raise InvalidTag(tag, text, f"a whole number of days from 1 to {high}")': "        return default"},
        f"{STANDING}::test_an_age_that_cannot_be_read_holds_the_user_and_is_reported",
    ),
    Mutant(
        "a user whose key is exposed gets a new one",
        "plan.py",
        {"    standing.exposed,\n": ""},
        "tests/unit/test_plan_exposed.py::test_a_user_whose_key_was_reported_is_held",
    ),
    Mutant(
        "the keys are read before the versions",
        "reading.py",
        {
            "    user, secrets = candidate.user, run.doors.secrets\n": ""
            "    user, secrets = candidate.user, run.doors.secrets\n    keys = run.doors.iam.keys(user.name)\n",
            "        secret = secrets.read(claims[0])\n    keys = run.doors.iam.keys(user.name)\n": ""
            "        secret = secrets.read(claims[0])\n",
        },
        f"{READING_TESTS}::test_the_secret_and_its_versions_are_read_before_the_keys",
    ),
    Mutant(
        "only the first page of versions is read",
        "aws/secrets.py",
        {'                if not page.get("NextToken"):\n                    return': "                return"},
        f"{READING_TESTS}::test_all_versions_are_read_however_many_pages_they_fill",
    ),
    Mutant(
        "only the first page of users is read",
        "aws/iam.py",
        {"                for page in pages\n                for each in page.get(\"UserDetailList\", [])": ""
         "                for page in list(pages)[:1]\n                for each in page.get(\"UserDetailList\", [])"},
        "tests/unit/test_survey.py::test_short_and_empty_pages_hide_nobody",
    ),
    Mutant(
        "only the first page of keys is read",
        "aws/iam.py",
        {"                for page in pages\n                for each in page.get(\"AccessKeyMetadata\", [])": ""
         "                for page in list(pages)[:1]\n                for each in page.get(\"AccessKeyMetadata\", [])"},
        READING_TESTS,
    ),
    Mutant(
        "only the first page of secrets is read",
        "aws/secrets.py",
        {"for page in pages for each in page.get(\"SecretList\", [])": ""
         "for page in list(pages)[:1] for each in page.get(\"SecretList\", [])"},
        READING_TESTS,
    ),
    Mutant(
        "a renamed user's secret is not found by its tag",
        "reading.py",
        {"    if claims is None and (secret is None or": "    if False and (secret is None or"},
        f"{READING_TESTS}::test_a_renamed_user_s_secret_is_found_by_its_tag",
    ),
    Mutant(
        "one user's failure aborts the run",
        "turn.py",
        {"        except Exception as error:  # noqa: BLE001 - one user's failure": ""
         "        except ZeroDivisionError as error:  # noqa: BLE001 - one user's failure"},
        f"{ISOLATION}::test_an_error_in_the_program_hits_the_one_user_and_is_told_by_its_kind",
    ),
    Mutant(
        "one user's refusal is nobody's failure",
        "apply.py",
        {"        return _done(action, state).failed(\n": "        return _done(action, state).held(Reason.NOT_DUE,\n"},
        ISOLATION,
    ),
    Mutant(
        "a dry run acts",
        "run.py",
        {"return run.settings.mode is Mode.ENFORCE and not request.dry_run and": ""
         "return run.settings.mode is Mode.ENFORCE and"},
        "tests/unit/test_run_looking.py::TestOnlyLooking::test_the_plan_is_told_and_nothing_is_done",
    ),
    Mutant(
        "observing acts",
        "run.py",
        {"return run.settings.mode is Mode.ENFORCE and not": "return not"},
        "tests/unit/test_rotate_handler.py::test_the_default_is_to_observe",
    ),
    Mutant(
        "a run rotates more users than it may",
        "turn.py",
        {"            if self._left < 0:\n                self._left = 0\n                return False": ""
         "            if self._left < 0:\n                self._left = 0"},
        "tests/unit/test_run_bounds.py::TestTheMostRotations::test_the_oldest_come_first",
    ),
    Mutant(
        "the SDK may log at DEBUG",
        "aws/clients.py",
        {"    hold_down_debug_logs()\n    return clients": "    return clients"},
        "tests/unit/test_clients.py::test_no_logger_prints_a_secret_at_any_level_anybody_sets",
    ),
    Mutant(
        "a new key's representation shows its secret",
        "domain/access_key.py",
        {"    secret: str = field(repr=False)": "    secret: str"},
        "tests/unit/test_clients.py::test_a_new_key_shows_no_secret",
    ),
    Mutant(
        "what AWS says of a store is passed on",
        "aws/secrets.py",
        {'        with asking("PutSecretValue", quiet=True):': '        with asking("PutSecretValue"):'},
        f"{SECRETS}::test_a_call_that_carries_a_secret_and_always_fails_lets_none_out",
    ),
    Mutant(
        "an error in the program is told with its message",
        "turn.py",
        {'message=f"unexpected {type(error).__name__} in': 'message=f"unexpected {error} in'},
        f"{SECRETS}::test_a_call_that_carries_a_secret_and_always_fails_lets_none_out",
    ),
)
