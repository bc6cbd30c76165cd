"""What a row of the benchmarks came to, held against its goals; and the table of all rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.table import Column, Table

Say = Callable[[str], None]
"""Is told what is going on, for who waits."""

HEAD = ("row", "what", "measured", "figure", "goal", "met")


@dataclass(frozen=True)
class Goal:
    """What a figure should come to.

    Attributes:
        sign: ``≤``, ``<`` or ``≥``.
        limit: the figure at which it is just met, or with ``<`` just not.
    """

    sign: str
    limit: float

    def is_met(self, value: float) -> bool:
        """Whether a figure is good enough."""
        if self.sign == "≥":
            return value >= self.limit
        return value < self.limit if self.sign == "<" else value <= self.limit


@dataclass(frozen=True)
class Figure:
    """A line of the table.

    Attributes:
        what: what is compared with what.
        measured: the numbers behind the figure, in words.
        value: what is held against the goal; ``None`` where it could not be measured.
        goal: what it should come to; ``None`` for what is told beside it.
        unit: of value and goal, with the space before it; empty for a ratio.
        places: decimal places shown.
    """

    what: str
    measured: str
    value: float | None = None
    goal: Goal | None = None
    unit: str = ""
    places: int = 2

    @property
    def met(self) -> str:
        """Whether the goal is met, in a word; empty without a goal."""
        if self.goal is None:
            return ""
        if self.value is None:
            return "not measured"
        return "met" if self.goal.is_met(self.value) else "not met"

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """What the table shows of it."""
        value = "" if self.value is None else f"{self.value:.{self.places}f}{self.unit}"
        goal = "" if self.goal is None else f"{self.goal.sign} {self.goal.limit:g}{self.unit}"
        return self.what, self.measured, value, goal, self.met


@dataclass(frozen=True)
class Row:
    """What one row came to.

    Attributes:
        number: its place in the table.
        title: what it is about, in two or three words.
        how: what was measured, and how, in whole sentences.
        figures: its lines.
    """

    number: int
    title: str
    how: str
    figures: Sequence[Figure]


def table(rows: Sequence[Row]) -> Table:
    """Return the table for a terminal."""
    colours = {"met": "green", "not met": "red", "not measured": "yellow"}
    made = Table(*(Column(name, justify="right" if name in ("figure", "goal") else "left") for name in HEAD))
    for row in rows:
        for place, figure in enumerate(row.figures):
            *cells, met = figure.cells
            label = f"{row.number}. {row.title}" if place == 0 else ""
            made.add_row(label, *cells, f"[{colours[met]}]{met}[/]" if met else "")
        made.add_section()
    return made


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, round(share * len(ordered)) - 1)]
