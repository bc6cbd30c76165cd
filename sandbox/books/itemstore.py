"""The items of a Books organization in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.books.customfields import CustomField
from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.wire import Json


@dataclass(slots=True)
class Item:
    """A product or service.

    Attributes:
        id: Its id.
        values: Writable values that are set.
        created: When it was made, in seconds since the epoch.
        modified: When it was last written.
        custom: Values of custom fields by API name.
        status: ``active`` or ``inactive``.
        crm_id: The product that Zoho's own CRM integration has linked it with, or ``""``.
    """

    id: str
    values: Json
    created: int
    modified: int
    custom: Json = field(default_factory=dict)
    status: str = "active"
    crm_id: str = ""

    def snapshot(self) -> Json:
        """Return what is kept in the data file."""
        return {
            "values": self.values,
            "created": self.created,
            "modified": self.modified,
            "custom": self.custom,
            "status": self.status,
            "crm_id": self.crm_id,
        }


def standard_item_fields() -> dict[str, CustomField]:
    """Return the custom fields of items that the sandbox's organization comes with, by API name."""
    made = CustomField("600012300000000551", "cf_crm_product_id", "CRM product ID", index=1, unique=True)
    return {made.api_name: made}


class Items:
    """All items.

    Attributes:
        by_id: Items by id.
        custom_fields: Custom fields of items by API name.
    """

    def __init__(self, clock: Clock, journal: Journal, key: str, written: Callable[["Item"], None]) -> None:
        """Begin with none.

        Args:
            clock: The sandbox's time.
            journal: Where they are kept.
            key: What the organization's keys in the data file begin with.
            written: Is told of each item that was made, changed or deleted.
        """
        self._clock = clock
        self._journal = journal
        self._key = key
        self._written = written
        self.by_id: dict[str, Item] = {}
        self.custom_fields = standard_item_fields()

    def reset(self) -> None:
        """Go back to none."""
        self.by_id = {}
        self.custom_fields = standard_item_fields()

    def add(self, item: Item) -> None:
        """Put a new item in and keep it."""
        self.by_id[item.id] = item
        self._keep(item)

    def edit(self, item: Item, **changes: Any) -> None:
        """Set attributes of an item, move its time of modification and keep it."""
        for name, value in changes.items():
            setattr(item, name, value)
        item.modified = self._clock.seconds()
        self._keep(item)

    def remove(self, item: Item) -> None:
        """Take an item out."""
        del self.by_id[item.id]
        self._journal.remove(f"{self._key}/item/{item.id}")
        self._written(item)

    def with_value(self, name: str, value: str) -> Item | None:
        """Return the item with a value, or None."""
        return next((item for item in self.by_id.values() if str(item.values.get(name, "")) == value), None)

    def with_custom_value(self, api_name: str, value: str) -> Item | None:
        """Return the item whose custom field has a value, or None."""
        return next((item for item in self.by_id.values() if str(item.custom.get(api_name, "")) == value), None)

    def restore(self, name: str, row: Json) -> None:
        """Take over one row of the data file."""
        self.by_id[name] = Item(name, **row)

    def _keep(self, item: Item) -> None:
        self._journal.put(f"{self._key}/item/{item.id}", item.snapshot)
        self._written(item)
