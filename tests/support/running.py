"""A running Airflow with all its parts, the sandbox behind it, for tests that need its scheduler or its triggerer."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from stack import airflow as stack_airflow
from stack.places import CHECKOUT, Places
from stack.ports import choose
from stack.postgres import Postgres
from stack.processes import Processes
from tests.support.lab import Lab

PATIENCE = 600.0
PATH = os.pathsep.join(str(folder) for folder in (CHECKOUT / "plugins", CHECKOUT))


@dataclass
class Running:
    """A running Airflow, the sandbox behind it, and its databases."""

    lab: Lab
    processes: Processes
    env: dict[str, str]
    metadata: Engine

    def call(self, *arguments: str) -> dict[str, Any]:
        """Calls ``zoho-sync`` as a script does; it has to end well."""
        command = [sys.executable, "-m", "zoho.cli", *arguments, "--yes", "--json"]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def airflow(self, *arguments: str) -> None:
        """Calls ``airflow``."""
        command = [sys.executable, "-m", "airflow", *arguments]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def ask(self, query: str, **values: Any) -> list[Any]:
        """Asks Airflow's database."""
        with self.metadata.connect() as connection:
            return list(connection.execute(text(query), values))

    def wait(self, is_so: Callable[[], bool], what: str) -> None:
        self.processes.wait_until(is_so, what, seconds=PATIENCE)

    def wait_for_backfills(self) -> None:
        self.wait(lambda: not self.ask("SELECT 1 FROM backfill WHERE completed_at IS NULL"), "The backfill ends")

    def wait_until_quiet(self) -> None:
        query = "SELECT 1 FROM dag_run WHERE state IN ('queued', 'running')"
        self.wait(lambda: not self.ask(query), "All runs end")

    def phones(self) -> dict[str, str]:
        """What Books holds."""
        return {name: one["billing_address"].get("phone", "") for name, one in self.lab.customers().items()}


@contextmanager
def running_airflow(
    lab: Lab, postgres: Postgres, dags: Collection[str], more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Running]:
    """Starts Airflow on the settings and the store of a lab, and stops it in the end.

    Args:
        lab: with ``include`` as the DAG files shall read it.
        postgres: for Airflow's database.
        dags: ids of DAGs that have to be there.
        more: of the environment of all its parts.
    """
    with tempfile.TemporaryDirectory(prefix="zoho-sync-") as folder:
        places = Places(Path(folder))
        keys, port = stack_airflow.Secrets.load_or_make(places.secrets), choose(0)
        env = stack_airflow.environment(places, postgres, keys, port)
        store = str(make_url(str(lab.store.url)).database)
        env |= stack_airflow.connections(postgres, lab.sandbox.url, store, places.staging)
        env |= {"ZOHO_SYNC_INCLUDE": str(lab.include), "PYTHONPATH": PATH, "LOGNAME": "anna", **more}
        places.logs.mkdir(parents=True, exist_ok=True)
        postgres.drop_database(stack_airflow.DATABASE)  # DAGs that an earlier test left there may be paused
        stack_airflow.migrate(places, postgres, env)
        metadata = create_engine(postgres.url(stack_airflow.DATABASE))
        with Processes(places.logs) as parts:
            stack_airflow.start(parts, places, keys, env)
            started = Running(lab, parts, env, metadata)
            known = "SELECT dag_id FROM dag WHERE NOT is_stale"
            started.wait(lambda: set(dags) <= {row.dag_id for row in started.ask(known)}, "The DAGs are there")
            yield started
        metadata.dispose()
