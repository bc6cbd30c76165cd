"""Reading records of CRM and Bigin (zoho-api sections 2.2, 2.3, 2.8 and 2.13)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from zoho.api.paging import Page, RawPage, batches, iso_seconds
from zoho.api.sales import SalesApi
from zoho.transport import json
from zoho.transport.errors import Fatal, NotFound

FIELDS_PER_LIST = 50
"""Columns a list gives at most; a single record comes with all."""

IDS_PER_LIST = 100
MODIFIED = "Modified_Time"
SEARCH_PAGES = 10
"""A search has no page token and ends after 2,000 records."""

_SPECIAL = re.compile("[(),]")

VIEW_COST = 3
"""Credits of a page read through a custom view."""


class RecordReads(SalesApi):
    """Lists, single records, related lists and searches."""

    def records(
        self,
        module: str,
        *,
        fields: Sequence[str],
        modified_since: datetime | None = None,
        view: str | None = None,
        ids: Sequence[str] | None = None,
        purpose: str = "scan",
    ) -> Iterator[Page]:
        """Walk a module's records, page by page, each id once.

        More than 50 fields take more calls: the further ones of each page are asked for by id, in hundreds.
        A record that changes between these calls is read once more, whole, so that no row mixes two states.

        Args:
            module: API name (``Accounts``).
            fields: API names; ``id`` always comes along, and ``Modified_Time`` when there are more than 50.
            modified_since: Only what changed at this time or later, aware.
            view: Id of a custom view to keep to.
            ids: Only these records, asked for in hundreds; no call when empty.
            purpose: For the call log.

        Yields:
            Pages of up to 200 records; one empty page when there is nothing, for its server time.

        Raises:
            Fatal: No fields, more than 100,000 records, a view that does not exist.
            Retriable: Zoho cannot now.
        """
        first, *further = columns(fields)
        for page in self._narrow(module, first, modified_since, view, ids, purpose):
            yield self._widened(module, page, further, fields, purpose)

    def raw_records(
        self,
        module: str,
        *,
        fields: Sequence[str],
        modified_since: datetime | None = None,
        view: str | None = None,
        purpose: str = "scan",
    ) -> Iterator[RawPage]:
        """Walk a module's records as ``records`` does, for who only keeps them: three times as quick.

        Args:
            module: API name.
            fields: API names.
            modified_since: Only what changed at this time or later, aware.
            view: Id of a custom view to keep to.
            purpose: For the call log.

        Raises:
            ZohoError: As ``records``.
        """
        if len(columns(fields)) > 1:  # put together out of several answers
            for page in self.records(
                module, fields=fields, modified_since=modified_since, view=view, purpose=purpose
            ):
                yield RawPage([raw_row(row) for row in page.records], page.number, page.server_time)
            return
        params, options = self._asked(fields, modified_since, view)
        yield from self._walk_raw(self._path(module), params, purpose=purpose, **options)

    def _asked(
        self, fields: Sequence[str], modified_since: datetime | None, view: str | None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Parameters of a list, and headers and cost of its pages."""
        headers = {"If-Modified-Since": iso_seconds(modified_since)} if modified_since else None
        cost = VIEW_COST if view else 1
        return {"fields": self._fields(fields), "cvid": view}, {"headers": headers, "cost": cost}

    def _narrow(
        self,
        module: str,
        fields: Sequence[str],
        modified_since: datetime | None,
        view: str | None,
        ids: Sequence[str] | None,
        purpose: str,
    ) -> Iterator[Page]:
        """A list as Zoho gives it, of at most 50 fields."""
        params, options = self._asked(fields, modified_since, view)
        if ids is None:
            yield from self._walk(self._path(module), params, purpose=purpose, **options)
            return
        number = 0
        for some in batches(list(dict.fromkeys(ids)), IDS_PER_LIST):
            asked = {**params, "ids": ",".join(some)}
            for page in self._walk(self._path(module), asked, purpose=purpose, **options):
                number += 1
                yield Page(page.records, number, page.server_time)

    def _widened(
        self, module: str, page: Page, further: Sequence[Sequence[str]], fields: Sequence[str], purpose: str
    ) -> Page:
        """Add the fields that did not fit to the records of a page; a record that is gone by now is left out."""
        if not further or not page.records:
            return page
        rows = {row["id"]: dict(row) for row in page.records}
        torn = set()
        for names in further:
            parts = self._narrow(module, names, None, None, list(rows), purpose)
            found = {row["id"]: row for part in parts for row in part.records}
            torn |= {id_ for id_, row in rows.items() if found.get(id_, {}).get(MODIFIED) != row.get(MODIFIED)}
            for id_, row in found.items():
                rows[id_].update(row)
        for id_ in torn:
            whole = self.record(module, id_, purpose=purpose)
            rows[id_] = {name: whole.get(name) for name in ("id", MODIFIED, *fields)} if whole else {}
        return Page([row for row in rows.values() if row], page.number, page.server_time)

    def record(self, module: str, id: str, *, purpose: str = "detail") -> dict[str, Any] | None:
        """Return one record with all its fields, or None when it does not exist.

        Args:
            module: API name.
            id: The record's id.
            purpose: For the call log.
        """
        return self.record_and_time(module, id, purpose=purpose)[0]

    def record_and_time(
        self, module: str, id: str, *, purpose: str = "detail"
    ) -> tuple[dict[str, Any] | None, datetime | None]:
        """Return one record as ``record`` does, and Zoho's time when it answered, aware UTC, if it told that."""
        try:
            answer = self._get(self._path(module, id), purpose=purpose, about_record=True)
        except NotFound:
            return None, None
        rows = answer.rows("data")
        return (rows[0] if rows else None), answer.received_at

    def related(
        self,
        module: str,
        id: str,
        list_name: str,
        *,
        fields: Sequence[str],
        purpose: str = "scan",
    ) -> Iterator[Page]:
        """Walk a related list of one record: the contacts of an account.

        Args:
            module: API name of the parent's module.
            id: The parent's id.
            list_name: API name of the related list.
            fields: API names of at most 50 fields.
            purpose: For the call log.
        """
        params = {"fields": self._fields(fields)}
        return self._walk(self._path(module, id, list_name), params, purpose=purpose)

    def search(
        self,
        module: str,
        *,
        criteria: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        word: str | None = None,
        fields: Sequence[str] | None = None,
        purpose: str = "search",
    ) -> Iterator[Page]:
        """Search a module's index, which lags 10 to 20 seconds behind the records (zoho-api section 2.8).

        Args:
            module: API name.
            criteria: Built with ``criterion``; ``equals`` in it matches texts that contain the value.
            email: Any email field equals this.
            phone: Any phone field equals this.
            word: Any field contains this word.
            fields: API names to give; all when None.
            purpose: For the call log.

        Yields:
            Pages of up to 200 records, at most 2,000 records in all.
        """
        params = {
            "criteria": criteria,
            "email": email,
            "phone": phone,
            "word": word,
            "fields": self._fields(fields) if fields else None,
        }
        path = self._path(module, "search")
        return self._walk(path, params, purpose=purpose, last_page=SEARCH_PAGES)

    def count(
        self, module: str, *, criteria: str | None = None, view: str | None = None, purpose: str = "count"
    ) -> int:
        """Return how many records a module, a view or a search has.

        Args:
            module: API name.
            criteria: Built with ``criterion``.
            view: Id of a custom view.
            purpose: For the call log.
        """
        path = self._path(module, "actions", "count")
        answer = self._get(path, {"criteria": criteria, "cvid": view}, purpose=purpose)
        number = (answer.body or {"count": 0}).get("count")
        if number is None or not str(number).isdigit():
            raise answer.lacks(wanted="a count")
        return int(number)

    def _fields(self, fields: Sequence[str]) -> str:
        if not 0 < len(fields) <= FIELDS_PER_LIST:
            message = f"A list takes 1 to {FIELDS_PER_LIST} fields and the mapping asks for {len(fields)}."
            raise Fatal(message, product=self.transport.product)
        return ",".join(fields)


def raw_row(row: dict[str, Any]) -> tuple[str, bytes]:
    """Return id and JSON of a row that was read."""
    return str(row["id"]), json.dumps_read(row)


def columns(fields: Sequence[str]) -> list[list[str]]:
    """Split fields into lists that Zoho takes; each of several has ``Modified_Time``, to tell what belongs together.

    Args:
        fields: API names, as many as are wanted.
    """
    if len(fields) <= FIELDS_PER_LIST:
        return [list(fields)]
    others = [name for name in dict.fromkeys(fields) if name != MODIFIED]
    return [[MODIFIED, *some] for some in batches(others, FIELDS_PER_LIST - 1)]


def criterion(field: str, operator: str, *values: str) -> str:
    """Write one condition of a search, its values escaped (zoho-api section 2.8).

    Args:
        field: API name.
        operator: ``equals``, ``starts_with``, ``in``, ``between``, ``greater_than`` …
        values: One, or several for ``in`` and ``between``.

    Returns:
        A condition in parentheses, to be joined by ``and`` or ``or`` inside further ones.
    """
    return f"({field}:{operator}:{','.join(_escaped(value) for value in values)})"


def _escaped(value: str) -> str:
    escaped = _SPECIAL.sub(r"\\\g<0>", value)
    return escaped + "\\" if value.endswith("\\") else escaped
