"""Condition keys of single services that ministack's policy evaluator does not know."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from sandbox.emulator import mail_calls
from sandbox.emulator.upstream import evaluator, secretsmanager, users

# Request parameters that are condition keys by the same name (service authorization reference, Secrets Manager).
OF_SECRETS = (
    "Name",
    "SecretId",
    "VersionId",
    "VersionStage",
    "BlockPublicPolicy",
    "ForceDeleteWithoutRecovery",
    "RecoveryWindowInDays",
)


def condition_keys(action: str, resource_arn: str) -> dict[str, Any]:
    """Give the keys of the request in work that its service adds to the global ones."""
    service = action.partition(":")[0]
    body = _body()
    if service == "secretsmanager":
        request = _json(body)
        return {f"{service}:{name}": request[name] for name in OF_SECRETS if name in request} | dict(
            _tags(service, _secret_tags(resource_arn)),
        )
    if service == "iam":
        return dict(_tags(service, _user_tags(resource_arn)))
    return _of_parameters(action, body)


def _of_parameters(action: str, body: bytes) -> dict[str, Any]:
    if action == "cloudwatch:PutMetricData" and (namespace := _namespace(body)):
        return {"cloudwatch:namespace": namespace}
    if action == "ses:SendRawEmail":
        return {"ses:FromAddress": mail_calls.from_body(body)}
    if action == "sts:AssumeRole" and (external_id := parse_qs(body.decode(errors="ignore")).get("ExternalId")):
        return {"sts:ExternalId": external_id[0]}
    if action == "events:PutEvents":
        return _of_events(_json(body).get("Entries") or [])
    return {}


def _of_events(entries: list[dict[str, Any]]) -> dict[str, Any]:
    named = {"events:source": "Source", "events:detail-type": "DetailType"}
    found = {key: sorted({str(entry.get(name)) for entry in entries}) for key, name in named.items()}
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def _body() -> bytes:
    request = evaluator._signed_request.get()
    return b"" if request is None else bytes(request.body)


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _namespace(body: bytes) -> str | None:
    # The same call comes in three protocols, by the age of the SDK: a query, JSON, or CBOR.
    if namespace := _json(body).get("Namespace"):
        return str(namespace)
    if namespaces := parse_qs(body.decode(errors="ignore")).get("Namespace"):
        return namespaces[0]
    return _namespace_in_cbor(body)


def _namespace_in_cbor(body: bytes) -> str | None:
    key = b"\x69Namespace"  # CBOR: a text of 9 bytes; its value follows, a text of up to 255 bytes (RFC 8949, 3.1)
    at = body.find(key) + len(key)
    if at < len(key) or at >= len(body):
        return None
    head = body[at]
    one_byte_of_length = 0x78
    start, length = (at + 2, body[at + 1]) if head == one_byte_of_length else (at + 1, head & 0x1F)
    return body[start : start + length].decode(errors="replace")


def _secret_tags(arn: str) -> list[dict[str, str]]:
    _, secret = secretsmanager._resolve(arn)
    return list(secret["Tags"]) if secret else []


def _user_tags(arn: str) -> list[dict[str, str]]:
    user = users.get(arn.rsplit("/", 1)[-1])
    return list(user["Tags"]) if user and user["Arn"] == arn else []


def _tags(service: str, tags: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    for tag in tags:
        yield f"{service}:ResourceTag/{tag['Key']}", tag["Value"]
        yield f"aws:ResourceTag/{tag['Key']}", tag["Value"]
