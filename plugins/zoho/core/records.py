"""Records in canonical terms, the same for both sides."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

Side = Literal["sales", "books"]


@dataclass(frozen=True, slots=True)
class LineTax:
    """A tax on a line, by what both sides call it.

    Attributes:
        name: of the tax.
        percentage: of the amount that it is on.
    """

    name: str
    percentage: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a transaction; two lines that hold the same are the same (TXN-2).

    Attributes:
        item: Books id of its item; ``None`` for a line of free text.
        description: its text.
        quantity: how many.
        rate: price of one, in the currency of the transaction, without taxes.
        discount: amount taken off the line, in the same currency.
        taxes: the taxes on it.
    """

    item: str | None
    description: str | None
    quantity: Decimal
    rate: Decimal
    discount: Decimal = Decimal(0)
    taxes: tuple[LineTax, ...] = ()


Plain = str | Decimal | int | bool | None
"""A value of one field. Blank is ``None`` on both sides, whether Zoho writes it ``null`` or ``""``."""

Value = Plain | tuple[Line, ...]
"""A canonical value: a plain one, or the lines of a transaction."""

Values = Mapping[str, Value]
"""Canonical field → value. A field is named by its Books path, such as ``billing_address.city``."""


class Kind(StrEnum):
    """What a record is, on both sides at once (CUS-1)."""

    BUSINESS = "business"
    INDIVIDUAL = "individual"
    CONTACT_PERSON = "contact_person"
    VENDOR = "vendor"
    PRODUCT = "product"
    ESTIMATE = "estimate"
    SALES_ORDER = "sales_order"
    INVOICE = "invoice"
    PURCHASE_ORDER = "purchase_order"


@dataclass(frozen=True, slots=True)
class Record:
    """One record as one side holds it.

    Attributes:
        id: the side's own id.
        kind: what the record is.
        name: by which duplicates are compared (CUS-4) and people recognise it.
        values: canonical field → value, mapped fields only.
        children: its contact persons, in the side's order.
    """

    id: str
    kind: Kind
    name: str
    values: Values
    children: tuple["Record", ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """What both sides held when a link was last in step.

    The two may differ in a field: a clone has a suffix in its name, a target may have stored a value its own
    way. Each side is compared with its own base, so such a difference is never taken for an edit.
    """

    sales: Values = field(default_factory=dict)
    books: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """The stored pairing of one sales-side record with one Books record, with its base."""

    sales_id: str
    books_id: str
    base: Base


def canonical(value: Any) -> Plain:
    """Return a raw API value as a canonical one: blank strings are ``None``, everything else stays exact.

    Raises:
        TypeError: for a value that is no scalar (a mapping names such a field by mistake).
    """
    if value is None or value == "":
        return None
    if isinstance(value, str | Decimal | int):
        return value
    raise TypeError(f"{type(value).__name__} is not a single value")


def fingerprint(content: Any) -> str:
    """Return a short hash of JSON-like content, equal for equal content whatever the order of keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
