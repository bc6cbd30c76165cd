"""Documents as Books shows them (recorded live; zoho-api 3.4 to 3.6)."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.books.amounts import number, rounded
from sandbox.books.customfields import shown
from sandbox.books.documents.document import Document, discount_of
from sandbox.books.documents.kinds import KINDS
from sandbox.books.documents.totals import Discount, LineTotals
from sandbox.books.taxes import TAXES
from sandbox.clock import books_date, books_time
from sandbox.currencies import CURRENCIES, Currency
from sandbox.defaults import CONNECTED_USER
from sandbox.wire import Json

if TYPE_CHECKING:
    from sandbox.world import World

_STANDARD = Path(__file__).parent.parent / "standard"


def _read(part: str) -> dict[str, Json]:
    return {name: json.loads((_STANDARD / f"{name}_{part}.json").read_text("utf-8")) for name in KINDS}


_STORED = (
    "notes", "terms", "salesperson_id", "salesperson_name", "adjustment_description", "template_id", "payment_terms",
    "payment_terms_label", "zcrm_potential_id", "zcrm_potential_name",
)  # fmt: skip
_UNSHOWN = frozenset({"sub_status", "payments"})
_ROWS, _DETAILS, _LINES = _read("row"), _read("detail"), _read("line")


def row(world: "World", document: Document) -> Json:
    """Return a document as a list shows it."""
    values, totals = document.values, document.totals
    known = _ROWS[document.kind.name]
    more: Json = {
        "sub_total": number(totals.sub_total), "bcy_total": _base(world, document, totals.total),
        "company_name": _company(world, document), "created_by": CONNECTED_USER.name,
        "updated_time": books_time(document.modified), "currency_symbol": _currency(document).symbol,
        "exchange_rate": number(Decimal(values["exchange_rate"])), "adjustment": _stored(values, "adjustment"),
        "shipping_charge": _stored(values, "shipping_charge"), "write_off_amount": number(document.written_off),
        "is_emailed": document.marks.get("is_emailed", False),
    }  # fmt: skip
    for name in ("billing_address", "shipping_address"):
        given = values.get(name, {})
        more[name] = {**known.get(name, {}), **given, "zipcode": given.get("zip", "")}
    shown_row = {**known, **_common(world, document), **{name: more[name] for name in more if name in known}}
    return {**shown_row, **{name: text for name, text in _whole(document).items() if name in known}}


def detail(world: "World", document: Document) -> Json:
    """Return a whole document, with its lines, taxes and totals."""
    values, totals, kind = document.values, document.totals, document.kind
    discount = discount_of(values.get("discount") if values.get("discount_type") != "item_level" else None)
    lines = zip(document.lines, totals.lines, strict=True)
    inclusive = values.get("is_inclusive_tax", False)
    whole: Json = {
        **_DETAILS[kind.name], **_common(world, document), **_whole(document),
        "currency_symbol": _currency(document).symbol, "price_precision": values["price_precision"],
        "exchange_rate": number(Decimal(values["exchange_rate"])),
        "is_inclusive_tax": inclusive, "is_discount_before_tax": values.get("is_discount_before_tax", True),
        "discount": _discount(discount), "discount_type": values["discount_type"],
        "discount_percent": number(discount.value) if discount.percent else 0,
        "discount_applied_on_amount": number(totals.sub_total) if totals.discount else 0,
        "discount_total": number(totals.discount_total), "tax_rounding": values["tax_rounding"],
        "line_items": [_line(world, document, line, found) for line, found in lines],
        "taxes": [_tax(document, tax_id, value) for tax_id, value in totals.taxes.items()],
        "sub_total": number(totals.sub_total), "sub_total_exclusive_of_discount": number(totals.gross),
        "sub_total_inclusive_of_tax": number(totals.sub_total_with_tax) if inclusive else 0,
        "tax_total": number(totals.tax_total), "total": number(totals.total),
        "shipping_charge": _stored(values, "shipping_charge"), "adjustment": _stored(values, "adjustment"),
        "shipping_charge_exclusive_of_tax": _stored(values, "shipping_charge"),
        "shipping_charge_inclusive_of_tax": _stored(values, "shipping_charge"),
        "bcy_total": _base(world, document, totals.total), "bcy_sub_total": _base(world, document, totals.sub_total),
        "bcy_tax_total": _base(world, document, totals.tax_total),
        "bcy_discount_total": _base(world, document, totals.discount_total),
        "bcy_shipping_charge": _base(world, document, Decimal(values.get("shipping_charge", "0"))),
        "bcy_adjustment": _base(world, document, Decimal(values.get("adjustment", "0"))),
        "rounding_mode": "round_half_up", "created_date": books_date(document.created),
        "created_by_id": CONNECTED_USER.books_id, "last_modified_by_id": CONNECTED_USER.books_id,
    }  # fmt: skip
    for name in ("billing_address", "shipping_address"):
        if name in values:
            whole[name] = {**_DETAILS[kind.name].get(name, {}), **values[name]}
    return whole


def _common(world: "World", document: Document) -> Json:
    values, kind, code = document.values, document.kind, document.values["currency_code"]
    contact = world.books.contacts.get(document.party_id)
    status = document.status_on(books_date(world.clock.seconds()))
    fields, by_name = shown(world.books.documents.custom_fields[kind.name], document.custom)
    shown_common: Json = {
        kind.id_key: document.id, kind.number_key: document.number,
        kind.party_key: document.party_id, f"{kind.party}_name": contact.name if contact else "",
        "status": status, "current_sub_status": document.marks.get("sub_status", status),
        "date": values["date"], kind.deadline: values.get(kind.deadline, ""),
        "reference_number": values.get("reference_number", ""), "total": number(document.totals.total),
        "currency_id": CURRENCIES[code].id, "currency_code": code,
        "created_time": books_time(document.created), "last_modified_time": books_time(document.modified),
        "custom_fields": fields, "custom_field_hash": by_name,
    }  # fmt: skip
    if kind.name == "invoice":
        shown_common["balance"] = number(document.balance)
        shown_common["due_days"] = _due(values.get("due_date", ""), books_date(world.clock.seconds()), status)
    if kind.name == "purchaseorder":
        ordered = {
            "billed_status": "billed" if status == "billed" else "yet_to_be_billed" if status == "open" else ""
        }
        shown_common |= {"order_status": "closed" if status == "billed" else status, **ordered}
    return shown_common


def _whole(document: Document) -> Json:
    """Return the texts and marks that show as they are stored."""
    values, kind = document.values, document.kind
    names = (*_STORED, *kind.texts)
    found: Json = {name: values[name] for name in names if name in values}
    found |= {name: mark for name, mark in document.marks.items() if name not in _UNSHOWN}
    if kind.name == "invoice":
        found |= {"payment_made": number(document.paid), "write_off_amount": number(document.written_off)}
    if kind.name == "estimate":
        invoiced = document.totals.total if document.status == "invoiced" else Decimal(0)
        found |= {"invoiced_amount": number(invoiced), "uninvoiced_amount": number(document.totals.total - invoiced)}
    return found


def _line(world: "World", document: Document, line: Json, found: LineTotals) -> Json:
    tax = TAXES.get(line.get("tax_id", ""))
    rate = Decimal(line["rate"])
    stored = {name: value for name, value in line.items() if name not in {"rate", "quantity", "discount"}}
    shown_line: Json = {
        **_LINES[document.kind.name], **stored,
        "rate": number(rate), "quantity": number(Decimal(line["quantity"])),
        "bcy_rate": _base(world, document, rate),
        "discount": _discount(discount_of(line.get("discount"))),
        "discount_amount": number(found.discount), "item_total": number(found.total),
        "line_item_taxes": [{**_tax(document, tax_id, value), "tax_id": tax_id}
                            for tax_id, value in found.taxes.items()],
        "tax_id": tax.id if tax else "", "tax_name": tax.name if tax else "", "tax_type": tax.type if tax else "",
        "tax_percentage": number(tax.percent) if tax else 0,
    }  # fmt: skip
    if document.values.get("is_inclusive_tax"):
        shown_line["item_total_inclusive_of_tax"] = number(found.total_with_tax)
    return shown_line


def _tax(document: Document, tax_id: str, value: Decimal) -> Json:
    tax = TAXES[tax_id]
    percent = f"{tax.percent.normalize():f}%"
    text = f"{_currency(document).symbol}{value:,.{document.values['price_precision']}f}"
    return {"tax_id": tax_id, "tax_name": f"{tax.name} ({percent})", "tax_amount": number(value),
            "tax_amount_formatted": text}  # fmt: skip


def _discount(discount: Discount) -> int | float | str:
    percent = discount.percent and discount.value
    return f"{discount.value.normalize():f}%" if percent else number(discount.value)


def _currency(document: Document) -> Currency:
    return CURRENCIES[document.values["currency_code"]]


def _base(world: "World", document: Document, value: Decimal) -> int | float:
    """Return an amount in the base currency."""
    places = CURRENCIES[world.settings.books_currency].places
    return number(rounded(value * Decimal(document.values["exchange_rate"]), places))


def _stored(values: Json, name: str) -> int | float:
    return number(Decimal(values.get(name, "0")))


def _company(world: "World", document: Document) -> str:
    contact = world.books.contacts.get(document.party_id)
    return str(contact.values.get("company_name", "")) if contact else ""


def _due(deadline: str, today: str, status: str) -> str:
    if not deadline or status in {"draft", "void"}:
        return ""
    if status == "paid":
        return "Paid"
    days = (date.fromisoformat(deadline) - date.fromisoformat(today)).days
    if days == 0:
        return "Due Today"
    return f"Due in {days} day(s)" if days > 0 else f"Overdue by {-days} days"
