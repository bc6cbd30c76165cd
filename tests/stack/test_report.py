"""The tables say what the runs did."""

import io
from dataclasses import replace

from rich.console import Console

from stack import report
from stack.syncs import SYNCS, Sync
from zoho.config.load import load_integrations
from zoho.engine.report import DirectionCounts, Failure, RunReport

CUSTOMERS, VENDORS, _, DEALS, TRANSACTIONS, _, BIGIN_PRODUCTS = SYNCS
COUNTS = DirectionCounts("sales_to_books", added=150, updated=2, skipped=3, failed=1, unchanged=40)
RUN = RunReport(
    state="partial",
    directions=[COUNTS],
    api_calls={"crm": {"scan": 4}, "books": {"scan": 2, "apply": 1152}},
    seconds=6.25,
    failures=[Failure("Acme [b]Ltd", "The name is too long.")],
)
QUIET = replace(RUN, state="success", directions=[DirectionCounts("sales_to_books", unchanged=7)], failures=[])


def shown(reports: dict[tuple[Sync, str], RunReport]) -> str:
    console = Console(width=120, file=io.StringIO(), record=True)
    report.show(reports, console)
    return console.export_text()


def test_numbers_calls_and_failures_are_shown() -> None:
    """OPS-4: each sync has a line with its numbers; what failed is named with the reason."""
    text = shown({(CUSTOMERS, "customers"): RUN, (VENDORS, "vendors"): QUIET, (BIGIN_PRODUCTS, "products"): QUIET})

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
    text = shown({(BIGIN_PRODUCTS, "products"): replace(RUN, directions=[COUNTS, back])})

    (line,) = [" ".join(line.split()) for line in text.splitlines() if "Books → Bigin" in line]
    assert line == "Books → Bigin 9 0 0 0 0 0"


def test_each_kind_of_transactions_has_its_lines() -> None:
    """OPS-4, TXN-1: one DAG synchronizes all four; what failed names the DAG and the kind."""
    both = replace(QUIET, directions=[COUNTS, DirectionCounts("books_to_sales", added=8)])
    reports = {(TRANSACTIONS, module): both for module in TRANSACTIONS.modules}
    text = shown({**reports, (TRANSACTIONS, "purchase_orders"): replace(both, failures=RUN.failures)})

    lines = [line.split("CRM")[0].split() for line in text.splitlines() if "CRM → Books" in line]
    assert lines == [["demo", "estimates"], ["sales", "orders"], ["invoices"], ["purchase", "orders"]]
    assert "zoho_demo_transactions (purchase orders): 1 failed" in text


def test_a_flood_of_failures_is_cut() -> None:
    """OPS-4: the rest is in the history."""
    failures = [Failure(f"record {number}", "why") for number in range(30)]
    text = shown({(CUSTOMERS, "customers"): replace(RUN, failures=failures)})

    assert "30 failed" in text
    assert "record 19" in text
    assert "record 20" not in text
    assert "and 10 more" in text


def test_why_a_run_stopped_is_told() -> None:
    """CON-4: the sentence stands with the name of the DAG."""
    stopped = replace(RUN, state="failed", failures=[], error="The [crm] organization is gone.")
    text = shown({(CUSTOMERS, "customers"): stopped})

    assert "zoho_demo_customers: stopped. The [crm] organization is gone." in text


def test_the_demo_runs_every_module_of_its_integrations() -> None:
    """AIR-3, CON-2: what is on in the shipped settings is what the demo runs and shows."""
    usable, _ = load_integrations()
    modules = {(one.name, module) for one in usable for module, settings in one.settings.modules if settings}
    assert {(sync.integration, module) for sync in SYNCS for module in sync.modules} == modules


def test_nothing_of_the_demo_begins_before_what_it_refers_to() -> None:
    """TXN-1, TRG-5: customers come before deals and transactions, and a deal's estimate before its mirror."""
    place = {sync.name: number for number, sync in enumerate(SYNCS) if sync.integration == "demo"}
    assert all(place[need] < place[sync.name] for sync in SYNCS for need in sync.needs)
    assert set(TRANSACTIONS.needs) == {"customers", "vendors", "products", "deals"}
    assert DEALS.needs == ("customers",)
