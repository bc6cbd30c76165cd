"""A quota that is used up holds no worker and fails no run: the task comes back when Zoho will take calls (BEY-8)."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.utils.state import DagRunState, TaskInstanceState
from sqlalchemy import Engine, select

from tests.support.sandbox import Sandbox
from zoho.engine.history.runs import list_runs
from zoho.engine.report import RunReport, run_report
from zoho.engine.side_by_side import CALLS_AT_ONCE
from zoho.engine.waits import Wait
from zoho.operators import waiting
from zoho.operators.module_dag import module_dags
from zoho.operators.on_demand import FetchOperator, ImportOperator, RefreshOperator
from zoho.operators.running import QUOTA_LEFT
from zoho.store.database import open_store
from zoho.transport import retry

DAG = "zoho_demo_customers"

RunDag = Callable[..., Any]

ASKED = 4
BLOCKED = {"code": 43, "message": "For security reasons you have been blocked for some time."}


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def short_waits_count_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call waits two seconds by itself and not a minute, so that seconds are enough to put a task off."""
    monkeypatch.setattr(retry, "LONGEST_WAIT", 2.0)


def blocked(after: int, asked: int = ASKED, times: int = 1, method: str = "POST") -> dict[str, Any]:
    """Books answers 43 to one call, after so many that go through."""
    match = {"product": "books", "method": method, "path": "/contacts"}
    answer = {"kind": "status", "status": 429, "body": BLOCKED, "headers": {"Retry-After": str(asked)}}
    return {"match": match, "skip": after, "times": times, **answer}


def report(store: Engine, run: Any) -> RunReport:
    return run_report(store, f"airflow:{DAG}:{run.run_id}")


def task(run: Any, task_id: str) -> Any:
    return next(ti for ti in run.get_task_instances() if ti.task_id == task_id)


def waits(run: Any) -> list[tuple[str, timedelta]]:
    """Which tasks were put off and for how long, as Airflow has it."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.taskreschedule import TaskReschedule
    from airflow.utils.session import create_session

    query = select(TaskInstance.task_id, TaskReschedule.start_date, TaskReschedule.reschedule_date)
    query = query.join(TaskReschedule, TaskReschedule.ti_id == TaskInstance.id).order_by(TaskReschedule.id)
    with create_session() as session:
        rows = session.execute(query.where(TaskInstance.run_id == run.run_id, TaskInstance.dag_id == DAG)).all()
    return [(row.task_id, row.reschedule_date - row.start_date) for row in rows]


def xcoms(run: Any, task_id: str) -> dict[str, Any]:
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    query = select(XComModel).where(XComModel.run_id == run.run_id, XComModel.task_id == task_id)
    with create_session() as session:
        return {row.key: row.value for row in session.scalars(query.where(XComModel.dag_id == run.dag_id))}


def times_of_writes(sandbox: Sandbox) -> list[tuple[datetime, int]]:
    """When each create came to Books, and the status of its answer."""
    calls = [call for call in sandbox.calls() if call["product"] == "books" and call["method"] == "POST"]
    return [(datetime.fromisoformat(call["time"]), call["status"]) for call in calls]


def test_a_task_waits_as_long_as_zoho_asks(
    run_dag: RunDag, sandbox: Sandbox, store: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """BEY-8: blocked in the middle of its writes the task leaves its worker, comes back, and writes the rest.

    It may not be tried a second time after a failure here, so a wait that cost a try would end the run.
    """
    before = len(sandbox.dump()["books"]["contacts"])
    sandbox.faults([blocked(after=20)])

    run = run_dag(DAG)

    assert run.state == DagRunState.SUCCESS
    ((waiter, span),) = waits(run)
    assert waiter == "load"
    assert timedelta(seconds=ASKED - 1) < span < timedelta(seconds=ASKED + 1)
    assert task(run, "load").try_number == 1

    times = times_of_writes(sandbox)
    refused = next(at for at, status in times if status == 429)
    on_their_way = [at for at, _ in times if refused < at < refused + timedelta(seconds=1)]
    assert len(on_their_way) < 2 * CALLS_AT_ONCE  # each of them may begin another before it is told
    pause = min(at for at, _ in times if at > refused and at not in on_their_way) - refused
    assert timedelta(seconds=ASKED) <= pause < timedelta(seconds=ASKED + 20)

    told = report(store, run)
    assert (told.state, told.failures, told.error) == ("success", [], None)
    assert told.directions[0].added == len(times) - 1 > 100
    assert len(sandbox.dump()["books"]["contacts"]) == before + told.directions[0].added

    (notice,) = [record.getMessage() for record in caplog.records if "This is no failure" in record.getMessage()]
    assert "Books blocks the organization" in notice
    assert notice.endswith(f", in {ASKED} seconds.")
    assert waiting.WAITS_FOR not in xcoms(run, "load")


def test_what_it_waits_for_is_shown(
    run_dag: RunDag, sandbox: Sandbox, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BEY-8: while it waits the task is no failure, its XCom says until when and why, and the run is open.

    The history shows the wait as long as it lasts.
    """
    seen: list[tuple[str, str]] = []
    history: set[Wait | None] = set()
    sleep = time.sleep

    def look(seconds: float) -> None:
        """What anybody sees who looks while Airflow has nothing to do."""
        for origin, state, shown in waiting_now(store):
            seen.append((state, shown))
            history.update(entry.wait for entry in list_runs(store).items)
            assert origin.startswith(f"airflow:{DAG}:")
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", look)
    sandbox.faults([blocked(after=0, method="GET")])

    run = run_dag(DAG)

    assert run.state == DagRunState.SUCCESS
    ((waiter, _),) = waits(run)
    ((state, shown),) = set(seen)
    assert state == "running"
    until = datetime.strptime(shown[:29], "Until %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    assert abs(until - task(run, waiter).start_date) < timedelta(seconds=10)
    assert "Books blocks the organization" in shown
    (wait,) = history
    assert wait is not None
    assert (wait.product, wait.done_by) == ("books", None)
    assert abs(wait.until - until) <= timedelta(seconds=1)
    assert [entry.wait for entry in list_runs(store).items] == [None]


def waiting_now(store: Engine) -> list[tuple[str, str, Any]]:
    """Origin and state of the runs whose tasks are put off, and what those say."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    with create_session() as session:
        put_off = session.scalars(
            select(TaskInstance).where(TaskInstance.state == TaskInstanceState.UP_FOR_RESCHEDULE)
        ).all()
        origins = [(f"airflow:{ti.dag_id}:{ti.run_id}", xcoms(ti, ti.task_id)) for ti in put_off]
    return [(origin, run_report(store, origin).state, shown[waiting.WAITS_FOR]) for origin, shown in origins]


def test_patience_ends(run_dag: RunDag, sandbox: Sandbox, store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """BEY-8: a task does not wait for ever, and then the history says for what it did."""
    monkeypatch.setattr(waiting, "PATIENCE", timedelta(minutes=59))
    sandbox.faults([blocked(after=0, asked=3_600, method="GET")])

    run = run_dag(DAG)

    told = report(store, run)
    assert (run.state, told.state, waits(run)) == (DagRunState.FAILED, "failed", [])
    assert told.error is not None
    assert "which is long enough" in told.error
    assert "Books blocks the organization" in told.error


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        pytest.param(500, {"code": 1000, "message": "Internal error"}, {}, id="no time is named"),
        pytest.param(503, {"code": 1000, "message": "Down"}, {"Retry-After": "3600"}, id="no quota"),
        pytest.param(429, BLOCKED, {"Retry-After": "1"}, id="a short wait"),
    ],
)
def test_what_is_left_to_airflows_retries(
    run_dag: RunDag, sandbox: Sandbox, store: Engine, status: int, body: Any, headers: dict[str, str]
) -> None:
    """BEY-8: an outage is a failure, however long it is to last, and so is what the call itself has waited for."""
    match = {"product": "books", "path": "/organizations"}
    sandbox.faults([{"match": match, "kind": "status", "status": status, "body": body, "headers": headers}])

    run = run_dag(DAG)

    assert (task(run, "begin").state, waits(run)) == (TaskInstanceState.FAILED, [])
    error = report(store, run).error
    assert error is not None
    assert error.startswith("begin: ")


@pytest.mark.parametrize(
    ("asked", "waits_before", "waited"),
    [(90, 0, 90), (3_600, 0, 3_600), (90, 1, 120), (90, 5, 1_920), (90, 99, 14_400), (80_000, 99, 80_000)],
)
def test_waits_grow_where_they_are_short(asked: int, waits_before: int, waited: int) -> None:
    """BEY-8: as long as Zoho asks; credits that come back bit by bit are not all spent on beginnings."""
    assert waiting.wait(timedelta(seconds=asked), waits_before) == timedelta(seconds=waited)


def test_failures_are_tried_again_later_and_later() -> None:
    """AIR-1: other errors keep retries of their own, with growing delays."""
    (dag,) = [dag for dag in module_dags("customers", None).values() if dag.dag_id == DAG]

    assert {task.retries for task in dag.tasks} == {2}
    assert {task.retry_exponential_backoff for task in dag.tasks} == {2.0}


def test_a_run_begins_with_what_is_left(
    run_dag: RunDag, sandbox: Sandbox, store: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """BEY-8: in the log of begin and kept with the run, as Zoho has told it or as counted by us.

    Bulk work has the day without the reserve; a record that somebody fetches has all of it.
    """
    sandbox.settings(books_calls_per_day=2_500)

    first, second = run_dag(DAG, dry_run=True), run_dag(DAG, dry_run=True)

    first_told, told = (xcoms(run, "begin")[QUOTA_LEFT] for run in (first, second))
    assert set(first_told) == {"crm", "books"}
    assert told["books"].startswith("Zoho Books: 2,1")
    assert " of 2,250 calls of today left, as told by Zoho; 250 more are kept for what is urgent; " in told["books"]
    assert "credits of the last 24 hours left, as counted by us" in told["crm"]
    logged = [record.getMessage() for record in caplog.records]
    assert all(sentence in logged for sentence in (*first_told.values(), *told.values()))

    asked = {"module": "customers", "record": sandbox.dump()["crm"]["Accounts"][0]["id"], "dry_run": True}
    fetched = xcoms(run_dag("zoho_demo_fetch", **asked), "fetch")[QUOTA_LEFT]
    assert " of 2,500 calls of today left, as told by Zoho; " in fetched["books"]


def test_which_forms_are_urgent() -> None:
    """BEY-8: somebody waits for one record that is fetched or imported; a refresh of all is bulk work."""
    assert [form.waited_for for form in (FetchOperator, ImportOperator, RefreshOperator)] == [True, True, False]
