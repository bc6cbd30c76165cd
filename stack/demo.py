"""``python -m stack.demo``: watch records travel from a CRM and a Bigin to Books, on this machine alone.

Starts PostgreSQL, the Zoho sandbox and Airflow, runs the DAGs of `stack.syncs`, prints what they did and what to
try, and stays until Ctrl-C, which stops all of it. From then on Zoho tells of changes at once. A second demo goes on
where the first one stopped.

Environment: ``DEMO`` names another folder than ``.demo`` for its files; ``AIRFLOW_PORT`` and
``SANDBOX_PORT`` name other ports than 8080 and 8085.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from sqlalchemy.engine import make_url

from stack import airflow, postgres, report, run, sandbox, settings, shell
from stack.airflow import Secrets
from stack.airflow_api import AirflowApi
from stack.errors import StackError
from stack.instance import only_one
from stack.places import Places
from stack.ports import LOOPBACK, choose
from stack.postgres import Postgres
from stack.processes import Processes, stop_left_overs
from stack.syncs import CHANNELS, SYNCS, Sync
from zoho.engine.report import RunReport, run_report
from zoho.store.database import open_store
from zoho.store.migrate import upgrade

STORE_DATABASE = "zoho_sync"
PIPE_WIDTH = 120
"""Columns of the table where there is no terminal to ask."""

WHAT_TO_TRY = f"""
On the sandbox's page, under
  Transactions  edit an invoice in Books, and watch: the CRM has it within seconds. And the reverse.
  Deals         move one to Proposal/Price Quote, and watch: it gets an estimate. Move it on to Negotiation/Review:
                the estimate is accepted, and Books makes an invoice of it.
  Customers     change a phone number in the CRM, trigger {SYNCS[0].dag} in Airflow, and watch one field travel.

In another terminal, from this folder
  . SHELL && zoho-sync status
and docs/first_steps.md leads on from there: a field more, a transform of your own, an integration of your own.

Ctrl-C stops everything; the data stay for the next `make demo`."""


@dataclass(frozen=True)
class Demo:
    """Everything that was started.

    Attributes:
        processes: What runs.
        postgres: The server with the store.
        sandbox_url: The address of the sandbox and its page.
        airflow: The Airflow.
        keys: Airflow's secrets.
        shell: The script that gives a shell the demo's commands.
        started: When Airflow was started.
    """

    processes: Processes
    postgres: Postgres
    sandbox_url: str
    airflow: AirflowApi
    keys: Secrets
    shell: Path
    started: datetime


def main(arguments: list[str] | None = None) -> int:
    """Runs the demo.

    Args:
        arguments: The command line's, ours when absent.

    Returns:
        The exit code: 0 if all syncs succeeded, or it was stopped by the user after that.
    """
    parser = argparse.ArgumentParser(prog="python -m stack.demo", description="Watch a sync on this machine alone.")
    parser.add_argument("--once", action="store_true", help="stop after the table; exit 0 if all succeeded")
    once: bool = parser.parse_args(arguments).once
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return _run(Places.from_environment(), console, once=once)
    except StackError as error:
        console.print(str(error), style="red", markup=False)
    except PermissionError as error:
        console.print(f"{error}: made by another user? `make demo-reset` as that user removes it.", style="red")
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    return 1


def _run(places: Places, console: Console, *, once: bool) -> int:
    with only_one(places.folder) as lock:
        if stopped := stop_left_overs(places.logs):
            console.print(f"Stopped {stopped} processes that an earlier demo had left.")
        with Processes(places.logs, inherit=[lock]) as processes:
            demo = _bring_up(processes, places, console)
            succeeded = _sync(demo, console)
            if not once:
                _stay(demo, console)
        return 0 if succeeded else 1


def _bring_up(processes: Processes, places: Places, console: Console) -> Demo:
    with _phase("PostgreSQL", console):
        server = postgres.start(processes, places.postgres)
        server.create_database(STORE_DATABASE)
        upgrade(make_url(server.url(STORE_DATABASE)))
    with _phase("Zoho sandbox", console):
        port = _port("SANDBOX_PORT", 8085, console)
        sandbox_url = sandbox.start(processes, port, data=places.sandbox)
        sandbox.accept_into_invoices(sandbox_url)
    with _phase("Airflow's database", console):
        keys = Secrets.load_or_make(places.secrets)
        port = _port("AIRFLOW_PORT", 8080, console)
        env = airflow.environment(places, server, keys, port)
        env |= airflow.connections(
            server, sandbox_url, STORE_DATABASE, places.staging, webhook_secret=keys.webhook_secret
        )
        env |= _settings(places, port, console)
        airflow.migrate(places, server, env)
        shell.write(places.shell, env)
    with _phase("Airflow", console):
        started = datetime.now(UTC)
        airflow.start(processes, places, keys, env)
        api = AirflowApi(f"http://{LOOPBACK}:{port}", airflow.USER, keys.password)
        processes.wait_until(api.answers, "Airflow's API answers", seconds=120)
        api.log_in()
        api.warm_up()
        for sync in (*SYNCS, CHANNELS):
            parsed = partial(api.parsed_since, sync.dag, started)
            processes.wait_until(parsed, f"The DAG {sync.dag} is there", seconds=120)
        processes.wait_until(api.healthy, "All parts of Airflow are well", seconds=60)
    return Demo(processes, server, sandbox_url, api, keys, places.shell, started)


def _settings(places: Places, port: int, console: Console) -> dict[str, str]:
    env = settings.fitting(places, f"http://{LOOPBACK}:{port}")
    if env:
        console.print(f"The settings are read from {places.include}, a copy with this Airflow's address.")
    return env


def _sync(demo: Demo, console: Console) -> bool:
    """Runs every sync, has Zoho tell of changes from then on, and prints what was done.

    Returns:
        Whether all succeeded.
    """
    with _phase("Syncs", console):
        runs = run.carry_out(demo.airflow, demo.processes, demo.started, (*SYNCS, CHANNELS), console)
        sandbox.tell_at_once(
            demo.sandbox_url, f"{demo.airflow.url}/zoho/hooks/{CHANNELS.integration}/books", demo.keys.webhook_secret
        )
        demo.airflow.unpause_all()
    reports: dict[tuple[Sync, str], RunReport] = {}
    engine = open_store(demo.postgres.url(STORE_DATABASE))
    for sync in SYNCS:
        for module in sync.modules:
            try:
                reports[sync, module] = run_report(engine, sync.origin(runs[sync].id, module))
            except LookupError:
                console.print(f"{sync.dag} failed before it began: its log in Airflow tells why.", style="red")
                break
    engine.dispose()
    report.show(reports, console)
    return {run.state for run in runs.values()} == {"success"}


def _stay(demo: Demo, console: Console) -> None:
    """Tells where to look and what to try, and returns when the user has had enough."""
    console.print(f"\nAirflow       {demo.airflow.url}  (user {airflow.USER}, password {demo.keys.password})")
    console.print(f"Zoho sandbox  {demo.sandbox_url}")
    here = demo.shell.parent.parent == Path.cwd()
    console.print(WHAT_TO_TRY.replace("SHELL", str(demo.shell.relative_to(Path.cwd()) if here else demo.shell)))
    try:
        while True:
            demo.processes.check()
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("\nStopping …")


@contextmanager
def _phase(name: str, console: Console) -> Iterator[None]:
    begun = time.monotonic()
    yield
    console.print(f"{name:<20}{time.monotonic() - begun:5.1f} s")


def _port(variable: str, default: int, console: Console) -> int:
    wanted = int(os.environ.get(variable) or default)
    port = choose(wanted)
    if port != wanted:
        console.print(f"Port {wanted} is in use: taking {port} ({variable} names another).")
    return port


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
