"""Read all transactions of both sides and hold them against each other; nothing is written (TXN-6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.config.load import Configured
from zoho.config.settings import TransactionModule
from zoho.core.reconciliation import PLACES, Amount, Entry, Sum, sums
from zoho.core.records import Side
from zoho.modules.transaction_kinds import TRANSACTION_KINDS, TransactionKind
from zoho.store import pairs
from zoho.store.scope import Scope

Raw = Mapping[str, Any]

_PURPOSE = "reconcile"
_MISSED = "is deleted, or not under the layout any more; the next run takes note of it"
_PARTIES = ("Account_Name", "Contact_Name", "Vendor_Name")
_DATES = {"Invoices": "Invoice_Date", "Purchase_Orders": "PO_Date"}
_MODULE_OF = {"Account_Name": "customers", "Contact_Name": "customers", "Vendor_Name": "vendors"}


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Both sides of one integration.

    Attributes:
        name: the integration's.
        kinds: the modules that were compared.
        entries: every transaction.
        sums: what they come to by kind, customer, currency and month.
        differences: what does not agree, each with its explanation.
        places: decimal places by ISO code.
    """

    name: str
    kinds: Sequence[str]
    entries: Sequence[Entry]
    sums: Sequence[Sum]
    differences: Sequence[tuple[Entry, str]]
    places: Mapping[str, int]


def reconcile(configured: Configured, store: Engine, sales: CrmClient, books: BooksClient) -> Reconciliation:
    """Compare the transactions of an integration: of Books all, of the CRM those under the layout.

    It costs a call per two hundred transactions on either side.

    Args:
        configured: the integration.
        store: with the identity map, which says which belong together.
        sales: the CRM.
        books: Books.
    """
    reader = _Reader(configured, store, sales, books)
    kinds = [name for name in TRANSACTION_KINDS if getattr(configured.settings.modules, name) is not None]
    entries = [entry for name in kinds for entry in reader.entries(TRANSACTION_KINDS[name])]
    told = [(entry, entry.difference(reader.places)) for entry in entries]
    differences = [(entry, sentence) for entry, sentence in told if sentence]
    return Reconciliation(configured.settings.name, kinds, entries, sums(entries), differences, reader.places)


class _Reader:
    def __init__(self, configured: Configured, store: Engine, sales: CrmClient, books: BooksClient) -> None:
        self._settings = configured.settings
        self._store = store
        self._sales = sales
        self._books = books
        self.places = {
            str(row["currency_code"]): int(row.get("price_precision", PLACES)) for row in books.currencies()
        }
        known = [row for row in sales.currencies() if row.get("is_active") is not False]
        self._home = next((str(row["iso_code"]) for row in known if row.get("is_base")), "")
        self._in_many = len(known) > 1
        self._customers: dict[str, str] = {}
        self._linked: dict[str, dict[str, str]] = {}

    def _scope(self, module: str) -> Scope:
        return Scope(self._settings.name, module, self._settings.books.organization_id)

    def entries(self, kind: TransactionKind) -> list[Entry]:
        """Return the transactions of one kind, those of Books first."""
        in_books = list(self._of_books(kind))
        in_sales = {amount.id: amount for amount in self._of_sales(kind)}
        with self._store.connect() as connection:
            linked = pairs.of_books(connection, self._scope(kind.module))
        found = [Entry(kind.module, amount, in_sales.pop(linked.get(amount.id, ""), None)) for amount in in_books]
        found += [Entry(kind.module, None, amount) for amount in in_sales.values()]
        missed = {books_id: f"its record {sales_id} in the CRM {_MISSED}" for books_id, sales_id in linked.items()}
        missed |= {sales_id: f"its record {books_id} in Books is gone" for books_id, sales_id in linked.items()}
        return self._explained(kind, found, missed)

    def _explained(self, kind: TransactionKind, entries: Sequence[Entry], missed: Mapping[str, str]) -> list[Entry]:
        """Return the same; those that stand alone with what the history says of them.

        Args:
            kind: what they are.
            entries: the transactions.
            missed: what is to be said of one that has a counterpart which its list does not show, by its id.
        """
        in_books = [entry.books.id for entry in entries if entry.books and not entry.sales]
        in_sales = [entry.sales.id for entry in entries if entry.sales and not entry.books]
        why = {**self._why(kind, "books", in_books), **self._why(kind, "sales", in_sales)}
        alone = {*in_books, *in_sales}
        why |= {one: missed[one] for one in alone if one in missed}
        return [replace(entry, why=why.get(entry.place.id, "")) for entry in entries]

    def _why(self, kind: TransactionKind, side: Side, ids: Sequence[str]) -> dict[str, str]:
        names = {"sales": "the CRM", "books": "Books"}
        scope = self._scope(kind.module)
        with self._store.connect() as connection:
            found = pairs.reasons(connection, scope, side, ids)
            gone = pairs.ended(connection, scope, side, ids)
        return found | {one: f"it was deleted in {names.get(where, where)}" for one, where in gone.items()}

    def _of_books(self, kind: TransactionKind) -> Iterator[Amount]:
        documents = {
            "estimates": self._books.estimates,
            "salesorders": self._books.sales_orders,
            "invoices": self._books.invoices,
            "purchaseorders": self._books.purchase_orders,
        }
        for page in documents[kind.books].list(purpose=_PURPOSE):
            for row in page.records:
                customer = str(row.get(f"{kind.party}_name") or "")
                self._customers[str(row.get(kind.party_field))] = customer
                yield Amount(
                    id=str(row[kind.id_field]),
                    number=str(row.get(kind.number_field) or ""),
                    customer=customer,
                    currency=str(row.get("currency_code") or ""),
                    month=str(row.get("date") or "")[:7],
                    total=Decimal(row["total"]),
                )

    def _of_sales(self, kind: TransactionKind) -> Iterator[Amount]:
        settings: TransactionModule = getattr(self._settings.modules, kind.module)
        parties = _PARTIES[2:] if kind.party == "vendor" else _PARTIES[:2]
        date = _DATES.get(kind.sales)
        fields = ["Subject", "Grand_Total", "Layout", "Created_Time", *parties, *([date] if date else [])]
        if self._in_many:
            fields.append("Currency")
        for page in self._sales.records(kind.sales, fields=fields, purpose=_PURPOSE):
            for row in page.records:
                layout = row.get("Layout") or {}
                if settings.layout in (layout.get("name"), str(layout.get("id"))):
                    yield Amount(
                        id=str(row["id"]),
                        number=str(row.get("Subject") or ""),
                        customer=self._customer(row, parties),
                        currency=str(row.get("Currency") or self._home),
                        month=str((date and row.get(date)) or row.get("Created_Time") or "")[:7],
                        total=Decimal(row.get("Grand_Total") or 0),
                    )

    def _customer(self, row: Raw, parties: Sequence[str]) -> str:
        """Return the customer's name as Books has it, where the two are known to be one."""
        for party in parties:
            lookup = row.get(party)
            if lookup:
                books_id = self._books_ids(_MODULE_OF[party]).get(str(lookup["id"]), "")
                return self._customers.get(books_id) or str(lookup.get("name") or "")
        return ""

    def _books_ids(self, module: str) -> Mapping[str, str]:
        if module not in self._linked:
            with self._store.connect() as connection:
                linked = pairs.of_books(connection, self._scope(module))
            self._linked[module] = {sales_id: books_id for books_id, sales_id in linked.items()}
        return self._linked[module]
