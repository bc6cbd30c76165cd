"""What Books accepts when a contact is written (zoho-api 3.2, 3.8; lengths from Zoho's OpenAPI)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.books.customfields import CustomField, identified
from sandbox.books.refusals import (
    DUPLICATE_UNIQUE_FIELD,
    duplicate_name,
    invalid,
    refuse,
    too_long,
)
from sandbox.books.shapes import ADDRESS_KEYS
from sandbox.books.store import BooksOrg, Contact, folded
from sandbox.currencies import CURRENCY_IDS
from sandbox.wire import Json

_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]+")

CONTACT_TEXTS: Mapping[str, int | None] = {
    "contact_name": 200,
    "company_name": 200,
    "website": None,
    "language_code": None,
    "contact_number": 200,
    "payment_terms_label": 200,
    "pricebook_id": 200,
    "notes": None,
    "facebook": 100,
    "twitter": 100,
    "owner_id": None,
    "legal_name": None,
    "country_code": None,
    "tax_id": None,
    "tax_reg_no": None,
    "tax_treatment": None,
    "tax_exemption_id": None,
    "tax_authority_id": None,
    "vat_reg_no": None,
    "vat_treatment": None,
    "gst_no": None,
    "gst_treatment": None,
    "place_of_contact": None,
}
"""Text fields of a contact with their greatest length."""

ADDRESS_TEXTS: Mapping[str, int] = {
    "attention": 100,
    "address": 500,
    "street2": 255,
    "city": 100,
    "state_code": 100,
    "state": 100,
    "zip": 50,
    "country": 100,
    "phone": 50,
    "fax": 50,
}
"""Fields of an address with their greatest length."""

PERSON_TEXTS: Mapping[str, int] = {
    "salutation": 25,
    "first_name": 100,
    "last_name": 100,
    "email": 100,
    "phone": 50,
    "mobile": 50,
    "designation": 100,
    "department": 50,
    "skype": 50,
}
"""Text fields of a contact person with their greatest length."""

_CHOICES = {"contact_type": ("customer", "vendor"), "customer_sub_type": ("business", "individual")}
_NUMBERS = ("payment_terms", "credit_limit")


def contact_values(given: Json) -> Json:
    """Return the writable values of a given contact; names Books does not know are passed over.

    Raises:
        Refusal: A value is of the wrong type, too long, or not one of the allowed.
    """
    values: Json = {}
    for name, limit in CONTACT_TEXTS.items():
        if name in given:
            values[name] = text(name, given[name], limit)
    for name, choices in _CHOICES.items():
        if name in given:
            if given[name] not in choices:
                raise invalid(name)
            values[name] = given[name]
    for name in _NUMBERS:
        if name in given:
            values[name] = _number(name, given[name])
    for name in ("billing_address", "shipping_address"):
        if given.get(name) is not None:
            values[name] = address(name, given[name])
    if given.get("currency_id"):
        if str(given["currency_id"]) not in CURRENCY_IDS.values():
            raise invalid("currency_id")
        values["currency_id"] = str(given["currency_id"])
    return values


def text(name: str, value: Any, limit: int | None) -> str:
    """Return a text that fits its field; null is blank.

    Raises:
        Refusal: It is not a text, or too long.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise invalid(name)
    if limit is not None and len(value) > limit:
        raise too_long(name, limit)
    return value


def _number(name: str, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(name)
    return value


def address(name: str, given: Any) -> Json:
    """Return the given keys of an address.

    Raises:
        Refusal: It is not an object, or one of its texts is too long.
    """
    if not isinstance(given, dict):
        raise invalid(name)
    return {key: text(f"{name}.{key}", given[key], ADDRESS_TEXTS[key]) for key in ADDRESS_KEYS if key in given}


def person_values(given: Any) -> Json:
    """Return the writable values of a given contact person.

    Raises:
        Refusal: It is not an object, a text is too long, or the e-mail address is none.
    """
    if not isinstance(given, dict):
        raise invalid("contact_persons")
    values: Json = {key: text(key, given[key], limit) for key, limit in PERSON_TEXTS.items() if key in given}
    if values.get("email") and not _EMAIL.fullmatch(values["email"]):
        raise invalid("email")
    if "is_primary_contact" in given:
        values["is_primary_contact"] = given["is_primary_contact"] in (True, "true")
    return values


def check_name(org: BooksOrg, name: str, contact: Contact | None, contact_type: str, *, per_type: bool) -> None:
    """Refuse a display name that another contact has.

    Args:
        org: The organization.
        name: The wanted display name.
        contact: The contact that is changed, or None for a new one.
        contact_type: Its type.
        per_type: Whether a customer and a vendor may have the same name.

    Raises:
        Refusal: The name is blank or taken.
    """
    if not folded(name):
        raise invalid("contact_name")
    for other in org.named(name):
        if other is not contact and (not per_type or other.contact_type == contact_type):
            raise duplicate_name(name)


def custom_values(
    fields: Mapping[str, CustomField], given: Any, holder: Callable[[str, str], object | None], owner: object | None
) -> Json:
    """Return the values of given custom fields by API name.

    Args:
        fields: The custom fields there are.
        given: Input items, each naming a field and its value.
        holder: Finds the record that has a value in a field.
        owner: The record that is written, or None for a new one.

    Raises:
        Refusal: A field does not exist, or a unique one has this value on another record.
    """
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise invalid("custom_fields")
    values: Json = {}
    for item in given:
        field = identified(fields, item)
        if field is None:
            raise invalid("custom_fields")
        values[field.api_name] = item.get("value")
        if field.unique and item.get("value") not in (None, ""):
            other = holder(field.api_name, str(item["value"]))
            if other is not None and other is not owner:
                message = f'Another record has the value "{item["value"]}" in {field.label}.'
                raise refuse(400, DUPLICATE_UNIQUE_FIELD, message)
    return values
