"""The table of a conformance run: per suite and area the checks, those passed, the deviations and the failures."""

from collections import defaultdict
from typing import NamedTuple

import pytest
from rich.console import Console
from rich.table import Table

PROPERTY = "conformance"


class Outcome(NamedTuple):
    """What one test has checked.

    Attributes:
        suite: What the sandbox was compared with.
        area: The part of it.
        checks: How many comparisons were made.
        deviations: How many listed deviations were met.
    """

    suite: str
    area: str
    checks: int = 1
    deviations: int = 0


class Tally:
    """A pytest plugin that adds up what the tests tell."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        self._skipped: dict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a finished test; one that fails before it tells its outcome counts for its file."""
        if report.skipped:
            self._skipped[report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)] += 1
        if report.when != "call" and not report.failed:
            return
        told = [Outcome(*value) for name, value in report.user_properties if name == PROPERTY]
        if not told and report.failed:
            told = [Outcome(report.nodeid.partition("::")[0].rpartition("/")[2], "", 1)]
        for outcome in told:
            row = self._rows[outcome.suite, outcome.area]
            row[0] += outcome.checks
            row[1] += outcome.deviations
            row[2] += report.failed

    def print(self) -> None:
        """Print the table, and why checks were skipped."""
        table = Table("suite", "area", title="Conformance", title_justify="left")
        for column in ("checks", "passed", "deviations", "failed"):
            table.add_column(column, justify="right")
        sums = [0, 0, 0]
        for (suite, area), row in sorted(self._rows.items()):
            table.add_row(suite, area, *_cells(row))
            sums = [total + value for total, value in zip(sums, row, strict=True)]
        table.add_section()
        table.add_row("all", "", *_cells(sums))
        console = Console(width=110, highlight=False)
        console.print(table)
        for reason, count in self._skipped.items():
            console.print(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


def _cells(row: list[int]) -> list[str]:
    checks, deviations, failed = row
    return [str(checks), str(checks - failed), str(deviations), f"[red]{failed}[/red]" if failed else "0"]
