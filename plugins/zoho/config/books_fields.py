"""The fields of Books that a mapping may write, with their limits.

Source: Zoho Books API v3, Contacts, "Create a contact". What Books derives itself (balances, status,
``*_formatted``, the e-mail and name of a customer, which are its primary contact person's) is not here:
it is read, never sent.
"""

from collections.abc import Mapping

_ADDRESS = {
    "attention": 100,
    "address": 500,
    "street2": 255,
    "city": 100,
    "state": 100,
    "zip": 50,
    "country": 100,
    "phone": 50,
    "fax": 50,
}

CUSTOMER: Mapping[str, int | None] = {
    "contact_name": 200,
    "company_name": 200,
    "website": None,
    "notes": None,
    **{f"{kind}.{key}": limit for kind in ("billing_address", "shipping_address") for key, limit in _ADDRESS.items()},
}
"""Writable field of a customer → most characters, or ``None`` where Zoho names no limit."""

CONTACT_PERSON: Mapping[str, int | None] = {
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
"""Writable field of a contact person → most characters."""
