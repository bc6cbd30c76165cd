"""Loading CSV files as Zoho Books exports its items."""

from typing import TYPE_CHECKING

from sandbox.books.items import item_values
from sandbox.books.itemstore import Item
from sandbox.loading.booksfiles import check_headers, checked, time_of
from sandbox.loading.tables import Row, rows_of

if TYPE_CHECKING:
    from sandbox.world import World

ITEMS = "Books_Items"
"""Name of the file with items, without its ending."""

_COLUMNS = {
    "Item Name": "name",
    "Rate": "rate",
    "SKU": "sku",
    "Usage unit": "unit",
    "Product Type": "product_type",
    "Item Type": "item_type",
    "Description": "description",
    "Purchase Rate": "purchase_rate",
    "Purchase Description": "purchase_description",
}
_HEADERS = {*_COLUMNS, "Item ID", "Status", "Created Time", "Last Modified Time"}


def load_items(world: "World", file: str, text: str) -> dict[str, int]:
    """Load items.

    Raises:
        LoadError: A header is unknown, or a value breaks a rule of Books.
    """
    check_headers(file, text, _HEADERS)
    count = 0
    for row in rows_of(file, text):
        world.books.items.add(_item(world, row))
        count += 1
    return {"books items": count}


def _item(world: "World", row: Row) -> Item:
    given = {api: row.get(header) for header, api in _COLUMNS.items() if row.get(header)}
    for header in ("Item Name", "Rate"):
        if not row.get(header):
            raise row.error(header, "is mandatory and blank")
    values = checked(row, lambda item: item_values(world, item, None), given)
    created = time_of(world, row, "Created Time")
    modified = max(created, time_of(world, row, "Last Modified Time") if row.get("Last Modified Time") else created)
    status = row.get("Status").lower() or "active"
    return Item(row.get("Item ID") or world.books.new_id(), values, created, modified, status=status)
