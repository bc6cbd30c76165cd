"""What Books accepts when a document is written (zoho-api 3.4 to 3.6)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.books.amounts import amount, rounded
from sandbox.books.documents.document import Document, discount_of
from sandbox.books.documents.kinds import Kind
from sandbox.books.documents.lines import checked_lines, discount_text
from sandbox.books.refusals import AUTO_NUMBER, DUPLICATE_NUMBER, invalid, refuse
from sandbox.books.rules import address, text
from sandbox.books.shapes import currency_of
from sandbox.books.store import Contact
from sandbox.clock import books_date
from sandbox.currencies import currency_with_id, exchange_rate
from sandbox.settings import Settings
from sandbox.wire import Call, Json

_TEXTS = {"reference_number": 100, "notes": 5000, "terms": 10000, "salesperson_name": 200, "salesperson_id": None,
          "adjustment_description": 100, "template_id": None, "project_id": None}  # fmt: skip
_FLAGS = ("is_inclusive_tax", "is_discount_before_tax")
_ADDRESSES = ("billing_address", "shipping_address")


def party_of(call: Call, kind: Kind, given: Json) -> Contact:
    """Return the customer or vendor that a given document names.

    Raises:
        Refusal: There is none of that id, or it is of the other type.
    """
    contact: Contact | None = call.world.books.contacts.get(str(given.get(kind.party_key, "")))
    if contact is None or contact.contact_type != kind.party:
        raise invalid(kind.party_key)
    return contact


def values_of(call: Call, kind: Kind, contact: Contact, given: Json, document: Document | None) -> Json:
    """Return all values of a document after a write, as they are stored.

    Args:
        call: The call.
        kind: The kind of document.
        contact: Its customer or vendor.
        given: The document as a client gives it; totals in it are passed over.
        document: The document that is changed, or None for a new one.

    Raises:
        Refusal: A rule is broken.
    """
    org, settings = call.world.books, call.world.settings
    values = dict(document.values) if document else _fresh(call, kind, contact, settings)
    if document and document.party_id != contact.id:
        _change_currency(values, currency_of(contact, settings.books_currency))
    names = {**_TEXTS, **dict.fromkeys(kind.texts), **_deal_names(kind, settings)}
    values.update({name: text(name, given[name], limit) for name, limit in names.items() if name in given})
    values.update({name: given[name] in (True, "true") for name in _FLAGS if name in given})
    for name in _ADDRESSES:
        if isinstance(given.get(name), dict):
            values[name] = {**values.get(name, {}), **address(name, given[name])}
    _set_currency(values, given, settings)
    if "line_items" in given or document is None:
        values["line_items"] = checked_lines(org, kind, given.get("line_items"), document)
    _set_discount(values, given)
    for name in ("shipping_charge", "adjustment"):
        charge = values.get(name) if given.get(name) in (None, "") else given[name]
        if charge is not None:
            values[name] = str(rounded(amount(name, charge), values["price_precision"]))
    if Decimal(values.get("shipping_charge", "0")) < 0:
        raise invalid("shipping_charge")
    _set_dates(values, kind, given)
    return values


def _deal_names(kind: Kind, settings: Settings) -> dict[str, int | None]:
    """Return the fields that link a deal: documented for sales orders alone (zoho-api 3.6)."""
    if kind.name == "salesorder" or (kind.party == "customer" and settings.books_deal_on_every_sales_document):
        return {"zcrm_potential_id": None, "zcrm_potential_name": 200}
    return {}


def _fresh(call: Call, kind: Kind, contact: Contact, settings: Settings) -> Json:
    """Return what a new document takes over from its contact and the organization."""
    terms = int(contact.values.get("payment_terms", 0))
    values: Json = {
        "date": books_date(call.world.clock.seconds()),
        "tax_rounding": settings.books_tax_rounding,
        "currency_code": currency_of(contact, settings.books_currency),
    }
    for name in _ADDRESSES:
        values[name] = {key: part for key, part in contact.values.get(name, {}).items() if key != "address_id"}
    if kind.name == "invoice":
        values["payment_terms"] = terms
        values["payment_terms_label"] = contact.values.get("payment_terms_label", f"Net {terms}" if terms else
                                                           "Due on Receipt")  # fmt: skip
    return values


def _set_currency(values: Json, given: Json, settings: Settings) -> None:
    if given.get("currency_id"):
        currency = currency_with_id(str(given["currency_id"]))
        if currency is None:
            raise invalid("currency_id")
        _change_currency(values, currency.code)
    code, base = values["currency_code"], settings.books_currency
    values["price_precision"] = settings.books_places(code)
    if given.get("exchange_rate") not in (None, "") and code != base:
        rate = amount("exchange_rate", given["exchange_rate"])
        if rate <= 0:
            raise invalid("exchange_rate")
        values["exchange_rate"] = str(rate)
    values.setdefault("exchange_rate", str(exchange_rate(code, base)))


def _change_currency(values: Json, code: str) -> None:
    """Give a document another currency, to which the old one's exchange rate says nothing."""
    if code != values["currency_code"]:
        values["currency_code"] = code
        values.pop("exchange_rate", None)


def _set_discount(values: Json, given: Json) -> None:
    if "discount" in given:
        values["discount"] = discount_text(given["discount"])
        discount = discount_of(values["discount"])
        if not discount.percent:
            values["discount"] = str(rounded(discount.value, values["price_precision"]))
    if given.get("discount_type"):
        if given["discount_type"] not in {"entity_level", "item_level"}:
            raise invalid("discount_type")
        values["discount_type"] = given["discount_type"]
    elif "discount_type" not in values:
        on_lines = any(discount_of(line.get("discount")).value for line in values["line_items"])
        values["discount_type"] = "item_level" if on_lines and not values.get("discount") else "entity_level"


def _set_dates(values: Json, kind: Kind, given: Json) -> None:
    for name in ("date", kind.deadline):
        if name in given:
            values[name] = _day(name, given[name]) if given[name] not in (None, "") else ""
    if not values["date"]:
        raise invalid("date")
    if kind.name == "invoice":
        if "payment_terms" in given:
            values["payment_terms"] = _whole("payment_terms", given["payment_terms"])
        if not given.get("due_date") and ("payment_terms" in given or "date" in given or not values.get("due_date")):
            due = date.fromisoformat(values["date"]) + timedelta(days=values["payment_terms"])
            values["due_date"] = due.isoformat()
    if values.get(kind.deadline) and values[kind.deadline] < values["date"]:
        raise invalid(kind.deadline)


def _day(name: str, given: Any) -> str:
    try:
        return date.fromisoformat(given).isoformat()
    except (TypeError, ValueError):
        raise invalid(name) from None


def _whole(name: str, given: Any) -> int:
    found = amount(name, given)
    if found != found.to_integral_value() or not 0 <= found <= 3650:
        raise invalid(name)
    return int(found)


def number_of(call: Call, kind: Kind, given: Json, document: Document | None) -> str:
    """Return the number of a document after a write.

    A new one is numbered by Books unless ``ignore_auto_number_generation=true`` says that the client numbers it.

    Raises:
        Refusal: A number is given without that, missing with it, or taken.
    """
    documents = call.world.books.documents
    wanted = text(kind.number_key, given.get(kind.number_key), 100).strip()
    own = call.query.get("ignore_auto_number_generation", "").lower() == "true"
    if document and (not wanted or wanted == document.number):
        return document.number
    if not own:
        if not wanted:
            return documents.next_number(kind)
        message = f"{kind.title} numbers are generated; pass ignore_auto_number_generation to give your own."
        raise refuse(400, AUTO_NUMBER, message)
    if not wanted:
        raise invalid(kind.number_key)
    other = documents.with_number(kind, wanted)
    if other is not None and other is not document:
        raise refuse(400, DUPLICATE_NUMBER, f'{kind.title} number "{wanted}" already exists.')
    return wanted
