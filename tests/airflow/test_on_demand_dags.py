"""The DAGs of forms, run by Airflow itself: fetch, import, refresh (OPS-3, SRCH-1, SRCH-3, AIR-2)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.utils.state import DagRunState
from sqlalchemy import Engine

from stack.places import CHECKOUT
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.engine.history.runs import RunFilter, list_runs, runs_of_origin
from zoho.store.database import open_store

RunDag = Callable[..., Any]


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The demo on two empty organizations, read by the DAG files from a folder of its own."""
    sandbox.reset("empty")
    store: Engine = open_store(store_url)
    include = shipped(tmp_path / "settings")
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(include))
    lab = Lab(sandbox, store, tmp_path)
    lab.include = include
    yield lab
    store.dispose()


def made(lab: Lab, **values: Any) -> str:
    (done,) = lab.crm.insert("Accounts", [values])
    assert done.id
    return done.id


def result_of(run: Any) -> Any:
    (task,) = run.get_task_instances()
    return task.xcom_pull(task_ids=task.task_id)


def test_fetch_import_refresh(lab: Lab, run_dag: RunDag) -> None:
    """OPS-3, SRCH-1, SRCH-3: from nothing but settings, connections and a form; each is a run of the history."""
    acme, birch = made(lab, Account_Name="Acme"), made(lab, Account_Name="Birch")

    run = run_dag("zoho_demo_fetch", module="customers", record="acme")
    assert (run.state, set(lab.customers())) == (DagRunState.SUCCESS, {"Acme"})
    assert result_of(run)["books_id"] == lab.customers()["Acme"]["contact_id"]
    (run_id,) = runs_of_origin(lab.store, f"airflow:zoho_demo_fetch:{run.run_id}")
    (entry,) = list_runs(lab.store, RunFilter(text=acme)).items
    assert (entry.run_id, entry.about, entry.origin.dag_id) == (run_id, f"account Acme ({acme})", "zoho_demo_fetch")

    searched = run_dag("zoho_demo_import", name="birch")
    assert (result_of(searched), set(lab.customers())) == ({"hits": {birch: "Birch"}}, {"Acme"})
    imported = run_dag("zoho_demo_import", record_id=birch)
    assert (imported.state, set(lab.customers())) == (DagRunState.SUCCESS, {"Acme", "Birch"})

    lab.sandbox.clock(advance=600)
    lab.crm.update("Accounts", [{"id": acme, "Website": "a.example"}])
    dry = run_dag("zoho_demo_refresh", dry_run=True)
    assert (dry.state, lab.customers()["Acme"]["website"]) == (DagRunState.SUCCESS, "")
    assert run_dag("zoho_demo_refresh", dry_run=False).state == DagRunState.SUCCESS
    assert lab.customers()["Acme"]["website"] == "a.example"


def test_what_cannot_be_done_is_red_and_in_the_history(lab: Lab, run_dag: RunDag) -> None:
    """OPS-3, OPS-4: a name that is nobody's, a record that Books refuses; the run is closed, with the reason."""
    assert run_dag("zoho_demo_fetch", module="customers", record="nobody").state == DagRunState.FAILED
    (entry,) = list_runs(lab.store).items
    assert (entry.state, entry.finished_at is None) == ("failed", False)
    assert "whose name contains 'nobody'" in str(entry.error)
    acme = made(lab, Account_Name="Acme")
    refused = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400, "times": 1}
    lab.sandbox.faults([{**refused, "body": {"code": 4, "message": "Invalid value"}}])
    assert run_dag("zoho_demo_fetch", module="customers", record=acme).state == DagRunState.FAILED
    (latest, _) = list_runs(lab.store).items
    assert (latest.state, latest.total.failed) == ("partial", 1)
    assert run_dag("zoho_demo_import", name=" ").state == DagRunState.FAILED


def test_every_form_explains_itself(airflow_database: None) -> None:
    """AIR-2: each parameter of each DAG has a type or choices, a title, a description, and a sound default."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=CHECKOUT / "dags", bundle_path=CHECKOUT / "dags", bundle_name="dags-folder")
    assert bag.import_errors == {}
    for dag in bag.dags.values():
        assert dag.params, dag.dag_id
        dag.params.validate()
        for name in dag.params:
            param = dag.params.get_param(name)
            told = (
                param.schema.get("title"),
                param.description,
                param.schema.get("type") or param.schema.get("enum"),
            )
            assert all(told), (dag.dag_id, name)
        assert dag.doc_md, dag.dag_id
