"""A paused day in a running Airflow: what resuming does about it, and ``airflow backfill`` (OPS-2, OPS-5, AIR-2)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stack.postgres import Postgres
from tests.support.lab import Lab
from tests.support.running import Running, running_airflow
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.engine.control import state
from zoho.store.controls import Pause
from zoho.store.database import open_store

DAG, ALL = "zoho_demo_customers", "zoho_demo_sync_all"


@pytest.fixture
def running(sandbox: Sandbox, postgres: Postgres, store_url: str, tmp_path: Path) -> Iterator[Running]:
    """Airflow with its scheduler and triggerer; customers and products of ``demo`` are on, two windows a day."""
    sandbox.reset("empty")
    store = open_store(store_url)
    lab = Lab(sandbox, store, tmp_path)
    lab.include = _settings(tmp_path / "settings")
    on = {"AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False"}
    with running_airflow(lab, postgres, ("zoho_demo_products", DAG, ALL), on) as started:
        yield started
    store.dispose()


def _settings(folder: Path) -> Path:
    shipped(folder)
    (folder / "integrations" / "demo_bigin.yaml").unlink()
    demo = folder / "integrations" / "demo.yaml"
    content = demo.read_text().replace("0 */2 * * *", "0 */12 * * *")
    head, rest = content.split("  vendors:\n", 1)
    demo.write_text(head + rest[rest.index("  products:\n") :])
    return folder


def test_a_paused_day(running: Running):
    """OPS-2, OPS-5, AIR-2: everything runs in order; a paused day is filled window by window, in order; a repeat by
    ``airflow backfill create`` writes nothing and undoes nothing that is newer.
    """
    lab, sandbox = running.lab, running.lab.sandbox
    yesterday = (datetime.now(UTC) - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    sandbox.clock(now=yesterday - timedelta(days=1))
    made = lab.crm.insert("Accounts", [{"Account_Name": name, "Phone": "1"} for name in ("Early", "Late")])
    sandbox.clock(real=True)
    running.wait_until_quiet()  # the runs that Airflow begins by itself for a new DAG

    done = running.call("run", "demo", "--wait")

    assert (done["dag"], done["state"]) == (ALL, "success")
    assert running.phones() == {"Early": "1", "Late": "1"}
    order = running.ask(
        "SELECT task_id FROM task_instance WHERE dag_id = :dag AND run_id = :run AND state = 'success' "
        "ORDER BY end_date",
        dag=ALL,
        run=done["run"],
    )
    assert [row.task_id for row in order][0::3] == ["begin", "end"]
    assert {row.task_id for row in order} == {"begin", "products", "customers", "end"}

    # Paused for all of yesterday, in which one account is edited; the other is edited in it and today.
    state.pause(lab.store, "demo", Pause.DRAIN, "anna", "", yesterday)
    sandbox.clock(now=yesterday + timedelta(hours=9))
    lab.crm.update("Accounts", [{"id": one.id, "Phone": "2"} for one in made])
    sandbox.clock(real=True)
    lab.crm.update("Accounts", [{"id": made[1].id, "Phone": "3"}])

    skipped = running.ask("SELECT count(*) AS n FROM dag_run WHERE dag_id = :dag", dag=DAG)[0].n
    resumed = running.call("resume", "demo", "--backfill")

    assert len(resumed["windows"]) >= 2
    running.wait_for_backfills()
    running.wait_until_quiet()
    assert running.phones() == {"Early": "2", "Late": "1"}
    query = "SELECT run_id FROM dag_run WHERE dag_id = :dag AND run_type = 'backfill' ORDER BY {}"
    by_time, by_window = (running.ask(query.format(by), dag=DAG) for by in ("start_date", "logical_date"))
    assert by_time == by_window
    assert len(by_time) == len(resumed["windows"])
    assert running.ask("SELECT count(*) AS n FROM dag_run WHERE dag_id = :dag", dag=DAG)[0].n > skipped

    assert running.call("run", "demo", "customers", "--wait")["state"] == "success"
    assert running.phones() == {"Early": "2", "Late": "3"}
    early = lab.customers()["Early"]
    lab.books.update_contact(early["contact_id"], {"billing_address": {**early["billing_address"], "phone": "4"}})
    assert running.call("run", "demo", "customers", "--wait")["state"] == "success"
    assert {one["Account_Name"]: one["Phone"] for one in lab.accounts()} == {"Early": "4", "Late": "3"}

    sandbox.clear_calls()
    first, last = (f"{yesterday + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}" for hours in (-8, 16))
    running.airflow(
        *("backfill", "create", "--dag-id", DAG, "--from-date", first, "--to-date", last),
        *("--reprocess-behavior", "completed", "--max-active-runs", "1"),
    )
    running.wait_for_backfills()
    running.wait_until_quiet()
    assert lab.writes() == []
    assert running.phones() == {"Early": "4", "Late": "3"}
    assert not running.ask("SELECT 1 FROM dag_run WHERE state = 'failed'")
