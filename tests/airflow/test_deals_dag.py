"""The DAGs of deals, run by Airflow itself against the sandbox and a real store (TRG, DEAL, AIR-1, AIR-2)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from airflow.utils.state import DagRunState
from sqlalchemy import Engine

from tests.support.deals import ESTIMATE
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.config.load import include_folder
from zoho.engine.report import run_report
from zoho.store.database import open_store

RunDag = Callable[..., Any]


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The demo with the automation on, read by the DAG files from a folder of its own."""
    sandbox.reset("empty")
    store: Engine = open_store(store_url)
    include = copytree(include_folder(), tmp_path / "settings")
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(include))
    lab = Lab(sandbox, store, tmp_path)
    lab.include = include
    lab.settings_file.write_text(lab.settings_file.read_text().rstrip("\n") + f"\n  deals:\n    {ESTIMATE}\n")
    yield lab
    store.dispose()


def test_from_a_deal_to_its_estimate_and_an_association(lab: Lab, run_dag: RunDag) -> None:
    """TRG-2, DEAL-1, DEAL-2, AIR-2: as tasks, from nothing but settings and connections; the form does the rest."""
    (account,) = lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    assert run_dag("zoho_demo_customers").state == DagRunState.SUCCESS
    assert run_dag("zoho_demo_deals").state == DagRunState.SUCCESS
    values = {"Deal_Name": "Big deal", "Amount": 1200, "Stage": "Proposal/Price Quote", "Account_Name": account.id}
    (deal,) = lab.crm.insert("Deals", [values])
    lab.sandbox.clear_calls()

    dry = run_dag("zoho_demo_deals", dry_run=True)
    assert (dry.state, lab.writes()) == (DagRunState.SUCCESS, [])
    run = run_dag("zoho_demo_deals", dry_run=False)

    assert run.state == DagRunState.SUCCESS
    assert {ti.task_id for ti in run.get_task_instances()} == {"begin", "extract", "decide", "load", "close"}
    assert run_report(lab.store, f"airflow:zoho_demo_deals:{run.run_id}").directions[0].added == 1
    (made,) = [row for page in lab.books.estimates.list(purpose="test") for row in page.records]
    assert (made["status"], made["total"]) == ("draft", 1200)

    by_hand = {"customer_id": made["customer_id"], "line_items": [{"name": "Tea", "rate": 3, "quantity": 1}]}
    order = lab.books.sales_orders.create(by_hand)
    form = {"document": "sales order", "number": order["salesorder_number"]}
    assert run_dag("zoho_demo_associate", do="list", **form).state == DagRunState.SUCCESS
    assert run_dag("zoho_demo_associate", do="associate", **form).state == DagRunState.FAILED
    assert run_dag("zoho_demo_associate", do="associate", deal_id=deal.id, **form).state == DagRunState.SUCCESS
    shown = lab.books.sales_orders.get(order["salesorder_id"])
    assert shown
    assert shown["zcrm_potential_id"] == deal.id
    made_by_trigger = {"document": "estimate", "number": made["estimate_number"]}
    assert run_dag("zoho_demo_associate", do="dissociate", **made_by_trigger).state == DagRunState.FAILED
    assert run_dag("zoho_demo_associate", do="dissociate", **form).state == DagRunState.SUCCESS


def test_a_deal_that_cannot_be_dealt_with_turns_the_run_red(lab: Lab, run_dag: RunDag) -> None:
    """TRG-5, OPS-4: one without an account is reported."""
    assert run_dag("zoho_demo_deals").state == DagRunState.SUCCESS
    lab.crm.insert("Deals", [{"Deal_Name": "Nobody's", "Amount": 1, "Stage": "Proposal/Price Quote"}])
    run = run_dag("zoho_demo_deals")
    assert run.state == DagRunState.FAILED
    told = run_report(lab.store, f"airflow:zoho_demo_deals:{run.run_id}")
    assert [failure.reason for failure in told.failures] == [
        "No estimate was made: the deal names no account; choose one."
    ]
