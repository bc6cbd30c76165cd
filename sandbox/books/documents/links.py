"""What becomes an invoice: estimates and sales orders, and how far they have been invoiced (zoho-api 3.5)."""

from datetime import date, timedelta
from decimal import Decimal

from sandbox.books.documents.document import Document
from sandbox.books.documents.kinds import ESTIMATE, INVOICE, SALES_ORDER
from sandbox.books.refusals import NOT_IN_THIS_STATUS, refuse
from sandbox.clock import books_date
from sandbox.wire import Call, Json

_TAKEN = ("is_inclusive_tax", "is_discount_before_tax", "discount", "discount_type", "shipping_charge", "adjustment",
          "adjustment_description", "salesperson_id", "salesperson_name", "notes", "terms", "reference_number",
          "billing_address", "shipping_address", "exchange_rate", "currency_code", "price_precision",
          "tax_rounding", "zcrm_potential_id", "zcrm_potential_name")  # fmt: skip


def invoiced(call: Call, invoice: Document, given: Json) -> None:
    """Mark what a new invoice was made from: ``invoiced_estimate_id``, and lines with ``salesorder_item_id``."""
    if invoice.kind is not INVOICE:
        return
    documents = call.world.books.documents
    estimate = documents.of(ESTIMATE).get(str(given.get("invoiced_estimate_id", "")))
    if estimate is not None:
        _mark_estimate(call, estimate, invoice)
    for order in _orders_of(call, invoice):
        documents.edit(order, status=order_status(call, order))


def let_go(call: Call, document: Document) -> None:
    """Undo what an invoice did to its estimate and sales orders, before it is deleted."""
    if document.kind is not INVOICE:
        return
    documents = call.world.books.documents
    estimate = documents.of(ESTIMATE).get(document.marks.get("estimate_id", ""))
    if estimate is not None:
        left = [item for item in estimate.marks.get("invoice_ids", []) if item != document.id]
        marks = {**estimate.marks, "invoice_ids": left, "is_transaction_created": bool(left)}
        documents.edit(estimate, status="invoiced" if left else "accepted", marks=marks)
    for order in _orders_of(call, document):
        documents.edit(order, status=order_status(call, order, without=document))


def from_estimate(call: Call, estimate: Document) -> Document:
    """Make an invoice from an estimate.

    Raises:
        Refusal: The estimate was declined or invoiced already.
    """
    if estimate.status in {"declined", "invoiced", "pending_approval"}:
        raise refuse(400, NOT_IN_THIS_STATUS, f"An estimate that is {estimate.status} cannot be invoiced.")
    made = _copied(call, estimate, link=None)
    _mark_estimate(call, estimate, made)
    return made


def from_order(call: Call, order: Document) -> Document:
    """Make an invoice from a sales order.

    Raises:
        Refusal: The order is not open.
    """
    if order.status != "open":
        raise refuse(400, NOT_IN_THIS_STATUS, f"A sales order that is {order.status} cannot be invoiced.")
    made = _copied(call, order, link="salesorder_item_id")
    call.world.books.documents.edit(order, status=order_status(call, order))
    return made


def _copied(call: Call, source: Document, *, link: str | None) -> Document:
    org = call.world.books
    lines = [
        {**line, "line_item_id": org.new_id(), **({link: line["line_item_id"]} if link else {})}
        for line in source.lines
    ]
    values: Json = {name: source.values[name] for name in _TAKEN if name in source.values}
    contact = org.contacts[source.party_id]
    values |= {"line_items": lines, **_dates(call, int(contact.values.get("payment_terms", 0)))}
    now = org.clock.seconds()
    number = org.documents.next_number(INVOICE)
    marks = {source.kind.id_key: source.id}
    made = Document(org.new_id(), INVOICE, number, source.party_id, values, now, now, marks=marks)
    org.documents.add(made)
    return made


def _dates(call: Call, terms: int) -> Json:
    today = books_date(call.world.clock.seconds())
    due = date.fromisoformat(today) + timedelta(days=terms)
    label = f"Net {terms}" if terms else "Due on Receipt"
    return {"date": today, "due_date": due.isoformat(), "payment_terms": terms, "payment_terms_label": label}


def _mark_estimate(call: Call, estimate: Document, invoice: Document) -> None:
    ids = [*estimate.marks.get("invoice_ids", []), invoice.id]
    marks = {**estimate.marks, "invoice_ids": ids, "is_transaction_created": True}
    call.world.books.documents.edit(estimate, status="invoiced", marks=marks)
    call.world.books.documents.edit(invoice, marks={**invoice.marks, "estimate_id": estimate.id})


def _orders_of(call: Call, invoice: Document) -> list[Document]:
    wanted = {line["salesorder_item_id"] for line in invoice.lines if line.get("salesorder_item_id")}
    orders = call.world.books.documents.of(SALES_ORDER).values() if wanted else ()
    return [order for order in orders if wanted & {line["line_item_id"] for line in order.lines}]


def order_status(call: Call, order: Document, *, without: Document | None = None) -> str:
    """Return how far a sales order has been invoiced: ``open``, ``partially_invoiced`` or ``invoiced``."""
    counted: dict[str, Decimal] = {}
    for invoice in call.world.books.documents.of(INVOICE).values():
        if invoice is not without and invoice.status != "void":
            for line in invoice.lines:
                key = line.get("salesorder_item_id", "")
                counted[key] = counted.get(key, Decimal(0)) + Decimal(line["quantity"])
    left = [Decimal(line["quantity"]) - counted.get(line["line_item_id"], Decimal(0)) for line in order.lines]
    if all(quantity <= 0 for quantity in left):
        return "invoiced"
    return "partially_invoiced" if any(counted.get(line["line_item_id"]) for line in order.lines) else "open"
