"""One run of one module, with everything that its steps need."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import Engine

from zoho.api.bigin import BiginClient
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.config.load import Configured
from zoho.engine.books_side import BooksSide, books_side
from zoho.engine.calls import CallMeter
from zoho.engine.control.pulse import Pulse
from zoho.engine.references import StoredReferences
from zoho.engine.sales_side import SalesSide
from zoho.engine.surroundings import surroundings
from zoho.modules.module import Module
from zoho.modules.registry import module_of
from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.store import runs
from zoho.store.events import Told
from zoho.store.scope import Scope

SalesClient: TypeAlias = CrmClient | BiginClient
"""The client of either sales side; what only the CRM has is asked after with ``isinstance``."""

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Is told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of the past: what was edited from ``start`` on and before ``end``, both aware, by Zoho's clock."""

    start: datetime
    end: datetime


@dataclass
class Job:
    """What a step works with.

    Attributes:
        configured: the integration's settings and mappings.
        module_name: which of its modules.
        run_id: the run in the store.
        store: the sync state database.
        staging: folder of this run's files, an ``ObjectStoragePath`` or a ``pathlib.Path``.
        open_sales: makes the sales-side client; called once, when first needed.
        open_books: makes the Books client.
        clock: the current time, aware; for the history only, never for deciding what to fetch.
        full_scan: read everything, not only what changed.
        window: read what was edited in a span of the past, and leave the cursors where they are (OPS-5).
        only: read just these records, by list, and leave the cursors where they are (TXN-5); ``None``: as ever.
        also: read these records besides, since a list may not tell of them: Books tells no deletions.
        focused: plan nothing but the records of ``only``, views or not: somebody asked for just these (OPS-3).
        offline: ask nobody: what is known of the two organizations is taken from the store, whatever its age (BEY-9).
        approved: the plan to carry out, by the run that showed it, and nothing else (BEY-1); ``None``: what is due.
        beyond_guards: let everything pass that the guards of the module would hold back (BEY-5).
        undoes: the run to take back, planned by a dry run; a plan that is carried out tells itself (BEY-3).
        meter: counts the calls that the clients make.
        pulse: tells when to look again whether the run is to stop.
        progress: told how far a step has come: what it does, how much is done and of how much, if that is known.
    """

    configured: Configured
    module_name: str
    run_id: str
    store: Engine
    staging: Any
    open_sales: Callable[[], SalesClient]
    open_books: Callable[[], BooksClient]
    clock: Callable[[], datetime]
    full_scan: bool = False
    window: Window | None = None
    only: Told | None = None
    also: Told = field(default_factory=dict)
    focused: bool = False
    offline: bool = False
    approved: str | None = None
    beyond_guards: bool = False
    undoes: str | None = None
    meter: CallMeter = field(default_factory=CallMeter)
    pulse: Pulse = field(default_factory=Pulse)
    progress: Progress = field(default=lambda *_: None)

    @cached_property
    def sales(self) -> SalesClient:
        """The sales-side client."""
        return self.open_sales()

    @cached_property
    def books(self) -> BooksClient:
        """The Books client."""
        return self.open_books()

    @property
    def connected(self) -> list[SalesClient | BooksClient]:
        """The clients that were needed so far."""
        return [vars(self)[name] for name in ("sales", "books") if name in vars(self)]

    def close(self) -> None:
        """Give back what the clients hold of the call budget, so that others need not wait for it."""
        for client in self.connected:
            client.transport.close()

    @cached_property
    def books_side(self) -> BooksSide:
        """The module's list in Books."""
        module = self.module
        return books_side(self.books, module.books_list, module.identity.unique.books, module.inactive_status)

    @cached_property
    def sales_side(self) -> SalesSide:
        """The module's lists on the sales side."""
        return SalesSide(self)

    @cached_property
    def module(self) -> Module:
        """The rules of the module; a mapping that must know users or the currency costs a call a day for it."""
        module = module_of(self.configured, self.module_name)
        around = surroundings(self, module.needs)
        references = StoredReferences(self) if self.module_name in TRANSACTION_KINDS else None
        return module_of(self.configured, self.module_name, around, references)

    @cached_property
    def scope(self) -> Scope:
        """Whose rows of the store are meant."""
        organization_id = self.configured.settings.books.organization_id
        return Scope(self.configured.name, self.module.name, organization_id)


def is_dry(job: Job) -> bool:
    """Whether the run is a dry one, which writes nothing to Zoho (BEY-1)."""
    with job.store.connect() as connection:
        return bool(runs.get(connection, job.run_id).dry_run)
