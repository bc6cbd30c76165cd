"""DAG runs of an integration that is paused, interrupted or disabled (OPS-5, CON-7)."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.utils.state import DagRunState, TaskInstanceState
from sqlalchemy import Engine, select

from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.engine.control import pulse, state
from zoho.engine.report import run_report
from zoho.store.controls import Pause
from zoho.store.database import open_store
from zoho.store.tables import runs

DAG = "zoho_demo_customers"
NOW = datetime.now(UTC)

RunDag = Callable[..., Any]


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def looks_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs look at every safe point, and not once a second."""
    monkeypatch.setattr(pulse, "LOOK_EVERY", 0.0)


def tasks(run: Any) -> dict[str, str]:
    return {ti.task_id: ti.state for ti in run.get_task_instances()}


def history(store: Engine) -> list[str]:
    with store.connect() as connection:
        return list(connection.scalars(select(runs.c.state).order_by(runs.c.started_at)))


def creates(sandbox: Sandbox) -> int:
    return sum(call["product"] == "books" and call["method"] == "POST" for call in sandbox.calls())


def held(sandbox: Sandbox) -> list[Any]:
    """What Books holds, without ids and times."""
    contacts = sandbox.dump()["books"]["contacts"]
    return sorted(
        (one["values"]["contact_name"], str(one["values"].get("website")), len(one["persons"])) for one in contacts
    )


@contextmanager
def paused_when(store: Engine, how: Pause, is_time: Callable[[], bool]) -> Iterator[None]:
    """Somebody pauses the integration in another process, at a moment of the run."""
    done = threading.Event()

    def watch() -> None:
        while not done.is_set() and not is_time():
            time.sleep(0.02)
        state.pause(store, "demo", how, "anna", "stocktaking", NOW)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_paused_integration_is_skipped(
    run_dag: RunDag, sandbox: Sandbox, store: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """OPS-5: the run is green, all its tasks but the first are skipped, the log says why, the history has nothing."""
    state.pause(store, "demo", Pause.DRAIN, "anna", "stocktaking", NOW)

    run = run_dag(DAG)

    assert run.state == DagRunState.SUCCESS
    states = tasks(run)
    assert states.pop("begin") == TaskInstanceState.SUCCESS
    assert set(states.values()) == {TaskInstanceState.SKIPPED}
    assert (history(store), sandbox.calls()) == ([], [])
    (told,) = {record.getMessage() for record in caplog.records if "is paused since" in record.getMessage()}
    assert "by anna: stocktaking. No run begins until it is resumed: zoho-sync resume demo" in told

    state.resume(store, "demo", "anna", NOW)
    assert run_dag(DAG).state == DagRunState.SUCCESS
    assert history(store) == ["success"]


def test_a_drained_run_finishes(run_dag: RunDag, sandbox: Sandbox, store: Engine) -> None:
    """OPS-5: paused while its first task runs, all its later tasks run too; the next run does not."""
    with paused_when(store, Pause.DRAIN, lambda: history(store) == ["running"]):
        run = run_dag(DAG)
    assert run.state == DagRunState.SUCCESS
    states = tasks(run)
    assert states.pop("ask") == TaskInstanceState.SKIPPED, "no guard holds anything back"
    assert set(states.values()) == {TaskInstanceState.SUCCESS}
    assert run_report(store, f"airflow:{DAG}:{run.run_id}").directions[0].added > 100

    assert tasks(run_dag(DAG))["load"] == TaskInstanceState.SKIPPED


def test_an_interrupted_run_and_the_rest_of_it(
    run_dag: RunDag, sandbox: Sandbox, store: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """OPS-5: it stops between two records, without a failure; resumed, exactly the rest is done.

    An uninterrupted twin tells what that is.
    """
    twin = run_dag(DAG)
    wanted, all_creates = held(sandbox), creates(sandbox)
    assert twin.state == DagRunState.SUCCESS
    with store.begin() as connection:
        connection.exec_driver_sql("TRUNCATE runs, links, observations, cursors, claims, facts CASCADE")
    sandbox.pristine()

    with paused_when(store, Pause.INTERRUPT, lambda: creates(sandbox) > 20):
        run = run_dag(DAG)

    assert run.state == DagRunState.SUCCESS
    states = tasks(run)
    assert (states["map"], states["load"], states["close"]) == ("success", "skipped", "skipped")
    told = run_report(store, f"airflow:{DAG}:{run.run_id}")
    assert (told.state, told.failures) == ("interrupted", [])
    first = creates(sandbox)
    assert told.directions[0].added == first < all_creates
    assert any("So this run stops here" in record.getMessage() for record in caplog.records)

    state.resume(store, "demo", "anna", NOW)
    run = run_dag(DAG)

    told = run_report(store, f"airflow:{DAG}:{run.run_id}")
    assert (told.state, told.directions[0].added) == ("success", all_creates - first)
    assert creates(sandbox) == all_creates
    assert held(sandbox) == wanted


def test_interrupted_between_tasks(run_dag: RunDag, sandbox: Sandbox, store: Engine) -> None:
    """OPS-5: a task that has not begun does not begin."""
    with paused_when(store, Pause.INTERRUPT, lambda: history(store) == ["running"]):
        run = run_dag(DAG)
    assert (run.state, history(store), creates(sandbox)) == (DagRunState.SUCCESS, ["interrupted"], 0)
    assert TaskInstanceState.FAILED not in tasks(run).values()


@pytest.fixture
def trading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kinds of transactions are on, which one DAG synchronizes in turn."""
    folder = shipped(tmp_path / "include")
    demo = folder / "integrations" / "demo.yaml"
    demo.write_text(demo.read_text().rstrip("\n") + "\n  estimates: {}\n  invoices: {}\n")
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(folder))


def test_all_kinds_of_a_run_stop_together(
    trading: None, run_dag: RunDag, sandbox: Sandbox, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-5: a run of several modules is interrupted as a whole, none of them fails; paused, none of them begins."""
    for module in ("products", "customers"):
        assert run_dag(f"zoho_demo_{module}").state == DagRunState.SUCCESS
    before = len(history(store))
    with paused_when(store, Pause.INTERRUPT, lambda: len(history(store)) > before):
        run = run_dag("zoho_demo_transactions")
    assert (run.state, history(store)[before:]) == (DagRunState.SUCCESS, ["interrupted"] * 2)

    assert run_dag("zoho_demo_transactions").state == DagRunState.SUCCESS
    assert len(history(store)) == before + 2
