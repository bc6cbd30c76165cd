"""``python -m stack.cluster``: lets services of ``docker-compose.yml`` die amid syncs, and looks at what came of it.

Starts PostgreSQL, Redis, the Zoho sandbox and every part of Airflow with the commands and settings of that file, runs
all of the demo's syncs, kills a worker, the scheduler and the broker meanwhile, each as its container would die, and
starts them again as Docker would. Exits with 0 if nothing is stuck, doubled or lost and everything is in step.

Environment: ``CLUSTER`` names another folder than ``.cluster`` for its files.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from stack import sandbox
from stack.airflow_api import AirflowApi, Run
from stack.cluster.acts import ACTS
from stack.cluster.cluster import Cluster, bring_up, stands_in
from stack.cluster.end_state import look_at_airflow, look_at_records, look_at_reports, total
from stack.cluster.stage import Stage
from stack.errors import StackError
from stack.instance import only_one
from stack.places import CHECKOUT, Places
from stack.processes import Processes, stop_left_overs
from stack.syncs import SYNCS, Sync
from zoho.engine.report import run_report
from zoho.store.database import open_store

USER = "admin"
SLOWER_SECONDS = 0.05
"""What each call to the sandbox takes more, so that there is a middle of a sync to kill something in."""


def main() -> int:
    """Runs it all; returns the exit code."""
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 120)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    folder = Path(os.environ.get("CLUSTER") or CHECKOUT / ".cluster").resolve()
    logs = folder.with_name(f"{folder.name}-logs")
    try:
        with only_one(logs) as lock:
            stop_left_overs(logs)
            with Processes(logs, inherit=[lock]) as processes:
                return _run(processes, Places(folder), console)
    except StackError as error:
        console.print(str(error), style="red", markup=False)
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    return 1


def _run(processes: Processes, places: Places, console: Console) -> int:
    begun, started = time.monotonic(), datetime.now(UTC)
    cluster = bring_up(processes, places)
    for service, (image, program) in stands_in(cluster).items():
        console.print(f"{program} stands in for {service}'s image {image}.")
    stage = Stage(cluster, _api(cluster, started), started, console, begun)
    stage.tell("all services are well")
    before = sandbox.record_ids(cluster.here.sandbox_url)
    sandbox.slow_down(cluster.here.sandbox_url, SLOWER_SECONDS)
    for act in ACTS:
        act(stage)
    sandbox.slow_down(cluster.here.sandbox_url, 0)
    stage.tell("everything once more")
    last = stage.finish(stage.again(*SYNCS))
    stage.settle()
    return _tell_end(stage, before, last)


def _tell_end(stage: Stage, before: set[str], last: Mapping[Sync, Run]) -> int:
    store = open_store(stage.cluster.postgres.url("zoho_sync"))
    reports = {
        f"{sync.dag} {module}": run_report(store, sync.origin(run.id, module))
        for sync, run in last.items()
        for module in sync.modules
    }
    findings = [
        *look_at_airflow(stage.api),
        *look_at_records(store, stage.cluster.here.sandbox_url, before),
        *look_at_reports(reports),
    ]
    stage.tell(f"{total(store)} pairs of records are linked")
    store.dispose()
    for finding in findings:
        sign, style = ("✗", "red") if finding.broken else ("✓", "green")
        stage.console.print(f"  {sign} {finding.promise}", style=style)
        for line in finding.broken[:20]:
            stage.console.print(f"      {line}", markup=False)
    return 1 if any(finding.broken for finding in findings) else 0


def _api(cluster: Cluster, started: datetime) -> AirflowApi:
    password = (cluster.here.secrets / "admin_password").read_text()
    api = AirflowApi(cluster.here.url, USER, password)
    api.log_in()
    api.warm_up()
    for sync in SYNCS:
        parsed = partial(api.parsed_since, sync.dag, started)
        cluster.processes.wait_until(parsed, f"The DAG {sync.dag} is there", seconds=120)
    return api


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
