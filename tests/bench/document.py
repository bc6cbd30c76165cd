"""``docs/benchmarks.md``: what was measured stands between two marks; all else in it is written by hand."""

from collections.abc import Sequence
from datetime import date

from stack.places import CHECKOUT
from tests.bench import machine
from tests.bench.result import HEAD, Figure, Row

PATH = CHECKOUT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: written by make bench -->", "<!-- end of what was measured -->"


def write(rows: Sequence[Row], on: date, busy: str) -> None:
    """Replace what the document says was measured.

    Args:
        rows: all rows.
        on: the day.
        busy: how busy the machine was with other things.
    """
    text = PATH.read_text(encoding="utf-8")
    PATH.write_text(replaced(text, measured(rows, on, busy)), encoding="utf-8")


def replaced(text: str, content: str) -> str:
    """Return a document with other content between the marks."""
    head, rest = text.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    return f"{head}{BEGIN}\n\n{content}\n\n{END}{tail}"


def measured(rows: Sequence[Row], on: date, busy: str) -> str:
    """Return what stands between the marks: the table, the machine, and each row."""
    lines = [f"| {' | '.join(HEAD)} |", "| --- | --- | --- | ---: | ---: | --- |"]
    for row in rows:
        lines += [_line(f"{row.number}. {row.title}" if not place else "", one) for place, one in _listed(row)]
    sections = [f"### {row.number}. {row.title}\n\n{row.how}" for row in rows]
    where = f"Measured on {on.isoformat()}. {busy}\n\n{machine.description()}"
    return "\n\n".join(["\n".join(lines), "## The machine", where, "## The rows", *sections])


def _listed(row: Row) -> list[tuple[int, Figure]]:
    return list(enumerate(row.figures))


def _line(label: str, figure: Figure) -> str:
    return f"| {' | '.join((label, *figure.cells))} |"
