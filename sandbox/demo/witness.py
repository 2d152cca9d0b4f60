"""The witness: looks at every user in scope from outside, as an administrator, and leaves no trace."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from sandbox.demo.people import Person
from sandbox.local_aws import Credential, LocalAws


@dataclass(frozen=True, kw_only=True)
class SeenKey:
    """One access key: whether the rotator made it, and whether its secret is in the user's secret."""

    key_id: str
    active: bool
    created: datetime
    made_by_rotator: bool
    stored: bool


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What was seen of one user: its keys, and whether AWS accepts the current credential (None: there is none)."""

    user: str
    keys: tuple[SeenKey, ...]
    current_accepted: bool | None


class Witness:
    """Knows who had which keys on day 0: any other key was made by the rotator."""

    def __init__(self, aws: LocalAws, people: Iterable[Person], credentials: dict[str, list[Credential]]) -> None:
        self._aws = aws
        self._people = list(people)
        self._given = {credential.key_id for each in credentials.values() for credential in each}
        iam = aws.observer("iam")
        self._ids = {each.name: iam.get_user(UserName=each.name)["User"]["UserId"] for each in self._people}

    def look(self) -> list[Sight]:
        """See every user."""
        secrets = self._secrets()
        return [self._see(person.name, secrets) for person in self._people]

    def _secrets(self) -> dict[str, Any]:
        """Give the secrets by the name of the user that their tag names."""
        pages = self._aws.observer("secretsmanager").get_paginator("list_secrets").paginate()
        found = {}
        for secret in (each for page in pages for each in page["SecretList"]):
            tags = {tag["Key"]: tag["Value"] for tag in secret["Tags"]}
            found[tags.get("keyturn:user-id", secret["Name"])] = secret
        return found

    def _see(self, user: str, secrets: dict[str, Any]) -> Sight:
        listed = self._aws.observer("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
        secret = secrets.get(self._ids[user])
        keys = tuple(
            SeenKey(
                key_id=key["AccessKeyId"],
                active=key["Status"] == "Active",
                created=key["CreateDate"],
                made_by_rotator=key["AccessKeyId"] not in self._given,
                stored=bool(secret) and self._is_stored(secret, key["AccessKeyId"]),
            )
            for key in listed
        )
        return Sight(user=user, keys=keys, current_accepted=self._accepted(user, secret) if secret else None)

    def _is_stored(self, secret: Any, key_id: str) -> bool:  # noqa: ANN401 - an entry of ListSecrets
        holding = [version for version, labels in secret["SecretVersionsToStages"].items() if key_id in labels]
        return any(self._value(secret, VersionId=version).get("AccessKeyId") == key_id for version in holding)

    def _accepted(self, user: str, secret: Any) -> bool | None:  # noqa: ANN401 - an entry of ListSecrets
        if not any("AWSCURRENT" in labels for labels in secret["SecretVersionsToStages"].values()):
            return None  # made to keep a clock's tags, before the first rotation
        value = self._value(secret, VersionStage="AWSCURRENT")
        if "AccessKeyId" not in value:
            return None
        holder = Credential(value["AccessKeyId"], value["SecretAccessKey"])
        try:
            arn: str = self._aws.observer("sts", holder).get_caller_identity()["Arn"]
        except ClientError:
            return False
        return arn.endswith(f"/{user}")

    def _value(self, secret: Any, **which: str) -> dict[str, Any]:  # noqa: ANN401 - an entry of ListSecrets
        answer = self._aws.observer("secretsmanager").get_secret_value(SecretId=secret["ARN"], **which)
        value: dict[str, Any] = json.loads(answer["SecretString"])
        return value
