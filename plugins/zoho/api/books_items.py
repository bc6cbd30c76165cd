"""Items of Books (zoho-api section 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from zoho.api.books_resource import Body, BooksApi, Kind, Resource, path_of
from zoho.api.paging import Page, batches

DETAILS_PER_CALL = 100


class Items(BooksApi):
    """Goods and services. Everything here needs the scope ``settings``."""

    @property
    def _items(self) -> Resource:
        return Resource(self, Kind("items", "item"))

    def items(
        self, *, newest_first: bool = False, name: str | None = None, purpose: str = "scan", **filters: str | None
    ) -> Iterator[Page]:
        """Walk items; the caller may stop at any page.

        Args:
            newest_first: Last modified first; Books documents only name, rate and tax_name to sort items by.
            name: Only items whose name matches; compare again, Books may match loosely.
            purpose: For the call log.
            filters: Further ones as Books names them.
        """
        return self._items.list(newest_first=newest_first, purpose=purpose, name=name, **filters)

    def item(self, id: str, *, purpose: str = "detail") -> dict[str, Any] | None:
        """Return an item with its custom fields; None when it does not exist.

        Args:
            id: ``item_id``.
            purpose: For the call log.
        """
        return self._items.get(id, purpose=purpose)

    def item_details(self, ids: Sequence[str], *, purpose: str = "detail") -> list[dict[str, Any]]:
        """Return many items with their custom fields, a hundred a call.

        Args:
            ids: ``item_id`` of each; those that do not exist are left out.
            purpose: For the call log.
        """
        return [
            row
            for some in batches(ids, DETAILS_PER_CALL)
            for row in self.call(
                "GET", path_of("itemdetails"), params={"item_ids": ",".join(some)}, purpose=purpose
            ).rows("items")
        ]

    def create_item(self, body: Body, *, purpose: str = "load") -> dict[str, Any]:
        """Create an item; see ``Resource.create``.

        Args:
            body: ``name``, ``rate`` and more.
            purpose: For the call log.
        """
        return self._items.create(body, purpose=purpose)

    def update_item(self, id: str, body: Body, *, purpose: str = "load") -> dict[str, Any]:
        """Change an item; see ``Resource.update``.

        Args:
            id: ``item_id``.
            body: The fields to change.
            purpose: For the call log.
        """
        return self._items.update(id, body, purpose=purpose)

    def upsert_item(self, key: str, value: str, body: Body, *, purpose: str = "load") -> dict[str, Any]:
        """Create or change the item whose unique custom field has a value; see ``Resource.upsert``.

        Args:
            key: API name of the custom field.
            value: What it holds.
            body: The fields.
            purpose: For the call log.
        """
        return self._items.upsert(key, value, body, purpose=purpose)

    def delete_item(self, id: str, *, purpose: str = "load") -> None:
        """Delete an item; Books keeps one that has transactions.

        Args:
            id: ``item_id``.
            purpose: For the call log.
        """
        self._items.delete(id, purpose=purpose)

    def set_item_active(self, id: str, active: bool, *, purpose: str = "load") -> None:
        """Make an item active or inactive.

        Args:
            id: ``item_id``.
            active: Which of both.
            purpose: For the call log.
        """
        self._items.act(id, "active" if active else "inactive", purpose=purpose)
