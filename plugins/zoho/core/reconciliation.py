"""Transactions of both sides held against each other: what each side's come to, and where they differ (TXN-6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from zoho.core.money.differences import apart
from zoho.core.money.exact import ZERO, exact, written

PLACES = 2
"""Decimal places of a currency that nobody tells of."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a transaction comes to on one side.

    Attributes:
        id: its id on that side.
        number: what people call it by.
        customer: name of its customer or vendor.
        currency: ISO code.
        month: ``2026-11``.
        total: what is to be paid.
    """

    id: str
    number: str
    customer: str
    currency: str
    month: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction, on the sides that have it.

    Attributes:
        kind: its module, such as ``invoices``.
        books: as Books has it.
        sales: as the CRM has it.
        why: what the history says of one that only one side has; ``""`` when nothing.
    """

    kind: str
    books: Amount | None
    sales: Amount | None
    why: str = ""

    @property
    def place(self) -> Amount:
        """The side that says whose it is and of which month: Books, where it has it."""
        found = self.books or self.sales
        assert found is not None, "an entry is on one side at least"
        return found

    def difference(self, places: Mapping[str, int]) -> str:
        """Return in a sentence how the two sides differ; ``""`` when they agree.

        Args:
            places: decimal places by ISO code.
        """
        because = f": {self.why}" if self.why else ""
        if self.sales is None:
            return f"only in Books{because}"
        if self.books is None:
            return f"only in the CRM{because}"
        ours, theirs = self.books, self.sales
        if ours.currency != theirs.currency:
            return f"{_shown(ours, places)} in Books, {_shown(theirs, places)} in the CRM"
        if ours.total != theirs.total:
            count = places.get(ours.currency, PLACES)
            return f"total: {apart(theirs.total, ours.total, 'the CRM', 'in Books', count)}"
        return ""


@dataclass(frozen=True, slots=True)
class Sum:
    """What the transactions of one kind, customer, currency and month come to.

    Attributes:
        kind: their module.
        customer: name of the customer or vendor.
        currency: ISO code.
        month: ``2026-11``.
        in_books: how many Books has.
        books: what these come to.
        in_sales: how many the CRM has.
        sales: what these come to.
    """

    kind: str
    customer: str
    currency: str
    month: str
    in_books: int
    books: Decimal
    in_sales: int
    sales: Decimal

    @property
    def agrees(self) -> bool:
        """Whether both sides have as many, which come to the same."""
        return (self.in_books, self.books) == (self.in_sales, self.sales)


@exact
def sums(entries: Iterable[Entry]) -> list[Sum]:
    """Return what both sides come to by kind, customer, currency and month, in that order.

    Args:
        entries: the transactions. A pair stands in the month and with the customer that Books names, each side in
            the currency that it names itself.
    """
    books: dict[tuple[str, str, str, str], list[Decimal]] = defaultdict(list)
    sales: dict[tuple[str, str, str, str], list[Decimal]] = defaultdict(list)
    for entry in entries:
        for amount, found in ((entry.books, books), (entry.sales, sales)):
            if amount is not None:
                found[entry.kind, entry.place.customer, amount.currency, entry.place.month].append(amount.total)
    keys = sorted(books.keys() | sales.keys())
    return [Sum(*key, len(books[key]), sum(books[key], ZERO), len(sales[key]), sum(sales[key], ZERO)) for key in keys]


def _shown(amount: Amount, places: Mapping[str, int]) -> str:
    return f"{written(amount.total, places.get(amount.currency, PLACES))} {amount.currency}"
