"""Changes that Zoho tells of at once (TXN-5): from a write in the sandbox to a bell in Airflow."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from airflow.utils.state import DagRunState
from fastapi import FastAPI
from sqlalchemy import Engine, select

from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.api.crm import CrmClient
from zoho.hooks.books import ZohoBooksHook
from zoho.hooks.crm import ZohoCrmHook
from zoho.operators.channel_keeping import remove_left_over
from zoho.store.database import open_store
from zoho.store.tables import channels, events

DAG = "zoho_demo_channels"
PATIENCE = 20.0
SECRET = "books-webhook-secret"

BELL_DAG = """
from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, BaseOperator, CronTriggerTimetable

bell = Asset(name="zoho://demo/deals", uri="zoho://demo/deals")
timed = CronTriggerTimetable("0 */2 * * *", timezone="UTC")
with DAG("rung", schedule=AssetOrTimeSchedule(timetable=timed, assets=[bell]), catchup=False):
    BaseOperator(task_id="look")
"""

RunDag = Callable[..., Any]


@pytest.fixture(autouse=True)
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The endpoints on a port, as Airflow mounts them, and settings of ``demo`` that name it."""
    from zoho.web.app import app
    from zoho.web.gate import gates

    root = FastAPI()
    root.mount("/zoho", app)
    serving = uvicorn.Server(uvicorn.Config(root, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=serving.run)
    thread.start()
    assert within_patience(lambda: serving.started)
    port = serving.servers[0].sockets[0].getsockname()[1]
    folder = shipped(tmp_path / "include")
    demo = folder / "integrations" / "demo.yaml"
    address = f"http://127.0.0.1:{port}"
    demo.write_text(f"at_once:\n  notify_url: {address}\n{demo.read_text()}  deals: {{}}\n  estimates: {{}}\n")
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(folder))
    gates.cache_clear()
    yield address
    serving.should_exit = True
    thread.join()
    gates.cache_clear()


@pytest.fixture(autouse=True)
def silent_in_the_end(demo_connections: None) -> Iterator[None]:
    """No bell rings on after a test."""
    from zoho.hooks.store import store_engine
    from zoho.web.bell import airflow_bell

    yield
    airflow_bell(store_engine()).close()
    airflow_bell.cache_clear()


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    yield engine
    engine.dispose()


def crm() -> CrmClient:
    return ZohoCrmHook("zoho_crm_demo").client


def within_patience(look: Callable[[], Any]) -> Any:
    """What a look finds, as soon as it finds something."""
    until = time.monotonic() + PATIENCE
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def journal(store: Engine) -> set[tuple[str, str]]:
    with store.connect() as connection:
        return {(row.entity, row.remote_id) for row in connection.execute(select(events))}


@pytest.fixture(params=["json", "form"])
def books_webhook(
    server: str, demo_connections: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, request: Any
) -> None:
    """A webhook of estimates, made in Books as docs/at_once.md tells it."""
    connection = json.loads(os.environ["AIRFLOW_CONN_ZOHO_BOOKS_DEMO"])
    connection["extra"]["webhook_secret"] = SECRET
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_BOOKS_DEMO", json.dumps(connection))
    url = f"{server}/zoho/hooks/demo/books"
    sandbox.books_webhook("estimate", url, SECRET, request.param)


def test_a_write_in_books_is_journalled(books_webhook: None, store: Engine) -> None:
    """TXN-5: made, changed and deleted, each told by a signed webhook."""
    books = ZohoBooksHook("zoho_books_demo", organization_id="60001234567").client
    customer = next(row for page in books.contacts(contact_type="customer") for row in page.records)
    item = next(row for page in books.items() for row in page.records)
    estimate = books.estimates.create(
        {"customer_id": customer["contact_id"], "line_items": [{"item_id": item["item_id"], "quantity": 2}]}
    )
    told = {("estimates", str(estimate["estimate_id"]))}
    assert within_patience(lambda: journal(store) == told)


@pytest.fixture
def bell_dag(airflow_database: None, tmp_path: Path) -> None:
    """A DAG that waits for the bell, in Airflow's database."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    from airflow.models import DagModel
    from airflow.utils.session import create_session

    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "rung.py").write_text(BELL_DAG)
    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    sync_bag_to_db(bag, "dags-folder", None)
    with create_session() as session:
        session.get(DagModel, "rung").is_paused = False


def rings() -> int:
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session

    with create_session() as session:
        rung = select(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
        return len(session.scalars(rung.where(AssetModel.name == "zoho://demo/deals")).all())


def queued() -> list[str]:
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session

    with create_session() as session:
        return list(session.scalars(select(AssetDagRunQueue.target_dag_id)))


def test_a_write_in_the_crm_rings_for_a_run(run_dag: RunDag, bell_dag: None, sandbox: Sandbox, store: Engine) -> None:
    """TXN-5: subscribed by the DAG, told by Zoho, journalled, and rung for; what comes with it is rung for too."""
    assert run_dag(DAG).state == DagRunState.SUCCESS
    before = rings()

    made = crm().insert("Deals", [{"Deal_Name": name, "Stage": "Qualification"} for name in ("A", "B", "C")])

    ids = {("Deals", str(one.id)) for one in made}
    assert within_patience(lambda: journal(store) >= ids)
    assert within_patience(lambda: rings() > before)
    assert queued() == ["rung"]
    assert within_patience(lambda: rings() == before + 2), "what came within the second is rung for once more"


def test_the_dag_keeps_and_removes_the_channel(run_dag: RunDag, sandbox: Sandbox, store: Engine) -> None:
    """TXN-5, CON-8: with Remove it is gone, also from the store."""
    assert run_dag(DAG).state == DagRunState.SUCCESS
    (channel,) = {row["channel_id"] for row in crm().channels()}
    with store.connect() as connection:
        assert connection.scalars(select(channels.c.channel_id)).all() == [channel]
    assert run_dag(DAG, remove=True).state == DagRunState.SUCCESS
    assert crm().channels() == []
    with store.connect() as connection:
        assert connection.scalars(select(channels.c.channel_id)).all() == []


def test_a_channel_of_an_integration_that_is_gone_is_removed(
    run_dag: RunDag, sandbox: Sandbox, store: Engine
) -> None:
    """TXN-5, CON-8: by the DAG of any other; where the connection is gone too it ends by itself."""
    assert run_dag(DAG).state == DagRunState.SUCCESS
    with store.begin() as connection:
        connection.execute(channels.update().values(integration="gone"))
        (row,) = connection.execute(select(channels)).mappings()
        connection.execute(channels.insert().values({**row, "integration": "lost", "connection": "lost"}))
    assert run_dag(DAG).state == DagRunState.SUCCESS
    with store.connect() as connection:
        assert set(connection.scalars(select(channels.c.integration))) == {"demo", "lost"}


def test_a_channel_is_removed_when_at_once_is_taken_out(
    run_dag: RunDag, sandbox: Sandbox, store: Engine, tmp_path: Path
) -> None:
    """TXN-5: by the DAG of any other integration; a file that is broken changes nothing."""
    assert run_dag(DAG).state == DagRunState.SUCCESS
    folder = tmp_path / "include" / "integrations"
    demo = folder / "demo.yaml"
    sound = demo.read_text()
    demo.write_text("at_once: [")
    remove_left_over()
    assert len(crm().channels()) == 2
    demo.write_text(sound.split("\n", 2)[2])
    remove_left_over()
    assert crm().channels() == []


def test_a_refusal_fails_the_task_with_what_zoho_said(run_dag: RunDag, sandbox: Sandbox) -> None:
    """TXN-5: nobody waits for a retry that cannot help."""
    answer = {"code": "OAUTH_SCOPE_MISMATCH", "details": {}, "message": "invalid scope", "status": "error"}
    sandbox.faults([{"match": {"method": "POST", "path": "/crm/v8/actions/watch"}, "kind": "status", "status": 401,
                     "body": answer}])  # fmt: skip
    assert run_dag(DAG).state == DagRunState.FAILED
