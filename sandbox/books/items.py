"""Items (zoho-api 3.3)."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.books.amounts import amount, number
from sandbox.books.contacts import SUCCESS, body_of
from sandbox.books.customfields import shown
from sandbox.books.itemstore import Item, Items
from sandbox.books.lists import paging, sort_order
from sandbox.books.refusals import (
    DUPLICATE_ITEM,
    IN_USE,
    NOTHING_TO_CHANGE,
    does_not_exist,
    invalid,
    refuse,
)
from sandbox.books.rules import custom_values, text
from sandbox.books.store import folded
from sandbox.books.views import ITEM_VIEWS, view_keeps
from sandbox.clock import books_date, books_time
from sandbox.wire import Call, Json, Reply

if TYPE_CHECKING:
    from sandbox.world import World

_STANDARD = Path(__file__).with_name("standard")
_ROW: Json = json.loads((_STANDARD / "item_row.json").read_text("utf-8"))
_DETAIL: Json = json.loads((_STANDARD / "item_detail.json").read_text("utf-8"))

_TEXTS: Mapping[str, int | None] = {
    "name": 100, "description": 2000, "sku": None, "unit": None, "purchase_description": None, "tax_id": None,
    "tax_exemption_id": None, "account_id": None, "purchase_account_id": None, "inventory_account_id": None,
    "vendor_id": None, "hsn_or_sac": None, "reorder_level": None,
}  # fmt: skip
_CHOICES = {
    "product_type": ("goods", "service", "digital_service"),
    "item_type": ("sales", "purchases", "sales_and_purchases", "inventory"),
}
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "rate": lambda left, right: left == right,
    "rate_less_than": lambda left, right: left < right,
    "rate_less_equals": lambda left, right: left <= right,
    "rate_greater_than": lambda left, right: left > right,
    "rate_greater_equals": lambda left, right: left >= right,
}
_SORTS: Mapping[str, Callable[[Item], Any]] = {
    "name": lambda item: folded(item.values["name"]),
    "rate": lambda item: item.values.get("rate", 0),
    "tax_name": lambda _: "",
    "created_time": lambda item: item.created,
    "last_modified_time": lambda item: item.modified,
}


def list_items(call: Call) -> Reply:
    """Serve ``GET /items``."""
    page, per_page = paging(call.query)
    column = call.query.get("sort_column", "name")
    if column not in _SORTS:
        raise invalid("sort_column")
    keeps = [*_keeps(call.query), *view_keeps(call, ITEM_VIEWS)]
    kept = [item for item in call.world.books.items.by_id.values() if all(keep(item) for keep in keeps)]
    kept.sort(key=lambda item: (_SORTS[column](item), int(item.id)), reverse=sort_order(call.query) == "D")
    rows = kept[(page - 1) * per_page :][: per_page + 1]
    context = {
        "page": page, "per_page": per_page, "has_more_page": len(rows) > per_page, "report_name": "Items",
        "applied_filter": call.query.get("filter_by", "Status.All"), "custom_fields": [],
        "sort_column": column, "sort_order": sort_order(call.query),
    }  # fmt: skip
    return Reply(200, {**SUCCESS, "items": [_row(item) for item in rows[:per_page]], "page_context": context}, code=0)


def _keeps(query: Mapping[str, str]) -> Iterable[Callable[[Item], bool]]:
    status = query.get("filter_by", "Status.All")
    if status not in {"Status.All", "Status.Active", "Status.Inactive"}:
        raise invalid("filter_by")
    if status != "Status.All":
        wanted_status = status.removeprefix("Status.").lower()
        yield lambda item: item.status == wanted_status
    for name in ("name", "description"):
        for variant, matches in (("", str.__eq__), ("_startswith", str.startswith), ("_contains", str.__contains__)):
            given = query.get(name + variant)
            if given:
                yield _text_filter(name, matches, folded(given))
    for name, holds in _COMPARE.items():
        if query.get(name):
            yield _rate_filter(name, holds, query[name])
    if query.get("search_text"):
        wanted = folded(query["search_text"])
        names = ("name", "description", "sku")
        yield lambda item: any(wanted in folded(item.values.get(name, "")) for name in names)


def _text_filter(name: str, matches: Callable[[str, str], bool], wanted: str) -> Callable[[Item], bool]:
    return lambda item: matches(folded(item.values.get(name, "")), wanted)


def _rate_filter(name: str, holds: Callable[[float, float], bool], given: str) -> Callable[[Item], bool]:
    try:
        wanted = float(given)
    except ValueError:
        raise invalid(name) from None
    return lambda item: holds(item.values.get("rate", 0), wanted)


def get_item(call: Call) -> Reply:
    """Serve ``GET /items/{item_id}``."""
    return Reply(200, {**SUCCESS, "item": item_shown(call.world, _item_of(call))}, code=0)


def item_details(call: Call) -> Reply:
    """Serve ``GET /itemdetails?item_ids=``: whole items in one call; unknown ids are left out."""
    ids = [part.strip() for part in call.query.get("item_ids", "").split(",") if part.strip()]
    if not ids:
        raise invalid("item_ids")
    found = call.world.books.items.by_id
    rows = [item_shown(call.world, found[item]) for item in ids if item in found]
    return Reply(200, {**SUCCESS, "items": rows}, code=0)


def create_item(call: Call) -> Reply:
    """Serve ``POST /items``."""
    return _created(call, body_of(call))


def _created(call: Call, given: Json) -> Reply:
    items = call.world.books.items
    values = item_values(call.world, given, None)
    for name in ("name", "rate"):
        if values.get(name) in (None, ""):
            raise invalid(name)
    custom = custom_values(items.custom_fields, given.get("custom_fields", []), items.with_custom_value, None)
    now = call.world.clock.seconds()
    item = Item(call.world.books.new_id(), values, now, now, custom)
    items.add(item)
    body = {"code": 0, "message": "The item has been added.", "item": item_shown(call.world, item)}
    return Reply(201, body, code=0)


def update_item(call: Call) -> Reply:
    """Serve ``PUT /items/{item_id}``."""
    return _updated(call, _item_of(call))


def _updated(call: Call, item: Item) -> Reply:
    items, given = call.world.books.items, body_of(call)
    values = {**item.values, **item_values(call.world, given, item)}
    if not values["name"]:
        raise invalid("name")
    changed = custom_values(items.custom_fields, given.get("custom_fields", []), items.with_custom_value, item)
    items.edit(item, values=values, custom={**item.custom, **changed})
    body = {"code": 0, "message": "Item details have been saved.", "item": item_shown(call.world, item)}
    return Reply(200, body, code=0)


def update_by_unique_field(call: Call) -> Reply:
    """Serve ``PUT /items``: change the item whose unique field has a value, or make it with ``X-Upsert``."""
    name = call.headers.get("x-unique-identifier-key", "")
    value = call.headers.get("x-unique-identifier-value", "")
    items: Items = call.world.books.items
    field = items.custom_fields.get(name)
    if field is None or not field.unique:
        raise invalid("X-Unique-Identifier-Key")
    if not value:
        raise invalid("X-Unique-Identifier-Value")
    item = items.with_custom_value(name, value)
    if item is not None:
        return _updated(call, item)
    if call.headers.get("x-upsert", "").lower() != "true":
        raise does_not_exist("Item")
    body = body_of(call)
    return _created(
        call, {**body, "custom_fields": [*body.get("custom_fields", []), {"api_name": name, "value": value}]}
    )


def update_custom_fields(call: Call) -> Reply:
    """Serve ``PUT /item/{item_id}/customfields``, whose body is a bare list."""
    item, items = _item_of(call), call.world.books.items
    try:
        given = json.loads(call.body)
    except ValueError:
        raise invalid("custom_fields") from None
    changed = custom_values(items.custom_fields, given, items.with_custom_value, item)
    items.edit(item, custom={**item.custom, **changed})
    return Reply(200, {"code": 0, "message": "Custom Fields Updated Successfully"}, code=0)


def delete_item(call: Call) -> Reply:
    """Serve ``DELETE /items/{item_id}``."""
    item = _item_of(call)
    if call.world.books.documents.uses_item(item.id):
        raise refuse(400, IN_USE, "Items which are a part of other transactions cannot be deleted.")
    call.world.books.items.remove(item)
    return Reply(200, {"code": 0, "message": "The item has been deleted."}, code=0)


def mark_active(call: Call) -> Reply:
    """Serve ``POST /items/{item_id}/active``."""
    return _marked(call, "active")


def mark_inactive(call: Call) -> Reply:
    """Serve ``POST /items/{item_id}/inactive``."""
    return _marked(call, "inactive")


def _marked(call: Call, status: str) -> Reply:
    item = _item_of(call)
    if item.status == status:
        raise refuse(400, NOTHING_TO_CHANGE, f"The item is already {status}.")
    call.world.books.items.edit(item, status=status)
    return Reply(200, {"code": 0, "message": f"The item has been marked as {status}."}, code=0)


def _item_of(call: Call) -> Item:
    item: Item | None = call.world.books.items.by_id.get(call.params["item_id"])
    if item is None:
        raise does_not_exist("Item")
    return item


def item_values(world: "World", given: Json, item: Item | None) -> Json:
    """Return the writable values of a given item.

    Args:
        world: Everything the sandbox holds.
        given: The item as a client gives it.
        item: The item that is changed, or None for a new one.

    Raises:
        Refusal: A value is of the wrong type, too long, not one of the allowed, or taken.
    """
    values: Json = {name: text(name, given[name], limit) for name, limit in _TEXTS.items() if name in given}
    for name, choices in _CHOICES.items():
        if name in given:
            if given[name] not in choices:
                raise invalid(name)
            values[name] = given[name]
    for name in ("rate", "purchase_rate"):
        if name in given:
            values[name] = number(amount(name, given[name]))
    if "is_taxable" in given:
        values["is_taxable"] = bool(given["is_taxable"])
    unique = ["sku", *(["name"] if world.settings.books_unique_item_names else [])]
    for name in unique:
        other = world.books.items.with_value(name, values[name]) if values.get(name) else None
        if other is not None and other is not item:
            raise refuse(400, DUPLICATE_ITEM, f'An item with the {name} "{values[name]}" already exists.')
    return values


def _common(item: Item) -> Json:
    values = item.values
    kind = values.get("item_type", "sales")
    return {
        "item_id": item.id,
        "name": values["name"],
        "status": item.status,
        "description": values.get("description", ""),
        "rate": values.get("rate", 0),
        "unit": values.get("unit", ""),
        "sku": values.get("sku", ""),
        "product_type": values.get("product_type", "goods"),
        "item_type": kind,
        "can_be_sold": kind != "purchases",
        "can_be_purchased": kind != "sales",
        "track_inventory": kind == "inventory",
        "purchase_rate": values.get("purchase_rate", 0),
        "purchase_description": values.get("purchase_description", ""),
        "account_id": values.get("account_id", "600012300000000701"),
        "account_name": "Sales",
        "tax_id": values.get("tax_id", ""),
        "source": "crm" if item.crm_id else "api",
        "is_linked_with_zohocrm": bool(item.crm_id),
        "zcrm_product_id": item.crm_id,
        "created_time": books_time(item.created),
        "last_modified_time": books_time(item.modified),
    }


def _row(item: Item) -> Json:
    return {**_ROW, **_common(item), "item_name": item.values["name"]}


def item_shown(world: "World", item: Item) -> Json:
    """Return a whole item."""
    custom_fields, custom_field_hash = shown(world.books.items.custom_fields, item.custom)
    rate = item.values.get("rate", 0)
    return {
        **_DETAIL,
        **_common(item),
        "sales_rate": rate,
        "pricebook_rate": rate,
        "default_price_brackets": [{"start_quantity": 0, "end_quantity": 0, "pricebook_rate": rate}],
        "created_at": books_date(item.created),
        "custom_fields": custom_fields,
        "custom_field_hash": custom_field_hash,
    }
