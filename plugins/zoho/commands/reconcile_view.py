"""What ``zoho-sync reconcile`` shows: to a person, and to a program."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from zoho.core.money.exact import written
from zoho.core.reconciliation import PLACES, Amount, Entry, Sum
from zoho.engine.reconcile import Reconciliation
from zoho.transport import json

_WORDS = {
    "estimates": "estimates",
    "sales_orders": "sales orders",
    "invoices": "invoices",
    "purchase_orders": "purchase orders",
}


def show(one: Reconciliation, console: Console) -> None:
    """Print both sides of an integration: the sums of each kind, then every difference, then how many there are."""
    console.print(Rule(Text(one.name, "bold"), align="left", style="dim"))
    for kind, rows in groupby(one.sums, key=lambda row: row.kind):
        console.print(Padding(_table(kind, list(rows), one), (0, 0, 1, 2)))
    for entry, sentence in one.differences:
        console.print(Padding(_line(entry, sentence), (0, 0, 0, 2)), soft_wrap=not console.is_terminal)
    console.print(_verdict(one))


def as_data(found: Sequence[Reconciliation]) -> str:
    """Return everything that differs, and all sums, as JSON; amounts are numbers with all their digits."""
    data = {
        "differences": sum(len(one.differences) for one in found),
        "integrations": [
            {
                "name": one.name,
                "kinds": list(one.kinds),
                "sums": [_sum_data(row) for row in one.sums],
                "differences": [_entry_data(entry, sentence) for entry, sentence in one.differences],
            }
            for one in found
        ],
    }
    return json.dumps(data).decode()


def _table(kind: str, rows: Sequence[Sum], one: Reconciliation) -> Table:
    table = Table(title=_WORDS[kind], title_justify="left", title_style="bold cyan", header_style="dim", box=None)
    for name in ("customer" if kind != "purchase_orders" else "vendor", "month", "currency"):
        table.add_column(name)
    for name in ("in Books", "total", "in the CRM", "total", "CRM less Books"):
        table.add_column(name, justify="right")
    for row in rows:
        places = one.places.get(row.currency, PLACES)
        off = row.sales - row.books
        table.add_row(
            *(row.customer or "—", row.month, row.currency),
            *(f"{row.in_books:,}", written(row.books, places), f"{row.in_sales:,}", written(row.sales, places)),
            "" if row.agrees else written(off, places),
            style="" if row.agrees else "red",
        )
    return table


def _line(entry: Entry, sentence: str) -> Text:
    place = entry.place
    name = place.number or place.id
    where = f" ({place.customer}, {place.month})" if place.customer else f" ({place.month})"
    return Text.assemble(("✗ ", "bold red"), (f"{_WORDS[entry.kind]} {name}", "bold"), where, ": ", sentence)


def _verdict(one: Reconciliation) -> Text:
    both = sum(1 for entry in one.entries if entry.books and entry.sales)
    compared = f" in {_number(len(one.entries), 'transaction')}, {both:,} of them on both sides."
    if one.differences:
        return Text.assemble(("✗ ", "bold red"), (_number(len(one.differences), "difference"), "bold"), compared)
    return Text.assemble(("✓ ", "bold green"), ("no difference", "bold"), compared)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _sum_data(row: Sum) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "customer": row.customer,
        "currency": row.currency,
        "month": row.month,
        "books": {"transactions": row.in_books, "total": row.books},
        "crm": {"transactions": row.in_sales, "total": row.sales},
    }


def _entry_data(entry: Entry, sentence: str) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "customer": entry.place.customer,
        "month": entry.place.month,
        "books": _amount_data(entry.books),
        "crm": _amount_data(entry.sales),
        "explanation": sentence,
    }


def _amount_data(amount: Amount | None) -> dict[str, Any] | None:
    if amount is None:
        return None
    return {"id": amount.id, "number": amount.number, "currency": amount.currency, "total": amount.total}
