"""What a run did, as tables for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from zoho.engine.report import PRODUCT_NAMES, Failure, RunReport

STATES = {"success": "done", "partial": "done in part", "failed": "stopped", "running": "not ended"}
DIRECTIONS = {"sales_to_books": "CRM → Books", "books_to_sales": "Books → CRM"}
OUTCOMES = ("added", "updated", "deleted", "skipped", "failed", "unchanged")
MOST_FAILURES = 20


def show(report: RunReport, console: Console) -> None:
    """Prints a run's numbers per direction, its API calls, and each record that failed with the reason (OPS-4).

    Args:
        report: The run.
        console: Where to.
    """
    console.print(_outcomes(report))
    for product, purposes in report.api_calls.items():
        parts = ", ".join(f"{purpose} {count}" for purpose, count in sorted(purposes.items()))
        number = sum(purposes.values())
        calls = "1 API call" if number == 1 else f"{number:,} API calls"
        console.print(f"{PRODUCT_NAMES[product]}: {calls} ({parts})", highlight=False)
    if report.failures:
        console.print(_failures(report.failures))
    if report.error:
        console.print(report.error, style="red", markup=False)


def _outcomes(report: RunReport) -> Table:
    title = f"Customers: {STATES[report.state]} in {report.seconds:.1f} s"
    table = Table(title=title, title_justify="left")
    table.add_column("direction")
    for outcome in OUTCOMES:
        table.add_column(outcome, justify="right")
    for counts in report.directions:
        name = DIRECTIONS.get(counts.direction, counts.direction)
        table.add_row(name, *(f"{getattr(counts, outcome):,}" for outcome in OUTCOMES))
    return table


def _failures(failures: Sequence[Failure]) -> Table:
    table = Table(title=f"{len(failures)} failed", title_justify="left", title_style="red")
    table.add_column("record")
    table.add_column("reason")
    for failure in failures[:MOST_FAILURES]:
        table.add_row(Text(failure.record), Text(failure.reason))
    if len(failures) > MOST_FAILURES:
        table.add_row("…", f"and {len(failures) - MOST_FAILURES} more: see the run's history")
    return table
