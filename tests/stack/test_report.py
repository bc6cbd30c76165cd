"""The tables say what the runs did."""

import io
from dataclasses import replace

from rich.console import Console

from stack import report
from stack.syncs import SYNCS, Sync
from zoho.config.load import load_integrations
from zoho.engine.report import DirectionCounts, Failure, RunReport

CUSTOMERS, VENDORS, *_, BIGIN_PRODUCTS = SYNCS
COUNTS = DirectionCounts("sales_to_books", added=150, updated=2, skipped=3, failed=1, unchanged=40)
RUN = RunReport(
    state="partial",
    directions=[COUNTS],
    api_calls={"crm": {"scan": 4}, "books": {"scan": 2, "apply": 1152}},
    seconds=6.25,
    failures=[Failure("Acme [b]Ltd", "The name is too long.")],
)
QUIET = replace(RUN, state="success", directions=[DirectionCounts("sales_to_books", unchanged=7)], failures=[])


def shown(reports: dict[Sync, RunReport]) -> str:
    console = Console(width=120, file=io.StringIO(), record=True)
    report.show(reports, console)
    return console.export_text()


def test_numbers_calls_and_failures_are_shown() -> None:
    """OPS-4: each sync has a line with its numbers; what failed is named with the reason."""
    text = shown({CUSTOMERS: RUN, VENDORS: QUIET, BIGIN_PRODUCTS: QUIET})

    lines = [" ".join(line.split()) for line in text.splitlines() if "→ Books" in line]
    assert lines == [
        "demo customers CRM → Books 150 2 0 3 1 40 1,158 6.2",
        "vendors CRM → Books 0 0 0 0 0 7 1,158 6.2",
        "demo_bigin products Bigin → Books 0 0 0 0 0 7 1,158 6.2",
    ]
    assert "zoho_demo_customers: 1 failed" in text
    assert "Acme [b]Ltd" in text
    assert "The name is too long." in text


def test_each_direction_has_a_line() -> None:
    """OPS-4, CUS-3: calls and seconds are the run's and stand once."""
    back = DirectionCounts("books_to_sales", added=9)
    text = shown({BIGIN_PRODUCTS: replace(RUN, directions=[COUNTS, back])})

    (line,) = [" ".join(line.split()) for line in text.splitlines() if "Books → Bigin" in line]
    assert line == "Books → Bigin 9 0 0 0 0 0"


def test_a_flood_of_failures_is_cut() -> None:
    """OPS-4: the rest is in the history."""
    text = shown({CUSTOMERS: replace(RUN, failures=[Failure(f"record {number}", "why") for number in range(30)])})

    assert "30 failed" in text
    assert "record 19" in text
    assert "record 20" not in text
    assert "and 10 more" in text


def test_why_a_run_stopped_is_told() -> None:
    """CON-4: the sentence stands with the name of the DAG."""
    text = shown({CUSTOMERS: replace(RUN, state="failed", failures=[], error="The [crm] organization is gone.")})

    assert "zoho_demo_customers: stopped. The [crm] organization is gone." in text


def test_the_demo_runs_every_module_of_its_integrations() -> None:
    """AIR-3, CON-2: what is on in the shipped settings is what the demo runs and shows."""
    usable, _ = load_integrations()
    modules = {(one.name, module) for one in usable for module, settings in one.settings.modules if settings}
    assert {(sync.integration, sync.module) for sync in SYNCS} == modules
