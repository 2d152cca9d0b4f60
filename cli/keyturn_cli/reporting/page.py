"""A report or a forecast as one HTML file that asks for nothing: no script, no request, only its own style."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from keyturn import __version__
from keyturn_cli.reporting import charts
from keyturn_cli.text import plain

# A browser may hold some thousand rows with ease; the JSON has all of them.
MOST_ROWS: Final = 1000
_CSS: Final = files("keyturn_cli.reporting").joinpath("templates/page.css").read_text(encoding="utf-8")


def report_page(document: Mapping[str, Any]) -> str:
    """Write the page of a deployed stack's report."""
    document = _named(document)
    keys = [key for user in document["users"] for key in user["keys"]]
    limit = document["settings"]["max_age_days"]
    axis = charts.Axis.of(keys, charts.moment(document["period"]["from"]), charts.moment(document["made_at"]))
    created = (charts.moment(key["created"]) for key in keys if key["status"] == "Active")
    columns = charts.ages(((axis.today - at) / timedelta(days=1) for at in created), limit)
    users = document["users"]
    drawn = users if len(users) <= MOST_ROWS else sorted(users, key=_calm)[:MOST_ROWS]
    return _written(
        "report.html.j2", it=document, axis=axis, columns=columns, limit=limit, limit_of=_limit, drawn=drawn
    )


def _calm(user: Mapping[str, Any]) -> tuple[bool, bool]:
    return not user["over_limit"], not user["blocked"]


def _named(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write users with their account, where the report is about several; `passed` has them so already."""
    if len(document["accounts"]) == 1:
        return document

    def named(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**each, "user": f"{each['account']}/{each['user']}"} for each in entries]

    controls = document["controls"]
    rules = [{**rule, "failed": named(rule["failed"])} for rule in controls["rules"]]
    lists = {name: named(document[name]) for name in ("users", "done", "exemptions")}
    return {**document, **lists, "controls": {**controls, "rules": rules}}


def forecast_page(document: Mapping[str, Any]) -> str:
    """Write the page of a forecast."""
    start = charts.moment(document["start"])
    axis = charts.Axis(start, charts.moment(document["end"]), start)
    limit = document["settings"]["max_age_days"]
    red = {name: [day[name] for day in document["load"]] for name in ("red_before", "red_after", "rotations")}
    most = max([*red["red_before"], *red["red_after"]], default=0)
    drawn = {name: charts.steps(numbers, most) for name, numbers in red.items() if name != "rotations"}
    drawn["rotations"] = charts.steps(red["rotations"], max(red["rotations"], default=0))
    return _written("forecast.html.j2", it=document, axis=axis, drawn=drawn, most=most, limit=limit, limit_of=_limit)


def _written(template: str, **view: object) -> str:
    environment = Environment(
        loader=PackageLoader("keyturn_cli.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    # The policy allows this very style sheet and nothing else; no element has a style of its own.
    digest = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
    page = environment.get_template(template).render(
        css=Markup(_CSS),  # noqa: S704 - the style sheet is a file of this package
        csp=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        version=__version__,
        charts=charts,
        most_rows=MOST_ROWS,
        **view,
    )
    return page.rstrip() + "\n"


def _limit(user: Mapping[str, Any]) -> timedelta:
    return timedelta(days=user["limit_days"])


def _shown(value: object) -> object:
    """Spell out what could move or hide text: a user's tag or name may hold anything."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
