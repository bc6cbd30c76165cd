"""Every view is quick, also when the history is long and there are many integrations (OPS-4).

``make bench-page`` measures the same by the clock, and prints it.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from shutil import copytree

import psutil
import pytest
from sqlalchemy import Engine, delete, text

from stack.places import CHECKOUT
from tests.store.test_history_speed import CALLS, CHANGES, COUNTS, PLAN, PLANNED, RUNS
from tests.support.visitor import Visitor
from zoho.store.database import open_store

MEASURED = "ZOHO_SYNC_MEASURED" in os.environ
"""Whether nothing else goes on, so that the clock tells; beside other tests only the processor's time does."""

LIMIT_SECONDS = 0.3
PRINT_LIMIT_SECONDS = 2.0 if MEASURED else 2.6
"""By the clock; or of processor, of which a machine that does nothing else needs less than two."""

PRINTED_TIMES = 5
PLANNED_RECORDS = 10_000
TIMES = 15 if MEASURED else 5
INTEGRATIONS = tuple(f"shop{number}" for number in range(20))
PARTS = ("customers", "vendors", "products", "transactions", "deals", "sync_all", "refresh", "fetch")
BUNDLE = "many"

VIEWS = (
    *("/", "/history", "/history?integration=shop3&state=partial", "/history?q=Company+ab", "/runs/run-20000"),
    *("/runs/plan", "/runs/plan/apply", "/integrations/shop7/records?q=Company+ab"),
    *("/failures", "/activity", "/integrations/shop7", "/integrations/shop7/customers"),
    *("/integrations/shop7/find", "/integrations/shop7/deals"),
    *("/integrations/shop7/settings", "/integrations/shop7/settings/mappings/customers"),
    *("/integrations/shop7/settings?text=1", "/integrations/shop7/settings/versions"),
    *(f"/integrations/shop7/actions/{action}" for action in ("sync", "refresh", "pause", "disable", "remove")),
)


@pytest.fixture
def include(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty integrations with every module."""
    folder = copytree(CHECKOUT / "include", tmp_path / "include")
    demo = (folder / "integrations" / "demo.yaml").read_text()
    for path in (folder / "integrations").glob("*.yaml"):
        path.unlink()
    for name in INTEGRATIONS:
        content = demo.replace("name: demo", f"name: {name}").replace("zoho_crm_demo", f"zoho_crm_{name}")
        (folder / "integrations" / f"{name}.yaml").write_text(content)
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(folder))
    return folder


@pytest.fixture
def dags(airflow_database: None) -> Iterator[None]:
    """The DAGs of all of them, as Airflow knows them."""
    from airflow.models.dag import DagModel, DagTag
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    with create_session() as session:
        session.add(DagBundleModel(name=BUNDLE))
        session.flush()
        for name, part in product(INTEGRATIONS, PARTS):
            dag_id = f"zoho_{name}_{part}"
            session.add(DagModel(dag_id=dag_id, bundle_name=BUNDLE, is_stale=False, is_paused=False))
            session.add_all(DagTag(dag_id=dag_id, name=tag) for tag in ("zoho", name, part))
    yield
    with create_session() as session:
        ours = DagModel.bundle_name == BUNDLE
        session.execute(delete(DagTag).where(DagTag.dag_id.startswith("zoho_shop")))
        session.execute(delete(DagModel).where(ours))
        session.execute(delete(DagBundleModel).where(DagBundleModel.name == BUNDLE))


@pytest.fixture
def long_history(store_url: str) -> Iterator[Engine]:
    """100,000 changes in 20,000 runs."""
    engine = open_store(store_url)
    with engine.begin() as connection:
        for statement in (RUNS, PLAN, CHANGES, PLANNED, COUNTS, CALLS):
            connection.execute(text(statement))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    yield engine
    engine.dispose()


def test_every_view_answers_in_time(
    long_history: Engine, dags: None, visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    """OPS-4: under 300 ms at the median, with 100,000 changes and 20 integrations."""
    visitor.login("admin")
    assert visitor.see("/").count('id="card-shop') == len(INTEGRATIONS)
    spent = time.perf_counter if MEASURED else processor_seconds(long_history)
    taken = {path: median_of(visitor, spent, path) for path in VIEWS}
    if MEASURED:
        with capsys.disabled():
            print("\nMedian of each view, with 100,000 changes and 20 integrations:")
            print("\n".join(f"{seconds * 1000:6.0f} ms  {path}" for path, seconds in taken.items()))
    assert {path: seconds for path, seconds in taken.items() if seconds > LIMIT_SECONDS} == {}


def test_a_large_plan_prints_in_time(
    long_history: Engine, include: Path, connections: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """BEY-1: 10,000 records, field by field, in under two seconds with all that Python takes to begin."""
    show_plan(tmp_path)  # compiles, which is done once
    taken = [show_plan(tmp_path) for _ in range(PRINTED_TIMES)]
    printed = taken[-1][1]
    assert printed.count("in Books (sales ") == PLANNED_RECORDS
    assert "Plan for Books: 5,000 to create, 5,000 to update.\n" in printed
    assert "Carrying it out takes about 100 minutes.\n" in printed
    typical = statistics.median if MEASURED else min  # beside others it is held up at times
    seconds = typical(one for one, _ in taken)
    if MEASURED:
        with capsys.disabled():
            print(f"\n{seconds * 1000:6.0f} ms  zoho-sync apply --show, of a plan of 10,000 records")
    assert seconds < PRINT_LIMIT_SECONDS


def show_plan(folder: Path) -> tuple[float, str]:
    """Prints the large plan as a process of its own; returns the seconds that it took, and what it printed."""
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT / "plugins"), "FORCE_COLOR": "1"}
    env |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    line = [sys.executable, "-m", "zoho.cli", "apply", "plan", "--show"]
    begun, before = time.perf_counter(), processor_of_children()
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    seconds = time.perf_counter() - begun if MEASURED else processor_of_children() - before
    assert (done.returncode, done.stderr) == (0, "")
    return seconds, done.stdout


def processor_of_children() -> float:
    """Returns how many seconds of processor the processes that have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def median_of(visitor: Visitor, spent: Callable[[], float], path: str) -> float:
    """How many seconds a view takes, the first time left out."""
    visitor.see(path)
    taken = []
    for _ in range(TIMES):
        begun = spent()
        visitor.see(path)
        taken.append(spent() - begun)
    return statistics.median(taken)


def processor_seconds(store: Engine) -> Callable[[], float]:
    """Returns what tells the seconds of processor that were spent, here and in PostgreSQL.

    All of it is in memory, so that is what a view takes on a machine that is not busy with something else.
    """
    asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    with store.connect() as connection:
        servers = [psutil.Process(pid) for pid in connection.scalars(text(asked))]
    return lambda: time.process_time() + sum(sum(server.cpu_times()[:2]) for server in servers)
