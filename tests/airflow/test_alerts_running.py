"""In a running Airflow: the DAG processor tells of a run that failed, the triggerer of one that does not end."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from stack.postgres import Postgres
from tests.support.collector import Collector
from tests.support.lab import Lab
from tests.support.running import PATH, Running, running_airflow
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from tests.support.told import FOLDER, Told
from zoho.store.database import open_store

DAG = "zoho_demo_customers"
REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}
INVALID = {**REFUSED, "body": {"code": 4, "message": "Invalid value passed for website."}}


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Whom ``demo`` tells, of everything; nothing runs by the schedule."""
    demo = shipped(tmp_path / "settings") / "integrations" / "demo.yaml"
    demo.write_text(demo.read_text().replace("0 */2 * * *", "0 0 1 1 *"))
    return Told(demo, tmp_path / "told", "failed, repeated, late")


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Receives what all processes of Airflow measure."""
    receiving = Collector()
    yield receiving
    receiving.close()


@pytest.fixture
def running(
    told: Told, collector: Collector, sandbox: Sandbox, postgres: Postgres, store_url: str, tmp_path: Path
) -> Iterator[Running]:
    """Airflow with all its parts, and with nothing to do."""
    sandbox.reset("empty")
    store = open_store(store_url)
    lab = Lab(sandbox, store, tmp_path)
    lab.include = tmp_path / "settings"
    more = {"PYTHONPATH": os.pathsep.join((PATH, str(FOLDER))), **collector.environment}
    with running_airflow(lab, postgres, (DAG,), more) as started:
        started.airflow("dags", "unpause", DAG)
        started.wait(lambda: bool(started.ask("SELECT 1 FROM dag_run")), "The run of the last window is there")
        started.wait_until_quiet()
        yield started
    store.dispose()


def deadlines(running: Running) -> int:
    return len(running.ask("SELECT 1 FROM deadline"))


def test_failed_and_late(running: Running, told: Told, collector: Collector) -> None:
    """OPS-1, OPS-4: a failed run is told of once; so is one that has not ended in time, and one that has is not.

    What the tasks of the failed run measured has left their processes before these ended.
    """
    lab = running.lab
    assert (told.all(), deadlines(running)) == ([], 0), "the first run has ended in time"
    lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.sandbox.faults([INVALID])

    running.airflow("dags", "trigger", DAG, "--run-id", "manual__refused")

    running.wait(lambda: bool(told.all()), "The failure is told")
    (one,) = told.news()
    assert (one["about"], one["title"]) == ("failed", "Zoho Sync demo: customers failed in part")
    assert one["url"].endswith(f"/dags/{DAG}/runs/manual__refused")
    lab.sandbox.clear_faults()
    records = collector.of("airflow.zoho_sync.records", "outcome", integration="demo", direction="sales_to_books")
    assert records == {"added": 0, "updated": 0, "deleted": 0, "skipped": 0, "failed": 1}
    assert collector.of("airflow.zoho_sync.quota_left", "product").keys() == {"crm", "books"}

    running.airflow("pools", "set", "default_pool", "0", "no worker takes anything up")
    running.airflow("dags", "trigger", DAG, "--run-id", "manual__stuck")
    query = "UPDATE deadline SET deadline_time = now() FROM dag_run WHERE dag_run.id = dagrun_id AND run_id = :run"
    with running.metadata.begin() as connection:
        moved = connection.execute(text(query), {"run": "manual__stuck"}).rowcount
    assert moved == 1

    running.wait(lambda: bool(told.all()), "The delay is told")
    (one,) = told.all()
    assert (one["about"], one["title"]) == ("late", "Zoho Sync demo: customers is late")
    assert "has not ended after 120 minutes" in one["text"]
    assert "no worker has taken it up" in one["text"]
    assert one["text"].endswith(f"/dags/{DAG}/runs/manual__stuck")

    running.airflow("pools", "set", "default_pool", "128", "as it was")
    running.wait_until_quiet()
    assert len(told.all()) == 1
    assert running.ask("SELECT count(*) AS n FROM dag_version WHERE dag_id = :dag", dag=DAG)[0].n == 1
