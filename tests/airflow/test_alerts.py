"""Whom the settings name is told of failed runs, and of records that fail again and again, by Airflow's notifiers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airflow.utils.state import DagRunState

from stack.places import CHECKOUT
from tests.support.lab import Lab
from tests.support.told import FOLDER, Told
from zoho.engine.history.failures import every_failure
from zoho.engine.history.origin import asked_by
from zoho.engine.on_demand.again import try_again

DAG = "zoho_demo_customers"
REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}
INVALID = {**REFUSED, "body": {"code": 4, "message": "Invalid value passed for website."}}

RunDag = Callable[..., Any]


@pytest.fixture
def told(dag_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Whom ``demo`` tells."""
    monkeypatch.syspath_prepend(FOLDER)
    return Told(dag_lab.settings_file, tmp_path / "told")


def made(lab: Lab, *names: str) -> None:
    lab.crm.insert("Accounts", [{"Account_Name": name} for name in names])


def test_a_run_that_fails_in_part(
    told: Told, dag_lab: Lab, run_dag: RunDag, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """OPS-4: which integration, module and run, the numbers, the first records with their reasons, where to look.

    A name is no template and no HTML. A notifier that cannot be used does not silence the others; one that wants to
    hear of other things hears nothing.
    """
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/")
    broken = "    - notifier: nowhere.Notifier\n    - {notifier: subprocess.Popen, kwargs: {args: 'true'}}\n"
    silent = "    - {notifier: writes_down.WritesDown, about: [late], kwargs: {path: /nowhere, said: {}}}\n"
    file = dag_lab.settings_file
    file.write_text(file.read_text().replace("  to:\n", f"  to:\n{broken}{silent}"))
    made(dag_lab, "<b>{{ 7 * 7 }}</b>", *(f"Account {number}" for number in range(14)))
    dag_lab.sandbox.faults([{**INVALID, "times": 14}])

    assert run_dag(DAG).state == DagRunState.FAILED

    (one,) = told.news()
    assert (one["about"], one["title"]) == ("failed", "Zoho Sync demo: customers failed in part")
    lines = one["text"].splitlines()
    assert lines[0] == one["title"]
    assert "1 added, 0 updated, 0 skipped, 14 failed" in lines[1]
    assert "Failed for the first time: 14" in lines
    assert len([line for line in lines if line.startswith("- business ")]) == 10
    assert "… and 4 more" in lines
    assert len(one["text"]) < 3000
    named = next(line for line in lines if "7 * 7" in line)
    assert named.startswith("- business <b>{{ 7 * 7 }}</b> (sales ")
    assert "Invalid value passed for website" in named
    assert "- business &lt;b&gt;{{ 7 * 7 }}&lt;/b&gt; (sales " in one["html"]
    assert any(line.startswith("History: https://airflow.example.com/zoho/runs/") for line in lines)
    assert one["url"].startswith(f"https://airflow.example.com/dags/{DAG}/runs/manual__")
    assert lines[-1] == f"Airflow: {one['url']}"
    assert one["context"] == ["alert", "said"], "templates read no connection and no variable"
    assert "nowhere.Notifier cannot be imported (No module named 'nowhere')" in caplog.text
    assert "subprocess.Popen is no notifier of Airflow" in caplog.text
    assert "/nowhere" not in caplog.text


def test_a_record_that_fails_again_and_again(told: Told, dag_lab: Lab, run_dag: RunDag) -> None:
    """OPS-4: told when it fails first, told when it has failed three times in a row, and not in any other run; what
    somebody tried by hand does not count. Mended and failing once more, it is told of again.
    """
    lab = dag_lab
    made(lab, "Acme")
    lab.sandbox.faults([INVALID])
    assert (run_dag(DAG).state, [one["about"] for one in told.news()]) == (DagRunState.FAILED, ["failed"])
    assert (run_dag(DAG).state, told.news()) == (DagRunState.FAILED, [])

    failed = list(every_failure(lab.store))
    job = lambda _, module: lab.job(module=module)  # noqa: E731
    assert [one.state for one in try_again(job, asked_by("zoho-sync", "retry", "anna"), failed)] == ["partial"]

    assert run_dag(DAG).state == DagRunState.FAILED
    (one,) = told.news()
    assert (one["about"], one["title"]) == (
        "repeated",
        "Zoho Sync demo: a record of customers failed in 3 runs in a row",
    )
    assert "business Acme (sales " in one["text"]
    assert "Invalid value passed for website" in one["text"]
    assert "zoho-sync failures -i demo --retry" in one["text"]
    assert (run_dag(DAG).state, told.news()) == (DagRunState.FAILED, [])

    lab.sandbox.clear_faults()
    assert (run_dag(DAG).state, told.news()) == (DagRunState.SUCCESS, [])
    (account,) = lab.accounts()
    lab.crm.update("Accounts", [{"id": account["id"], "Phone": "1"}])
    lab.sandbox.faults([{**INVALID, "match": {**REFUSED["match"], "method": "PUT", "path": "/books/v3/contacts/"}}])
    assert (run_dag(DAG).state, [one["about"] for one in told.news()]) == (DagRunState.FAILED, ["failed"])


def test_a_run_that_stops_tells_each_time(
    told: Told, dag_lab: Lab, run_dag: RunDag, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-4, CON-1: why it stopped, without any secret."""
    url = dag_lab.sandbox.url
    connection = {
        "conn_type": "zoho_books",
        "login": "1000.SANDBOXBOOKS",
        "password": "a-wrong-secret",
        "extra": {"refresh_token": "1000.wrong", "accounts_url": url, "api_url": url},
    }
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_BOOKS_DEMO", json.dumps(connection))
    for _ in range(2):
        assert run_dag(DAG).state == DagRunState.FAILED
        (one,) = told.news()
        assert (one["about"], one["title"]) == ("failed", "Zoho Sync demo: customers stopped before its end")
        assert "\nbegin: " in one["text"]
        assert "a-wrong-secret" not in one["text"]
        assert "1000.wrong" not in one["text"]


def test_the_store_is_what_fails(told: Told, dag_lab: Lab, run_dag: RunDag, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-4: then there is no history to read, and it is told all the same, with the task to look at."""
    store = {"conn_type": "postgres", "schema": "nowhere", "extra": {"host": "/nowhere"}}
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_SYNC_STORE", json.dumps(store))
    assert run_dag(DAG).state == DagRunState.FAILED
    (one,) = told.news()
    assert one["title"] == "Zoho Sync demo: customers failed"
    assert "The history cannot be read: OperationalError." in one["text"]


def test_which_dags_tell(dag_lab: Lab, airflow_database: None) -> None:
    """OPS-4: every DAG of the integration but the one that only runs others; those with a schedule also when late."""
    from airflow.dag_processing.dagbag import DagBag

    Told(dag_lab.settings_file, Path("told"), "failed, late")
    bag = DagBag(dag_folder=CHECKOUT / "dags", bundle_path=CHECKOUT / "dags", bundle_name="dags-folder")
    mine = {name: dag for name, dag in bag.dags.items() if name.startswith("zoho_demo_") and "bigin" not in name}
    assert {name for name, dag in mine.items() if not dag.on_failure_callback} == {"zoho_demo_sync_all"}
    assert {name for name, dag in mine.items() if dag.deadline} == {
        name for name, dag in mine.items() if dag.timetable.can_be_scheduled
    }
    others = [dag for name, dag in bag.dags.items() if name not in mine]
    assert others
    assert not [dag for dag in others if dag.on_failure_callback or dag.deadline]
