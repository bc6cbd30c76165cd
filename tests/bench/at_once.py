"""``python -m tests.bench.at_once``: how long a change takes to the other side, in a running Airflow (TXN-5).

Starts PostgreSQL, the sandbox and Airflow with the scheduler as users run it, synchronizes an invoice, and edits it
again and again, on either side in turn. What is measured is what a person would: from the write's answer to the
moment at which the other side shows it. Prints median and 95th percentile, and what Airflow spent the time on.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from stack import airflow, postgres, run, sandbox
from stack.airflow_api import AirflowApi
from stack.demo import STORE_DATABASE
from stack.places import Places
from stack.ports import LOOPBACK, choose
from stack.processes import Processes
from stack.syncs import Sync
from tests.support.lab import CLIENTS
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.store.migrate import upgrade
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.1
QUIET_SECONDS = 2.0
BEFORE = tuple(Sync("demo", "CRM", module) for module in ("customers", "products", "transactions", "channels"))
ORGANIZATION = "60001234567"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.at_once", description=__doc__)
    parser.add_argument("--changes", type=int, default=50, help="of each side")
    changes = parser.parse_args().changes
    console = Console()
    with tempfile.TemporaryDirectory() as folder, Processes(Path(folder) / "logs") as processes:
        lab = _Lab(Places(Path(folder)), processes, console)
        lab.begin()
        figures: dict[str, list[float]] = {"Books → CRM": [], "CRM → Books": []}
        for number in range(1, changes + 1):
            figures["Books → CRM"].append(lab.in_books(f"books {number}"))
            figures["CRM → Books"].append(lab.in_crm(f"crm {number}"))
        _print(figures, console)
        _print_tasks(lab.api, console)


class _Lab:
    """A running stack with one invoice on both sides."""

    def __init__(self, places: Places, processes: Processes, console: Console) -> None:
        server = postgres.start(processes, places.postgres)
        server.create_database(STORE_DATABASE)
        upgrade(make_url(server.url(STORE_DATABASE)))
        self.url = sandbox.start(processes, 0, data=None)
        keys = airflow.Secrets.load_or_make(places.secrets)
        port = choose(8090)
        self.airflow_url = f"http://{LOOPBACK}:{port}"
        env = airflow.environment(places, server, keys, port)
        env |= airflow.connections(
            server, self.url, STORE_DATABASE, places.staging, webhook_secret=keys.webhook_secret
        )
        env.pop("AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME")  # as users run it
        env["ZOHO_SYNC_INCLUDE"] = str(self._settings(places.folder / "include"))
        airflow.migrate(places, server, env)
        started = datetime.now(UTC)
        airflow.start(processes, places, keys, env)
        self.api = AirflowApi(self.airflow_url, airflow.USER, keys.password)
        self._processes, self._console, self._started = processes, console, started
        processes.wait_until(self.api.answers, "Airflow's API answers", seconds=180)
        self.api.log_in()
        self.api.warm_up()
        self.sandbox = Sandbox(self.url)
        self.sandbox.reset("empty")
        self.sandbox.books_webhook("invoice", f"{self.airflow_url}/zoho/hooks/demo/books", keys.webhook_secret)
        self.crm = CrmClient(self._transport("crm"))
        self.books = BooksClient(self._transport("books"), ORGANIZATION)

    def _settings(self, folder: Path) -> Path:
        shipped(folder)
        demo = folder / "integrations" / "demo.yaml"
        address = f"at_once:\n  notify_url: {self.airflow_url}\n"
        demo.write_text(f"{address}{demo.read_text()}  invoices: {{}}\n")
        return folder

    def _transport(self, product: str) -> Transport:
        ids = CLIENTS[product]
        credentials = Credentials(ids.client_id, ids.client_secret, ids.refresh_token, self.url, self.url)
        return Transport(product, credentials, MemoryTokenStore())

    def begin(self) -> None:
        """Make an invoice and see it mirrored; from here on all goes at once."""
        self.crm.insert("Accounts", [{"Account_Name": "Acme"}])
        self.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
        for sync in BEFORE[:2]:
            self._run(sync)
        (customer,) = [row for page in self.books.contacts(purpose="test") for row in page.records]
        (item,) = [row for page in self.books.items(purpose="test") for row in page.records]
        lines = [{"item_id": item["item_id"], "rate": Decimal(10), "quantity": 1}]
        made = self.books.invoices.create({"customer_id": customer["contact_id"], "line_items": lines})
        self.invoice = str(made["invoice_id"])
        for sync in BEFORE[2:]:
            self._run(sync)
        (mirror,) = [row for page in self.crm.records("Invoices", fields=["Subject"]) for row in page.records]
        self.mirror = str(mirror["id"])

    def _run(self, sync: Sync) -> None:
        parsed = partial(self.api.parsed_since, sync.dag, self._started)
        self._processes.wait_until(parsed, f"The DAG {sync.dag} is there", seconds=180)
        run.carry_out(self.api, self._processes, self._started, [sync], self._console)

    def _until_quiet(self) -> None:
        """Wait until the echo of the last write has been looked at; a run that is going sees the next at once."""
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            if any(one.active for one in self.api.recent_runs("zoho_demo_transactions")):
                quiet_since = time.monotonic()
            time.sleep(POLL_SECONDS)

    def in_books(self, text: str) -> float:
        """Edit the invoice in Books; returns seconds until the CRM shows it."""
        self._until_quiet()
        self.books.invoices.update(self.invoice, {"notes": text})
        return _seconds_until(lambda: (self.crm.record("Invoices", self.mirror) or {}).get("Description") == text)

    def in_crm(self, text: str) -> float:
        """Edit the invoice in the CRM; returns seconds until Books shows it."""
        self._until_quiet()
        self.crm.update("Invoices", [{"id": self.mirror, "Description": text}])
        return _seconds_until(lambda: (self.books.invoices.get(self.invoice) or {}).get("notes") == text)


def _seconds_until(shown: Callable[[], bool]) -> float:
    begun = time.monotonic()
    while not shown():
        if time.monotonic() - begun > PATIENCE_SECONDS:
            return PATIENCE_SECONDS
        time.sleep(POLL_SECONDS)
    return time.monotonic() - begun


def _print(figures: dict[str, list[float]], console: Console) -> None:
    table = Table("way", "changes", "median", "p95", "longest", title="From a write to the other side, in seconds")
    for way, seconds in figures.items():
        ordered = sorted(seconds)
        p95 = ordered[max(0, round(0.95 * len(ordered)) - 1)]
        table.add_row(
            way, str(len(ordered)), *(f"{one:.1f}" for one in (statistics.median(ordered), p95, ordered[-1]))
        )
    console.print(table)


def _print_tasks(api: AirflowApi, console: Console) -> None:
    """Say what became of the time, in the latest of the runs that events began."""
    tasks = [api.task_states("zoho_demo_transactions", one.id) for one in api.recent_runs("zoho_demo_transactions")]
    seconds = [task.seconds for found in tasks for task in found if task.name == "at_once" and task.seconds]
    if seconds:
        console.print(f"The task at_once itself takes {statistics.median(seconds):.1f} s (median of {len(seconds)}).")


if __name__ == "__main__":
    main()
