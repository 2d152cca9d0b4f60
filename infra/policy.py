"""Policies made of permissions: each says the purpose it serves, and each `*` its reason, in code and to cdk-nag."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Acknowledgment, Aws, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One statement of a policy; `wildcard` is the reason for every `*` among its resources."""

    sid: str
    purpose: str
    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    wildcard: str = ""
    effect: iam.Effect = iam.Effect.ALLOW

    def statement(self) -> iam.PolicyStatement:
        """Return the statement, of which IAM is told all but the purpose and the reason."""
        return iam.PolicyStatement(
            sid=self.sid,
            effect=self.effect,
            actions=list(self.actions),
            resources=list(self.resources),
            conditions=self.conditions,
        )


def document(permissions: Sequence[Permission]) -> iam.PolicyDocument:
    """Return the policy document made of the permissions."""
    return iam.PolicyDocument(statements=[each.statement() for each in permissions])


def acknowledge(construct: Construct, rule: str, reason: str) -> None:
    """Tell cdk-nag why its rule `rule` of the AwsSolutions pack does not hold for the construct."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


def acknowledge_wildcards(construct: Construct, permissions: Sequence[Permission]) -> None:
    """Tell cdk-nag the reason of each wildcard; one without a reason stays a finding and fails the synth."""
    reasons: dict[str, list[str]] = {}
    for each in permissions:
        for resource in each.resources:
            if "*" in resource and each.wildcard:
                reasons.setdefault(_as_found(Stack.of(construct).resolve(resource)), []).append(
                    f"{each.sid}: {each.wildcard}"
                )
    for resource, all_reasons in reasons.items():  # statements with the same wildcard are one finding
        acknowledge(construct, f"IAM5[Resource::{resource}]", " ".join(all_reasons))


def arn(service: str, resource: str, *, regional: bool = True) -> str:
    """Return an ARN in the stack's own partition, region and account."""
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION if regional else ''}:{Aws.ACCOUNT_ID}:{resource}"


def _as_found(resolved: object) -> str:
    """Write a resource as cdk-nag names it: references in angle brackets, other functions as JSON."""
    match resolved:
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": ["", list(parts)]}:
            return "".join(map(_as_found, parts))
        case dict():
            return json.dumps(resolved, separators=(",", ":"))
        case _:
            return str(resolved)
