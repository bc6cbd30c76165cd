"""A running Airflow, with PostgreSQL and the sandbox, for the rows that measure what users wait for."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from stack import airflow, postgres
from stack import sandbox as sandbox_server
from stack.airflow_api import AirflowApi
from stack.demo import STORE_DATABASE
from stack.places import Places
from stack.ports import LOOPBACK, choose
from stack.postgres import Postgres
from stack.processes import Processes
from tests.support.sandbox import Sandbox
from zoho.store.migrate import upgrade

PATIENCE_SECONDS = 600.0
POLL_SECONDS = 0.2
_SECONDS_OF = "SELECT extract(epoch FROM end_date - queued_at) FROM dag_run WHERE dag_id = %s AND run_id = %s"


@dataclass(frozen=True)
class Running:
    """What is running.

    Attributes:
        api: Airflow's.
        url: Airflow's address.
        sandbox: all Zoho organizations.
        webhook_secret: what Books signs its messages with.
        processes: all of it.
        server: PostgreSQL.
        started: when Airflow was.
    """

    api: AirflowApi
    url: str
    sandbox: Sandbox
    webhook_secret: str
    processes: Processes
    server: Postgres
    started: datetime

    def wait_for(self, dag: str) -> None:
        """Wait until a DAG is there, and let it run."""
        self.processes.wait_until(partial(self.api.parsed_since, dag, self.started), f"{dag} is there", seconds=240)
        self.api.unpause(dag)

    def run(self, dag: str) -> float:
        """Trigger a run and wait for its end; returns seconds from one to the other, by Airflow's own account.

        Raises:
            RuntimeError: it failed, or does not end.
        """
        run = self.api.trigger(dag)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (state := self.api.run_state(dag, run.id)) in ("queued", "running"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{dag} does not end")
            time.sleep(POLL_SECONDS)
        if state != "success":
            tasks = {task.name: task.state for task in self.api.task_states(dag, run.id)}
            raise RuntimeError(f"{dag} is {state}: {tasks}")
        with closing(self.server.connect(airflow.DATABASE)) as connection:
            (seconds,) = connection.execute(_SECONDS_OF, [dag, run.id]).fetchone() or (None,)
        return float(seconds)


@contextmanager
def running(include: Callable[[Path, str], Path], dags: Callable[[Path], Path] | None = None) -> Iterator[Running]:
    """Start all of it as users run it, and stop it in the end.

    Args:
        include: makes the settings: in which folder, and where Zoho reaches Airflow; returns the folder.
        dags: makes the folder of DAGs, below a folder; that of the checkout when absent.
    """
    with TemporaryDirectory(prefix="zoho-sync-bench-") as name, Processes(Path(name) / "logs") as processes:
        places = Places(Path(name))
        places.folder.chmod(0o755)  # PostgreSQL's user must get through it
        server = postgres.start(processes, places.postgres)
        server.create_database(STORE_DATABASE)
        upgrade(make_url(server.url(STORE_DATABASE)))
        zoho = sandbox_server.start(processes, 0, data=None)
        keys = airflow.Secrets.load_or_make(places.secrets)
        port = choose(8090)
        url = f"http://{LOOPBACK}:{port}"
        env = airflow.environment(places, server, keys, port)
        env |= airflow.connections(server, zoho, STORE_DATABASE, places.staging, webhook_secret=keys.webhook_secret)
        env.pop("AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME")  # as users run it
        env["PYTHONDONTWRITEBYTECODE"] = ""  # as users run it, too
        env["PYTHONPYCACHEPREFIX"] = str(places.folder / "bytecode")
        env["ZOHO_SYNC_INCLUDE"] = str(include(places.folder / "include", url))
        if dags:
            env["AIRFLOW__CORE__DAGS_FOLDER"] = str(dags(places.folder / "dags"))
        airflow.migrate(places, server, env)
        started = datetime.now(UTC)
        airflow.start(processes, places, keys, env)
        api = AirflowApi(url, airflow.USER, keys.password)
        processes.wait_until(api.answers, "Airflow's API answers", seconds=180)
        api.log_in()
        api.warm_up()
        yield Running(api, url, Sandbox(zoho), keys.webhook_secret, processes, server, started)
