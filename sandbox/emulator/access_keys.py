"""Access keys of IAM users: two a user, counted whatever their status, and reached only through their own user."""

from collections.abc import Callable
from typing import Any

from sandbox.emulator.key_use import NEVER, last_use
from sandbox.emulator.markup import element, members
from sandbox.emulator.paging import BadPageError, page
from sandbox.emulator.resource_arns import UNKNOWN_KEY
from sandbox.emulator.upstream import (
    Answer,
    Record,
    access_keys,
    answer_iam,
    evaluator,
    extend,
    extend_iam,
    iam_parameter,
    iam_refusal,
    iam_xml,
    users,
)

# Not adjustable, and an Inactive key takes its place too (user guide, IAM and STS quotas).
KEYS_OF_A_USER = 2


def mend() -> None:
    """Guard every action on access keys."""
    extend_iam("CreateAccessKey", _create)
    answer_iam("ListAccessKeys", _list)
    extend_iam("UpdateAccessKey", _of_its_user)
    extend_iam("DeleteAccessKey", _of_its_user)
    answer_iam("GetAccessKeyLastUsed", _last_used)
    extend(evaluator, "enforce", _enforce)


def keys_of(user_name: str) -> dict[str, Record]:
    """Give a user's keys by their IDs, the oldest first."""
    mine = [(key["CreateDate"], key_id) for key_id, key in access_keys.items() if key["UserName"] == user_name]
    return {key_id: access_keys[key_id] for _, key_id in sorted(mine)}


def _create(former: Callable[[Record], Answer], params: Record) -> Answer:
    if len(keys_of(iam_parameter(params, "UserName"))) >= KEYS_OF_A_USER:
        return iam_refusal(409, "LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {KEYS_OF_A_USER}")
    return former(params)


def _list(params: Record) -> Answer:
    name = iam_parameter(params, "UserName")
    if name not in users:
        return _no_user(name)
    try:
        shown, rest = page(keys_of(name), params)
    except BadPageError as error:
        return error.refusal()
    listed = ("AccessKeyId", "Status", "UserName", "CreateDate")
    entries = ("".join(element(each, key[each]) for each in listed) for key in shown)
    return iam_xml("ListAccessKeys", members("AccessKeyMetadata", entries) + rest)


def _of_its_user(former: Callable[[Record], Answer], params: Record) -> Answer:
    name, key_id = iam_parameter(params, "UserName"), iam_parameter(params, "AccessKeyId")
    if name not in users:
        return _no_user(name)
    if key_id not in keys_of(name):
        return _no_key(key_id)
    return former(params)


def _last_used(params: Record) -> Answer:
    key_id = iam_parameter(params, "AccessKeyId")
    if key_id not in access_keys:
        return _unknown(key_id)
    use = last_use(access_keys[key_id])
    # A key never used has no date, and N/A for the rest (API reference, AccessKeyLastUsed).
    date = "" if use is NEVER else element("LastUsedDate", use.date)
    used = date + element("Region", use.region) + element("ServiceName", use.service)
    owner = element("UserName", access_keys[key_id]["UserName"])
    return iam_xml("GetAccessKeyLastUsed", f"{owner}<AccessKeyLastUsed>{used}</AccessKeyLastUsed>")


def _enforce(former: Callable[..., Any], *request: Any, **more: Any) -> Any:
    """Leave it to the action to refuse an unknown key, whatever the caller may do."""
    refusal = former(*request, **more)
    about_no_user = str(more.get("resource_arn")).startswith(UNKNOWN_KEY)
    return None if about_no_user and not isinstance(refusal, evaluator.AuthError) else refusal


def _unknown(key_id: str) -> Answer:
    # Seen on AWS, also by administrators, and not documented: the API reference names no error for an unknown key.
    action = f"User: {evaluator.caller_arn()} is not authorized to perform: iam:GetAccessKeyLastUsed"
    return iam_refusal(403, "AccessDenied", f"{action} on resource: {UNKNOWN_KEY}{key_id}")


def _no_user(name: str) -> Answer:
    return iam_refusal(404, "NoSuchEntity", f"The user with name {name} cannot be found.")


def _no_key(key_id: str) -> Answer:
    return iam_refusal(404, "NoSuchEntity", f"The Access Key with id {key_id} cannot be found.")
