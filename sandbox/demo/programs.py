"""Programs that live with their credentials: they fetch the secret, take over what is new, and do their work."""

import json
import re
from collections.abc import Iterable

from botocore.exceptions import ClientError

from sandbox.demo.people import Person, Program
from sandbox.demo.seeding import work
from sandbox.local_aws import Credential, LocalAws

# Before the first rotation there is no secret, and a secret that is not one's own looks the same.
NONE_YET = frozenset({"ResourceNotFoundException", "AccessDeniedException"})


class RunningProgram:
    """A client in the outside world: it knows its credential, its secret's name, and nothing of the rotator."""

    def __init__(self, aws: LocalAws, person: Person, program: Program, credential: Credential) -> None:
        self.user = person.name
        self.calls = 0
        self.errors: list[str] = []
        self._aws, self._program, self._credential = aws, program, credential
        self._has_fetched = False

    def live(self, day: int) -> None:
        """Do a day's work, if it is a day of work."""
        if day % self._program.every:
            return
        try:
            if self._program.fetches:
                self._fetch()
            work(self._aws, self._credential)
        except ClientError as error:
            self.errors.append(f"day {day}: {self.user}, {self._credential.key_id}: {error}")
        self.calls += 1

    def _fetch(self) -> None:
        secrets = self._aws.client("secretsmanager", self._credential)
        try:
            value = json.loads(secrets.get_secret_value(SecretId=secret_name(self.user))["SecretString"])
        except ClientError as error:
            if not self._has_fetched and error.response["Error"]["Code"] in NONE_YET:
                return
            raise
        self._has_fetched = True
        # A rotation that has begun leaves an intent without a credential: what one holds is still good.
        if "AccessKeyId" in value:
            self._credential = Credential(value["AccessKeyId"], value["SecretAccessKey"])


def secret_name(user: str) -> str:
    """Name a user's secret, as its documentation says: what a name may not hold is written as `=` and its hex code."""
    return f"keyturn/{re.sub('[=,]', lambda found: f'={ord(found[0]):02X}', user)}/access-key"


def start(
    aws: LocalAws, people: Iterable[Person], credentials: dict[str, list[Credential]], policy_arn: str
) -> list[RunningProgram]:
    """Start every user's programs; those that fetch are allowed to read their own secret."""
    programs = []
    for person in people:
        if any(program.fetches for program in person.programs):
            aws.client("iam").attach_user_policy(UserName=person.name, PolicyArn=policy_arn)
        programs += [
            RunningProgram(aws, person, program, credentials[person.name][program.key]) for program in person.programs
        ]
    return programs
