"""Reads the users' tags and attached policies, which the credential report lacks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyturn_cli.trouble import Trouble

_HOW = "allowed is what 'aws iam get-account-authorization-details --filter User' answers"


@dataclass(frozen=True)
class UserDetail:
    """What is known of a user beside its keys."""

    tags: Mapping[str, str]
    policies: tuple[str, ...]


def read_users(path: Path) -> dict[str, UserDetail]:
    """Read the users' details by ARN.

    Raises:
        Trouble: when the file holds something else.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        return {user["Arn"]: _detail(user) for user in document["UserDetailList"]}
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise Trouble(f"{path}, line {error.lineno}, column {error.colno}: {error.msg}; {_HOW}") from None
    except (KeyError, TypeError, UnicodeDecodeError, AttributeError) as error:
        raise Trouble(f"{path} is not what was expected ({type(error).__name__}: {error}); {_HOW}") from None


def _detail(user: dict[str, Any]) -> UserDetail:
    return UserDetail(
        tags={tag["Key"]: tag["Value"] for tag in user.get("Tags", [])},
        policies=tuple(policy["PolicyName"] for policy in user.get("AttachedManagedPolicies", [])),
    )
