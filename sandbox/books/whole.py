"""Any record of Books as the API shows it whole (zoho-api 3.2 to 3.6)."""

from typing import TYPE_CHECKING

from sandbox.books import shapes as contacts
from sandbox.books.documents import shapes as documents
from sandbox.books.items import item_shown
from sandbox.books.itemstore import Item
from sandbox.books.store import BooksRecord, Contact
from sandbox.wire import Json

if TYPE_CHECKING:
    from sandbox.world import World


def whole(world: "World", record: BooksRecord) -> Json:
    """Return a record under its resource key, such as ``{"invoice": {…}}``.

    Args:
        world: The world with the record's organization in view.
        record: The record.
    """
    if isinstance(record, Contact):
        return {"contact": contacts.detail(world.books, record, world.settings.books_currency)}
    if isinstance(record, Item):
        return {"item": item_shown(world, record)}
    return {record.kind.name: documents.detail(world, record)}
