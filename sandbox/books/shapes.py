"""Contacts and contact persons as Books shows them (recorded live; zoho-api 3.2)."""

import json
from pathlib import Path
from typing import Any

from sandbox.books.customfields import shown
from sandbox.books.store import BooksOrg, Contact
from sandbox.clock import books_date, books_time, books_time_formatted
from sandbox.currencies import CURRENCIES, CURRENCY_IDS, currency_with_id
from sandbox.defaults import CONNECTED_USER
from sandbox.wire import Json

_STANDARD = Path(__file__).with_name("standard")
_ROW: Json = json.loads((_STANDARD / "contact_row.json").read_text("utf-8"))
_DETAIL: Json = json.loads((_STANDARD / "contact_detail.json").read_text("utf-8"))

ADDRESS_KEYS = ("attention", "address", "street2", "city", "state_code", "state", "zip", "country", "phone", "fax")
"""Keys of an address that a client may write."""

_ADDRESS = dict.fromkeys((*ADDRESS_KEYS, "county", "country_code", "latitude", "longitude", "address_id"), "")

PERSON_KEYS = (
    "salutation", "first_name", "last_name", "email", "phone", "mobile", "designation", "department", "skype",
)  # fmt: skip
"""Keys of a contact person that hold text and that a client may write."""


def currency_of(contact: Contact, base: str) -> str:
    """Return the code of a contact's currency."""
    currency = currency_with_id(contact.values.get("currency_id", ""))
    return currency.code if currency else base


def row(org: BooksOrg, contact: Contact, base: str) -> Json:
    """Return a contact as a list shows it: without addresses and persons, with the primary person's basics."""
    primary = contact.primary
    return {**_ROW, **_common(org, contact, base),
        "customer_name": contact.name,
        "vendor_name": contact.name,
        "contact_type_formatted": contact.contact_type.capitalize(),
        "created_time_formatted": books_time_formatted(contact.created),
        "last_modified_time_formatted": books_time_formatted(contact.modified),
        **{key: primary.get(key, "") for key in ("first_name", "last_name", "email", "phone", "mobile")}
    }  # fmt: skip


def detail(org: BooksOrg, contact: Contact, base: str) -> Json:
    """Return a whole contact, with its persons and addresses."""
    primary, code = contact.primary, currency_of(contact, base)
    summary = {
        "currency_id": CURRENCY_IDS[code], "currency_code": code, "currency_symbol": CURRENCIES[code].symbol,
        "currency_name_formatted": code, "is_base_currency": code == base, "price_precision": CURRENCIES[code].places,
        "outstanding_receivable_amount": 0, "unused_credits_receivable_amount": 0,
    }  # fmt: skip
    whole = {
        **_DETAIL, **_common(org, contact, base), **contact.crm_ids,
        "is_crm_customer": bool(contact.crm_ids),
        "currency_symbol": CURRENCIES[code].symbol,
        "is_bcy_only_contact": code == base,
        "customer_currency_summaries": [summary],
        "primary_contact_id": primary.get("contact_person_id", ""),
        "contact_salutation": primary.get("salutation", ""),
        "contact_persons": [person(item) for item in contact.persons],
        "billing_address": {**_ADDRESS, **contact.values.get("billing_address", {})},
        "shipping_address": {**_ADDRESS, **contact.values.get("shipping_address", {})},
        "notes": contact.values.get("notes", ""),
        "created_date": books_date(contact.created),
        "created_by_id": CONNECTED_USER.books_id,
        "created_by_name": CONNECTED_USER.name,
        "last_modified_by_id": CONNECTED_USER.books_id,
        **{key: primary.get(key, "") for key in
           ("first_name", "last_name", "email", "phone", "mobile", "designation", "department")},
    }  # fmt: skip
    given = {key: value for key, value in contact.values.items() if key not in whole}
    return {**whole, **given}


def _common(org: BooksOrg, contact: Contact, base: str) -> Json:
    values, code = contact.values, currency_of(contact, base)
    custom_fields, custom_field_hash = shown(org.custom_fields, contact.custom)
    terms = values.get("payment_terms", 0)
    return {
        "contact_id": contact.id,
        "contact_name": contact.name,
        "company_name": values.get("company_name", ""),
        "website": values.get("website", ""),
        "contact_type": contact.contact_type,
        "customer_sub_type": values.get("customer_sub_type", _sub_type(contact)),
        "status": contact.status,
        "source": contact.source,
        "is_linked_with_zohocrm": bool(contact.crm_ids),
        "language_code": values.get("language_code", ""),
        "payment_terms": terms,
        "payment_terms_label": values.get("payment_terms_label", f"Net {terms}" if terms else "Due on Receipt"),
        "currency_id": CURRENCY_IDS[code],
        "currency_code": code,
        "facebook": values.get("facebook", ""),
        "twitter": values.get("twitter", ""),
        "created_time": books_time(contact.created),
        "last_modified_time": books_time(contact.modified),
        "custom_fields": custom_fields,
        "custom_field_hash": custom_field_hash,
    }


def _sub_type(contact: Contact) -> str:
    return "business" if contact.contact_type == "customer" else ""


def person(stored: Json) -> Json:
    """Return a contact person; absent strings are ``""``."""
    texts: dict[str, Any] = {key: stored.get(key, "") for key in PERSON_KEYS}
    return {
        "contact_person_id": stored["contact_person_id"],
        **texts,
        "is_primary_contact": bool(stored.get("is_primary_contact")),
        "is_added_in_portal": False,
        "enable_portal": False,
        "communication_preference": {"is_sms_enabled": False, "is_whatsapp_enabled": False},
        "zcrm_contact_id": "",
        "photo_url": "",
    }
