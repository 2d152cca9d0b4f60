"""Checks for drift: the roles' and policies' documents as they are, against those that were deployed.

The template names other resources by functions. What they stand for is filled in where it is known; the rest of such a
text may be anything. Everything else has to be the same.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from keyturn_cli.checkup.finding import Finding, Patient, fail, ok

if TYPE_CHECKING:
    from keyturn_cli.sessions import Client

_ANYTHING: Final = "\0"
_DO: Final = "find out who changed it (CloudTrail), then 'make deploy' after a change of cdk.json, or undo it by hand"
Document = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """The stack's template, with the physical names of its resources."""

    resources: Mapping[str, Document]
    physical: Mapping[str, str]
    pseudo: Mapping[str, str]

    def of_type(self, kind: str) -> Iterator[tuple[str, Document]]:
        """The resources of a type that were created, by their logical names."""
        for name, resource in self.resources.items():
            if resource["Type"] == kind and name in self.physical:
                yield name, resource.get("Properties", {})

    def filled_in(self, value: Any) -> Any:  # noqa: ANN401 - whatever a template may hold
        """Fill in what functions stand for."""
        match value:
            case {"Ref": name}:
                return self.pseudo.get(name) or self.physical.get(name, _ANYTHING)
            case {"Fn::Join": [separator, parts]}:
                return separator.join(str(self.filled_in(part)) for part in parts)
            case dict() if len(value) == 1 and next(iter(value)).startswith("Fn::"):
                return _ANYTHING
            case dict():
                return {key: self.filled_in(each) for key, each in value.items()}
            case list():
                return [self.filled_in(each) for each in value]
            case _:
                return value


def permissions(patient: Patient) -> Iterator[Finding]:
    """Are the permissions those that were deployed."""
    template = _template(patient)
    findings = [*_roles(patient, template), *_managed(patient, template)]
    number = sum(1 for kind in ("Role", "ManagedPolicy") for _ in template.of_type(f"AWS::IAM::{kind}"))
    yield from findings or [ok("permissions", f"{number} roles and policies are as they were deployed")]


def _template(patient: Patient) -> Template:
    client = patient.stack.client("cloudformation")
    body = client.get_template(StackName=patient.stack.name, TemplateStage="Processed")["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    pages = client.get_paginator("list_stack_resources").paginate(StackName=patient.stack.name)
    physical = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each.get("PhysicalResourceId")
    }
    pseudo = {
        "AWS::AccountId": patient.stack.account,
        "AWS::Region": patient.stack.region,
        "AWS::StackName": patient.stack.name,
        "AWS::Partition": _ANYTHING,
    }
    return Template(template["Resources"], physical, pseudo)


def _roles(patient: Patient, template: Template) -> Iterator[Finding]:
    iam = patient.stack.client("iam")
    for logical, properties in template.of_type("AWS::IAM::Role"):
        role = template.physical[logical]
        deployed = {each["PolicyName"]: each["PolicyDocument"] for each in properties.get("Policies", [])}
        deployed |= _policies_of(logical, template)
        names = [
            name
            for page in iam.get_paginator("list_role_policies").paginate(RoleName=role)
            for name in page["PolicyNames"]
        ]
        for name in sorted({*names, *deployed}):
            yield from _inline(iam, role, name, template.filled_in(deployed.get(name)), there=name in names)
        pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
        for policy in [each["PolicyArn"] for page in pages for each in page["AttachedPolicies"]]:
            if not any(
                _same(expected, policy) for expected in template.filled_in(properties.get("ManagedPolicyArns", []))
            ):
                yield fail("permissions", f"role {role} has policy {policy}, which was not deployed", _DO)


def _policies_of(role: str, template: Template) -> dict[str, Document]:
    return {
        str(template.filled_in(properties["PolicyName"])): properties["PolicyDocument"]
        for _, properties in template.of_type("AWS::IAM::Policy")
        if {"Ref": role} in properties.get("Roles", [])
    }


def _inline(iam: "Client", role: str, name: str, deployed: Document | None, *, there: bool) -> Iterator[Finding]:
    if deployed is None:
        yield fail("permissions", f"role {role} has policy {name}, which was not deployed", _DO)
    elif not there:
        yield fail("permissions", f"role {role} has lost its policy {name}", _DO)
    elif not _same(deployed, iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]):
        yield fail("permissions", f"policy {name} of role {role} is not as it was deployed", _DO)


def _managed(patient: Patient, template: Template) -> Iterator[Finding]:
    iam = patient.stack.client("iam")
    for logical, properties in template.of_type("AWS::IAM::ManagedPolicy"):
        arn = template.physical[logical]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        if not _same(template.filled_in(properties["PolicyDocument"]), document):
            yield fail("permissions", f"policy {arn} is not as it was deployed", _DO)


def _same(deployed: object, actual: object) -> bool:
    """Whether a document is what was deployed; a list of one is the same as the one, and no list has an order."""
    match deployed, actual:
        case dict(), dict():
            return deployed.keys() == actual.keys() and all(_same(deployed[key], actual[key]) for key in deployed)
        case (list(), _) | (_, list()):
            return _same_lists(_as_list(deployed), _as_list(actual))
        case _:
            pattern = ".+".join(map(re.escape, str(deployed).split(_ANYTHING)))
            return re.fullmatch(pattern, str(actual)) is not None


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _same_lists(deployed: list[object], actual: list[object]) -> bool:
    left = list(actual)
    for each in deployed:
        if (found := next((other for other in left if _same(each, other)), None)) is None:
            return False
        left.remove(found)
    return not left
