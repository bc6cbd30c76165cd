"""The table says what the run did."""

import io
from dataclasses import replace

from rich.console import Console

from stack import report
from zoho.engine.report import DirectionCounts, Failure, RunReport

COUNTS = DirectionCounts("sales_to_books", added=150, updated=2, skipped=3, failed=1, unchanged=40)
RUN = RunReport(
    state="partial",
    directions=[COUNTS],
    api_calls={"books": {"scan": 2, "apply": 152}},
    seconds=6.25,
    failures=[Failure("Acme [b]Ltd", "The name is too long.")],
)


def shown(run: RunReport) -> str:
    console = Console(width=140, file=io.StringIO(), record=True)
    report.show(run, console)
    return console.export_text()


def test_numbers_calls_and_failures_are_shown() -> None:
    """OPS-4."""
    text = shown(RUN)

    assert "Customers: done in part in 6.2 s" in text
    (row,) = [line for line in text.splitlines() if "CRM → Books" in line]
    assert [int(part) for part in row.split() if part.isdigit()] == [150, 2, 0, 3, 1, 40]
    assert "Zoho Books: 154 API calls (apply 152, scan 2)" in text
    assert "Acme [b]Ltd" in text
    assert "The name is too long." in text


def test_a_flood_of_failures_is_cut() -> None:
    """OPS-4: the rest is in the history."""
    text = shown(replace(RUN, failures=[Failure(f"record {number}", "why") for number in range(30)]))

    assert "30 failed" in text
    assert "record 19" in text
    assert "record 20" not in text
    assert "and 10 more" in text


def test_why_a_run_stopped_is_told() -> None:
    """CON-4."""
    text = shown(replace(RUN, state="failed", failures=[], error="The [crm] organization is gone."))

    assert "Customers: stopped" in text
    assert "The [crm] organization is gone." in text
