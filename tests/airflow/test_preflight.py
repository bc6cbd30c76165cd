"""A run that may not begin, in Airflow itself (CON-3, CON-4)."""

from collections.abc import Callable
from typing import Any

from airflow.utils.state import DagRunState, TaskInstanceState
from sqlalchemy import Engine

from tests.support.sandbox import Sandbox
from zoho.engine.report import run_report
from zoho.store.database import open_store

DAG = "zoho_demo_products"


def test_begin_refuses_what_cannot_work(run_dag: Callable[..., Any], sandbox: Sandbox, store_url: str) -> None:
    """CON-4: begin fails with every sentence, in the history too; no task after it runs and nothing is written."""
    sandbox.settings(crm_edition="standard", books_currency="EUR")
    run = run_dag(DAG)
    states = {ti.task_id: ti.state for ti in run.get_task_instances()}
    assert (run.state, states["begin"]) == (DagRunState.FAILED, TaskInstanceState.FAILED)
    assert states["extract_sales"] == states["load"] == TaskInstanceState.UPSTREAM_FAILED
    assert [call for call in sandbox.calls() if call["method"] != "GET" and call["product"] in ("crm", "books")] == []
    error = _error(store_url, run.run_id)
    assert "sales.connection: 'Sandbox Trading' has the standard edition of Zoho CRM" in error
    assert "modules.products: the base currency is USD in Zoho CRM and EUR in Zoho Books" in error

    sandbox.settings(crm_edition="enterprise", books_currency="USD")
    assert run_dag(DAG).state == DagRunState.SUCCESS


def _error(store_url: str, run_id: str) -> str:
    engine: Engine = open_store(store_url)
    try:
        return run_report(engine, f"airflow:{DAG}:{run_id}").error or ""
    finally:
        engine.dispose()
