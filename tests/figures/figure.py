"""A figure: what was measured, against what is promised."""


def at_most(what: str, measured: float, promised: float, unit: str) -> None:
    """Print the figure, and fail when the promise is broken."""
    print(f"\n{what}: {measured:g} {unit} (at most {promised:g})")  # noqa: T201 - a figure is there to be read
    assert measured <= promised, f"{what}: {measured:g} {unit}, promised are at most {promised:g}"
