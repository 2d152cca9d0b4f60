"""What botocore knows of each operation: its members, their limits, its pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import ParamValidationError
from botocore.model import OperationModel as BotocoreModel
from botocore.model import Shape
from botocore.session import get_session
from botocore.validate import ParamValidator

from tests.fakes.calls import Params, ServiceError

_SESSION = get_session()
_VALIDATOR = ParamValidator()
_UNPORTABLE = re.compile(r"\\p\{")  # a class that Python's expressions do not have

Limit = Callable[[Any], bool]


@dataclass(frozen=True, slots=True, eq=False)
class OperationModel:
    """One operation; `tokens` are the members that boto3 fills by itself, `pages` how it is paged, if it is."""

    name: str
    botocore: BotocoreModel
    pages: dict[str, Any]
    tokens: tuple[str, ...]
    limits: tuple[tuple[str, Limit], ...]

    def validate(self, params: Params) -> None:
        """Refuse what boto3 refuses before anything is sent: unknown, missing, mistyped or too short members."""
        shape = self.botocore.input_shape
        if shape is None:
            return
        report = _VALIDATOR.validate(params, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())

    def check(self, params: Params) -> None:
        """Refuse what only the service refuses: members that are too long, too large or of another pattern."""
        for member, fits in self.limits:
            if member in params and not fits(params[member]):
                query = self.botocore.service_model.metadata["protocol"] == "query"
                code = "ValidationError" if query else "ValidationException"
                raise ServiceError(code, f"Value at {member!r} failed to satisfy its constraint")


@cache
def operations(service: str) -> dict[str, OperationModel]:
    """All operations of a service under boto3's names."""
    service_model = _SESSION.get_service_model(service)
    pages = _SESSION.get_component("data_loader").load_service_model(service, "paginators-1")["pagination"]
    named = ((name, service_model.operation_model(name)) for name in service_model.operation_names)
    return {xform_name(name): _model(model, pages.get(name, {})) for name, model in named}


def _model(model: BotocoreModel, pages: dict[str, Any]) -> OperationModel:
    members = model.input_shape.members if model.input_shape else {}
    limits = ((member, _limit(shape)) for member, shape in members.items())
    known = tuple((member, fits) for member, fits in limits if fits is not None)
    return OperationModel(model.name, model, pages, tuple(model.idempotent_members), known)


def _limit(shape: Shape) -> Limit | None:
    most, pattern, names = (shape.metadata.get(name) for name in ("max", "pattern", "enum"))
    if most is None and pattern is None and names is None:
        return None
    if shape.type_name in ("integer", "long"):
        return lambda value: most is None or value <= most
    portable = re.compile(pattern) if pattern and not _UNPORTABLE.search(pattern) else None

    def fits(value: Any) -> bool:  # noqa: ANN401 - a member of any type: the shape says which
        spelt = portable is None or portable.fullmatch(value) is not None
        return (most is None or len(value) <= most) and spelt and (names is None or value in names)

    return fits
