"""One estimate, sales order, invoice or purchase order."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.books.documents.kinds import KINDS, Kind
from sandbox.books.documents.totals import ZERO, Discount, Line, Terms, Totals, totals
from sandbox.books.taxes import TAXES
from sandbox.wire import Json

SETTLED = frozenset({"draft", "pending_approval", "approved", "void"})
"""Statuses of an invoice that its payments and due date do not change."""


@dataclass(slots=True)
class Document:
    """One document. Amounts are stored as text, so that the data file keeps them exactly.

    Attributes:
        id: Its id.
        kind: Which of the four it is.
        number: Its number, unique in its kind.
        party_id: Id of its customer or vendor.
        values: Writable values that are set; ``line_items`` is the list of lines.
        created: When it was made, in seconds since the epoch.
        modified: When it was last written.
        status: Its status as it was last set; what shows depends on dates and payments as well.
        custom: Values of custom fields by API name.
        paid: What has been paid.
        written_off: What has been written off.
        marks: Dates and links that writes leave behind, such as ``accepted_date`` or ``invoice_ids``.
        totals: What it comes to.
    """

    id: str
    kind: Kind
    number: str
    party_id: str
    values: Json
    created: int
    modified: int
    status: str = "draft"
    custom: Json = field(default_factory=dict)
    paid: Decimal = ZERO
    written_off: Decimal = ZERO
    marks: Json = field(default_factory=dict)
    totals: Totals = field(init=False)

    def __post_init__(self) -> None:
        self.add_up()

    def add_up(self) -> None:
        """Work out what it comes to."""
        by_line = self.values.get("discount_type") == "item_level"
        lines = [_line(line, discounted=by_line) for line in self.values["line_items"]]
        self.totals = totals(lines, _terms(self.values))

    @property
    def lines(self) -> list[Json]:
        """Its lines as stored."""
        found: list[Json] = self.values["line_items"]
        return found

    @property
    def balance(self) -> Decimal:
        """What is still to be paid; nothing of what does not ask for money."""
        if self.kind.name != "invoice" or self.status in {"void"}:
            return ZERO
        return self.totals.total - self.paid - self.written_off

    def status_on(self, today: str) -> str:
        """Return the status that shows on a day, given as ``yyyy-mm-dd``."""
        late = bool(self.values.get(self.kind.deadline)) and self.values[self.kind.deadline] < today
        if self.kind.name == "invoice" and self.status not in SETTLED:
            return self._payment_status(late=late)
        if self.kind.name == "estimate" and self.status == "sent" and late:
            return "expired"
        if self.kind.name == "salesorder" and self.status == "open" and late:
            return "overdue"
        return self.status

    def _payment_status(self, *, late: bool) -> str:
        if self.balance <= 0 and self.totals.total > 0:
            return "paid"
        if late:
            return "overdue"
        return "partially_paid" if self.paid else self.status

    def snapshot(self) -> Json:
        """Return what is kept in the data file."""
        return {
            "number": self.number, "party_id": self.party_id, "values": self.values, "created": self.created,
            "modified": self.modified, "status": self.status, "custom": self.custom, "paid": str(self.paid),
            "written_off": str(self.written_off), "marks": self.marks,
        }  # fmt: skip


def restored(kind: str, document_id: str, row: Json) -> Document:
    """Return the document that a row of the data file describes."""
    money = {name: Decimal(row[name]) for name in ("paid", "written_off")}
    return Document(document_id, KINDS[kind], **{**row, **money})


def discount_of(stored: Any) -> Discount:
    """Return a discount as stored: ``10%`` or an amount."""
    text = str(stored or "0")
    return Discount(Decimal(text.removesuffix("%")), percent=text.endswith("%"))


def _line(stored: Json, *, discounted: bool) -> Line:
    tax = TAXES.get(stored.get("tax_id", ""))
    discount = discount_of(stored.get("discount")) if discounted else Discount()
    return Line(Decimal(stored["rate"]), Decimal(stored["quantity"]), discount, tax)


def _terms(values: Json) -> Terms:
    return Terms(
        places=values["price_precision"],
        inclusive=values.get("is_inclusive_tax", False),
        discount=Discount() if values.get("discount_type") == "item_level" else discount_of(values.get("discount")),
        discount_before_tax=values.get("is_discount_before_tax", True),
        shipping=Decimal(values.get("shipping_charge", "0")),
        adjustment=Decimal(values.get("adjustment", "0")),
        tax_rounding=values["tax_rounding"],
    )
