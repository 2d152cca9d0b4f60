"""The query protocol as a service speaks it: forms come in, XML goes out, both by botocore's model of the operation."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from tests.fakes.calls import ServiceError


def from_form(shape: StructureShape | None, form: Mapping[str, str]) -> dict[str, Any]:
    """The members of a request."""
    members = shape.members.items() if shape else ()
    return {name: value for name, member in members if (value := _read(name, member, form)) is not None}


def _read(name: str, shape: Shape, form: Mapping[str, str]) -> Any:  # noqa: ANN401 - a member of any type: the shape says which
    if isinstance(shape, StructureShape):
        prefix = f"{name}."
        inner = {key.removeprefix(prefix): text for key, text in form.items() if key.startswith(prefix)}
        return from_form(shape, inner) or None
    if isinstance(shape, ListShape):
        numbered = (form.get(f"{name}.member.{number}") for number in range(1, 1 + len(form)))
        return [text for text in numbered if text is not None] or None
    text = form.get(name)
    if text is None:
        return None
    match shape.type_name:
        case "integer":
            return int(text)
        case "blob":
            return b64decode(text)
        case _:
            return text


def as_xml(operation: OperationModel, answer: Mapping[str, Any]) -> bytes:
    """An answer, in the wrapper that the model names."""
    root = Element(f"{operation.name}Response")
    if operation.output_shape is not None:
        result = SubElement(root, operation.output_shape.serialization["resultWrapper"])
        _write(result, operation.output_shape, answer)
    SubElement(SubElement(root, "ResponseMetadata"), "RequestId").text = "fake-request"
    return tostring(root)


def _write(node: Element, shape: Shape, value: Any) -> None:  # noqa: ANN401 - a member of any type: the shape says which
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if name in value:
                _write(SubElement(node, name), member, value[name])
    elif isinstance(shape, ListShape):
        for each in value:
            _write(SubElement(node, "member"), shape.member, each)
    else:
        node.text = _text(value)


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case bytes():
            return b64encode(value).decode()
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return str(value)


def error_as_xml(error: ServiceError) -> bytes:
    """A refusal."""
    root = Element("ErrorResponse")
    node = SubElement(root, "Error")
    SubElement(node, "Type").text = "Sender"
    SubElement(node, "Code").text = error.code
    SubElement(node, "Message").text = error.message
    return tostring(root)
