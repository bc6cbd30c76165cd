"""Changing the status of documents, and what else is done to them besides writing (zoho-api 3.4 to 3.6)."""

from decimal import Decimal

from sandbox.books.contacts import SUCCESS
from sandbox.books.documents import shapes
from sandbox.books.documents.document import SETTLED, Document
from sandbox.books.documents.handlers import Handlers
from sandbox.books.documents.kinds import ESTIMATE, INVOICE, SALES_ORDER, Move
from sandbox.books.documents.links import from_estimate, from_order
from sandbox.books.refusals import NOT_IN_THIS_STATUS, NOTHING_TO_CHANGE, does_not_exist, refuse
from sandbox.clock import books_date
from sandbox.wire import Call, Handler, Json, Reply

_DATED = ("accepted", "declined")
_INVOICES = Handlers(INVOICE)


def moving(handlers: Handlers, name: str) -> Handler:
    """Return what serves a change of status, such as ``POST /estimates/{id}/status/sent``."""
    change = handlers.kind.moves[name]

    def serve(call: Call) -> Reply:
        move(call, handlers.find(call), change)
        return Reply(change.answer, {"code": 0, "message": change.message}, code=0)

    return serve


def move(call: Call, document: Document, change: Move) -> None:
    """Change a document's status, with what follows from it.

    Raises:
        Refusal: It has that status already, or cannot come to it from where it is.
    """
    check(call, document, change)
    marks = {**document.marks}
    marks.pop("sub_status", None)
    if change.to in _DATED:
        marks[f"{change.to}_date"] = books_date(call.world.clock.seconds())
    changes: Json = {"status": change.to, "marks": marks}
    if change.to == "void":
        # What was paid on it becomes the customer's credit.
        changes |= {"paid": Decimal(0), "written_off": Decimal(0)}
    call.world.books.documents.edit(document, **changes)
    preference = call.world.settings.books_accepted_estimate_makes_invoice
    if document.kind is ESTIMATE and change.to == "accepted" and preference != "nothing":
        made = from_estimate(call, document)
        if preference == "sent":
            call.world.books.documents.edit(made, status="sent")


def check(call: Call, document: Document, change: Move) -> None:
    """Refuse a change of status that changes nothing or is not allowed."""
    title = document.kind.title
    if document.status == change.to:
        raise refuse(400, NOTHING_TO_CHANGE, f"{title} is already {change.to}.")
    origins = change.origins
    if document.kind is ESTIMATE and change.to in _DATED and call.world.settings.books_drafts_can_be_accepted:
        origins |= {"draft", "approved"}
    if document.status not in origins:
        raise refuse(400, NOT_IN_THIS_STATUS, f"{title} that is {document.status} cannot become {change.to}.")


def move_many(call: Call) -> Reply:
    """Serve ``POST /invoices/status/{name}?invoice_ids=``; all are changed, or none."""
    name = call.params["name"]
    if name not in {"sent", "void"}:
        raise does_not_exist("Status")
    change, invoices = INVOICE.moves[name], _INVOICES.several(call)
    for invoice in invoices:
        check(call, invoice, change)
    for invoice in invoices:
        move(call, invoice, change)
    message = {"sent": "The invoices have been marked as sent.",
               "void": "The selected invoices have been marked as void."}[name]  # fmt: skip
    return Reply(200, {"code": 0, "message": message}, code=0)


def emailing(handlers: Handlers) -> Handler:
    """Return what serves ``POST /{documents}/{id}/email``: nothing is sent, but a draft counts as sent."""
    kind = handlers.kind

    def serve(call: Call) -> Reply:
        document = handlers.find(call)
        first = not document.marks.get("is_emailed")
        status = kind.emailed if document.status in {"draft", "approved"} else document.status
        marks = {**document.marks, "is_emailed": True}
        call.world.books.documents.edit(document, status=status, marks=marks)
        answer, message = kind.email_answer
        more = {"is_first_email": first} if kind is INVOICE else {}
        return Reply(answer, {"code": 0, "message": message, **more}, code=0)

    return serve


def set_sub_status(call: Call) -> Reply:
    """Serve ``POST /salesorders/{id}/substatus/{code}``."""
    order = Handlers(SALES_ORDER).find(call)
    marks = {**order.marks, "sub_status": call.params["code"]}
    call.world.books.documents.edit(order, marks=marks)
    return Reply(200, {"code": 0, "message": "Sales Order status updated successfully."}, code=0)


def invoice_estimates(call: Call) -> Reply:
    """Serve ``POST /invoices/fromestimates?estimate_ids=``: one invoice for each."""
    estimates = Handlers(ESTIMATE).several(call)
    for estimate in estimates:
        from_estimate(call, estimate)
    return Reply(200, {"code": 0, "message": "The invoices have been created."}, code=0)


def invoice_order(call: Call) -> Reply:
    """Serve ``POST /invoices/fromsalesorder?salesorder_id=``."""
    made = from_order(call, Handlers(SALES_ORDER).with_id(call, call.query.get("salesorder_id", "")))
    body = {"code": 0, "message": INVOICE.messages["created"], "invoice": shapes.detail(call.world, made)}
    return Reply(201, body, code=0)


def write_off(call: Call) -> Reply:
    """Serve ``POST /invoices/{id}/writeoff``: nothing is left to pay."""
    invoice = _INVOICES.find(call)
    if invoice.status in SETTLED or invoice.balance <= 0:
        raise refuse(400, NOT_IN_THIS_STATUS, "Only what is left to pay of a sent invoice can be written off.")
    call.world.books.documents.edit(invoice, written_off=invoice.written_off + invoice.balance)
    return Reply(200, {"code": 0, "message": "Invoice has been written off"}, code=0)


def cancel_write_off(call: Call) -> Reply:
    """Serve ``POST /invoices/{id}/writeoff/cancel``."""
    invoice = _INVOICES.find(call)
    if not invoice.written_off:
        raise refuse(400, NOTHING_TO_CHANGE, "Nothing of the invoice has been written off.")
    call.world.books.documents.edit(invoice, written_off=Decimal(0))
    return Reply(200, {"code": 0, "message": "The write off done for this invoice has been cancelled."}, code=0)


def list_payments(call: Call) -> Reply:
    """Serve ``GET /invoices/{id}/payments``."""
    rows = _INVOICES.find(call).marks.get("payments", [])
    return Reply(200, {**SUCCESS, "payments": rows}, code=0)
