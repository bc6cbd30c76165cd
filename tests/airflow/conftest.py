"""An Airflow inside the test process: its metadata database, and the demo's connections."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.engine import make_url

from stack import airflow as stack_airflow
from stack.places import CHECKOUT
from stack.postgres import Postgres
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.store.database import open_store

if TYPE_CHECKING:  # importing it for real costs a second and a half
    from airflow.models.dagrun import DagRun


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's metadata database, empty."""
    from airflow.utils import db

    db.initdb()


@pytest.fixture
def demo_connections(
    sandbox: Sandbox, postgres: Postgres, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Airflow connections the integration ``demo`` names, to a fresh sandbox and a fresh store."""
    database = make_url(store_url).database
    assert database is not None
    variables = stack_airflow.connections(postgres, sandbox.url, database, tmp_path / "staging")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def run_dag(airflow_database: None, demo_connections: None) -> Callable[..., "DagRun"]:
    """Runs a DAG of the checkout to its end, inside this process: ``run_dag(dag_id, param=value, …)``."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(dag_folder=CHECKOUT / "dags", bundle_path=CHECKOUT / "dags", bundle_name="dags-folder")
    sync_bag_to_db(bag, "dags-folder", None)

    for task in (task for dag in bag.dags.values() for task in dag.tasks):
        task.retries = 0  # nobody waits a minute for a second try

    def run(dag_id: str, **params: Any) -> "DagRun":
        dag = bag.dags[dag_id]
        defaults = dag.params.dump()
        try:
            return dag.test(run_conf=params)
        finally:
            dag.params.update(defaults)  # a test run leaves its own in the DAG

    return run


@pytest.fixture
def dag_lab(sandbox: Sandbox, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The demo on empty organizations; the DAG files read its settings from a folder of its own."""
    sandbox.reset("empty")
    store = open_store(store_url)
    include = shipped(tmp_path / "settings")
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(include))
    lab = Lab(sandbox, store, tmp_path)
    lab.include = include
    yield lab
    store.dispose()
