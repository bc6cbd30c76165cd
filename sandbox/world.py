"""Everything the sandbox holds, in one object."""

from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sandbox.books.documents.kinds import KINDS
from sandbox.books.store import BooksOrg, BooksRecord
from sandbox.books.webhooks import Webhook
from sandbox.books.whole import whole
from sandbox.calls import CallLog
from sandbox.clock import Clock
from sandbox.defaults import BOOKS_ORGANIZATION_ID, BOOKS_ORGANIZATIONS
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.loading import load_texts
from sandbox.loading.builtin import builtin_texts
from sandbox.notifier import Notifier
from sandbox.oauth import Accounts
from sandbox.quotas import Quotas
from sandbox.sales.currencies import switch_currencies
from sandbox.sales.store import SalesOrg
from sandbox.settings import Settings
from sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class Mark:
    """Which records there were at one time.

    Attributes:
        sales: Ids by product and module.
        persons: Contact persons by the id of their Books contact.
        items: Ids of Books items.
        documents: Ids of Books documents by kind.
    """

    sales: dict[str, dict[str, set[str]]]
    persons: dict[str, list[Json]]
    items: set[str]
    documents: dict[str, set[str]]


class World:
    """Clock, tokens, all organizations, switches, faults and the log of calls.

    Attributes:
        clock: The sandbox's time.
        accounts: Tokens.
        sales: The sales organizations by product.
        books_organizations: The Books organizations by id.
        books: The Books organization that is looked at: the first one, unless it is another's view (`in_books`).
        notifier: Sends notifications.
        settings: Switches.
        quotas: Counted calls.
        faults: Ordered faults.
        calls: Log of calls.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.clock = Clock()
        self.accounts = Accounts(self.clock, journal)
        self.sales = {product: SalesOrg(product, self.clock, journal) for product in ("crm", "bigin")}
        self.notifier = Notifier()
        for org in self.sales.values():
            org.watcher = self.notifier.announce
        self.books_organizations = {
            identity.id: BooksOrg(identity, self.clock, journal) for identity in BOOKS_ORGANIZATIONS.values()
        }
        self.books = self.books_organizations[BOOKS_ORGANIZATION_ID]
        for books in self.books_organizations.values():
            books.watcher = self._call_webhook
        self.settings = Settings()
        self.quotas = Quotas(self.clock)
        self.faults = Faults()
        self.calls = CallLog()

    @classmethod
    def open(cls, path: Path | None, *, builtin: bool) -> "World":
        """Open the state in a file, or a new one.

        Args:
            path: The data file, or None to keep nothing.
            builtin: Whether a state without anything in it gets the built-in data set.

        Raises:
            DataFileError: The file cannot be used.
        """
        world = cls(Journal(path))
        if not world._restore() and builtin:
            world.load_builtin()
        return world

    def in_books(self, organization_id: str) -> Self:
        """Return the same world as a call to one of the Books organizations sees it."""
        view = copy(self)
        view.books = self.books_organizations[organization_id]
        return view

    def start(self) -> None:
        """Begin to write changes to the data file."""
        self._journal.start()

    def close(self) -> None:
        """Send and write what is pending and let the data file go."""
        self.notifier.close()
        self._journal.close()

    def reset(self, *, builtin: bool) -> None:
        """Forget records, tokens, calls, faults, switches and clock, and load the built-in data set if asked."""
        self._journal.wipe()
        self.clock.run_real()
        for org in self.sales.values():
            org.reset()
        for books in self.books_organizations.values():
            books.reset()
        self.accounts.reset()
        self.quotas.reset()
        self.faults.set([])
        self.calls.clear()
        self.switch({name: field.default for name, field in Settings.model_fields.items()})
        if builtin:
            self.load_builtin()

    def load_builtin(self) -> dict[str, int]:
        """Load the built-in data set and return how many records of each kind it had."""
        return load_texts(self, builtin_texts())

    def mark(self) -> Mark:
        """Return a mark to come back to when records are only added."""
        sales = {
            product: {name: set(table.records) for name, table in org.tables.items()}
            for product, org in self.sales.items()
        }
        persons = {contact.id: contact.persons for contact in self.books.contacts.values()}
        documents = {kind: set(found) for kind, found in self.books.documents.by_id.items()}
        return Mark(sales, persons, set(self.books.items.by_id), documents)

    def back_to(self, mark: Mark) -> None:
        """Take out what was added since a mark."""
        for product, org in self.sales.items():
            for name, table in org.tables.items():
                for record_id in set(table.records) - mark.sales[product][name]:
                    org.discard(name, table.records[record_id])
        for kind, found in self.books.documents.by_id.items():
            for document_id in set(found) - mark.documents[kind]:
                self.books.documents.remove(found[document_id])
        for contact in list(self.books.contacts.values()):
            if contact.id not in mark.persons:
                self.books.remove(contact)
            elif contact.persons is not mark.persons[contact.id]:
                self.books.set_persons_quietly(contact, mark.persons[contact.id])
        for item_id in set(self.books.items.by_id) - mark.items:
            self.books.items.remove(self.books.items.by_id[item_id])

    def switch(self, changes: dict[str, Any]) -> None:
        """Change settings.

        Raises:
            pydantic.ValidationError: A switch does not exist or cannot have this value; none is changed.
        """
        self.settings = Settings.model_validate({**self.settings.model_dump(), **changes})
        self.notifier.settings = self.settings
        self.accounts.throttle = self.settings.token_throttle
        for org in self.sales.values():
            org.search_lag = self.settings.search_lag_seconds
            org.set_unique("Accounts", "Account_Name", unique=self.settings.unique_account_names)
            codes = self.settings.crm_currency_codes if org.product == "crm" else ()
            switch_currencies(org, self.settings.crm_base_currency, codes)
        self._journal.put("settings", self.settings.model_dump)

    def dump(self) -> dict[str, Any]:
        """Return all records of all organizations as plain JSON values, for tests to compare."""
        sales = {
            product: {
                name: [{"id": record.id, **record.snapshot()} for record in table.records.values()]
                for name, table in org.tables.items()
            }
            for product, org in self.sales.items()
        }
        return {**sales, **{books.key: _dump(books) for books in self.books_organizations.values()}}

    def _call_webhook(self, books: BooksOrg, webhook: Webhook, record: BooksRecord) -> None:
        self.notifier.call_webhook(webhook, whole(self.in_books(books.identity.id), record))

    def _restore(self) -> bool:
        """Take over what the data file holds; tell whether it held any record."""
        found = False
        books = {organization.key: organization for organization in self.books_organizations.values()}
        for key, row in self._journal.read():
            head, _, rest = key.partition("/")
            if head == "oauth":
                self.accounts.restore(row)
            elif head == "settings":
                self.switch(row)
            elif head in books:
                kind, _, name = rest.partition("/")
                books[head].restore(kind, name, row)
                found = True
            elif head in self.sales:
                kind, module, name = rest.split("/", 2)
                self.sales[head].restore(kind, module, name, row)
                found = True
        return found


def _dump(books: BooksOrg) -> dict[str, Any]:
    contacts = [{"contact_id": contact.id, **contact.snapshot()} for contact in books.contacts.values()]
    items = [{"item_id": item.id, **item.snapshot()} for item in books.items.by_id.values()]
    documents = {
        kind.resource: [{kind.id_key: item.id, **item.snapshot()} for item in books.documents.of(kind).values()]
        for kind in KINDS.values()
    }
    return {"contacts": contacts, "items": items, **documents}
