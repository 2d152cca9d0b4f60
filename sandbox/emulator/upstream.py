"""The one version of ministack that the mends are written for: its modules, its state and its ways to answer.

Every mend reaches into ministack through this module, so another version is refused before anything is patched.
"""

import importlib
import importlib.metadata
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

WRITTEN_FOR = "1.5.33"
_found = importlib.metadata.version("ministack")
if _found != WRITTEN_FOR:
    message = (
        f"The sandbox mends ministack {WRITTEN_FOR}, and this is {_found}: "
        f"install the pinned one (make clean setup), or read each mend against {_found} first."
    )
    raise SystemExit(message)


def _module(name: str) -> Any:
    # ministack is installed in .venv-sandbox only, out of the type checker's sight.
    return importlib.import_module(f"ministack.{name}")


app = _module("app")
evaluator = _module("core.iam_evaluator")
iam_actions = _module("core.iam_actions")
lambda_runtime = _module("core.lambda_runtime")
responses = _module("core.responses")
sigv4 = _module("core.sigv4")
cloudwatch = _module("services.cloudwatch")
eventbridge = _module("services.eventbridge")
iam = _module("services.iam")
kms = _module("services.kms")
lambda_svc = _module("services.lambda_svc")
organizations = _module("services.organizations")
s3 = _module("services.s3")
scheduler = _module("services.scheduler")
secretsmanager = _module("services.secretsmanager")
ses = _module("services.ses")
stepfunctions = _module("services.stepfunctions")
organizations = _module("services.organizations")
provisioners = _module("services.cloudformation.provisioners")

Answer: TypeAlias = tuple[int, dict[str, str], bytes]
Record: TypeAlias = dict[str, Any]

users = iam._users
access_keys = iam._access_keys
functions = lambda_svc._functions


def replace(module: object, name: str, replacement: object) -> None:
    """Put a replacement in the place of a module's function; a name that is not there is an error."""
    getattr(module, name)
    setattr(module, name, replacement)


def extend(module: object, name: str, extension: Callable[..., Any]) -> None:
    """Put an extension in the place of a module's function, to which it is given as the first argument."""
    setattr(module, name, partial(extension, getattr(module, name)))


def answer_iam(action: str, handler: Callable[[Record], Answer]) -> None:
    """Have an action of IAM's answered by a handler; an action that ministack does not know is an error."""
    iam._IAM_HANDLERS[action]
    iam._IAM_HANDLERS[action] = handler


def extend_iam(action: str, extension: Callable[..., Answer]) -> None:
    """Have an action of IAM's answered by an extension, which is given the former handler as the first argument."""
    iam._IAM_HANDLERS[action] = partial(extension, iam._IAM_HANDLERS[action])


def iam_actions_known() -> list[str]:
    """Name the actions of IAM's that are answered."""
    return list(iam._IAM_HANDLERS)


def iam_parameter(params: Record, name: str) -> str:
    """Give one parameter of an IAM call, the empty string when it was not sent."""
    return str(iam._p(params, name))


def iam_xml(action: str, result: str) -> Answer:
    """Answer an IAM action with the XML of its result."""
    answer: Answer = iam._xml(200, f"{action}Response", f"<{action}Result>{result}</{action}Result>", ns="iam")
    return answer


def iam_done(action: str) -> Answer:
    """Answer an IAM action that has no result."""
    answer: Answer = iam._xml(200, f"{action}Response", "", ns="iam")
    return answer


def iam_refusal(status: int, code: str, message: str) -> Answer:
    """Refuse an IAM action."""
    answer: Answer = iam._error(status, code, message, ns="iam")
    return answer


def json_answer(body: Record) -> Answer:
    """Answer a JSON action; what is None stays out."""
    answer: Answer = responses.json_response({key: value for key, value in body.items() if value is not None})
    return answer


def json_refusal(code: str, message: str) -> Answer:
    """Refuse a JSON action."""
    answer: Answer = responses.error_response_json(code, message, 400)
    return answer


def calling_key() -> str:
    """Give the ID of the access key that the request in work was signed with."""
    return str(evaluator._verified_key.get())
