"""The door to Secrets Manager: users' secrets, their versions and labels; it never reads a value."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypedDict

from keyturn.aws.clients import Clients
from keyturn.aws.secret_entries import listed, merged, tag_list, tags_of
from keyturn.aws.translation import asking
from keyturn.domain import tags as tag
from keyturn.domain.access_key import NewKey, User
from keyturn.domain.reader_policy import reader_policy
from keyturn.domain.refusal import NotFound, Refused
from keyturn.domain.secret_labels import CURRENT, PENDING, Secret
from keyturn.domain.ses_smtp import smtp_password

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.type_defs import (
        FilterTypeDef,
        SecretVersionsListEntryTypeDef,
    )

RECOVERY_WINDOW_DAYS = 30
# What both a tag's value may hold and a filter of ListSecrets takes (its service model); an alarm may have any name.
_FITS_A_FILTER: Final = re.compile(r"[A-Za-z0-9 :_@/+=.-]+")


class _Encryption(TypedDict, total=False):
    KmsKeyId: str


class Secrets:
    """Secrets Manager in the domain's words. All methods raise AwsError."""

    def __init__(self, clients: Clients, *, kms_key_id: str | None = None) -> None:
        self._client = clients.secretsmanager
        self._kms_key_id = kms_key_id

    def below(self, prefix: str) -> list[Secret]:
        """List the secrets below a prefix, 100 a call, with their tags and labels; a hint, since the list may lag."""
        return [each for each in self._list([{"Key": "name", "Values": [prefix]}]) if each.name.startswith(prefix)]

    def claiming(self, user_id: str) -> list[Secret]:
        """List the secrets that carry a user's id as their tag."""
        claims = self._list([{"Key": "tag-key", "Values": [tag.USER_ID]}, {"Key": "tag-value", "Values": [user_id]}])
        return [each for each in claims if each.tags.get(tag.USER_ID) == user_id]

    def guarded_by(self, alarm: str, prefix: str) -> list[Secret]:
        """List the secrets below a prefix whose user has an alarm as its guard."""
        filters: list[FilterTypeDef] = [{"Key": "tag-key", "Values": [tag.GUARD_ALARM]}]
        if _FITS_A_FILTER.fullmatch(alarm):
            filters.append({"Key": "tag-value", "Values": [alarm]})
        guarded = self._list(filters)
        return [each for each in guarded if each.tags.get(tag.GUARD_ALARM) == alarm and each.name.startswith(prefix)]

    def _list(self, filters: "list[FilterTypeDef]") -> list[Secret]:
        with asking("ListSecrets"):
            pages = self._client.get_paginator("list_secrets").paginate(
                Filters=filters, IncludePlannedDeletion=True, PaginationConfig={"PageSize": 100}
            )
            return [listed(each) for page in pages for each in page.get("SecretList", [])]

    def read(self, secret_id: str) -> Secret | None:
        """Read a secret and all its versions, without values; None when there is none.

        Raises:
            AwsError: when it can't be read, which is not the same.
        """
        try:
            with asking("DescribeSecret"):
                described = self._client.describe_secret(SecretId=secret_id)
        except NotFound:
            return None
        labelled = described.get("VersionIdsToStages", {})
        return Secret(
            arn=described["ARN"],
            name=described["Name"],
            tags=tags_of(described.get("Tags", [])),
            versions=merged(labelled, self._versions(described["ARN"])),
            deleted=described.get("DeletedDate"),
        )

    def _versions(self, arn: str) -> "Iterable[SecretVersionsListEntryTypeDef]":
        token: dict[str, str] = {}
        with asking("ListSecretVersionIds"):  # botocore has no paginator for it
            while True:
                page = self._client.list_secret_version_ids(
                    SecretId=arn, IncludeDeprecated=True, MaxResults=100, **token
                )
                yield from page.get("Versions", [])
                if not page.get("NextToken"):
                    return
                token = {"NextToken": page["NextToken"]}

    def create(self, name: str, tags: Mapping[str, str]) -> str:
        """Create a secret without a value, and answer its ARN.

        Raises:
            AlreadyExists: when the name is taken, perhaps by another run a moment ago.
        """
        key: _Encryption = {"KmsKeyId": self._kms_key_id} if self._kms_key_id else {}
        with asking("CreateSecret"):
            return self._client.create_secret(
                Name=name,
                Description="An IAM user's access key, kept by Keyturn",
                Tags=tag_list(tags),
                **key,
            )["ARN"]

    def put_intent(self, arn: str, token: str, labels: list[str], value: Mapping[str, str]) -> bool:
        """Write an intent as version `token`; answer whether it holds AWSCURRENT, as a secret's first version does.

        Raises:
            AlreadyExists: when another run, which saw the same versions, has written its own.
        """
        with asking("PutSecretValue"):
            answer = self._client.put_secret_value(
                SecretId=arn,
                ClientRequestToken=token,
                SecretString=json.dumps(value),
                VersionStages=[PENDING, *labels],
            )
        return CURRENT in answer.get("VersionStages", [])

    def store(self, arn: str, token: str, key: NewKey, *, smtp_region: str | None = None) -> None:
        """Store a new key as version `token`, labelled with its ID, perhaps with its SMTP password for a region.

        Storing it again is a no-op.
        """
        value = {
            "Version": 1,
            "AccessKeyId": key.id,
            "SecretAccessKey": key.secret,
            "UserName": key.user_name,
            "CreateDate": tag.written(key.created),
            **({"SesSmtpPassword": smtp_password(key.secret, smtp_region)} if smtp_region else {}),
        }
        with asking("PutSecretValue", quiet=True):
            self._client.put_secret_value(
                SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(value), VersionStages=[PENDING, key.id]
            )

    def promote(self, arn: str, to: str, holder: str | None) -> None:
        """Move AWSCURRENT to version `to`, from the version that must hold it now.

        A refusal may come from a retry by the SDK whose first attempt went through, so the labels have the last word.
        """
        source = {"RemoveFromVersionId": holder} if holder else {}
        try:
            with asking("UpdateSecretVersionStage"):
                self._client.update_secret_version_stage(
                    SecretId=arn, VersionStage=CURRENT, MoveToVersionId=to, **source
                )
        except Refused:
            if self._holder(arn, CURRENT) != to:
                raise

    def drop(self, arn: str, label: str, version: str) -> None:
        """Take a label off a version; one that is gone from it already counts as taken off."""
        try:
            with asking("UpdateSecretVersionStage"):
                self._client.update_secret_version_stage(SecretId=arn, VersionStage=label, RemoveFromVersionId=version)
        except Refused:
            if self._holder(arn, label) == version:
                raise

    def _holder(self, arn: str, label: str) -> str | None:
        with asking("DescribeSecret"):
            stages = self._client.describe_secret(SecretId=arn).get("VersionIdsToStages", {})
        return next((version for version, labels in stages.items() if label in labels), None)

    def admit(self, arn: str, user: User) -> None:
        """Let a user of another account, and nobody else there, read its secret here."""
        with asking("PutResourcePolicy"):
            self._client.put_resource_policy(SecretId=arn, ResourcePolicy=reader_policy(user), BlockPublicPolicy=True)

    def tags(self, arn: str) -> dict[str, str]:
        """Read a secret's tags."""
        with asking("DescribeSecret"):
            return tags_of(self._client.describe_secret(SecretId=arn).get("Tags", []))

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags."""
        with asking("TagResource"):
            self._client.tag_resource(SecretId=arn, Tags=tag_list(tags))

    def untag(self, arn: str, *keys: str) -> None:
        """Take tags off; those that are not there are no error."""
        with asking("UntagResource"):
            self._client.untag_resource(SecretId=arn, TagKeys=list(keys))

    def retire(self, arn: str) -> None:
        """Schedule a secret's deletion, with the longest window in which it can be restored."""
        with asking("DeleteSecret"):
            self._client.delete_secret(SecretId=arn, RecoveryWindowInDays=RECOVERY_WINDOW_DAYS)
