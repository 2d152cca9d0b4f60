"""Pages as AWS cuts them: never longer than asked for, sometimes shorter, sometimes empty."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.account import Account
from tests.fakes.calls import Params


def cut(account: Account, items: Sequence[Any], marker: str | None, limit: int) -> tuple[list[Any], str | None]:
    """One page and the marker of the next; `page_cap` shortens pages, `empty_pages` puts an empty one before each."""
    start, second_turn, _ = (marker or "0").partition("+")
    first = int(start)
    if account.empty_pages and not second_turn:
        return [], f"{first}+"
    last = first + min(limit, account.page_cap or limit)
    return list(items[first:last]), str(last) if last < len(items) else None


def iam_page(account: Account, items: Sequence[Any], params: Params, name: str) -> dict[str, Any]:
    """A page in IAM's shape (fact 2.9)."""
    page, marker = cut(account, items, params.get("Marker"), params.get("MaxItems", 100))
    return {name: page, "IsTruncated": marker is not None} | ({"Marker": marker} if marker else {})


def token_page(account: Account, items: Sequence[Any], params: Params, name: str) -> dict[str, Any]:
    """A page in Secrets Manager's shape."""
    page, token = cut(account, items, params.get("NextToken"), params.get("MaxResults", 100))
    return {name: page} | ({"NextToken": token} if token else {})
