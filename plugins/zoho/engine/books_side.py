"""The list of Books that a module keeps in step, whichever it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from zoho.api.books import BooksClient
from zoho.api.books_documents import Documents
from zoho.api.books_items import DETAILS_PER_CALL
from zoho.api.paging import Page, batches
from zoho.engine.side_by_side import side_by_side
from zoho.modules.module import BooksList

Raw = dict[str, Any]

_NAME_FILTER_LIMIT = 100  # characters (Books API, List contacts, ``contact_name``)


class BooksSide(Protocol):
    """What can be done with the records of one list."""

    def newest_first(self, *, purpose: str = "scan") -> Iterator[Page]:
        """Walk the list, last modified first; the caller may stop at any page.

        Args:
            purpose: for the call log.
        """

    def shown(self, view: str) -> Iterator[Page]:
        """Walk the records that a custom view, by its id, or a filter of the list shows."""

    def read(self, books_id: str) -> Raw | None:
        """Return a record whole; ``None`` when it is gone."""

    def read_many(self, books_ids: Sequence[str]) -> Iterator[list[Raw]]:
        """Yield records whole, those that are still there, with as few calls as Books allows."""

    def create(self, body: Mapping[str, Any], sales_id: str) -> Raw:
        """Create a record and return it whole.

        Args:
            body: its fields.
            sales_id: what its unique id is to be, where there is one: then Books makes it once, however often this
                is sent.
        """

    def update(self, books_id: str, body: Mapping[str, Any], *, repeatable: bool) -> Raw:
        """Change a record and return it whole.

        Args:
            books_id: which.
            body: what changes.
            repeatable: whether sending it twice does no harm.
        """

    def deactivate(self, books_id: str) -> None:
        """Make a record inactive; it stays with all its transactions."""

    def activate(self, books_id: str) -> None:
        """Make a record that is inactive active again.

        Raises:
            ValueError: what was taken out of force stays so: a transaction.
        """

    def named(self, name: str) -> Iterator[Page]:
        """Walk the records whose name is, or begins like, ``name``."""


class BooksContacts:
    """Customers or vendors."""

    def __init__(self, client: BooksClient, books_list: BooksList, unique: str | None) -> None:
        self._client = client
        self._unique = unique
        self._filters = dict(books_list.filters)

    def newest_first(self, *, purpose: str = "scan") -> Iterator[Page]:
        """See :class:`BooksSide`."""
        return self._client.contacts(newest_first=True, purpose=purpose, **self._filters)

    def shown(self, view: str) -> Iterator[Page]:
        """See :class:`BooksSide`."""
        return self._client.contacts(newest_first=False, purpose="scan", **self._filters, **_limit(view))

    def read(self, books_id: str) -> Raw | None:
        """See :class:`BooksSide`."""
        return self._client.contact(books_id)

    def read_many(self, books_ids: Sequence[str]) -> Iterator[list[Raw]]:
        """See :class:`BooksSide`; a contact costs a call."""
        for raw in side_by_side(self.read, books_ids):
            yield [raw] if raw else []

    def create(self, body: Mapping[str, Any], sales_id: str) -> Raw:
        """See :class:`BooksSide`."""
        if self._unique:
            return self._client.upsert_contact(self._unique, sales_id, body)
        return self._client.create_contact(body)

    def update(self, books_id: str, body: Mapping[str, Any], *, repeatable: bool) -> Raw:
        """See :class:`BooksSide`."""
        return self._client.update_contact(books_id, body, repeatable=repeatable)

    def deactivate(self, books_id: str) -> None:
        """See :class:`BooksSide`."""
        self._client.set_contact_active(books_id, False)

    def activate(self, books_id: str) -> None:
        """See :class:`BooksSide`."""
        self._client.set_contact_active(books_id, True)

    def named(self, name: str) -> Iterator[Page]:
        """See :class:`BooksSide`; of either type, since display names are unique over both."""
        if len(name) <= _NAME_FILTER_LIMIT:
            return self._client.contacts(name=name, purpose="recover")
        return self._client.contacts(contact_name_startswith=name[:_NAME_FILTER_LIMIT], purpose="recover")


class BooksItems:
    """Items."""

    def __init__(self, client: BooksClient, unique: str | None) -> None:
        self._client = client
        self._unique = unique

    def newest_first(self, *, purpose: str = "scan") -> Iterator[Page]:
        """See :class:`BooksSide`."""
        return self._client.items(newest_first=True, purpose=purpose)

    def shown(self, view: str) -> Iterator[Page]:
        """See :class:`BooksSide`."""
        return self._client.items(newest_first=False, purpose="scan", **_limit(view))

    def read(self, books_id: str) -> Raw | None:
        """See :class:`BooksSide`."""
        return self._client.item(books_id)

    def read_many(self, books_ids: Sequence[str]) -> Iterator[list[Raw]]:
        """See :class:`BooksSide`."""
        for some in batches(books_ids, DETAILS_PER_CALL):
            yield self._client.item_details(some)

    def create(self, body: Mapping[str, Any], sales_id: str) -> Raw:
        """See :class:`BooksSide`."""
        if self._unique:
            return self._client.upsert_item(self._unique, sales_id, body)
        return self._client.create_item(body)

    def update(self, books_id: str, body: Mapping[str, Any], *, repeatable: bool) -> Raw:  # noqa: ARG002 - it always is
        """See :class:`BooksSide`."""
        return self._client.update_item(books_id, body)

    def deactivate(self, books_id: str) -> None:
        """See :class:`BooksSide`."""
        self._client.set_item_active(books_id, False)

    def activate(self, books_id: str) -> None:
        """See :class:`BooksSide`."""
        self._client.set_item_active(books_id, True)

    def named(self, name: str) -> Iterator[Page]:
        """See :class:`BooksSide`."""
        return self._client.items(name=name, purpose="recover")


class BooksDocuments:
    """Transactions of one kind."""

    def __init__(self, documents: Documents, books_list: BooksList, unique: str | None, voided: str) -> None:
        self._documents = documents
        self._id_field = books_list.id_field
        self._unique = unique
        self._voided = voided

    def newest_first(self, *, purpose: str = "scan") -> Iterator[Page]:
        """See :class:`BooksSide`."""
        return self._documents.list(newest_first=True, purpose=purpose)

    def shown(self, view: str) -> Iterator[Page]:
        """See :class:`BooksSide`."""
        return self._documents.list(newest_first=False, purpose="scan", **_limit(view))

    def read(self, books_id: str) -> Raw | None:
        """See :class:`BooksSide`."""
        return self._documents.get(books_id)

    def read_many(self, books_ids: Sequence[str]) -> Iterator[list[Raw]]:
        """See :class:`BooksSide`; a transaction costs a call."""
        for raw in side_by_side(self.read, books_ids):
            yield [raw] if raw else []

    def create(self, body: Mapping[str, Any], sales_id: str) -> Raw:
        """See :class:`BooksSide`."""
        if self._unique:
            return self._documents.upsert(self._unique, sales_id, body)
        return self._documents.create(body)

    def update(self, books_id: str, body: Mapping[str, Any], *, repeatable: bool) -> Raw:  # noqa: ARG002 - it always is
        """See :class:`BooksSide`; lines go whole, so sending it twice changes nothing."""
        return self._documents.update(books_id, body)

    def deactivate(self, books_id: str) -> None:
        """See :class:`BooksSide`: it is voided, declined or cancelled."""
        self._documents.mark(books_id, self._voided)

    def activate(self, books_id: str) -> None:
        """See :class:`BooksSide`: it is not done for a person; a ledger may have been closed since."""
        raise ValueError(f"{books_id} stays {self._voided}: put it back in force in Books if it is wanted")

    def delete(self, books_id: str) -> None:
        """Delete a draft that must not stay."""
        self._documents.delete(books_id)

    def named(self, name: str) -> Iterator[Page]:
        """See :class:`BooksSide`: by the reference number that it was made with."""
        return self._documents.list(purpose="recover", reference_number=name)


def _limit(view: str) -> dict[str, str]:
    return {"customview_id": view} if view.isdigit() else {"filter_by": view}


def books_side(client: BooksClient, books_list: BooksList, unique: str | None, voided: str) -> BooksSide:
    """Return what works on a module's list.

    Args:
        client: of Books.
        books_list: the list.
        unique: API name of the custom field that holds the sales-side id and is unique, if there is one.
        voided: the status that takes a transaction out of force.
    """
    documents = {
        "estimates": client.estimates,
        "salesorders": client.sales_orders,
        "invoices": client.invoices,
        "purchaseorders": client.purchase_orders,
    }
    if books_list.entity in documents:
        return BooksDocuments(documents[books_list.entity], books_list, unique, voided)
    if books_list.entity == "contacts":
        return BooksContacts(client, books_list, unique)
    return BooksItems(client, unique)
