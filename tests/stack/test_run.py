"""The demo's DAGs run in an order in which each finds what it needs."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from stack import run
from stack.airflow_api import AirflowApi
from stack.processes import Processes
from stack.syncs import Sync

CUSTOMERS = Sync("demo", "CRM", "customers")
TRANSACTIONS = Sync("demo", "CRM", "transactions", needs=("customers",))
OTHER = Sync("other", "CRM", "transactions", needs=("customers",))
STARTED = datetime.now(UTC) - timedelta(minutes=1)


class Airflow:
    """The few answers of Airflow's API that a run needs; a triggered run is going until it is looked at twice.

    Attributes:
        happened: What was asked for that changes something, and which runs ended, in order.
        runs: Of each DAG.
        fails: DAGs whose runs fail.
    """

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.runs: dict[str, list[dict[str, Any]]] = {}
        self.fails: set[str] = set()

    def answer(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        _, _, _, _, dag, *rest = path.split("/")
        runs = self.runs.setdefault(dag, [])
        if method == "PATCH":
            self.happened.append(f"{dag} goes on")
        elif method == "POST":
            runs.append(self.made(f"manual {len(runs)}", "manual"))
            self.happened.append(f"{dag} begins")
            return runs[-1]
        elif len(rest) == 2:
            (row,) = [row for row in runs if row["dag_run_id"] == rest[1].replace("%20", " ")]
            return self.look(dag, row)
        elif rest:
            return {"dag_runs": runs[::-1]}
        return {"next_dagrun_run_after": None}

    def made(self, run_id: str, run_type: str, state: str = "queued") -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        return {"dag_run_id": run_id, "run_type": run_type, "state": state, "queued_at": now}

    def look(self, dag: str, row: dict[str, Any]) -> dict[str, Any]:
        last = "failed" if dag in self.fails else "success"
        row["state"] = {"queued": "running", "running": last}.get(row["state"], row["state"])
        if row["state"] == last:
            self.happened.append(f"{dag} ends")
        return row


@pytest.fixture
def airflow() -> Iterator[tuple[Airflow, AirflowApi]]:
    answers = Airflow()

    class Handler(BaseHTTPRequestHandler):
        def serve(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            content = json.dumps(answers.answer(self.command, urlsplit(self.path).path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = serve  # noqa: N815 - what the base class calls them

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        yield answers, AirflowApi(f"http://127.0.0.1:{server.server_address[1]}", "admin", "")
        server.shutdown()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "POLL_SECONDS", 0.01)


def carried_out(api: AirflowApi, processes: Processes, *syncs: Sync) -> dict[Sync, str]:
    runs = run.carry_out(api, processes, STARTED, syncs, Console(file=io.StringIO()))
    return {sync: ended.state for sync, ended in runs.items()}


@pytest.mark.parametrize("fails", [set(), {CUSTOMERS.dag}])
def test_a_dag_waits_for_what_it_needs(
    airflow: tuple[Airflow, AirflowApi], processes: Processes, fails: set[str]
) -> None:
    """TXN-1: not even unpaused before, since Airflow would run it; what another integration has is not waited for."""
    answers, api = airflow
    answers.fails = fails

    states = carried_out(api, processes, TRANSACTIONS, CUSTOMERS, OTHER)

    assert states == {CUSTOMERS: "failed" if fails else "success", TRANSACTIONS: "success", OTHER: "success"}
    mine = [what for what in answers.happened if "demo" in what]
    assert mine == [
        f"{dag} {what}" for dag in (CUSTOMERS.dag, TRANSACTIONS.dag) for what in ("goes on", "begins", "ends")
    ]
    assert answers.happened.index(f"{OTHER.dag} begins") < answers.happened.index(f"{CUSTOMERS.dag} ends")


def test_a_run_that_an_event_began_does_not_count(airflow: tuple[Airflow, AirflowApi], processes: Processes) -> None:
    """TXN-5: it looked at single records; one by the schedule does count."""
    answers, api = airflow
    answers.runs[TRANSACTIONS.dag] = [answers.made("event", "asset_triggered", "success")]
    answers.runs[CUSTOMERS.dag] = [answers.made("scheduled", "scheduled", "success")]

    runs = run.carry_out(api, processes, STARTED, (CUSTOMERS, TRANSACTIONS), Console(file=io.StringIO()))

    assert {sync: one.id for sync, one in runs.items()} == {CUSTOMERS: "scheduled", TRANSACTIONS: "manual 1"}
