"""Recording what a customer paid, as a person does on Books' screen (TXN-7)."""

from decimal import Decimal

from sandbox.books.amounts import number
from sandbox.books.documents.document import SETTLED, Document
from sandbox.books.store import BooksOrg
from sandbox.clock import books_date


class PaymentRefusedError(Exception):
    """A payment that cannot be; the message says why."""


def pay(org: BooksOrg, invoice_id: str, value: Decimal) -> Document:
    """Record a payment on an invoice and return the invoice.

    Args:
        org: The organization.
        invoice_id: Id of the invoice.
        value: What was paid, in the invoice's currency.

    Raises:
        PaymentRefusedError: There is no such invoice, it was not sent, or less is left to pay.
    """
    invoice = org.documents.by_id["invoice"].get(invoice_id)
    if invoice is None:
        raise PaymentRefusedError(f"there is no invoice {invoice_id}")
    if invoice.status in SETTLED:
        raise PaymentRefusedError(f"the invoice is {invoice.status}; only what was sent can be paid")
    if not Decimal(0) < value <= invoice.balance:
        raise PaymentRefusedError(f"{value} is not between 0 and what is left to pay, {invoice.balance}")
    today = books_date(org.clock.seconds())
    payment = {"payment_id": org.new_id(), "amount": number(value), "date": today, "payment_mode": "cash",
               "description": "", "reference_number": "", "invoice_payment_id": org.new_id()}  # fmt: skip
    payments = [*invoice.marks.get("payments", []), payment]
    marks = {**invoice.marks, "payments": payments, "last_payment_date": today}
    org.documents.edit(invoice, paid=invoice.paid + value, marks=marks)
    return invoice
