"""The trial: a rotation of the canary's key is forced, and everything that it promises is looked at."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError

from keyturn.domain import tags as tag
from keyturn.domain.secret_labels import CURRENT, PENDING, PREVIOUS, before
from keyturn_cli.canary.user import Canary
from keyturn_cli.sessions import code_of
from keyturn_cli.trouble import Trouble

_Answer = TypeVar("_Answer")
# IAM is eventually consistent: what was made a moment ago may not be known everywhere yet.
_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_NOT_YET: Final = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "AccessDenied",
    "AccessDeniedException",
}


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at."""

    check: str
    good: bool
    message: str

    def as_dict(self) -> dict[str, Any]:
        """As a row of the answer."""
        return {"check": self.check, "state": "ok" if self.good else "fail", "message": self.message}


class Trial:
    """One rotation of the canary's key."""

    def __init__(self, canary: Canary) -> None:
        self._canary = canary
        self._successor = ""

    def checks(self) -> Iterator[Checked]:
        """Rotate, then look; the first failure of the rotation itself ends it."""
        line = self._rotate()
        self._successor = str(line["key"] or "")
        done = (line["action"], line["outcome"]) == ("CreateKey", "Done")
        yield Checked("rotation", done, line["message"])
        if not done:
            return
        yield self._keys()
        yield from self._labels()
        yield self._credential()
        notes = line.get("notes", [])
        yield Checked("events", not notes, "; ".join(notes) or "the event bus took the event of the rotation")
        if self._canary.owner:
            yield self._mail()

    def _rotate(self) -> dict[str, Any]:
        request = {"action": "rotate", "users": [self._canary.name], "force": True}
        waits = iter(_WAITS)
        while True:
            try:
                report = self._canary.stack.invoke(request, "rotating the canary's key")
            except Trouble as trouble:
                if "is not an IAM user" not in trouble.message or (seconds := next(waits, None)) is None:
                    raise
                self._canary.sleep(seconds)
            else:
                line: dict[str, Any] = report["users"][0]
                return line

    def _keys(self) -> Checked:
        listed = self._canary.stack.client("iam").list_access_keys(UserName=self._canary.name)["AccessKeyMetadata"]
        found = {key["AccessKeyId"]: key["Status"] for key in listed}
        good = found == {self._canary.key_id: "Active", self._successor: "Active"}
        shown = ", ".join(f"{key} is {status}" for key, status in found.items())
        return Checked("keys", good, shown or "there is none")

    def _labels(self) -> Iterator[Checked]:
        described = self._canary.stack.client("secretsmanager").describe_secret(SecretId=self._canary.secret)
        mine = {"Key": tag.USER_ID, "Value": self._canary.id} in described.get("Tags", [])
        key = described.get("KmsKeyId") or "aws/secretsmanager"
        wanted = self._canary.stack.outputs.get("VaultKeyArn", "aws/secretsmanager")
        encrypted = wanted.endswith(key)
        yield Checked(
            "secret",
            mine and encrypted,
            f"{self._canary.secret} {'is' if mine else 'is not'} tagged as the user's, encrypted with {key}",
        )
        stages = [set(each) for each in described["VersionIdsToStages"].values()]
        stored = {CURRENT, PENDING, self._successor} in stages
        intent = {PREVIOUS, before(self._canary.key_id)} in stages
        shown = "; ".join(", ".join(sorted(each)) for each in stages)
        yield Checked("labels", stored and intent, shown)

    def _credential(self) -> Checked:
        """Read the secret as the canary itself, with its first key, and sign a call with what it holds."""
        canary = self._canary
        reader = canary.stack.session.signing_with("secretsmanager", canary.key_id, canary.secret_access_key)
        try:
            value = self._patiently(lambda: reader.get_secret_value(SecretId=canary.secret))["SecretString"]
            credential = json.loads(value)
            sts = canary.stack.session.signing_with("sts", credential["AccessKeyId"], credential["SecretAccessKey"])
            caller = self._patiently(sts.get_caller_identity)
        except ClientError as error:
            return Checked("credential", good=False, message=f"{error.operation_name}: {code_of(error)}")
        good = credential["AccessKeyId"] == self._successor and caller["UserId"] == canary.id
        return Checked(
            "credential",
            good,
            f"the user read {credential['AccessKeyId']} from its secret; AWS takes it for {caller['Arn']}",
        )

    def _mail(self) -> Checked:
        try:
            report = self._canary.stack.invoke(
                {"action": "notify_test", "users": [self._canary.name]}, "sending a test letter"
            )
        except Trouble as trouble:
            known = "action" not in trouble.message or "notify_test" not in trouble.message
            missing = "this deployment sends no test letters yet: deploy a newer one"
            return Checked("mail", good=False, message=trouble.message if known else missing)
        (line,) = report["users"]
        return Checked("mail", good=line["outcome"] == "Done", message=line["message"])

    def _patiently(self, call: Callable[[], _Answer]) -> _Answer:
        for seconds in _WAITS:
            try:
                return call()
            except ClientError as error:
                if code_of(error) not in _NOT_YET:
                    raise
            self._canary.sleep(seconds)
        return call()
