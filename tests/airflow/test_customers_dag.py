"""The DAG of the demo, run by Airflow itself against the sandbox and a real store (AIR-1, AIR-2)."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.utils.state import DagRunState
from sqlalchemy import Engine, select

from tests.support.lab import Lab
from tests.support.pairs import account
from tests.support.sandbox import Sandbox
from zoho.engine.control import state
from zoho.engine.report import RunReport, run_report
from zoho.store import runs
from zoho.store.controls import Pause
from zoho.store.database import open_store
from zoho.store.tables import changes

DAG = "zoho_demo_customers"

RunDag = Callable[..., Any]


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    yield engine
    engine.dispose()


def report(store: Engine, run: Any) -> RunReport:
    return run_report(store, f"airflow:{DAG}:{run.run_id}")


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [call for call in sandbox.calls() if call["product"] == "books" and call["method"] != "GET"]


def run_id_of(store: Engine, run: Any) -> str:
    """The id under which a run of the DAG is in the history."""
    with store.connect() as connection:
        return str(runs.of_dag_run(connection, "demo", f"airflow:{DAG}:{run.run_id}")[0].run_id)


def handed_on(run: Any) -> dict[str, Any]:
    """All that the tasks of a run left in XCom."""
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    with create_session() as session:
        rows = session.scalars(select(XComModel).where(XComModel.run_id == run.run_id, XComModel.dag_id == DAG))
        return {f"{row.task_id}.{row.key}": row.value for row in rows}


def test_a_run_writes_and_a_second_one_does_not(run_dag: RunDag, sandbox: Sandbox, store: Engine) -> None:
    """AIR-1, CUS-1, OPS-1: extract → dedupe → map → load as tasks, from nothing but settings and connections."""
    first = run_dag(DAG)

    assert first.state == DagRunState.SUCCESS
    assert {ti.task_id for ti in first.get_task_instances()} >= {"dedupe", "map", "load"}
    counts = report(store, first).directions[0]
    assert counts.added > 100
    assert len(writes(sandbox)) == counts.added + counts.updated == report(store, first).api_calls["books"]["load"]

    sandbox.clear_calls()
    second = run_dag(DAG)

    assert second.state == DagRunState.SUCCESS
    assert writes(sandbox) == []
    assert [call for call in sandbox.calls() if call["method"] != "GET" and call["product"] == "crm"] == []
    assert report(store, second).directions[0].unchanged > counts.added + counts.updated


def test_tasks_hand_on_addresses_and_counts_only(run_dag: RunDag) -> None:
    """AIR-4: no record travels through XCom, however many there are."""
    held = json.dumps(handed_on(run_dag(DAG)), default=str)

    assert "plan.parquet" in held
    assert len(held) < 3_000
    assert "@example" not in held


def test_a_dry_run_writes_nothing(run_dag: RunDag, sandbox: Sandbox, store: Engine) -> None:
    """AIR-2, BEY-1: the plan is in the history, and nothing else happened."""
    run = run_dag(DAG, dry_run=True)

    assert run.state == DagRunState.SUCCESS
    assert writes(sandbox) == []
    with store.connect() as connection:
        assert connection.scalars(select(changes.c.state).distinct()).all() == ["planned"]


def test_a_plan_that_was_shown_is_carried_out(run_dag: RunDag, sandbox: Sandbox, store: Engine) -> None:
    """AIR-2, BEY-1: a dry run's id as *Plan* carries out just what it showed, and once only."""
    shown = run_dag(DAG, dry_run=True)
    with store.connect() as connection:
        plan_id = connection.scalars(select(changes.c.run_id)).first()
        planned = connection.scalars(select(changes.c.name).order_by(changes.c.name)).all()

    run = run_dag(DAG, plan=plan_id, dry_run=False)

    assert (shown.state, run.state) == (DagRunState.SUCCESS, DagRunState.SUCCESS)
    with store.connect() as connection:
        done = select(changes.c.name).where(changes.c.state == "done").order_by(changes.c.name)
        assert connection.scalars(done).all() == planned
    assert len(writes(sandbox)) == report(store, run).api_calls["books"]["load"]
    again = run_dag(DAG, plan=plan_id, dry_run=False)
    assert again.state == DagRunState.FAILED
    assert "has been carried out already" in str(report(store, again).error)


def test_a_run_is_undone_by_a_plan(run_dag: RunDag, dag_lab: Lab) -> None:
    """AIR-1, BEY-3: *undo* makes the plan, *plan* carries it out, in a pause too; without *dry run* it is refused."""
    account(dag_lab, "Acme")
    first = run_id_of(dag_lab.store, run_dag(DAG))
    assert run_dag(DAG, undo=first, dry_run=False).state == DagRunState.FAILED
    state.pause(dag_lab.store, "demo", Pause.INTERRUPT, "anna", "a wrong mapping", datetime.now(UTC))
    plan = run_id_of(dag_lab.store, run_dag(DAG, undo=first, dry_run=True))
    assert [one["status"] for one in dag_lab.customers().values()] == ["active"]
    assert run_dag(DAG, plan=plan, undo=None, dry_run=False).state == DagRunState.SUCCESS
    assert [one["status"] for one in dag_lab.customers().values()] == ["inactive"]


def test_a_refused_record_turns_the_run_red(run_dag: RunDag, sandbox: Sandbox, store: Engine) -> None:
    """OPS-4: one record is refused by Books: all others are written, and the run is not green."""
    answer = {"code": 1001, "message": "Invalid value passed for website."}
    refusal = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "times": 1}
    sandbox.faults([{**refusal, "status": 400, "body": answer}])

    run = run_dag(DAG)

    told = report(store, run)
    assert (run.state, told.state) == (DagRunState.FAILED, "partial")
    assert len(told.failures) == 1
    assert "Invalid value passed for website" in told.failures[0].reason
    assert told.directions[0].added > 100

    run = run_dag(DAG)

    assert (run.state, report(store, run).directions[0].added) == (DagRunState.SUCCESS, 1)


def test_a_run_that_cannot_begin_is_red(
    run_dag: RunDag, sandbox: Sandbox, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CON-1, CON-4: with wrong credentials nothing is done; the history says why, without the secret."""
    connection = {
        "conn_type": "zoho_books",
        "login": "1000.SANDBOXBOOKS",
        "password": "a-wrong-secret",
        "extra": {"refresh_token": "1000.wrong", "accounts_url": sandbox.url, "api_url": sandbox.url},
    }
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_BOOKS_DEMO", json.dumps(connection))

    run = run_dag(DAG)

    told = report(store, run)
    assert (run.state, told.state) == (DagRunState.FAILED, "failed")
    assert told.error
    assert told.error.startswith("begin: ")
    assert "a-wrong-secret" not in told.error
    assert writes(sandbox) == []
