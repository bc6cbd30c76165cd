"""The four kinds of documents, and what sets them apart (zoho-api 3.4 to 3.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.books.customfields import CustomField


@dataclass(frozen=True, slots=True)
class Move:
    """A change of status that a client may ask for.

    Attributes:
        to: The status after it.
        origins: The statuses it may come from.
        message: What Books answers.
        answer: HTTP status of that answer.
    """

    to: str
    origins: frozenset[str]
    message: str
    answer: int = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document.

    Attributes:
        name: Its key in answers, such as ``estimate``.
        title: How messages begin, such as ``Estimate``.
        prefix: What its numbers begin with.
        party: ``customer`` or ``vendor``.
        deadline: Its date besides ``date``, such as ``expiry_date``.
        messages: What Books answers to ``created``, ``updated`` and ``deleted``.
        moves: Changes of status by the last part of their path.
        emailed: Status of a draft that was e-mailed.
        email_answer: HTTP status and message of that.
        fixed: Statuses in which it cannot be changed.
        kept: Statuses in which it cannot be deleted.
        texts: Texts a client may give, besides those of every kind.
        field_id: Id of its one standard custom field, which refuses duplicates.
    """

    name: str
    title: str
    prefix: str
    party: str
    deadline: str
    messages: Mapping[str, str]
    moves: Mapping[str, Move]
    emailed: str
    email_answer: tuple[int, str]
    fixed: frozenset[str]
    kept: frozenset[str]
    texts: tuple[str, ...] = ()
    field_id: str = ""
    resource: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "resource", f"{self.name}s")

    @property
    def id_key(self) -> str:
        """Key of its id, such as ``estimate_id``."""
        return f"{self.name}_id"

    @property
    def number_key(self) -> str:
        """Key of its number, such as ``estimate_number``."""
        return f"{self.name}_number"

    @property
    def party_key(self) -> str:
        """Key of its contact's id, ``customer_id`` or ``vendor_id``."""
        return f"{self.party}_id"

    @property
    def statuses(self) -> frozenset[str]:
        """Every status that a list can be filtered by (zoho-api 3.4 to 3.6)."""
        return _SHOWN[self.name]

    def custom_fields(self) -> dict[str, CustomField]:
        """Return the custom fields that the sandbox's organization comes with, by API name."""
        made = CustomField(self.field_id, "cf_crm_reference", "CRM reference", index=1, unique=True)
        return {made.api_name: made}


def _move(to: str, message: str, *origins: str, answer: int = 200) -> Move:
    return Move(to, frozenset(origins), message, answer)


_EARLY = {"draft", "pending_approval", "approved"}
_SHOWN = {
    "estimate": frozenset({*_EARLY, "sent", "viewed", "accepted", "declined", "expired", "invoiced"}),
    "salesorder": frozenset({*_EARLY, "open", "partially_invoiced", "invoiced", "overdue", "void"}),
    "invoice": frozenset({*_EARLY, "sent", "viewed", "unpaid", "partially_paid", "paid", "overdue", "void"}),
    "purchaseorder": frozenset({*_EARLY, "open", "billed", "cancelled"}),
}

ESTIMATE = Kind(
    name="estimate", title="Estimate", prefix="QT-", party="customer", deadline="expiry_date",
    messages={"created": "The quote has been created.", "updated": "Quote information has been updated.",
              "deleted": "The quote has been deleted."},
    moves={
        "sent": _move("sent", "Estimate status has been changed to Sent", "draft", "approved"),
        "accepted": _move("accepted", "Estimate status has been changed to Accepted.", "sent", "declined"),
        "declined": _move("declined", "Estimate status has been changed to Declined.", "sent", "accepted"),
        "submit": _move("pending_approval", "The estimate has been successfully submitted for approval", "draft"),
        "approve": _move("approved", "You have approved the estimate.", "pending_approval"),
    },
    emailed="sent", email_answer=(200, "Your estimate has been sent."),
    fixed=frozenset({"invoiced"}), kept=frozenset({"invoiced"}), field_id="600012300000000561",
)  # fmt: skip

SALES_ORDER = Kind(
    name="salesorder", title="Sales order", prefix="SO-", party="customer", deadline="shipment_date",
    messages={"created": "Sales Order has been created.", "updated": "Sales Order has been updated.",
              "deleted": "Sales Order Deleted Successfully."},
    moves={
        "open": _move("open", "Sales order status has been changed to Open.", "draft", "approved", answer=201),
        "void": _move("void", "Sales order status has been changed to Void.", "draft", "approved", "open",
                      answer=201),
        "submit": _move("pending_approval", "The sales order has been submitted for approval successfully.", "draft"),
        "approve": _move("approved", "You have approved the Sales Order.", "pending_approval"),
    },
    emailed="open", email_answer=(201, "Your Sales Order has been sent."),
    fixed=frozenset({"void", "invoiced"}), kept=frozenset({"invoiced", "partially_invoiced"}),
    texts=("delivery_method", "crm_owner_id", "crm_custom_reference_id"), field_id="600012300000000571",
)  # fmt: skip

INVOICE = Kind(
    name="invoice", title="Invoice", prefix="INV-", party="customer", deadline="due_date",
    messages={"created": "The invoice has been created.", "updated": "Invoice information has been updated.",
              "deleted": "The invoice has been deleted."},
    moves={
        "sent": _move("sent", "Invoice status has been changed to Sent.", "draft", "approved"),
        "void": _move("void", "Invoice status has been changed to Void.", "draft", "approved", "sent"),
        "draft": _move("draft", "Status of invoice changed from void to draft", "void"),
        "submit": _move("pending_approval", "The invoice has been submitted for approval successfully.", "draft"),
        "approve": _move("approved", "You have approved the invoice.", "pending_approval"),
    },
    emailed="sent", email_answer=(200, "Your invoice has been sent."),
    fixed=frozenset({"void"}), kept=frozenset(),
    texts=("payment_terms_label",), field_id="600012300000000581",
)  # fmt: skip

PURCHASE_ORDER = Kind(
    name="purchaseorder", title="Purchase order", prefix="PO-", party="vendor", deadline="delivery_date",
    messages={"created": "Purchase Order has been added.", "updated": "Purchase order has been updated.",
              "deleted": "The purchase order has been deleted."},
    moves={
        "open": _move("open", "The purchase order has been marked as open.", "draft", "approved", "cancelled",
                      answer=201),
        "billed": _move("billed", "The purchase order has been marked as billed.", "open", answer=201),
        "cancelled": _move("cancelled", "The purchase order has been cancelled.", "draft", "approved", "open",
                           answer=201),
        "submit": _move("pending_approval", "The purchase order has been submitted for approval successfully.",
                        "draft"),
        "approve": _move("approved", "You have approved the purchase order.", "pending_approval"),
    },
    emailed="open", email_answer=(201, "Your purchase order has been sent."),
    fixed=frozenset({"billed", "cancelled"}), kept=frozenset({"billed"}),
    texts=("crm_owner_id", "crm_custom_reference_id", "ship_via", "attention"), field_id="600012300000000591",
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (ESTIMATE, SALES_ORDER, INVOICE, PURCHASE_ORDER)}
"""All kinds by name."""
