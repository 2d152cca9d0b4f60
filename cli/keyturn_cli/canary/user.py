"""The throwaway user: made with one key, and removed with its keys, its secret and its policy, also after a failure."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from keyturn.domain import tags as tag
from keyturn.domain.secret_labels import secret_name
from keyturn.settings import Settings
from keyturn_cli.sessions import code_of
from keyturn_cli.stack import Stack

FOLDER: Final = "keyturn-verify/"
_GONE: Final = {"NoSuchEntity", "ResourceNotFoundException"}
# A rotation that was under way when it was interrupted may still make a key.
_PASSES: Final = (2.0, 4.0, 8.0, 16.0)


@dataclass
class Canary:
    """One throwaway user.

    Attributes:
        owner: who gets letters about it, if anybody.
        id: its UserId, once it was made: its secret is known by it.
        secret_access_key: of its first key; never shown.
    """

    stack: Stack
    settings: Settings
    name: str
    sleep: Callable[[float], None] = time.sleep
    owner: str | None = None
    id: str = ""
    key_id: str = ""
    secret_access_key: str = field(default="", repr=False)

    @property
    def path(self) -> str:
        """Its path: in scope, and its own."""
        return f"{self.settings.user_path}{FOLDER}"

    @property
    def secret(self) -> str:
        """The name that its secret will have."""
        return secret_name(self.settings.secret_prefix, self.name)

    def make(self) -> None:
        """Create the user, with the policy to read its own secret and one key."""
        iam = self.stack.client("iam")
        tags = [{"Key": tag.MANAGED, "Value": "true"}]  # in scope also where opt_in is on
        if self.owner:
            tags.append({"Key": tag.OWNER, "Value": self.owner})
        self.id = iam.create_user(UserName=self.name, Path=self.path, Tags=tags)["User"]["UserId"]
        iam.attach_user_policy(UserName=self.name, PolicyArn=self.stack.output("ReadOwnSecretPolicyArn"))
        key = iam.create_access_key(UserName=self.name)["AccessKey"]
        self.key_id, self.secret_access_key = key["AccessKeyId"], key["SecretAccessKey"]

    def remove(self, *, rotating: bool) -> list[str]:
        """Remove everything; answer what could not be removed, and how it is removed by hand.

        Args:
            rotating: whether a rotation may still be under way, whose doings have to be waited for.
        """
        left = list(self._remove())
        for seconds in _PASSES if rotating or left else ():
            self.sleep(seconds)
            left = list(self._remove())
        return left

    def _remove(self) -> Iterator[str]:
        """Remove what there is, the user after what hangs on it."""
        iam = self.stack.client("iam")
        user = f"--user-name {self.name}"
        if not self._ours():
            return
        yield from self._attempt("its keys", f"aws iam list-access-keys {user}", self._delete_keys)
        policy = self.stack.outputs.get("ReadOwnSecretPolicyArn", "")
        yield from self._attempt(
            "its policy",
            f"aws iam detach-user-policy {user} --policy-arn {policy}",
            lambda: iam.detach_user_policy(UserName=self.name, PolicyArn=policy),
        )
        yield from self._attempt("the user", f"aws iam delete-user {user}", lambda: iam.delete_user(UserName=self.name))
        yield from self._attempt(
            "its secret",
            f"aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {self.secret}",
            self._delete_secret,
        )

    def _ours(self) -> bool:
        """Whether a user of this name, if there is one, is on the canary's own path: nobody else's is touched."""
        iam = self.stack.client("iam")
        try:
            return str(iam.get_user(UserName=self.name)["User"]["Path"]) == self.path
        except ClientError as error:
            return code_of(error) in _GONE or bool(self.id)

    def _attempt(self, what: str, by_hand: str, remove: Callable[[], object]) -> Iterator[str]:
        try:
            remove()
        except ClientError as error:
            if code_of(error) not in _GONE:
                yield f"{what} ({code_of(error)}): {by_hand}"
        except BotoCoreError as error:
            yield f"{what} ({type(error).__name__}): {by_hand}"

    def _delete_keys(self) -> None:
        iam = self.stack.client("iam")
        for key in iam.list_access_keys(UserName=self.name)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=self.name, AccessKeyId=key["AccessKeyId"])

    def _delete_secret(self) -> None:
        # Nobody wants it back, and its name shall be free; only ever the secret that carries this very user's id.
        client = self.stack.client("secretsmanager")
        found: dict[str, Any] = client.describe_secret(SecretId=self.secret)
        if self.id and {"Key": tag.USER_ID, "Value": self.id} in found.get("Tags", []):
            client.delete_secret(SecretId=found["ARN"], ForceDeleteWithoutRecovery=True)
