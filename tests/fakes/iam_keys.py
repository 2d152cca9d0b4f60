"""IAM's access keys: the quota, the statuses, and what is remembered of their use."""

from datetime import datetime

from tests.fakes import notes
from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.iam_users import named
from tests.fakes.identities import AccessKey, Use
from tests.fakes.paging import iam_page


def last_use(account: Account, key: AccessKey) -> Use | None:
    """The last use that IAM tells of by now (fact 3.6: it may lag by hours)."""
    if not account.last_used_lag:
        return key.uses[-1] if key.uses else None
    known_until = account.now - account.last_used_lag
    return next((use for use in reversed(key.uses) if use.at <= known_until), None)


def record_use(account: Account, key: AccessKey, service: str, region: str, at: datetime | None = None) -> None:
    """Keep a use, unless it falls within 15 minutes of the last kept one: only the first counts (fact 3.5)."""
    moment = at or account.now
    if not key.uses or moment - key.uses[-1].at >= account.last_used_span:
        key.uses.append(Use(moment, service, region))


def _owned(account: Account, params: Params) -> AccessKey:
    user = named(account, params["UserName"])
    key = account.keys.get(params["AccessKeyId"])
    if key is None or key.user is not user or key.deleted_at is not None:
        message = f"The Access Key with id {params['AccessKeyId']} cannot be found."
        raise ServiceError("NoSuchEntity", message, 404)
    return key


@operation("iam")
def list_access_keys(account: Account, _caller: Caller, params: Params) -> Response:
    user = named(account, params["UserName"])
    moment = account.now - account.list_keys_lag
    statuses = [(key, key.status_at(moment)) for key in sorted(user.keys, key=lambda key: key.slot)]
    listed = [
        {"UserName": user.name, "AccessKeyId": key.id, "Status": status, "CreateDate": key.created_at}
        for key, status in statuses
        if status is not None
    ]
    return iam_page(account, listed, params, "AccessKeyMetadata")


@operation("iam")
def get_access_key_last_used(account: Account, caller: Caller, params: Params) -> Response:
    key = account.keys.get(params["AccessKeyId"])
    if key is None or key.deleted_at is not None:
        raise _unknown(account, caller, params["AccessKeyId"])
    use = last_use(account, key)
    if use is None:
        return {"UserName": key.user.name, "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    told = {"LastUsedDate": use.at, "ServiceName": use.service, "Region": use.region}
    return {"UserName": key.user.name, "AccessKeyLastUsed": told}


def _unknown(account: Account, caller: Caller, key_id: str) -> ServiceError:
    """The API reference once listed NoSuchEntity and lists nothing now; AccessDenied has been seen."""
    if account.denies_unknown_keys:
        action = f"User: {caller.name} is not authorized to perform: iam:GetAccessKeyLastUsed"
        return ServiceError("AccessDenied", f"{action} on resource: access key {key_id}", 403)
    return ServiceError("NoSuchEntity", f"The Access Key with id {key_id} cannot be found.", 404)


@operation("iam", mutating=True)
def create_access_key(account: Account, caller: Caller, params: Params) -> Response:
    user = named(account, params["UserName"])
    if len(user.living) >= account.keys_per_user:
        notes.creation(account, caller, user, None)
        raise ServiceError("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409)
    key = account.add_key(user, caller, account.now)
    notes.creation(account, caller, user, key)
    told = {
        "UserName": user.name,
        "AccessKeyId": key.id,
        "Status": key.status,
        "SecretAccessKey": key.secret,
        "CreateDate": key.created_at,
    }
    return {"AccessKey": told}


@operation("iam", mutating=True)
def update_access_key(account: Account, caller: Caller, params: Params) -> Response:
    key = _owned(account, params)
    if params["Status"] not in ("Active", "Inactive"):
        raise ServiceError("ValidationError", "Status must be Active or Inactive.")
    if key.status == params["Status"]:
        return {}  # repeated, it is no change (fact 1.16)
    notes.change(account, caller, "activate" if params["Status"] == "Active" else "deactivate", key)
    key.set_status(account.now, params["Status"])
    return {}


@operation("iam", mutating=True)
def delete_access_key(account: Account, caller: Caller, params: Params) -> Response:
    key = _owned(account, params)
    notes.change(account, caller, "delete", key)
    key.deleted_at = account.now
    return {}
