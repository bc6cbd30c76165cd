"""A success, as the endpoints get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zoho.transport.errors import ZohoError
from zoho.transport.exchange import Received, Request, http_date
from zoho.transport.verdict import error_for


@dataclass(frozen=True)
class Answer:
    """What Zoho answered.

    Attributes:
        status: HTTP status.
        body: The parsed JSON object; None for 204, 304 and what went into a file.
        headers: Response headers, to be asked for in any case.
        received_at: Zoho's time when it answered, aware UTC, from its Date header; None if it sent none.
        request: What was asked.
    """

    status: int
    body: dict[str, Any] | None
    headers: Mapping[str, str] = field(repr=False)
    received_at: datetime | None
    request: Request = field(repr=False)

    @classmethod
    def of(cls, request: Request, received: Received, body: dict[str, Any] | None) -> Answer:
        """Put together what was asked, what came back and what it means."""
        at = http_date(received.headers.get("Date"))
        return cls(received.status, body, received.headers, at, request)

    def rows(self, key: str) -> list[dict[str, Any]]:
        """Return the list under a key; empty for 204 and 304.

        Raises:
            Retriable: There is no such list.
        """
        if self.body is None:
            return []
        rows = self.body.get(key)
        if not isinstance(rows, list):
            raise self.lacks(f"a list of {key}")
        return rows

    def rows_by(self, id_key: str, key: str, page: int) -> list[dict[str, Any]]:
        """Return the list under a key as ``rows`` does, when each row says which record it is.

        Args:
            id_key: Name of the field that identifies a row.
            key: Where the rows are.
            page: Which part of the list this is, for the error.

        Raises:
            Retriable: There is no such list, or a row has no id.
        """
        rows: list[Any] = self.rows(key)
        for place, row in enumerate(rows, 1):
            if not isinstance(row, dict) or not isinstance(row.get(id_key), str | int) or row[id_key] == "":
                raise self.lacks(f"{id_key} in each row; page {page} has none in row {place}")
        return rows

    def raw_rows(self, key: str) -> list[bytes]:
        """Return the list under a key that was asked for ``untouched``: the JSON of each row, in UTF-8.

        Raises:
            Retriable: There is no such list.
        """
        rows: list[Any] = self.rows(key)
        return rows

    def lacks(self, wanted: str) -> ZohoError:
        """Make the error of a success that is not what was asked for: Retriable.

        Args:
            wanted: What it should have held.
        """
        held = ", ".join(sorted(self.body)) if self.body else "nothing"
        return error_for(self.request, "UNREADABLE", said=f"Expected {wanted}; received {held}.")

    def refusal(self, block: Mapping[str, Any]) -> ZohoError:
        """Make the error of something that Zoho took and then could not do.

        Args:
            block: Zoho's code, message and details.
        """
        refused = Received(400, {}, b"")
        return error_for(self.request, str(block.get("code") or ""), received=refused, body=block)
