"""The DAGs of deals, run by Airflow itself against the sandbox and a real store (TRG, DEAL, AIR-1, AIR-2)."""

from collections.abc import Callable
from typing import Any

import pytest
from airflow.utils.state import DagRunState

from tests.support.deals import ESTIMATE
from tests.support.lab import Lab
from zoho.engine.report import run_report
from zoho.store import runs

RunDag = Callable[..., Any]


@pytest.fixture
def lab(dag_lab: Lab) -> Lab:
    """The demo with the automation on."""
    path = dag_lab.settings_file
    path.write_text(path.read_text().rstrip("\n") + f"\n  deals:\n    {ESTIMATE}\n")
    return dag_lab


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
    assert {ti.task_id for ti in run.get_task_instances()} == {"begin", "extract", "decide", "load", "close", "ask"}
    assert run_report(lab.store, f"airflow:zoho_demo_deals:{run.run_id}").directions[0].added == 1
    (made,) = [row for page in lab.books.estimates.list(purpose="test") for row in page.records]
    assert (made["status"], made["total"]) == ("draft", 1200)

    by_hand = {"customer_id": made["customer_id"], "line_items": [{"name": "Tea", "rate": 3, "quantity": 1}]}
    order = lab.books.sales_orders.create(by_hand)
    form = {"document": "sales order", "number": order["salesorder_number"]}
    assert run_dag("zoho_demo_associate", do="list", **form).state == DagRunState.SUCCESS
    assert run_dag("zoho_demo_associate", do="associate", deal_id=deal.id, **form).state == DagRunState.SUCCESS
    shown = lab.books.sales_orders.get(order["salesorder_id"])
    assert shown
    assert shown["zcrm_potential_id"] == deal.id
    assert run_dag("zoho_demo_associate", do="dissociate", **form).state == DagRunState.SUCCESS


def test_a_plan_is_carried_out_by_the_dag(lab: Lab, run_dag: RunDag) -> None:
    """BEY-1, BEY-5: a dry run, then a run of just that; what passes a guard is held, and asked about."""
    text = lab.settings_file.read_text()
    lab.settings_file.write_text(f"{text}    guards: {{creates: 1}}\n")
    (account,) = lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    assert run_dag("zoho_demo_customers").state == DagRunState.SUCCESS
    assert run_dag("zoho_demo_deals").state == DagRunState.SUCCESS
    values = {"Amount": 1200, "Stage": "Proposal/Price Quote", "Account_Name": account.id}
    lab.crm.insert("Deals", [{"Deal_Name": name, **values} for name in ("One", "Two")])

    held = run_dag("zoho_demo_deals", dry_run=False)

    told = run_report(lab.store, f"airflow:zoho_demo_deals:{held.run_id}")
    assert told.state == "held"
    assert {ti.task_id: ti.state for ti in held.get_task_instances()}["load"] == "success"
    with lab.store.connect() as connection:
        plan = runs.by_origin(connection, f"airflow:zoho_demo_deals:{held.run_id}")
    assert plan
    run = run_dag("zoho_demo_deals", plan=plan.run_id)
    assert run_report(lab.store, f"airflow:zoho_demo_deals:{run.run_id}").directions[0].added == 2


def test_a_refusal_reads_well(lab: Lab, run_dag: RunDag, caplog: pytest.LogCaptureFixture) -> None:
    """DEAL-1, DEAL-2, AIR-2: the form's task fails with a sentence in its log, and the same is in the history."""
    (account,) = lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    assert run_dag("zoho_demo_customers").state == DagRunState.SUCCESS
    assert run_dag("zoho_demo_deals").state == DagRunState.SUCCESS
    values = {"Deal_Name": "Big deal", "Amount": 1200, "Stage": "Proposal/Price Quote", "Account_Name": account.id}
    (deal,) = lab.crm.insert("Deals", [values])
    assert run_dag("zoho_demo_deals").state == DagRunState.SUCCESS
    estimate = {"document": "estimate", "number": "QT-000001"}
    for form, sentence in (
        (
            {"do": "dissociate", **estimate},
            f"The estimate QT-000001 was made of the deal {deal.id} by a trigger, and such an association cannot be "
            "undone.",
        ),
        ({"do": "associate", **estimate}, "Name the deal to associate: its id is in the list."),
        (
            {"do": "associate", "document": "invoice", "number": ""},
            "Name the invoice: its number, or its id in Books.",
        ),
    ):
        caplog.clear()
        run = run_dag("zoho_demo_associate", **form)
        assert run.state == DagRunState.FAILED
        assert f"NOT DONE: {sentence}" in caplog.messages
        told = run_report(lab.store, f"airflow:zoho_demo_associate:{run.run_id}")
        assert (told.state, told.error, [one.reason for one in told.failures]) == ("failed", sentence, [sentence])


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
