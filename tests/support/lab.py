"""Whole runs of the engine against the sandbox, over HTTP, without Airflow in between."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from typing import Any

import pendulum
from sqlalchemy import Engine

from sandbox import defaults
from tests.support.sandbox import Sandbox
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.config.load import include_folder, integration
from zoho.engine import lifecycle
from zoho.engine.apply import apply, show
from zoho.engine.errors import FailedInPart
from zoho.engine.job import Job
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.preflight import preflight
from zoho.engine.report import RunReport, run_report
from zoho.engine.scan import scan_books, scan_sales
from zoho.modules.registry import module_of
from zoho.store.tables import metadata
from zoho.transport.exchange import Call
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport


@dataclass
class Lab:
    """An integration joined to the sandbox.

    Attributes:
        sandbox: both Zoho organizations.
        store: the sync state database.
        folder: for settings and staging.
        sleep: waits between the tries of a call.
    """

    sandbox: Sandbox
    store: Engine
    folder: Path
    sleep: Callable[[float], None] = lambda _: None
    runs: int = 0
    on_call: Callable[[Call], None] | None = None
    tokens: MemoryTokenStore = field(default_factory=MemoryTokenStore)

    def __post_init__(self) -> None:
        self.include = copytree(include_folder(), self.folder / "include")

    def settings(self, **changes: Any) -> None:
        """Changes settings of the customers module: ``settings(duplicates="skip")``."""
        path = self.include / "integrations" / "demo.yaml"
        lines = path.read_text().splitlines()
        for key, value in changes.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            place = next(place for place, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
            indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
            lines[place] = f"{indent}{key}: {text}"
        path.write_text("\n".join(lines) + "\n")

    def settings_add(self, line: str, module: str = "customers") -> None:
        """Adds a line to the settings of a module, over one of the same key."""
        path = self.include / "integrations" / "demo.yaml"
        text = path.read_text()
        head, body = text.split(f"  {module}:\n", 1)
        key = line.split(":", maxsplit=1)[0]
        body = re.sub(rf"^    {key}:.*\n", "", body, count=1, flags=re.M)
        path.write_text(f"{head}  {module}:\n    {line}\n{body}")

    def module_on(self, module: str) -> None:
        """Turns a module of the demo integration on, if it is not."""
        path = self.include / "integrations" / "demo.yaml"
        if f"  {module}:\n" not in path.read_text():
            path.write_text(path.read_text().rstrip("\n") + f"\n  {module}:\n    direction: from_sales\n")

    def map_with(self, sales: str, books: str, transform: str) -> None:
        """Gives a line of the accounts' mapping a transform."""
        self.map_field(sales, f"{books}, transform: {transform}")

    def start_over(self) -> None:
        """Empties both organizations and the store; the tokens die with the organizations."""
        self.tokens = MemoryTokenStore()
        self.sandbox.reset("empty")
        with self.store.begin() as connection:
            names = ", ".join(table for table in metadata.tables)
            connection.exec_driver_sql(f"TRUNCATE {names}")

    def map_field(self, sales: str, books: str) -> None:
        """Sends a sales-side field to another Books field, for accounts."""
        path = self.include / "mappings" / "customers.yaml"
        before = re.search(rf"- {{sales: {sales}, books: .*}}", path.read_text())
        assert before
        path.write_text(path.read_text().replace(before[0], f"- {{sales: {sales}, books: {books}}}", 1))

    def job(self, full_scan: bool = False, module: str = "customers") -> Job:
        """A job of the next run."""
        self.runs += 1
        job = Job(
            configured=integration("demo", self.include),
            module_name=module,
            run_id=f"run-{self.runs}",
            store=self.store,
            staging=self.folder / "staging" / f"run-{self.runs}",
            open_sales=lambda: CrmClient(self.transport("crm", job)),
            open_books=lambda: BooksClient(self.transport("books", job), defaults.BOOKS_ORGANIZATION_ID),
            clock=lambda: pendulum.now("UTC"),
            full_scan=full_scan,
        )
        return job

    def transport(self, product: str, job: Job | None = None) -> Transport:
        """A connection to one product of the sandbox."""
        ids = {"crm": defaults.CRM_CLIENT, "books": defaults.BOOKS_CLIENT}[product]
        credentials = Credentials(
            ids.client_id, ids.client_secret, ids.refresh_token, self.sandbox.url, self.sandbox.url
        )

        def on_call(call: Call) -> None:
            if job:
                job.meter(call)
                if self.on_call:
                    self.on_call(call)

        return Transport(product, credentials, self.tokens, on_call=on_call, sleep=self.sleep)

    def run(
        self, module: str = "customers", *, full_scan: bool = False, dry_run: bool = False, repeat: bool = False
    ) -> RunReport:
        """Plays all tasks of a run, one after the other; returns what it did, also when it failed in part.

        With ``repeat`` it is the latest run once more, as when its tasks are cleared in Airflow.
        """
        self.runs -= repeat
        job = self.job(full_scan, module)
        origin = f"test:{job.run_id}"
        lifecycle.begin(job, origin, dry_run)
        preflight(job)
        path = self.plan(job)
        if dry_run:
            show(job, path)
        else:
            apply(job, path)
        return self.close(job)

    def plan(self, job: Job) -> Path:
        """Plays the tasks up to the plan."""
        take_in(job, scan_sales(job), scan_books(job))
        return Path(plan(job, pair(job)[0])[0])

    def close(self, job: Job) -> RunReport:
        """Closes a run."""
        lifecycle.note_calls(job, "all")
        with suppress(FailedInPart):
            lifecycle.close(job)
        return run_report(self.store, f"test:{job.run_id}")

    def customers(self) -> dict[str, dict[str, Any]]:
        """Books customers by display name, whole, as the API shows them."""
        ids = [row["contact_id"] for page in self.books.contacts(purpose="test") for row in page.records]
        details = [self.books.contact(contact_id) for contact_id in ids]
        return {detail["contact_name"]: detail for detail in details if detail}

    def accounts(self) -> list[dict[str, Any]]:
        """CRM accounts, every field of the mapping."""
        return self._records("Accounts", "Account_Name")

    def contacts(self) -> list[dict[str, Any]]:
        """CRM contacts, every field of the mapping, with their account."""
        return self._records("Contacts", "Full_Name", "Account_Name")

    def _records(self, module: str, *names: str) -> list[dict[str, Any]]:
        lists = module_of(integration("demo", self.include), "customers").sales_lists()
        pages = self.crm.records(module, fields=list(dict.fromkeys((*names, *lists[module]))), purpose="test")
        return [record for page in pages for record in page.records]

    def writes(self, since: int = 0) -> list[dict[str, Any]]:
        """API calls that change something, made since call number ``since``."""
        return [
            call
            for call in self.sandbox.calls(since)
            if call["method"] != "GET" and call["product"] in ("crm", "books")
        ]

    @property
    def crm(self) -> CrmClient:
        """The CRM as a sales person uses it."""
        return CrmClient(self.transport("crm"))

    @property
    def books(self) -> BooksClient:
        """Books as an accountant uses it."""
        return BooksClient(self.transport("books"), defaults.BOOKS_ORGANIZATION_ID)
