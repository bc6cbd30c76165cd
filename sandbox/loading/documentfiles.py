"""Loading CSV files of Books' documents: a row for each line, as Zoho Books exports them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import TYPE_CHECKING

from sandbox.books.documents.document import Document
from sandbox.books.documents.handlers import check_total
from sandbox.books.documents.kinds import ESTIMATE, INVOICE, PURCHASE_ORDER, SALES_ORDER, Kind
from sandbox.books.documents.links import invoiced
from sandbox.books.documents.payments import PaymentRefusedError, pay
from sandbox.books.documents.rules import number_of, values_of
from sandbox.books.store import Contact
from sandbox.books.taxes import TAXES
from sandbox.clock import books_date, parse_time
from sandbox.defaults import BOOKS_TIME_ZONE
from sandbox.loading.booksfiles import check_headers, checked
from sandbox.loading.tables import Row, rows_of
from sandbox.wire import Call, Json

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the file of one kind calls its columns."""

    kind: Kind
    noun: str
    deadline: str

    @property
    def number(self) -> str:
        return f"{self.noun} Number"

    @property
    def status(self) -> str:
        return f"{self.noun} Status"

    @property
    def date(self) -> str:
        return f"{self.noun} Date"

    @property
    def party(self) -> str:
        return f"{self.kind.party.capitalize()} Name"

    @property
    def headers(self) -> set[str]:
        """Every column that the file may have."""
        own = {self.number, self.status, self.date, self.deadline, self.party}
        return own | {*_VALUES, *_LINE, _ITEM, _TAX, *(_OF_INVOICES if self.kind is INVOICE else ())}


_VALUES = {
    "Reference#": "reference_number",
    "Notes": "notes",
    "Terms & Conditions": "terms",
    "Entity Discount": "discount",
    "Shipping Charge": "shipping_charge",
    "Adjustment": "adjustment",
    "Payment Terms": "payment_terms",
    "Payment Terms Label": "payment_terms_label",
}
_LINE = {"Item Desc": "description", "Quantity": "quantity", "Item Price": "rate", "Discount": "discount"}
_ITEM, _TAX = "Item Name", "Item Tax"
_ESTIMATE, _ORDER, _BALANCE = "Quote Number", "Sales Order Number", "Balance"
_OF_INVOICES = (_ESTIMATE, _ORDER, _BALANCE)
_TEN_O_CLOCK, _MIDNIGHT = "10:00", "00:00"

DOCUMENTS: Mapping[str, _Layout] = {
    "Books_Quotes": _Layout(ESTIMATE, "Quote", "Expiry Date"),
    "Books_Sales_Orders": _Layout(SALES_ORDER, "Sales Order", "Expected Shipment Date"),
    "Books_Invoices": _Layout(INVOICE, "Invoice", "Due Date"),
    "Books_Purchase_Orders": _Layout(PURCHASE_ORDER, "Purchase Order", "Delivery Date"),
}
"""What each file holds, by its name without its ending; in the order in which they refer to each other."""


def load_documents(world: "World", file: str, text: str) -> dict[str, int]:
    """Load the documents of one kind, each by the rules of the API; rows of one number are its lines.

    A blank date is today. A status is one that a person sets: what is paid, overdue, expired or invoiced follows
    from dates, from the balance of an invoice, and from the estimate or order that an invoice names.

    Raises:
        LoadError: A header is unknown, or a value breaks a rule of Books.
    """
    layout = DOCUMENTS[file.rsplit("/", 1)[-1].removesuffix(".csv")]
    check_headers(file, text, layout.headers)
    count = 0
    for _, rows in groupby(rows_of(file, text), key=lambda row: row.get(layout.number)):
        _load(world, layout, list(rows))
        count += 1
    return {f"books {layout.kind.resource}": count}


def _load(world: "World", layout: _Layout, rows: list[Row]) -> None:
    first, kind = rows[0], layout.kind
    contact = _party(world, layout, first)
    given: Json = {api: first.get(header) for header, api in _VALUES.items() if first.get(header)}
    given |= {
        "date": first.get(layout.date),
        kind.deadline: first.get(layout.deadline),
        kind.number_key: first.get(layout.number),
    }
    given = {name: value for name, value in given.items() if value}
    given["line_items"] = [_line(world, row) for row in rows]
    call = _call(world)
    values = checked(first, lambda given: values_of(call, kind, contact, given, None), given)
    number = checked(first, lambda given: number_of(call, kind, given, None), given)
    at = _time(world, first.get(layout.date))
    status = _status(layout, first)
    document = Document(world.books.new_id(), kind, number, contact.id, values, at, at, status=status)
    checked(first, check_total, document)
    world.books.documents.add(document)
    if kind is INVOICE:
        _finish_invoice(call, document, first, at)


def _call(world: "World") -> Call:
    own_numbers = {"ignore_auto_number_generation": "true"}
    return Call(world, "books", "POST", "/", "v3", {}, own_numbers, {}, b"", "")


def _party(world: "World", layout: _Layout, row: Row) -> Contact:
    name = row.get(layout.party)
    named = [contact for contact in world.books.named(name) if contact.contact_type == layout.kind.party]
    if len(named) != 1:
        raise row.error(layout.party, f'there is no {layout.kind.party} "{name}"')
    return named[0]


def _line(world: "World", row: Row) -> Json:
    line: Json = {api: row.get(header) for header, api in _LINE.items() if row.get(header)}
    name = row.get(_ITEM)
    item = world.books.items.with_value("name", name) if name else None
    # What is no item is a line of text.
    line |= {"item_id": item.id} if item else {"name": name}
    if row.get(_TAX):
        line["tax_id"] = next((tax.id for tax in TAXES.values() if tax.name == row.get(_TAX)), None)
        if line["tax_id"] is None:
            raise row.error(_TAX, f'there is no tax "{row.get(_TAX)}"')
    return line


def _status(layout: _Layout, row: Row) -> str:
    status = row.get(layout.status).lower().replace(" ", "_") or "draft"
    if status not in {"draft", *(move.to for move in layout.kind.moves.values())}:
        raise row.error(layout.status, f'"{row.get(layout.status)}" is no status that a person sets')
    return status


def _time(world: "World", date: str) -> int:
    """Return when a document of a day was written: today's as the day began, so that a reset gives the same again."""
    day, time = (date, _TEN_O_CLOCK) if date else (books_date(world.clock.seconds()), _MIDNIGHT)
    at = parse_time(f"{day} {time}", zone=BOOKS_TIME_ZONE)
    return world.clock.seconds() if at is None else at


def _finish_invoice(call: Call, invoice: Document, row: Row, at: int) -> None:
    """Note what an invoice was made from, and what was paid on it."""
    sources = list(_made_from(call.world, row))
    given: Json = {}
    for source in sources:
        if source.kind is SALES_ORDER:
            _tie_lines(invoice, source)
        else:
            given["invoiced_estimate_id"] = source.id
    invoiced(call, invoice, given)
    if row.get(_BALANCE):
        _pay(call.world, invoice, row)
    for document in (invoice, *sources):
        call.world.books.documents.date_back(document, at)


def _made_from(world: "World", row: Row) -> Iterator[Document]:
    for header, kind in ((_ESTIMATE, ESTIMATE), (_ORDER, SALES_ORDER)):
        if number := row.get(header):
            found = world.books.documents.with_number(kind, number)
            if found is None:
                raise row.error(header, f'there is no {kind.title.lower()} "{number}"')
            yield found


def _tie_lines(invoice: Document, order: Document) -> None:
    """Say of each line of an invoice which one of its order it invoices: that of the same item."""
    lines = {line.get("item_id") or line["name"]: line["line_item_id"] for line in order.lines}
    for line in invoice.lines:
        line["salesorder_item_id"] = lines.get(line.get("item_id") or line["name"], "")


def _pay(world: "World", invoice: Document, row: Row) -> None:
    try:
        paid = invoice.balance - Decimal(row.get(_BALANCE))
        if paid:
            pay(world.books, invoice.id, paid)
    except (InvalidOperation, PaymentRefusedError) as error:
        raise row.error(_BALANCE, str(error) or "is not an amount") from None
