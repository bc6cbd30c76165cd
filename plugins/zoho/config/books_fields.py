"""The fields of Books that a mapping may name: what they hold, and which can be written.

Source: Zoho Books API v3, Contacts ("Create a contact"), Items ("Create an item"), Estimates, Sales Orders, Invoices
and Purchase Orders. What Books derives itself
(balances, status, the e-mail and name of a customer, which are its primary contact person's) can be read, never
sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "number", "yes_no", "id"]


@dataclass(frozen=True, slots=True)
class BooksField:
    """One field of Books.

    Attributes:
        type: what it holds; an ``id`` is text made of digits.
        limit: most characters of a text; ``None`` where Zoho names no limit.
        choices: every value it can have; empty when it is free.
    """

    type: FieldType = "text"
    limit: int | None = None
    choices: tuple[str, ...] = ()


Catalogue = Mapping[str, BooksField]
"""Books path, such as ``billing_address.city`` → field."""

CUSTOM = "custom_fields."
"""What the paths of custom fields begin with: ``custom_fields.cf_region`` (zoho-api 3.8)."""

_TEXT = BooksField()
_NUMBER = BooksField("number")
_YES_NO = BooksField("yes_no")
_ID = BooksField("id")


def _limited(**limits: int) -> Catalogue:
    return {name: BooksField(limit=limit) for name, limit in limits.items()}


_ADDRESS = _limited(
    attention=100,
    address=500,
    street2=255,
    city=100,
    state=100,
    state_code=100,
    zip=50,
    country=100,
    phone=50,
    fax=50,
)

_CONTACT: Catalogue = {
    **_limited(contact_name=200, company_name=200),
    "website": _TEXT,
    "notes": _TEXT,
    **{f"{kind}.{key}": field for kind in ("billing_address", "shipping_address") for key, field in _ADDRESS.items()},
    "language_code": BooksField(
        choices=("de", "en", "es", "fr", "it", "ja", "nl", "pt", "pt_br", "sv", "zh", "en_gb"),
    ),
    **_limited(contact_number=200, payment_terms_label=200, facebook=100, twitter=100),
    "payment_terms": _NUMBER,
    "currency_id": _ID,
    "tax_id": _ID,
    "is_taxable": _YES_NO,
    "legal_name": _TEXT,
    "country_code": _TEXT,
    "vat_reg_no": _TEXT,
    "vat_treatment": _TEXT,
    "tax_reg_no": _TEXT,
    "tax_treatment": _TEXT,
    "gst_no": _TEXT,
    "gst_treatment": _TEXT,
    "place_of_contact": _TEXT,
}

CUSTOMER: Catalogue = {
    **_CONTACT,
    "owner_id": _ID,
    "credit_limit": _NUMBER,
    "pricebook_id": _ID,
}
"""Writable fields of a customer."""

VENDOR: Catalogue = {**_CONTACT, "track_1099": _YES_NO, "tax_id_type": _TEXT, "tax_id_value": _TEXT}
"""Writable fields of a vendor."""

CONTACT_PERSON: Catalogue = _limited(
    salutation=25,
    first_name=100,
    last_name=100,
    email=100,
    phone=50,
    mobile=50,
    designation=100,
    department=50,
    skype=50,
)
"""Writable fields of a contact person."""

ITEM: Catalogue = {
    "name": BooksField(limit=100),
    "description": BooksField(limit=2000),
    "sku": _TEXT,
    "unit": _TEXT,
    "rate": _NUMBER,
    "product_type": BooksField(choices=("goods", "service", "digital_service", "capital_goods", "capital_service")),
    "item_type": BooksField(choices=("sales", "purchases", "sales_and_purchases", "inventory")),
    "purchase_rate": _NUMBER,
    "purchase_description": _TEXT,
    "account_id": _ID,
    "purchase_account_id": _ID,
    "inventory_account_id": _ID,
    "vendor_id": _ID,
    "reorder_level": _NUMBER,
    "tax_id": _ID,
    "is_taxable": _YES_NO,
    "tax_exemption_id": _ID,
    "hsn_or_sac": _TEXT,
    "sat_item_key_code": _TEXT,
    "unitkey_code": _TEXT,
    "avatax_tax_code": BooksField(limit=25),
    "avatax_use_code": BooksField(limit=25),
}
"""Writable fields of an item."""

_TRANSACTION: Catalogue = {
    "reference_number": BooksField(limit=100),
    "date": BooksField(limit=10),
    "notes": BooksField(limit=5000),
    "terms": BooksField(limit=10000),
    "salesperson_name": BooksField(limit=200),
}

ESTIMATE: Catalogue = {**_TRANSACTION, "expiry_date": BooksField(limit=10)}
"""Writable fields of an estimate; customer, lines, discount and adjustment go beside the mapping."""

SALES_ORDER: Catalogue = {**_TRANSACTION, "shipment_date": BooksField(limit=10), "delivery_method": _TEXT}
"""Writable fields of a sales order."""

INVOICE: Catalogue = {**_TRANSACTION, "due_date": BooksField(limit=10), "payment_terms_label": BooksField(limit=100)}
"""Writable fields of an invoice."""

PURCHASE_ORDER: Catalogue = {
    **{name: field for name, field in _TRANSACTION.items() if name != "salesperson_name"},
    "delivery_date": BooksField(limit=10),
    "ship_via": _TEXT,
    "attention": _TEXT,
}
"""Writable fields of a purchase order."""

_READ_TRANSACTION: Catalogue = {
    "status": _TEXT,
    "current_sub_status": _TEXT,
    "currency_code": _TEXT,
    "exchange_rate": _NUMBER,
    "sub_total": _NUMBER,
    "tax_total": _NUMBER,
    "total": _NUMBER,
    "created_time": _TEXT,
    "last_modified_time": _TEXT,
    **{
        f"{kind}.{key}": _ADDRESS[key]
        for kind in ("billing_address", "shipping_address")
        for key in ("attention", "address", "street2", "city", "state", "zip", "country", "phone", "fax")
    },
}

READ_ESTIMATE: Catalogue = {**_READ_TRANSACTION, "estimate_id": _ID, "estimate_number": _TEXT}
"""Fields of an estimate that can be read only."""

READ_SALES_ORDER: Catalogue = {**_READ_TRANSACTION, "salesorder_id": _ID, "salesorder_number": _TEXT}
"""Fields of a sales order that can be read only."""

READ_INVOICE: Catalogue = {
    **_READ_TRANSACTION,
    "invoice_id": _ID,
    "invoice_number": _TEXT,
    "balance": _NUMBER,
    "payment_made": _NUMBER,
    "payment_state": _TEXT,
    "last_payment_date": _TEXT,
}
"""Fields of an invoice that can be read only; the payment state is told from status and balance (TXN-7)."""

READ_PURCHASE_ORDER: Catalogue = {
    **_READ_TRANSACTION,
    "purchaseorder_id": _ID,
    "purchaseorder_number": _TEXT,
    "billed_status": _TEXT,
    "received_status": _TEXT,
}
"""Fields of a purchase order that can be read only."""

_READ_CONTACT: Catalogue = {
    "contact_id": _ID,
    "status": _TEXT,
    "source": _TEXT,
    "email": _TEXT,
    "first_name": _TEXT,
    "last_name": _TEXT,
    "phone": _TEXT,
    "mobile": _TEXT,
    "currency_code": _TEXT,
    "portal_status": _TEXT,
    "created_time": _TEXT,
    "last_modified_time": _TEXT,
}

READ_CUSTOMER: Catalogue = {
    **_READ_CONTACT,
    "outstanding_receivable_amount": _NUMBER,
    "unused_credits_receivable_amount": _NUMBER,
}
"""Fields of a customer that can be read only."""

READ_VENDOR: Catalogue = {
    **_READ_CONTACT,
    "outstanding_payable_amount": _NUMBER,
    "unused_credits_payable_amount": _NUMBER,
}
"""Fields of a vendor that can be read only."""

READ_CONTACT_PERSON: Catalogue = {"contact_person_id": _ID, "is_primary_contact": _YES_NO}
"""Fields of a contact person that can be read only."""

READ_ITEM: Catalogue = {
    "item_id": _ID,
    "status": _TEXT,
    "source": _TEXT,
    "account_name": _TEXT,
    "tax_name": _TEXT,
    "tax_percentage": _NUMBER,
    "created_time": _TEXT,
    "last_modified_time": _TEXT,
}
"""Fields of an item that can be read only."""
