"""What is told of changes on a bad network: lost, twice, late, of what is not there, and forged (TXN-5).

Zoho tells of transactions and deals only; here it tells of the module's own records in the same way, and what it
tells goes through the gate and the journal to a run for just these records.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

import pendulum
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from tests.long.oracle import Wrong
from tests.long.oracle_world import BooksRecord, SalesRecord
from tests.long.stateful import QuickLab
from tests.support.deliveries import VICTIMS, Delivery, Zoho
from tests.web.conftest import CLIENT_SECRET, SIGNATURE, WEBHOOK_SECRET, Door
from zoho.engine import inbox, lifecycle
from zoho.engine.apply import apply
from zoho.engine.job import Job
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.scan import scan_books, scan_sales
from zoho.modules.watched import TRANSACTIONS, Watched
from zoho.store import events
from zoho.store.tables import events as journal
from zoho.store.tables import observations
from zoho.web.gate import Gate, Refused

NOBODY = 900_000
"""Ids from here on are of no record."""


class WatchedRecords(Watched):
    """Accounts, contacts, vendors and products are told of, too."""

    @cached_property
    def sales(self) -> dict[str, str]:
        return dict.fromkeys(("Accounts", "Contacts", "Vendors", "Products"), TRANSACTIONS)

    @cached_property
    def books(self) -> dict[str, tuple[str, str]]:
        return {"contact": ("contacts", "contact_id"), "item": ("items", "item_id")}


@dataclass
class Network:
    """Between Zoho and the gate.

    Attributes:
        lab: whose journal is told.
        late: what is still on its way.
    """

    lab: QuickLab
    late: list[Delivery] = field(default_factory=list)

    @cached_property
    def gate(self) -> Gate:
        """The way in."""
        watched = WatchedRecords(self.lab.configured.settings)
        return Gate(self.lab.integration, watched, CLIENT_SECRET, WEBHOOK_SECRET)

    def tell(self, changed: Iterable[SalesRecord | BooksRecord], random: Random, struck: Counter[str]) -> None:
        """Tells of records that changed, among lies, and of some of them after what is newer.

        Raises:
            Wrong: what is forged is let in, or what is genuine is not.
        """
        arriving = []
        for record in changed:
            told = self._of(record, random)
            kind = random.choice(["told", "told", "lost", "repeated", "late"])
            arriving += {"told": [told], "repeated": [told, told]}.get(kind, [])
            self.late += [told] if kind == "late" else []
            struck["lost webhook"] += kind == "lost"
            struck["repeated webhook"] += kind == "repeated"
        arriving.append(self._zoho(random).genuine("of nothing", str(random.randrange(NOBODY, 2 * NOBODY))))
        struck["webhook of nothing"] += 1
        random.shuffle(arriving)
        if self.late and random.random() < 0.5:
            struck["late webhook"] += len(self.late)
            arriving, self.late = arriving + self.late, []
        for delivery in arriving:
            self._let_in(delivery)
        missing = {("forged", "sales"), ("forged", "books")}
        while missing:
            lie = self._zoho(random).bad()
            if lie.kind != "oversized":  # nobody reads those, see tests/web
                self._refused(lie)
                struck["forged webhook"] += 1
            missing.discard((lie.kind, lie.side))

    def _of(self, record: SalesRecord | BooksRecord, random: Random) -> Delivery:
        if isinstance(record, SalesRecord):
            return self._zoho(random, record.module).of("sales", "genuine", record.id)
        kind = "item" if record.kind == "item" else "contact"
        return self._zoho(random, kind=kind).of("books", "genuine", record.parent or record.id)

    def _zoho(self, random: Random, module: str = "Accounts", kind: str = "contact") -> Zoho:
        with TestClient(FastAPI()) as nobody:
            return Zoho(Door(nobody, self.lab.store), random, modules=(module,), documents=(kind,))

    def _read(self, delivery: Delivery) -> list[events.Event]:
        if delivery.side == "sales":
            return self.gate.sales(delivery.body, pendulum.now("UTC"))[0]
        signature = delivery.headers.get(SIGNATURE, "")
        return self.gate.books(delivery.body, signature, "application/json")[0]

    def _let_in(self, delivery: Delivery) -> None:
        if not (told := self._read(delivery)):
            raise Wrong(f"a genuine webhook tells nothing: {delivery}")
        with self.lab.store.begin() as connection:
            events.record(connection, self.lab.integration, told)

    def _refused(self, delivery: Delivery) -> None:
        try:
            told = self._read(delivery)
        except Refused:
            return
        raise Wrong(f"a {delivery.kind} webhook is let in: {told}")

    def judge(self) -> None:
        """Looks for what lies have left.

        Raises:
            Wrong: they left something.
        """
        with self.lab.store.connect() as connection:
            for table in (journal, observations):
                mine = table.c.remote_id.in_(list(map(str, VICTIMS)))
                if connection.scalar(select(func.count()).select_from(table).where(mine)):
                    raise Wrong(f"a forged webhook left something in {table.name}")
            nothing = func.length(observations.c.remote_id) == len(str(NOBODY))
            if connection.scalar(select(func.count()).select_from(observations).where(nothing)):
                raise Wrong("a webhook of a record that is not there left one behind")


def run_of_what_is_told(lab: QuickLab, job: Job) -> None:
    """What ``zoho.engine.at_once`` does, but for the preflight and the guard."""
    lifecycle.begin(job, f"test:{job.run_id}", False)
    told_tasks(job)


def told_tasks(job: Job) -> None:
    """The tasks of such a run."""
    job.only = inbox.take(job)
    take_in(job, scan_sales(job), scan_books(job))
    inbox.finish(job)
    apply(job, plan(job, pair(job)[0])[0])
