"""An organization in which the rotator has toured every day: the stack's own account, members, and who lends what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from keyturn.request import Request, Verb
from keyturn_cli.stack import Refusal
from tests.cli.fake_organization import PAYLOAD, StatesClient
from tests.cli.lived import LivedStack
from tests.fakes.world import World


@dataclass
class LivedOrganization(LivedStack):
    """The stack's own account, and the members.

    Attributes:
        closed: accounts that lend the auditor no role, which is called `auditor` elsewhere.
        dark: accounts that lend the rotator no role.
        taken: the roles that were taken, with the external id.
    """

    members: dict[str, LivedStack] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    dark: set[str] = field(default_factory=set)
    taken: list[tuple[str, str, str | None]] = field(default_factory=list)
    outputs: Mapping[str, str] = field(
        default_factory=lambda: {"RosterFunctionName": "roster", "TourStateMachineArn": "arn:of:the:tour"}
    )

    def join(self, number: str, **options: str) -> LivedStack:
        """Add a member, whose runs are logged where all are."""
        world = World()
        world.id = number
        self.members[number] = LivedStack(world, options=options, logs=self.logs, account=number)
        return self.members[number]

    def ask(self, request: Mapping[str, Any], function: str = "RotatorFunctionName") -> dict[str, Any]:
        if function == "RosterFunctionName":
            assert request == PAYLOAD
            return {"waves": [[self.account], list(self.members)], "notes": []}
        account = request["account"]
        assert request == {"action": "status", "account": account}
        if account in self.dark:
            raise Refusal("rotator", "AccountUnreachable", f"account {account} does not lend its role keyturn-member")
        return self._of(account).perform(Request(verb=Verb.STATUS))

    def lent(self, service: str, account: str, role: str, external_id: str | None) -> Any:  # noqa: ANN401 - a client
        if account == self.account:
            return self.client(service)
        self.taken.append((account, role, external_id))
        if account in self.closed:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole")
        return self._of(account).client(service)

    def _of(self, account: str) -> LivedStack:
        return self if account == self.account else self.members[account]

    def output(self, name: str) -> str:
        return self.outputs.get(name) or super().output(name)

    def client(self, service: str) -> Any:  # noqa: ANN401 - any service's
        return StatesClient() if service == "stepfunctions" else super().client(service)
