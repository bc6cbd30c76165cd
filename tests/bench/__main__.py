"""``python -m tests.bench``: how good and how fast all of it is, in one table.

Each row says in its module what it measures. When all of them were measured, ``docs/benchmarks.md`` is written anew.
"""

import argparse
import logging
import sys
import time
from datetime import UTC, datetime
from importlib import import_module

from rich.console import Console

from tests.bench import document, machine
from tests.bench.result import Figure, Row, Say, table

ROWS = ("calls", "quota", "extract", "plan", "quiet", "at_once", "first_page")
"""The modules of the rows, in the table's order. Each has ``TITLE``, ``HOW`` and ``measure``."""

WIDTH = 160


def main() -> int:
    """Measure, print, and write; returns whether a row came to nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default=",".join(ROWS), help="rows, with commas between; writes no document")
    wanted = parser.parse_args().only.split(",")
    if unknown := set(wanted) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are: {', '.join(ROWS)}")
    logging.getLogger("zoho").addHandler(logging.NullHandler())  # what runs say of themselves is not wanted here
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    busy = machine.load()
    rows = [_measured(number, name, console) for number, name in enumerate(ROWS, 1) if name in wanted]
    console.print(table(rows))
    if set(wanted) == set(ROWS):
        document.write(rows, datetime.now(UTC).date(), busy)
        console.print(f"Written to {document.PATH}.")
    return int(any(not row.figures or row.figures[0].measured.startswith("failed") for row in rows))


def _measured(number: int, name: str, console: Console) -> Row:
    """One row; what goes wrong in it is a row too, so that an hour of measuring is not lost for it."""
    row = import_module(f"tests.bench.{name}")
    say: Say = lambda text: console.print(f"[dim]{number}. {row.TITLE}: {text}[/]", highlight=False)  # noqa: E731
    begun = time.monotonic()
    try:
        figures = row.measure(say)
    except Exception as error:  # noqa: BLE001 - told in the table
        console.print_exception()
        figures = [Figure("all of it", f"failed: {type(error).__name__}")]
    say(f"took {time.monotonic() - begun:.0f} s")
    return Row(number, row.TITLE, row.HOW, figures)


if __name__ == "__main__":
    sys.exit(main())
