"""The DAG of transactions, run by Airflow itself against the sandbox and a real store (TXN, AIR-1)."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.utils.state import DagRunState

from tests.support.lab import Lab
from tests.support.transactions import bill, in_crm, items, line, with_transactions
from zoho.engine.report import run_report
from zoho.store import events
from zoho.store.events import Event

RunDag = Callable[..., Any]
DAG = "zoho_demo_transactions"


@pytest.fixture
def lab(dag_lab: Lab) -> Lab:
    """The demo with all transactions on."""
    with_transactions(dag_lab)
    return dag_lab


@pytest.fixture
def invoiced(lab: Lab, run_dag: RunDag) -> tuple[Lab, str]:
    """Customers, vendors and products have been synchronized; Books has an invoice."""
    lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
    assert run_dag(DAG).state == DagRunState.FAILED  # TXN-1
    for module in ("customers", "vendors", "products"):
        assert run_dag(f"zoho_demo_{module}").state == DagRunState.SUCCESS
    return lab, str(bill(lab, line(items(lab)["Tea"], "9.50", "2"))["invoice_id"])


def test_a_regular_run_goes_through_all_kinds(invoiced: tuple[Lab, str], run_dag: RunDag) -> None:
    """AIR-1, TXN-1, TXN-2: extract → dedupe → map → load for every kind in turn; a run of each is in the history."""
    lab, _ = invoiced
    run = run_dag(DAG)
    assert run.state == DagRunState.SUCCESS
    (mirror,) = in_crm(lab)
    assert mirror["Grand_Total"] == 19
    added = {
        module: run_report(lab.store, f"airflow:{DAG}:{run.run_id}:{module}").directions[1].added
        for module in ("estimates", "sales_orders", "invoices", "purchase_orders")
    }
    assert added == {"estimates": 0, "sales_orders": 0, "invoices": 1, "purchase_orders": 0}


def test_a_run_that_an_event_began_looks_at_what_was_told(invoiced: tuple[Lab, str], run_dag: RunDag) -> None:
    """TXN-5: just the record that a webhook told of, by a handful of calls; the rest of the run is skipped."""
    from airflow.sdk.api.datamodels._generated import DagRunType  # what a task gets to see
    from airflow.sdk.exceptions import DownstreamTasksSkipped

    from zoho.operators.transactions_dag import transaction_dags

    lab, invoice_id = invoiced
    assert run_dag(DAG).state == DagRunState.SUCCESS
    lab.sandbox.clock(advance=5)
    lab.books.invoices.update(invoice_id, {"notes": "seen at once"})
    with lab.store.begin() as connection:
        told = Event("books", "invoices", invoice_id, "edit")
        events.record(connection, "demo", [told])
    lab.sandbox.clear_calls()
    task = transaction_dags(None)[DAG].get_task("at_once")
    pushed: dict[str, Any] = {}
    ti = SimpleNamespace(
        dag_id=DAG,
        run_id="asset_triggered__1",
        task_id="at_once",
        try_number=1,
        max_tries=0,
        start_date=datetime.now(UTC),
        xcom_push=lambda key, value: pushed.update({key: value}),
    )
    params = dict.fromkeys(("full_scan", "dry_run", "window_from", "window_to", "beyond_guards"))
    dag_run = SimpleNamespace(run_type=DagRunType.ASSET_TRIGGERED, run_id="asset_triggered__1")

    with pytest.raises(DownstreamTasksSkipped) as skipped:
        task.execute({"ti": ti, "dag_run": dag_run, "params": params})

    assert "begin" in skipped.value.tasks
    assert "close" in skipped.value.tasks
    assert pushed["rounds"] == {"estimates": 0, "sales_orders": 0, "invoices": 1, "purchase_orders": 0}
    (mirror,) = in_crm(lab)
    assert mirror["Description"] == "seen at once"
    calls = [call for call in lab.sandbox.calls() if call["product"] == "books"]
    assert [call["path"] for call in calls] == [f"/books/v3/invoices/{invoice_id}"]
