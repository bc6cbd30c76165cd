"""Whole runs of the engine against the sandbox, over HTTP, without Airflow in between."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pendulum
from sqlalchemy import Engine

from sandbox import defaults
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.api.bigin import BiginClient
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.config.load import Configured, integration
from zoho.config.settings import SalesProduct
from zoho.engine import lifecycle
from zoho.engine.apply import apply, show
from zoho.engine.approvals import may_be_carried_out
from zoho.engine.errors import FailedInPart, Interrupted
from zoho.engine.job import Job, SalesClient, Window
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.preflight import preflight
from zoho.engine.report import RunReport, run_report
from zoho.engine.scan import scan_books, scan_sales
from zoho.modules.registry import module_of
from zoho.store.tables import metadata
from zoho.transport.budget import Budget
from zoho.transport.exchange import Call
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

CLIENTS = {"crm": defaults.CRM_CLIENT, "bigin": defaults.BIGIN_CLIENT, "books": defaults.BOOKS_CLIENT}


@dataclass
class Lab:
    """An integration joined to the sandbox.

    Attributes:
        sandbox: all Zoho organizations.
        store: the sync state database.
        folder: for settings and staging.
        sleep: waits between the tries of a call.
        integration: which of the shipped ones.
        ahead: how much later than now the runs take it to be.
        grants: product → refresh token, where it is not the one that may do everything.
        now: the time, where it is not the machine's.
        budget_of: gives a run's call budget for a product, where calls are limited.
        known: content of all settings files → what they say, since reading them takes longer than a quiet run.
    """

    sandbox: Sandbox
    store: Engine
    folder: Path
    sleep: Callable[[float], None] = lambda _: None
    runs: int = 0
    on_call: Callable[[Call], None] | None = None
    tokens: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    integration: str = "demo"
    ahead: timedelta = timedelta(0)
    grants: dict[str, str] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: pendulum.now("UTC")
    budget_of: Callable[[str, Job], Budget | None] | None = None
    known: dict[tuple[bytes, ...], Configured] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.include = shipped(self.folder / "include")
        for file in (self.include / "integrations").glob("*.yaml"):  # two-way is for the tests that say so
            file.write_text(file.read_text().replace("direction: two_way", "direction: from_sales"))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Shows little where a property fails: all the settings would hide the history that it fails with."""
        printer.text(f"Lab({self.integration})")

    @property
    def settings_file(self) -> Path:
        """The integration's settings, to be changed."""
        return self.include / "integrations" / f"{self.integration}.yaml"

    @property
    def configured(self) -> Configured:
        """The integration as it stands in its file now."""
        content = tuple(file.read_bytes() for file in sorted(self.include.rglob("*.*")) if file.is_file())
        key = (self.integration.encode(), *content)
        if key not in self.known:
            self.known[key] = integration(self.integration, self.include)
        return self.known[key]

    def settings(self, **changes: Any) -> None:
        """Changes settings of the customers module: ``settings(duplicates="skip")``."""
        path = self.settings_file
        lines = path.read_text().splitlines()
        for key, value in changes.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            place = next(place for place, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
            indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
            lines[place] = f"{indent}{key}: {text}"
        path.write_text("\n".join(lines) + "\n")

    def settings_add(self, line: str, module: str = "customers") -> None:
        """Adds a line to the settings of a module, over one of the same key."""
        path = self.settings_file
        text = path.read_text()
        head, body = text.split(f"  {module}:\n", 1)
        key = line.split(":", maxsplit=1)[0]
        body = re.sub(rf"^    {key}:.*\n", "", body, count=1, flags=re.M)
        path.write_text(f"{head}  {module}:\n    {line}\n{body}")

    def module_on(self, module: str) -> None:
        """Turns a module of the integration on, if it is not."""
        path = self.settings_file
        if f"  {module}:\n" not in path.read_text():
            path.write_text(path.read_text().rstrip("\n") + f"\n  {module}:\n    direction: from_sales\n")

    def map_with(self, sales: str, books: str, transform: str) -> None:
        """Gives a line of the accounts' mapping (of the CRM) a transform."""
        self.map_field(sales, f"{books}, transform: {transform}")

    def start_over(self) -> None:
        """Empties all organizations and the store; the tokens die with the organizations."""
        self.tokens = MemoryTokenStore()
        self.sandbox.reset("empty")
        with self.store.begin() as connection:
            names = ", ".join(table for table in metadata.tables)
            connection.exec_driver_sql(f"TRUNCATE {names}")

    def map_field(self, sales: str, books: str) -> None:
        """Sends a sales-side field to another Books field, for accounts of the CRM."""
        path = self.include / "mappings" / "customers.yaml"
        before = re.search(rf"- {{sales: {sales}, books: .*}}", path.read_text())
        assert before
        path.write_text(path.read_text().replace(before[0], f"- {{sales: {sales}, books: {books}}}", 1))

    def job(self, full_scan: bool = False, module: str = "customers", window: Window | None = None) -> Job:
        """A job of the next run."""
        self.runs += 1
        run_id = f"{self.integration}-{self.runs}"
        configured = self.configured
        job = Job(
            configured=configured,
            module_name=module,
            run_id=run_id,
            store=self.store,
            staging=self.folder / "staging" / run_id,
            open_sales=lambda: self._sales_client(configured, job),
            open_books=lambda: self._books_client(configured, job),
            clock=lambda: self.now() + self.ahead,
            full_scan=full_scan,
            window=window,
        )
        return job

    def transport(self, product: str, job: Job | None = None) -> Transport:
        """A connection to one product of the sandbox."""
        ids, url = CLIENTS[product], self.sandbox.url
        refresh_token = self.grants.get(product, ids.refresh_token)
        credentials = Credentials(ids.client_id, ids.client_secret, refresh_token, url, url)

        def on_call(call: Call) -> None:
            if job:
                job.meter(call)
                if self.on_call:
                    self.on_call(call)

        budget = self.budget_of(product, job) if self.budget_of and job else None
        calls: dict[str, Any] = {"on_call": on_call, "budget": budget}
        return Transport(product, credentials, self.tokens, clock=self.now, sleep=self.sleep, **calls)

    def run(
        self,
        module: str = "customers",
        *,
        full_scan: bool = False,
        dry_run: bool = False,
        repeat: bool = False,
        window: Window | None = None,
        beyond_guards: bool = False,
    ) -> RunReport:
        """Plays all tasks of a run, one after the other; returns what it did, also when it failed in part or stopped.

        With ``repeat`` it is the latest run once more, as when its tasks are cleared in Airflow.
        """
        self.runs -= repeat
        job = self.job(full_scan, module, window)
        job.beyond_guards = beyond_guards
        origin = f"test:{job.run_id}"
        lifecycle.begin(job, origin, dry_run)
        try:
            preflight(job)
            path = self.plan(job)
            if dry_run:
                show(job, path)
            elif may_be_carried_out(job, path):
                apply(job, path)
        except Interrupted as stop:
            lifecycle.note_interrupted(job, str(stop))
        return self.close(job)

    def plan(self, job: Job) -> Path:
        """Plays the tasks up to the plan."""
        take_in(job, scan_sales(job), scan_books(job))
        return Path(plan(job, pair(job)[0])[0])

    def close(self, job: Job) -> RunReport:
        """Closes a run."""
        lifecycle.note_calls(job, "all")
        with suppress(FailedInPart, Interrupted):
            lifecycle.close(job)
        return run_report(self.store, f"test:{job.run_id}")

    def customers(self) -> dict[str, dict[str, Any]]:
        """Books customers by display name, whole, as the API shows them."""
        ids = [row["contact_id"] for page in self.books.contacts(purpose="test") for row in page.records]
        details = [self.books.contact(contact_id) for contact_id in ids]
        return {detail["contact_name"]: detail for detail in details if detail}

    def items(self) -> dict[str, dict[str, Any]]:
        """Books items by name, whole, as the API shows them."""
        ids = [row["item_id"] for page in self.books.items(purpose="test") for row in page.records]
        details = [self.books.item(item_id) for item_id in ids]
        return {detail["name"]: detail for detail in details if detail}

    def accounts(self) -> list[dict[str, Any]]:
        """CRM accounts or Bigin companies, every field of the mapping."""
        return self._records("Accounts", "Account_Name")

    def contacts(self) -> list[dict[str, Any]]:
        """Contacts of the sales side, every field of the mapping, with their account."""
        return self._records("Contacts", "Full_Name", "Account_Name")

    def _records(self, module: str, *names: str) -> list[dict[str, Any]]:
        lists = module_of(self.configured, "customers").sales_lists()
        pages = self.sales.records(module, fields=list(dict.fromkeys((*names, *lists[module]))), purpose="test")
        return [record for page in pages for record in page.records]

    def writes(self, since: int = 0) -> list[dict[str, Any]]:
        """API calls that change something, made since call number ``since``."""
        return [
            call
            for call in self.sandbox.calls(since)
            if call["method"] != "GET"
            and call["product"] in ("crm", "bigin", "books")
            and not call["path"].endswith("/coql")
        ]

    @property
    def sales(self) -> SalesClient:
        """The integration's sales side as a sales person uses it."""
        return self._sales_client(self.configured)

    @property
    def crm(self) -> CrmClient:
        """The CRM as a sales person uses it."""
        return CrmClient(self.transport("crm"))

    @property
    def books(self) -> BooksClient:
        """The integration's Books organization as an accountant uses it."""
        return self._books_client(self.configured)

    def _sales_client(self, configured: Configured, job: Job | None = None) -> SalesClient:
        product = configured.settings.sales.product
        client = BiginClient if product is SalesProduct.BIGIN else CrmClient
        return client(self.transport(product, job))

    def _books_client(self, configured: Configured, job: Job | None = None) -> BooksClient:
        return BooksClient(self.transport("books", job), configured.settings.books.organization_id)
