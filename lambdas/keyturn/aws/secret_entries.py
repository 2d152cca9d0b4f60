"""What Secrets Manager's answers say of secrets and versions, in the domain's words."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keyturn.domain.secret_labels import Secret, Version

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.type_defs import SecretListEntryTypeDef, SecretVersionsListEntryTypeDef, TagTypeDef


def merged(
    labelled: Mapping[str, list[str]], listed: "Iterable[SecretVersionsListEntryTypeDef]"
) -> tuple[Version, ...]:
    """Join what DescribeSecret and the later ListSecretVersionIds show; where they differ, the later one is right.

    ListSecretVersionIds leaves out versions that hold labels but no value.
    """
    versions = {
        each["VersionId"]: Version(
            each["VersionId"],
            frozenset(each.get("VersionStages", [])),
            each.get("CreatedDate"),
            each.get("LastAccessedDate"),
        )
        for each in listed
    }
    moved = frozenset[str]().union(*(version.labels for version in versions.values()))
    for version_id, labels in labelled.items():
        versions.setdefault(version_id, Version(version_id, frozenset(labels) - moved))
    return tuple(versions.values())


def listed(entry: "SecretListEntryTypeDef") -> Secret:
    """Read an entry of ListSecrets, which tells of versions only what labels they hold."""
    stages = entry.get("SecretVersionsToStages", {})
    return Secret(
        arn=entry["ARN"],
        name=entry["Name"],
        tags=tags_of(entry.get("Tags", [])),
        versions=tuple(Version(version, frozenset(labels)) for version, labels in stages.items()),
        deleted=entry.get("DeletedDate"),
    )


def tags_of(tags: "Iterable[TagTypeDef]") -> dict[str, str]:
    """Read a list of tags."""
    return {each["Key"]: each.get("Value", "") for each in tags if "Key" in each}


def tag_list(tags: Mapping[str, str]) -> "list[TagTypeDef]":
    """Write a list of tags."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
