"""The JSON Schemas of document bodies, for the sandbox's own OpenAPI."""

from collections.abc import Callable

from sandbox.books.documents.kinds import Kind
from sandbox.books.rules import ADDRESS_TEXTS
from sandbox.defaults import Product
from sandbox.wire import Json

_TEXT: Json = {"type": "string"}
_ID: Json = {"type": ["string", "integer"]}
_AMOUNT: Json = {"type": "number"}
_DAY: Json = {"type": "string", "format": "date"}
_FLAG: Json = {"type": "boolean"}
_DISCOUNT: Json = {"type": ["number", "string"], "examples": ["10%"]}
_LINE_TEXTS = ("line_item_id", "item_id", "name", "description", "unit", "tax_id", "account_id")


def document(kind: Kind) -> Callable[[Product], Json]:
    """Return what describes the body of a kind (zoho-api 3.4 to 3.6)."""
    line = {**dict.fromkeys(_LINE_TEXTS, _TEXT), "rate": _AMOUNT, "quantity": _AMOUNT, "discount": _DISCOUNT}
    properties: Json = {
        kind.party_key: _ID,
        kind.number_key: _TEXT,
        "line_items": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": line}},
        "date": _DAY,
        kind.deadline: _DAY,
        "discount": _DISCOUNT,
        "discount_type": {"enum": ["entity_level", "item_level"]},
        "is_discount_before_tax": _FLAG,
        "is_inclusive_tax": _FLAG,
        **dict.fromkeys(("shipping_charge", "adjustment", "exchange_rate"), _AMOUNT),
        **dict.fromkeys(
            ("reference_number", "notes", "terms", "salesperson_name", "currency_id", *kind.texts), _TEXT
        ),
        "custom_fields": _fields(kind),
    }
    return lambda _product: {"type": "object", "properties": properties, "required": [kind.party_key, "line_items"]}


def custom_fields(kind: Kind) -> Callable[[Product], Json]:
    """Return what describes the bare list that changes custom fields alone."""
    return lambda _product: _fields(kind)


def address(_product: Product) -> Json:
    """Return the body that changes an address."""
    return {
        "type": "object",
        "properties": {name: {**_TEXT, "maxLength": most} for name, most in ADDRESS_TEXTS.items()},
    }


def _fields(kind: Kind) -> Json:
    field = {"api_name": {"enum": list(kind.custom_fields())}, "value": _TEXT}
    return {"type": "array", "items": {"type": "object", "properties": field, "required": list(field)}}
