"""What the demo's runs did, as tables for people."""

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stack.syncs import Sync
from zoho.engine.report import DirectionCounts, Failure, RunReport

STATES = {
    "success": "done",
    "partial": "done in part",
    "failed": "stopped",
    "running": "not ended",
    "interrupted": "interrupted",
}
OUTCOMES = ("added", "updated", "deleted", "skipped", "failed", "unchanged")
MOST_FAILURES = 20


Reports = Mapping[tuple[Sync, str], RunReport]
"""What the run of each sync did for each of its modules, in the order in which it is shown."""


def show(reports: Reports, console: Console) -> None:
    """Prints the runs' numbers per direction, and each record that failed with the reason (OPS-4).

    Args:
        reports: What the runs did.
        console: Where to.
    """
    console.print(_outcomes(reports))
    for (sync, module), report in reports.items():
        if report.failures:
            console.print(f"{_title(sync, module)}: {len(report.failures)} failed", style="red")
            console.print(_failures(report.failures))
        if report.error:
            text = f"{_title(sync, module)}: {STATES[report.state]}. {report.error}"
            console.print(text, style="red", markup=False)


def _title(sync: Sync, module: str) -> str:
    return f"{sync.dag} ({_words(module)})" if len(sync.modules) > 1 else sync.dag


def _words(module: str) -> str:
    return module.replace("_", " ")


def _outcomes(reports: Reports) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("integration", "module", "direction"):
        table.add_column(name, no_wrap=True)
    for name in (*OUTCOMES, "calls", "seconds"):
        table.add_column(name, justify="right")
    last = None
    for (sync, module), report in reports.items():
        if last not in (None, sync.integration):
            table.add_section()
        cost = (f"{report.call_count:,}", f"{report.seconds:.1f}")
        for place, counts in enumerate(report.directions):
            named = ("" if sync.integration == last else sync.integration, _words(module)) if place == 0 else ("", "")
            table.add_row(*named, _way(sync, counts), *_numbers(counts), *(cost if place == 0 else ()))
        last = sync.integration
    return table


def _way(sync: Sync, counts: DirectionCounts) -> str:
    return f"{sync.sales} → Books" if counts.direction == "sales_to_books" else f"Books → {sync.sales}"


def _numbers(counts: DirectionCounts) -> Iterable[Text]:
    for outcome in OUTCOMES:
        number = getattr(counts, outcome)
        style = "dim" if not number else "red" if outcome == "failed" else ""
        yield Text(f"{number:,}", style=style)


def _failures(failures: Sequence[Failure]) -> Table:
    table = Table()
    table.add_column("record")
    table.add_column("reason")
    for failure in failures[:MOST_FAILURES]:
        table.add_row(Text(failure.record), Text(failure.reason))
    if len(failures) > MOST_FAILURES:
        table.add_row("…", f"and {len(failures) - MOST_FAILURES} more: see the run's history")
    return table
