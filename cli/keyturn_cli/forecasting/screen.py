"""How a forecast is shown."""

from typing import Any, Final

from keyturn_cli.forecasting.figures import Forecast
from keyturn_cli.forecasting.prices import SOURCE
from keyturn_cli.output import Column, Format, Output

# A screen or two; CSV and JSON have everything.
_MOST_ROWS: Final = 40
_USERS: Final = (
    Column("user", "User"),
    Column("rotations", "Rotated on"),
    Column("at_the_end", "At the end"),
    Column("blocked_days", "Days blocked", number=True),
    Column("red_days_before", "Red days before", number=True),
    Column("red_days_after", "after", number=True),
)
_BLOCKED: Final = (
    Column("user", "User"),
    Column("blocked", "Blocked by"),
    Column("message", "Why"),
    Column("do", "Do this"),
)
_LOAD: Final = (
    Column("date", "From"),
    Column("rotations", "Rotations", number=True),
    Column("deactivations", "Deactivations", number=True),
    Column("deletions", "Deletions", number=True),
    Column("postponed", "Postponed", number=True),
    Column("blocked", "Users blocked", number=True),
    Column("red_before", "Red before", number=True),
    Column("red_after", "after", number=True),
)


def show(forecast: Forecast, output: Output, *, days_a_line: int) -> None:
    """Show a forecast in the format that is asked for."""
    users = [user.as_dict() for user in forecast.users]
    if output.format is not Format.TABLE:
        rows = [{name: value for name, value in user.items() if name not in {"actions", "waits"}} for user in users]
        output.answer(forecast.as_dict() if output.format is Format.JSON else {}, rows, _USERS)
        return
    _show_summary(forecast, output)
    rotated = sorted(
        (user for user in users if user["rotations"]), key=lambda user: (user["rotations"][0], user["user"])
    )
    _show_some(output, "Rotated", rotated, _USERS)
    _show_some(output, "Blocked at the end", [user for user in users if user["blocked"]], _BLOCKED)
    output.line(f"\nLoad and red days, by {'week' if days_a_line > 1 else 'day'}")
    output.table(_added_up(forecast.load(), days_a_line), _LOAD)
    output.line("\nAssumed\n" + "\n".join(f"  - {each}" for each in forecast.assumptions))
    output.line(f"  - {SOURCE}")


def _show_summary(forecast: Forecast, output: Output) -> None:
    it, terms = forecast.summary, forecast.terms
    cost, limit = it["monthly_cost_usd"], terms.settings.max_age_days
    beyond = f", {it['users_out_of_scope']} more are out of scope" if it["users_out_of_scope"] else ""
    without, with_ = "if nothing is done", "with Keyturn"
    lines = (
        ("Users", f"{it['users']}, {it['users_with_keys']} of them with an Active key{beyond}"),
        ("Days", f"{terms.days}, from {terms.start:%Y-%m-%d} on"),
        (
            "Red days",
            (
                f"{it['red_days_before']} of {it['red_users_before']} users {without}, "
                f"{it['red_days_after']} of {it['red_users_after']} users {with_}"
            ),
        ),
        (
            "At the end",
            (
                f"{it['red_at_the_end_before']} users have a key over {limit} days {without}, "
                f"{it['red_at_the_end_after']} {with_}"
            ),
        ),
        (
            "Rotations",
            (
                f"{it['rotations']} of {it['users_rotated']} users, at most {it['most_rotations_a_day']} a day; "
                f"on {it['days_with_postponed_rotations']} days some have to wait for the next"
            ),
        ),
        (
            "Blocked",
            f"{it['blocked_at_the_end']} users at the end; {it['cut_at_the_deadline']} keys are cut off while in use",
        ),
        (
            "Cost",
            (
                f"${cost['total']:.2f} a month: secrets ${cost['secrets']:.2f}, KMS keys ${cost['kms_keys']:.2f}, "
                f"CloudWatch ${cost['cloudwatch']:.2f}"
            ),
        ),
    )
    for title, text in lines:
        output.line(f"{title:<11} {text}")


def _show_some(output: Output, title: str, rows: list[dict[str, Any]], columns: tuple[Column, ...]) -> None:
    if not rows:
        return
    output.line(f"\n{title}")
    output.table(rows[:_MOST_ROWS], columns)
    if len(rows) > _MOST_ROWS:
        output.line(f"and {len(rows) - _MOST_ROWS} more: --output csv has all of them")


def _added_up(load: list[dict[str, Any]], days: int) -> list[dict[str, Any]]:
    """Add up what is done, and take the worst day of what lasts."""
    parts = [load[first : first + days] for first in range(0, len(load), days)]
    done, lasting = ("rotations", "deactivations", "deletions"), ("postponed", "blocked", "red_before", "red_after")
    return [
        {
            "date": part[0]["date"],
            **{name: sum(day[name] for day in part) for name in done},
            **{name: max(day[name] for day in part) for name in lasting},
        }
        for part in parts
    ]
