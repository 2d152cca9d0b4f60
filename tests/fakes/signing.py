"""Signed calls: whose key it is, whether AWS takes it by now, and STS telling who that is."""

from tests.fakes.account import Account
from tests.fakes.calls import Caller, Params, Response, ServiceError, operation
from tests.fakes.iam_keys import record_use
from tests.fakes.identities import AccessKey

QUERY_SERVICES = frozenset({"iam", "sts", "ses", "sns", "cloudwatch"})
GLOBAL_SERVICES = frozenset({"iam"})


def authenticate(account: Account, caller: Caller, service: str) -> None:
    """Refuse an unknown, Inactive or too new key and a wrong secret (fact 9.3); record the use of a good one."""
    key = _accepted(account, caller, service)
    record_use(account, key, service, "us-east-1" if service in GLOBAL_SERVICES else account.region)


def _accepted(account: Account, caller: Caller, service: str) -> AccessKey:
    key = account.keys.get(caller.access_key_id)
    query = service in QUERY_SERVICES
    if key is None or caller.session_token is not None or not works(account, key):
        code, status = ("InvalidClientTokenId", 403) if query else ("UnrecognizedClientException", 400)
        raise ServiceError(code, "The security token included in the request is invalid.", status)
    if caller.secret_access_key != key.secret:
        code, status = ("SignatureDoesNotMatch", 403) if query else ("InvalidSignatureException", 400)
        raise ServiceError(code, "The request signature we calculated does not match the one you provided.", status)
    return key


def works(account: Account, key: AccessKey) -> bool:
    fresh = account.now - key.created_at < account.new_key_delay
    return key.deleted_at is None and key.status == "Active" and not fresh


@operation("sts")
def get_caller_identity(account: Account, caller: Caller, _params: Params) -> Response:
    """Needs no permission (fact 9.1)."""
    key = account.keys.get(caller.access_key_id)
    if key is not None:
        return {"UserId": key.user.id, "Account": account.id, "Arn": key.user.arn}
    arn = f"arn:aws:sts::{account.id}:assumed-role/{caller.name}/session"
    return {"UserId": f"AROAFAKE0000000000001:{caller.name}", "Account": account.id, "Arn": arn}
