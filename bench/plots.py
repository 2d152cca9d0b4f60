"""The figures as pictures: SVG with its text as text, the same bytes for the same figures, nothing from elsewhere."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.calls import PEERS, SIZES, ours
from bench.waits import Wait

mpl.rcParams.update(
    {"svg.hashsalt": "keyturn", "svg.fonttype": "none", "font.family": "sans-serif", "axes.spines.top": False}
)
mpl.rcParams["axes.spines.right"] = False
_OURS: Final = "#0b6e4f"
_THEIRS: Final = ("#b3541e", "#5b6c9e", "#8a5a83")
_SOME: Final = (1, 2, 5)


def calls(path: Path) -> None:
    """Draw calls against users, one picture for each share of keys that are due."""
    figure = Figure(figsize=(11, 3.6), layout="constrained")
    users = [step * 10**power for power in range(4) for step in _SOME if step * 10**power <= max(SIZES)]
    shares = {"nothing due": 0, "1 % due": 1, "25 % due": 25, "all due": 100}
    for number, (title, share) in enumerate(shares.items(), 1):
        axes = figure.add_subplot(1, len(shares), number, title=title, xscale="log", yscale="log", ylim=(1, 100_000))
        due = [-(-each * share // 100) for each in users]
        for (letter, peer), colour in zip(PEERS.items(), _THEIRS, strict=True):
            axes.plot(users, [peer.calls(*each) for each in zip(users, due, strict=True)], color=colour, label=letter)
        counted = [ours(each, rotations, known=True) for each, rotations in zip(users, due, strict=True)]
        axes.plot(users, counted, color=_OURS, linewidth=2.5, label="Keyturn")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:,.0f}")
        label(axes, "users", "calls of a run" if number == 1 else "")
    figure.axes[0].legend(frameon=False)
    save(figure, path)


def waits(taken: Iterable[Wait], path: Path) -> None:
    """Draw how long a run takes by how many users it works on at once."""
    slow = sorted((each for each in taken if each.milliseconds), key=lambda each: each.at_once)
    figure = Figure(figsize=(5, 3.4), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log")
    at_once = [each.at_once for each in slow]
    axes.plot(at_once, [each.median for each in slow], color=_OURS, marker="o", label="measured")
    axes.plot(
        at_once, [slow[0].median / each for each in at_once], color="#999999", linestyle=":", label="in proportion"
    )
    axes.set_xticks(at_once, map(str, at_once))
    axes.minorticks_off()
    axes.set_yticks([2, 5, 10, 20], ["2", "5", "10", "20"])
    axes.legend(frameon=False)
    label(axes, "users at once", "seconds, at 60 ms a call")
    save(figure, path)


def steps(counted: Mapping[str, int], least: Mapping[str, int], path: Path) -> None:
    """Draw the calls of each step beside the fewest that could do it."""
    figure = Figure(figsize=(7, 2.6), layout="constrained")
    axes = figure.add_subplot()
    names: Sequence[str] = list(counted)[::-1]
    places = range(len(names))
    axes.barh([place + 0.2 for place in places], [counted[name] for name in names], 0.38, color=_OURS, label="Keyturn")
    axes.barh([place - 0.2 for place in places], [least[name] for name in names], 0.38, color="#bbbbbb", label="fewest")
    axes.set_yticks(list(places), names)
    axes.legend(frameon=False)
    label(axes, "calls", "")
    save(figure, path)


def label(axes: Axes, across: str, up: str) -> None:
    """Say what the axes are."""
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(visible=True, color="#e5e5e5", linewidth=0.6)
    axes.set_axisbelow(True)


def save(figure: Figure, path: Path) -> None:
    """Write a picture: the same bytes for the same figures."""
    # On a sheet of its own colour, so that its text can be read in a dark page, too.
    figure.savefig(path, format="svg", facecolor="white", metadata={"Date": None, "Creator": None})
    tidy(path)


def tidy(path: Path) -> None:
    """Leave out the reference to a document type at another place, and blanks at the ends of lines."""
    text = re.sub(r"<!DOCTYPE[^>]*>\s*", "", path.read_text(encoding="utf-8"))
    path.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", encoding="utf-8")
