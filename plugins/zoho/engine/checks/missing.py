"""Custom fields that a mapping names and an organization does not have (CUS-6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoho.config.books_fields import CUSTOM
from zoho.core.transforms.amounts import Money, Number
from zoho.core.transforms.base import Transform
from zoho.core.transforms.choices import Choices, GoodsOrService, YesNo
from zoho.core.transforms.dates import Date
from zoho.core.transforms.people import LookupName, Owner, OwnerEmail
from zoho.engine.checks.subject import Line, Subject

_LONGEST_LINE = 255


@dataclass(frozen=True)
class MissingField:
    """A custom field to make on the sales side.

    Attributes:
        entity: its list.
        name: the API name that it must get; Zoho makes it of the label.
        body: what ``POST /settings/fields`` takes (zoho-api 2.14).
    """

    entity: str
    name: str
    body: Mapping[str, Any]


def missing_fields(subject: Subject) -> list[MissingField]:
    """Return the fields that the product can make on the sales side, each once."""
    if subject.sales is None or not subject.module.settings.create_missing_custom_fields:
        return []
    made: dict[tuple[str, str], MissingField] = {}
    for line in subject.lines():
        found = creatable(line) if line.pair.sales and line.sales is None else None
        if found is not None:
            made.setdefault((found.entity, found.name), found)
    return list(made.values())


def creatable(line: Line) -> MissingField | None:
    """Return the field that a line needs; ``None`` where its type cannot be told, or no label gives its name."""
    name = line.pair.sales or ""
    label = name.replace("_", " ")
    kind = _sales_type(line)
    if kind is None or label.replace(" ", "_") != name or label != " ".join(label.split()):
        return None
    return MissingField(line.entity, name, {"field_label": label, **kind})


def advice_for_books(line: Line) -> str:
    """Say what to make by hand in Books, which has no public API for it: label and type."""
    name = (line.pair.books or "").removeprefix(CUSTOM).removeprefix("cf_")
    label = name.replace("_", " ").capitalize()
    module = "Items" if line.subject.module.name == "products" else "Customers and Vendors"
    return (
        f"make it by hand (Settings → {module} → Custom Fields): label {label!r}, type {_books_type(line)}, "
        "and compare its API name"
    )


def _sales_type(line: Line) -> dict[str, Any] | None:
    kind = _type_by_transform(line.transform)
    if kind is not None or isinstance(line.transform, Owner | OwnerEmail | LookupName):
        return kind
    held = line.books
    if held is None and line.pair.constant is None:
        return None
    if line.transform is not None or held is None or held.type in ("text", "id"):
        long = held is not None and held.limit is not None and held.limit > _LONGEST_LINE
        return {"data_type": "textarea"} if long else {"data_type": "text", "length": _LONGEST_LINE}
    return {"data_type": "boolean" if held.type == "yes_no" else "double"}


def _type_by_transform(transform: Transform | None) -> dict[str, Any] | None:
    match transform:
        case Choices():
            return _pick_list(transform.table)
        case GoodsOrService():
            return _pick_list((transform.goods, transform.service))
        case YesNo(sales=(True, False)):
            return {"data_type": "boolean"}
        case YesNo():
            return _pick_list(transform.sales)
        case Money():
            return {"data_type": "currency"}
        case Number(sales="number"):
            return {"data_type": "double"}
        case Date(sales="YYYY-MM-DD"):
            return {"data_type": "date"}
        case _:
            return None


def _pick_list(values: Any) -> dict[str, Any]:
    choices = [{"display_value": str(value), "actual_value": str(value)} for value in values]
    return {"data_type": "picklist", "pick_list_values": choices}


_BOOKS_TYPES = {
    "textarea": "Text Box (Multi-line)",
    "email": "Email",
    "website": "URL",
    "phone": "Phone",
    "boolean": "Check Box",
    "date": "Date",
    "datetime": "Date and Time",
    "integer": "Number",
    "long": "Number",
    "bigint": "Number",
    "double": "Decimal",
    "decimal": "Decimal",
    "percent": "Percent",
    "currency": "Amount",
}
"""Sales-side type → the type as Books calls it on the screen, where that is no single line of text."""


def _books_type(line: Line) -> str:
    match line.transform:
        case None:
            kind = line.sales.type if line.sales else ""
        case Money():
            kind = "currency"
        case Number(books="number"):
            kind = "double"
        case Date(books="YYYY-MM-DD"):
            kind = "date"
        case _:
            kind = ""
    return _BOOKS_TYPES.get(kind, "Text Box (Single Line)")
