"""Lists of secrets and of their versions, and the end of a secret that was scheduled for deletion."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from sandbox.emulator.upstream import Answer, Record, extend, json_answer, json_refusal, replace, secretsmanager

PAGE = 100


def mend() -> None:
    """Answer the lists, and let a recovery window run out."""
    replace(secretsmanager, "_list_secret_version_ids", _list_versions)
    replace(secretsmanager, "_filter_secret_names", _matching)
    extend(secretsmanager, "_list_secrets", _list_secrets)
    extend(secretsmanager, "_resolve", _resolve)


def _list_versions(request: Record) -> Answer:
    _, secret = secretsmanager._resolve(request.get("SecretId"))
    if not secret:
        return json_refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    listed = [
        _version(version_id, version)
        for version_id, version in sorted(secret["Versions"].items())
        if version["Stages"] or request.get("IncludeDeprecated")
    ]
    start = int(base64.b64decode(request.get("NextToken", "")) or b"0")
    end = start + min(request.get("MaxResults", PAGE), PAGE)
    following = base64.b64encode(str(end).encode()).decode() if end < len(listed) else None
    shown = {"ARN": secret["ARN"], "Name": secret["Name"], "Versions": listed[start:end]}
    return json_answer({**shown, "NextToken": following})


def _version(version_id: str, version: Record) -> Record:
    shown = {"VersionId": version_id, "CreatedDate": version["CreatedDate"]}
    if version["Stages"]:
        shown["VersionStages"] = list(version["Stages"])
    if "LastAccessedDate" in version:
        shown["LastAccessedDate"] = version["LastAccessedDate"]
    return shown


def _list_secrets(former: Callable[[Record], Answer], request: Record) -> Answer:
    _end_recovery_windows()
    status, headers, body = former(request)
    listed = json.loads(body)
    for entry in listed.get("SecretList", []):
        # Left out, it would be AWS's own key (Secrets Manager's service model).
        if key := secretsmanager._secrets[entry["Name"]].get("KmsKeyId"):
            entry["KmsKeyId"] = key
    return status, headers, json.dumps(listed).encode()


def _matching(names: list[str], filters: list[Record]) -> list[str]:
    """Give the names that pass every filter: any of its values, as a prefix; `!` before a value turns it round."""
    return [name for name in names if all(_passes(secretsmanager._secrets[name], each) for each in filters)]


def _passes(secret: Record, wanted: Record) -> bool:
    tags = secret.get("Tags") or []
    fields = {
        "name": [secret["Name"]],
        "description": [secret.get("Description") or ""],
        "tag-key": [tag["Key"] for tag in tags],
        "tag-value": [tag["Value"] for tag in tags],
    }
    found = fields.get(wanted["Key"]) or [text for texts in fields.values() for text in texts]
    return any(_begins(found, value) for value in wanted["Values"])


def _begins(texts: list[str], value: str) -> bool:
    if value.startswith("!"):
        return not _begins(texts, value[1:])
    return any(text.startswith(value) for text in texts)


def _resolve(former: Callable[..., Any], *asked: Any, **scope: Any) -> Any:
    _end_recovery_windows()
    return former(*asked, **scope)


def _end_recovery_windows() -> None:
    secrets = secretsmanager._secrets
    for name, secret in list(secrets.items()):
        if secret["DeletedDate"] and secret["DeletedDate"] <= time.time():
            secretsmanager._purge_secret(name, secret)
