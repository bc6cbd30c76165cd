"""What all kinds of Books records share: list, get, create, update, upsert, delete, act (zoho-api 3.1, 3.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from zoho.api.books_walk import Window, walk
from zoho.api.paging import Page
from zoho.transport.answer import Answer
from zoho.transport.errors import NotFound
from zoho.transport.session import Transport

Body = Mapping[str, Any]


def path_of(*segments: str) -> str:
    """Join the segments of an address, each made safe."""
    return "/".join(["", *(quote(segment, safe="") for segment in segments)])


class BooksApi:
    """The calls of one Books organization.

    Args:
        transport: To the product ``books``.
        organization_id: Goes with every call; None while it is not known yet.
    """

    def __init__(self, transport: Transport, organization_id: str | None) -> None:
        self.transport = transport
        self.organization_id = organization_id

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        purpose: str,
        **options: Any,
    ) -> Answer:
        """Ask Books, naming the organization; options as ``Transport.request`` has them."""
        asked = {**(params or {}), "organization_id": self.organization_id}
        return self.transport.request(method, path, params=asked, purpose=purpose, **options)

    def rows(self, *segments: str, key: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """A short list that comes in one piece: settings and the like."""
        return self.call("GET", path_of(*segments), params=params, purpose="settings").rows(key)

    def one(self, *segments: str, key: str, purpose: str = "settings") -> dict[str, Any]:
        """One thing that must exist."""
        return inner(self.call("GET", path_of(*segments), purpose=purpose), key)


def inner(answer: Answer, key: str) -> dict[str, Any]:
    """Return the record inside an answer; Books gives a contact person sometimes in a list.

    Raises:
        Retriable: It is not there.
    """
    found = (answer.body or {}).get(key)
    if isinstance(found, list) and found:
        found = found[0]
    if not isinstance(found, dict):
        raise answer.lacks(key)
    return found


@dataclass(frozen=True)
class Kind:
    """A kind of Books records.

    Attributes:
        path: Of its list (``contacts``), which is also the key of the list in an answer.
        key: Of one record in an answer (``contact``), and its path where Books uses the singular.
        sort_column: A column whose order does not change while records are edited, if the list has one.
    """

    path: str
    key: str
    sort_column: str | None = None

    @property
    def id_key(self) -> str:
        """The field that identifies a record (``contact_id``)."""
        return f"{self.key}_id"


class Resource:
    """All records of one kind.

    Args:
        api: Of the organization.
        kind: Of the records.
    """

    def __init__(self, api: BooksApi, kind: Kind) -> None:
        self._api = api
        self.kind = kind

    def list(
        self, *, newest_first: bool = False, purpose: str = "scan", **filters: str | int | None
    ) -> Iterator[Page]:
        """Walk the list; the caller may stop at any page.

        Args:
            newest_first: Last modified first, for lists that have no filter by time.
            purpose: For the call log.
            filters: Query parameters as Books names them; those that are None are left out.

        Yields:
            Pages of at most 200 rows (a row has fewer fields than the record), each id once; one empty page
            when there are none.
        """
        order = (
            {"sort_column": "last_modified_time", "sort_order": "D"}
            if newest_first
            else {"sort_column": self.kind.sort_column, "sort_order": self.kind.sort_column and "A"}
        )

        def read(window: Window) -> Answer:
            params = {**order, **filters, "page": window.page, "per_page": window.per_page}
            return self._api.call("GET", path_of(self.kind.path), params=params, purpose=purpose)

        return walk(read, self.kind.path, self.kind.id_key)

    def get(self, id: str, *, purpose: str = "detail") -> dict[str, Any] | None:
        """Return one record with all its fields, or None when it does not exist.

        Args:
            id: The record's id.
            purpose: For the call log.
        """
        try:
            answer = self._api.call("GET", path_of(self.kind.path, id), purpose=purpose, about_record=True)
        except NotFound:
            return None
        return inner(answer, self.kind.key)

    def create(self, body: Body, *, purpose: str = "load", **params: str | bool | None) -> dict[str, Any]:
        """Create a record; never repeated by itself when the outcome is unknown.

        Args:
            body: Its fields.
            purpose: For the call log.
            params: Query parameters as Books names them (``ignore_auto_number_generation``).

        Returns:
            The record as Books made it.

        Raises:
            RecordError: Books refuses it.
        """
        path = path_of(self.kind.path)
        answer = self._api.call("POST", path, params=_texts(params), body=body, purpose=purpose)
        return inner(answer, self.kind.key)

    def update(
        self,
        id: str,
        body: Body,
        *,
        repeatable: bool = True,
        purpose: str = "load",
    ) -> dict[str, Any]:
        """Change a record; a list in the body (persons, lines) replaces the whole list.

        Args:
            id: The record's id.
            body: The fields to change.
            repeatable: False when sending twice would do harm.
            purpose: For the call log.

        Raises:
            NotFound: It does not exist.
            RecordError: Books refuses it.
        """
        path = path_of(self.kind.path, id)
        return inner(self._api.call("PUT", path, body=body, repeatable=repeatable, purpose=purpose), self.kind.key)

    def upsert(
        self, key: str, value: str, body: Body, *, create: bool = True, purpose: str = "load"
    ) -> dict[str, Any]:
        """Change the record whose unique custom field has a value, or create it (zoho-api section 3.8).

        The only create that may be sent twice: Books itself finds the first one.

        Args:
            key: API name of a custom field that refuses duplicates (``cf_crm_id``).
            value: What it holds.
            body: The fields.
            create: Whether to create when there is none.
            purpose: For the call log.

        Raises:
            RecordError: Books refuses it, or there is none and it must not be created.
        """
        headers = {"X-Unique-Identifier-Key": key, "X-Unique-Identifier-Value": value}
        answer = self._api.call(
            "PUT",
            path_of(self.kind.path),
            body=body,
            headers={**headers, "X-Upsert": "true"} if create else headers,
            purpose=purpose,
        )
        return inner(answer, self.kind.key)

    def delete(self, id: str, *, purpose: str = "load") -> None:
        """Delete a record for good.

        Args:
            id: The record's id.
            purpose: For the call log.

        Raises:
            NotFound: It does not exist (any more).
            RecordError: Books keeps it, because it is used.
        """
        self._api.call("DELETE", path_of(self.kind.path, id), purpose=purpose)

    def act(self, id: str, *action: str, purpose: str = "load") -> None:
        """Do something with a record that Books has an address for (``active``; ``status``, ``sent``).

        Args:
            id: The record's id.
            action: Segments of the address after the id.
            purpose: For the call log.

        Raises:
            RecordError: Books does not allow it, also when the record is already so.
        """
        self._api.call("POST", path_of(self.kind.path, id, *action), purpose=purpose)

    def set_custom_fields(self, id: str, values: Sequence[Body], *, purpose: str = "load") -> None:
        """Set custom fields and nothing else; not for contacts.

        Args:
            id: The record's id.
            values: ``{"customfield_id", "value"}`` of each.
            purpose: For the call log.
        """
        path = path_of(self.kind.key, id, "customfields")
        self._api.call("PUT", path, body=[dict(value) for value in values], purpose=purpose)


def _texts(params: Mapping[str, str | bool | None]) -> dict[str, str | None]:
    """Query parameters as Books reads them: ``true`` and ``false`` in small letters."""
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in params.items()}
