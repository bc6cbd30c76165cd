"""Row 6: how long a change takes to the other side, in a running Airflow (TXN-5)."""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from tests.bench.result import Figure, Say, percentile
from tests.bench.running import Running, running
from tests.support.lab import CLIENTS
from tests.support.settings import shipped
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

CHANGES = 20
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.1
QUIET_SECONDS = 2.0
TRANSACTIONS = "zoho_demo_transactions"
ORGANIZATION = "60001234567"

TITLE = "At once"
HOW = f"""\
An invoice is edited {CHANGES} times on either side in turn, each time when all is quiet again. What is measured is
what a person would: seconds from the write's answer, over Zoho's message, until the other side shows the edit.
PostgreSQL, LocalExecutor, the scheduler's own pace; the sandbox sends its messages without delay."""


def measure(say: Say) -> list[Figure]:
    """Edit, and wait."""
    figures: dict[str, list[float]] = {"Books → CRM": [], "CRM → Books": []}
    with running(_settings) as ground:
        invoice = _Invoice(ground)
        say("an invoice is on both sides")
        for number in range(1, CHANGES + 1):
            figures["Books → CRM"].append(invoice.in_books(f"books {number}"))
            figures["CRM → Books"].append(invoice.in_crm(f"crm {number}"))
            say(", ".join(f"{way} {seconds[-1]:.1f} s" for way, seconds in figures.items()))
        task = _seconds_of_task(ground)
    return [_figure(way, seconds, task) for way, seconds in figures.items()]


def _figure(way: str, seconds: list[float], task: float) -> Figure:
    told = f"p95 {percentile(seconds, 0.95):.1f} s, longest {max(seconds):.1f} s; the task itself {task:.1f} s"
    return Figure(f"{way}, median", told, statistics.median(seconds), None, " s", places=1)


def _settings(folder: Path, url: str) -> Path:
    shipped(folder)
    demo = folder / "integrations" / "demo.yaml"
    demo.write_text(f"at_once:\n  notify_url: {url}\n{demo.read_text()}  invoices: {{}}\n")
    return folder


class _Invoice:
    """An invoice on both sides; what is edited on one goes to the other at once."""

    def __init__(self, ground: Running) -> None:
        self._ground = ground
        ground.sandbox.reset("empty")
        ground.sandbox.books_webhook("invoice", f"{ground.url}/zoho/hooks/demo/books", ground.webhook_secret)
        self.crm = CrmClient(self._transport("crm"))
        self.books = BooksClient(self._transport("books"), ORGANIZATION)
        self.crm.insert("Accounts", [{"Account_Name": "Acme"}])
        self.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
        self._run("customers", "products")
        (customer,) = [row for page in self.books.contacts(purpose="test") for row in page.records]
        (item,) = [row for page in self.books.items(purpose="test") for row in page.records]
        lines = [{"item_id": item["item_id"], "rate": Decimal(10), "quantity": 1}]
        made = self.books.invoices.create({"customer_id": customer["contact_id"], "line_items": lines})
        self.invoice = str(made["invoice_id"])
        self._run("transactions", "channels")
        (mirror,) = [row for page in self.crm.records("Invoices", fields=["Subject"]) for row in page.records]
        self.mirror = str(mirror["id"])

    def _transport(self, product: str) -> Transport:
        ids, url = CLIENTS[product], self._ground.sandbox.url
        credentials = Credentials(ids.client_id, ids.client_secret, ids.refresh_token, url, url)
        return Transport(product, credentials, MemoryTokenStore())

    def _run(self, *parts: str) -> None:
        for part in parts:
            self._ground.wait_for(f"zoho_demo_{part}")
            self._ground.run(f"zoho_demo_{part}")

    def _until_quiet(self) -> None:
        """Wait until the echo of the last write has been looked at; a run that is going sees the next at once."""
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            if any(one.active for one in self._ground.api.recent_runs(TRANSACTIONS)):
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


def _seconds_of_task(ground: Running) -> float:
    """The median of what the task takes in the latest of the runs that events began."""
    runs = ground.api.recent_runs(TRANSACTIONS)
    tasks = [task for run in runs for task in ground.api.task_states(TRANSACTIONS, run.id)]
    return statistics.median(task.seconds for task in tasks if task.name == "at_once" and task.seconds)
