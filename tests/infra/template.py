"""A synthesized template, made readable: references become `${Name.Attribute}`, and joined text one string."""

import json
import re
from functools import cache
from typing import Any

from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template as Synthesized

from infra.config import Config
from infra.rotation_stack import RotationStack
from tests.infra import cdk_json

Properties = dict[str, Any]


class Template:
    """What CloudFormation is told to create."""

    def __init__(self, stack: Stack) -> None:
        self._raw = Synthesized.from_stack(stack).to_json()

    def all(self, kind: str) -> dict[str, Properties]:
        """Return the properties of each resource of a type, by readable logical ID."""
        return {
            _name(logical_id): _readable(resource.get("Properties", {}))
            for logical_id, resource in self._raw["Resources"].items()
            if resource["Type"] == kind
        }

    def one(self, kind: str) -> Properties:
        """Return the properties of the only resource of a type."""
        (properties,) = self.all(kind).values()
        return properties

    def kinds(self) -> set[str]:
        """Return the types of all resources."""
        return {resource["Type"] for resource in self._raw["Resources"].values()}

    def whole(self, logical_id: str) -> dict[str, Any]:
        """Return a resource with its type and its policies of deletion."""
        (resource,) = [each for key, each in self._raw["Resources"].items() if _name(key) == logical_id]
        return dict(_readable(resource))

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs."""
        return {name: self.whole_output(name)["Value"] for name in self._raw["Outputs"]}

    def whole_output(self, name: str) -> dict[str, Any]:
        """Return an output with its condition."""
        return dict(_readable(self._raw["Outputs"][name]))

    def condition(self, name: str) -> dict[str, Any]:
        """Return a condition."""
        return dict(_readable(self._raw["Conditions"][name]))


class RotationTemplate(Template):
    """The template of the rotation's stack, with the stack that it was made from."""

    def __init__(self, stack: RotationStack) -> None:
        super().__init__(stack)
        self.stack = stack


def synthesize(**settings: object) -> RotationTemplate:
    """Return the template for cdk.json's settings with some of them changed, its code left out."""
    return _synthesize(json.dumps(settings))


@cache
def _synthesize(settings: str) -> RotationTemplate:
    app = App(context=cdk_json.feature_flags(), analytics_reporting=False)
    config = Config.from_context({**cdk_json.settings(), **json.loads(settings)})
    code = lambda_.Code.from_inline("# the bundle has tests of its own")
    return RotationTemplate(RotationStack(app, "Keyturn", config=config, code=code))


def statements(document: Properties) -> dict[str, Properties]:
    """Return a policy document's statements by Sid, each action and resource in a sorted list."""
    read = {each["Sid"]: {key: value for key, value in each.items() if key != "Sid"} for each in document["Statement"]}
    for statement in read.values():
        for key in {"Action", "Resource"} & statement.keys():
            value = statement[key]
            statement[key] = sorted(value) if isinstance(value, list) else [value]
    assert len(read) == len(document["Statement"]), "a Sid stands twice"
    return read


def _readable(value: Any) -> Any:  # noqa: ANN401 - a template is JSON
    if (reference := _reference(value)) is not None:
        return reference
    match value:
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(_readable(part) for part in parts)
        case dict():
            return {key: _readable(each) for key, each in value.items()}
        case list():
            return [_readable(each) for each in value]
        case _:
            return value


def _reference(value: object) -> str | None:
    match value:
        case {"Ref": str(name)}:
            return f"${{{_name(name)}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{_name(name)}.{attribute}}}"
        case {"Fn::Select": [index, {"Fn::Split": [str(separator), whole]}]}:
            return f"${{{_readable(whole)} split at {separator}, part {index}}}"
        case _:
            return None


def _name(logical_id: str) -> str:
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)
