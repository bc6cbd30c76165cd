"""The JSON bodies that endpoints take, made from the same tables that check them."""

from collections.abc import Callable, Mapping
from functools import cache

from sandbox.books.customfields import standard_custom_fields
from sandbox.books.rules import ADDRESS_TEXTS, CONTACT_TEXTS, PERSON_TEXTS
from sandbox.defaults import Product
from sandbox.sales.schema import Field, standard_modules
from sandbox.wire import Json

Body = Callable[[Product], Json]
"""Returns the JSON Schema of a body for a product."""

_TEXT: Json = {"type": "string"}
_ID: Json = {"type": ["string", "integer"]}
_FLAG: Json = {"type": "boolean"}
_LOOKUP: Json = {"type": "object", "properties": {"id": _ID}, "required": ["id"]}
_BY_TYPE: Mapping[str, Json] = {
    "integer": {"type": "integer"},
    "double": {"type": "number"},
    "percent": {"type": "number"},
    "currency": {"type": "number"},
    "boolean": _FLAG,
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "email": {"type": "string", "format": "email"},
    "multiselectpicklist": {"type": "array", "items": _TEXT},
    "lookup": _LOOKUP,
    "ownerlookup": _LOOKUP,
    "userlookup": _LOOKUP,
    "teampipeline": _LOOKUP,
}


def _object(properties: Json, *required: str) -> Json:
    shape: Json = {"type": "object", "properties": properties}
    return {**shape, "required": list(required)} if required else shape


def _list(items: Json, most: int) -> Json:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def _field(field: Field) -> Json:
    shape = _BY_TYPE.get(field.data_type, {"type": "string", "maxLength": field.length})
    if field.pick_list and field.data_type == "picklist":
        shape = {**shape, "examples": [field.pick_list[0]]}
    return {**shape, "description": field.label}


@cache
def _record(product: Product) -> Json:
    modules = standard_modules(product).values()
    shown = [
        {**_object({item.api_name: _field(item) for item in module.shown_fields() if not item.read_only}),
         "title": module.plural}
        for module in modules
    ]  # fmt: skip
    return {"anyOf": shown}


def records(product: Product) -> Json:
    """Return the body of an insert or update: up to a hundred records (zoho-api 2.4)."""
    return _object({"data": _list(_record(product), 100), "trigger": {"type": "array", "items": _TEXT}}, "data")


def upserted(product: Product) -> Json:
    """Return the body of an upsert (zoho-api 2.6)."""
    body = records(product)
    return {**body, "properties": {**body["properties"], "duplicate_check_fields": {"type": "array", "items": _TEXT}}}


def query(_product: Product) -> Json:
    """Return the body of a COQL query (zoho-api 2.9)."""
    example = "select Account_Name, Phone from Accounts where Phone is not null order by Account_Name limit 0, 10"
    return _object({"select_query": {**_TEXT, "examples": [example]}}, "select_query")


def read_job(_product: Product) -> Json:
    """Return the body that starts a bulk read (zoho-api 2.10)."""
    criteria = _object({"field": _object({"api_name": _TEXT}), "comparator": _TEXT, "value": _TEXT})
    group = _object({"group_operator": {"enum": ["and", "or"]}, "group": {"type": "array", "items": criteria}})
    query = _object(
        {
            "module": _object({"api_name": {"enum": ["Accounts", "Contacts", "Products"]}}, "api_name"),
            "fields": {"type": "array", "items": _TEXT},
            "page": {"type": "integer", "minimum": 1},
            "cvid": _TEXT,
            "page_token": _TEXT,
            "criteria": {"anyOf": [criteria, group]},
        }
    )
    callback = _object({"url": _TEXT, "method": {"enum": ["post"]}})
    return _object({"query": query, "file_type": {"enum": ["csv"]}, "callback": callback}, "query")


def write_job(_product: Product) -> Json:
    """Return the body that starts a bulk write (zoho-api 2.11)."""
    mapping = _object({"api_name": _TEXT, "index": {"type": "integer"}, "find_by": _TEXT, "format": _TEXT})
    resource = _object(
        {
            "type": {"enum": ["data"]},
            "module": _object({"api_name": _TEXT}, "api_name"),
            "file_id": _ID,
            "find_by": _TEXT,
            "ignore_empty": _FLAG,
            "field_mappings": {"type": "array", "items": mapping},
        },
        "type", "module", "file_id",
    )  # fmt: skip
    return _object(
        {"operation": {"enum": ["insert", "update", "upsert"]}, "resource": _list(resource, 1), "ignore_empty": _FLAG,
         "callback": _object({"url": _TEXT, "method": {"enum": ["post"]}})},
        "operation", "resource",
    )  # fmt: skip


def composite(_product: Product) -> Json:
    """Return the body of a composite request: up to five calls in one (zoho-api 2.14)."""
    request = _object(
        {
            "sub_request_id": _TEXT,
            "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
            "uri": {**_TEXT, "examples": ["/crm/v8/org"]},
            "params": {"type": "object"},
            "headers": {"type": "object"},
            "body": {"type": "object"},
        },
        "method", "uri",
    )  # fmt: skip
    return _object({"__composite_requests": _list(request, 5)}, "__composite_requests")


def channels(_product: Product) -> Json:
    """Return the body that subscribes to writes (zoho-api 2.12)."""
    channel = _object(
        {
            "channel_id": _ID,
            "events": {"type": "array", "items": {**_TEXT, "examples": ["Accounts.all"]}},
            "notify_url": {**_TEXT, "examples": ["http://127.0.0.1:1/"]},
            "token": {**_TEXT, "maxLength": 50},
            "channel_expiry": {"type": "string", "format": "date-time"},
            "return_affected_field_values": _FLAG,
            "_delete_events": _FLAG,
        },
        "channel_id",
    )
    return _object({"watch": _list(channel, 50)}, "watch")


def fields(_product: Product) -> Json:
    """Return the body that makes custom fields (zoho-api 2.14)."""
    value = _object({"display_value": _TEXT, "actual_value": _TEXT})
    properties = {
        "field_label": _TEXT,
        "data_type": {**_TEXT, "examples": ["text"]},
        "length": {"type": "integer", "minimum": 1, "maximum": 255},
        "unique": {"type": "object"},
        "pick_list_values": {"type": "array", "items": value},
    }
    return _object({"fields": _list(_object(properties, "field_label", "data_type"), 5)}, "fields")


def _texts(limits: Mapping[str, int | None]) -> Json:
    return {name: _TEXT if limit is None else {**_TEXT, "maxLength": limit} for name, limit in limits.items()}


def _custom_fields() -> Json:
    names = {"enum": list(standard_custom_fields())}
    return {"type": "array", "items": _object({"api_name": names, "value": _TEXT}, "api_name", "value")}


def person(_product: Product) -> Json:
    """Return the body of a contact person (zoho-api 3.2)."""
    return _object({"contact_id": _ID, "is_primary_contact": _FLAG, **_texts(dict(PERSON_TEXTS))})


def contact(product: Product) -> Json:
    """Return the body of a Books contact (zoho-api 3.2)."""
    address = _object(_texts(dict(ADDRESS_TEXTS)))
    properties = {
        **_texts(CONTACT_TEXTS),
        "contact_type": {"enum": ["customer", "vendor"]},
        "customer_sub_type": {"enum": ["business", "individual"]},
        "payment_terms": {"type": "number"},
        "credit_limit": {"type": "number"},
        "currency_id": _TEXT,
        "billing_address": address,
        "shipping_address": address,
        "contact_persons": {"type": "array", "items": person(product)},
        "custom_fields": _custom_fields(),
    }
    return _object(properties, "contact_name")


def item(_product: Product) -> Json:
    """Return the body of a Books item (zoho-api 3.3)."""
    texts = ("description", "sku", "unit", "purchase_description", "tax_id", "vendor_id")
    properties = {
        "name": {**_TEXT, "maxLength": 100},
        "rate": {"type": "number"},
        "purchase_rate": {"type": "number"},
        "is_taxable": _FLAG,
        "product_type": {"enum": ["goods", "service", "digital_service"]},
        "item_type": {"enum": ["sales", "purchases", "sales_and_purchases", "inventory"]},
        **dict.fromkeys(texts, _TEXT),
    }
    return _object(properties, "name", "rate")


def custom_fields(_product: Product) -> Json:
    """Return the bare list that changes custom fields alone (zoho-api 3.8)."""
    return _custom_fields()
