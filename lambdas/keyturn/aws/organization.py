"""The door to AWS Organizations: which accounts there are, and which are below a unit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3

from keyturn.aws.clients import RETRIED
from keyturn.aws.translation import asking

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_organizations.type_defs import AccountTypeDef


class Organization:
    """Organizations in the domain's words, as its management account or a delegated administrator sees it."""

    def __init__(self, client: "OrganizationsClient") -> None:
        self._client = client

    @classmethod
    def connect(cls) -> "Organization":
        """Make the client; the service is reached in one region (Organizations, endpoints), which the SDK knows."""
        return cls(boto3.session.Session().client("organizations", config=RETRIED))

    def accounts(self) -> list[str]:
        """List the ids of all accounts that are open. Raises AwsError."""
        with asking("ListAccounts"):
            pages = self._client.get_paginator("list_accounts").paginate()
            return sorted(_open(each for page in pages for each in page["Accounts"]))

    def below(self, unit: str) -> set[str]:
        """List the ids of the open accounts in a unit or a root, and in all units below it. Raises AwsError."""
        with asking("ListAccountsForParent"):
            pages = self._client.get_paginator("list_accounts_for_parent").paginate(ParentId=unit)
            found = set(_open(each for page in pages for each in page["Accounts"]))
        with asking("ListOrganizationalUnitsForParent"):
            parents = self._client.get_paginator("list_organizational_units_for_parent").paginate(ParentId=unit)
            units = [each.get("Id", "") for page in parents for each in page["OrganizationalUnits"]]
        return found.union(*map(self.below, units))


def _open(accounts: "Iterator[AccountTypeDef]") -> Iterator[str]:
    # State takes the place of Status, which AWS has announced to take away in September 2026 (ListAccounts).
    for each in accounts:
        if (each.get("State") or each.get("Status")) == "ACTIVE" and "Id" in each:
            yield each["Id"]
