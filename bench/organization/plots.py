"""The simulation as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.organization.machine import MACHINE
from bench.organization.study import DEFAULT, FIRST_DAY, ORGANIZATIONS, RECOMMENDED, STEADY_DAY, Study
from bench.organization.tables import AT_ONCE, NOTHING, RATES, undone
from bench.organization.tour import Tour
from bench.plots import label, save

_HOUR: Final = 3_600
_COLOURS: Final = ("#0b6e4f", "#b3541e")
_DAYS: Final = {FIRST_DAY: "-", STEADY_DAY: ":"}
_POINTS: Final = 120


def capacity(study: Study, path: Path) -> None:
    """Draw durations against accounts at once and IAM's rate, and Lambda's use in the first tours."""
    figure = Figure(figsize=(10, 3.8), layout="constrained")
    _against_accounts(study, figure.add_subplot(1, 3, 1, title="accounts at once", xscale="log", yscale="log"))
    _against_rates(study, figure.add_subplot(1, 3, 2, title="IAM's rate, recommended", xscale="log", yscale="log"))
    _lambdas(study, figure.add_subplot(1, 3, 3, title="Lambdas of a first tour", yscale="log"))
    figure.axes[0].legend(frameon=False, fontsize="small")
    figure.axes[2].legend(frameon=False, fontsize="small")
    save(figure, path)


def _against_accounts(study: Study, axes: Axes) -> None:
    for organization, colour in zip(ORGANIZATIONS, _COLOURS, strict=True):
        for day, style in _DAYS.items():
            tours = study.sweep(organization, day, RECOMMENDED, "accounts_at_once", [float(each) for each in AT_ONCE])
            hours = [tour.seconds / _HOUR for tour in tours]
            axes.plot(AT_ONCE, hours, style, color=colour, label=f"{organization.name}, {day.split(',')[0]}")
            _crosses(axes, AT_ONCE, tours, colour)
    _bound(axes)
    _plain(axes, AT_ONCE)
    label(axes, "accounts at once", "hours of a tour")


def _against_rates(study: Study, axes: Axes) -> None:
    known = [rate for rate in RATES if rate < max(RATES)]
    for organization, colour in zip(ORGANIZATIONS, _COLOURS, strict=True):
        for day, style in _DAYS.items():
            tours = study.sweep(organization, day, RECOMMENDED, "iam", known)
            axes.plot(known, [tour.seconds / _HOUR for tour in tours], style, color=colour)
            _crosses(axes, known, tours, colour)
    _bound(axes)
    _plain(axes, known)
    label(axes, "calls a second of each operation", "")


def _lambdas(study: Study, axes: Axes) -> None:
    for organization, colour in zip(ORGANIZATIONS, _COLOURS, strict=True):
        for limits, style in ((DEFAULT, ":"), (RECOMMENDED, "-")):
            tour = study.tour(organization, FIRST_DAY, limits)
            step = tour.seconds / _POINTS
            name = "recommended" if limits is RECOMMENDED else "default"
            moments = [number * step / _HOUR for number in range(_POINTS + 1)]
            busiest = [*_busiest(tour.busy, step), 1]
            axes.plot(moments, busiest, style, color=colour, label=f"{organization.name}, {name}")
    axes.set_ylim(1, 1_000)
    axes.set_yticks([1, 10, 100, 1_000], ["1", "10", "100", "1,000"])
    axes.axvline(MACHINE.seconds / _HOUR, color="#999999", linewidth=0.8)
    label(axes, "hours since its beginning", "invocations at once")


def _busiest(busy: Sequence[tuple[float, int]], step: float) -> list[int]:
    """The most invocations at once in each stretch of time."""
    most, now = [0] * _POINTS, 0
    position = 0
    for stretch in range(_POINTS):
        most[stretch] = now
        while position < len(busy) and busy[position][0] < (stretch + 1) * step:
            now = busy[position][1]
            most[stretch] = max(most[stretch], now)
            position += 1
    return most


def _crosses(axes: Axes, across: Sequence[float], tours: Sequence[Tour], colour: str) -> None:
    """Mark the tours that leave something for the next."""
    unfinished = [(at, tour.seconds / _HOUR) for at, tour in zip(across, tours, strict=True) if undone(tour) != NOTHING]
    axes.plot([at for at, _ in unfinished], [hours for _, hours in unfinished], "x", color=colour)


def _bound(axes: Axes) -> None:
    axes.set_ylim(0.03, 600)
    axes.axhline(MACHINE.seconds / _HOUR, color="#999999", linewidth=0.8)
    axes.text(
        1.0,
        MACHINE.seconds / _HOUR * 1.1,
        "the end of a tour",
        fontsize="x-small",
        ha="right",
        transform=axes.get_yaxis_transform(),
    )


def _plain(axes: Axes, across: Sequence[float]) -> None:
    axes.minorticks_off()
    axes.set_xticks(list(across), [f"{each:,g}" for each in across], fontsize="x-small")
    axes.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
