"""Writing records of CRM and Bigin, in hundreds, with an outcome for each (zoho-api sections 2.4 to 2.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zoho.api.paging import iso_seconds
from zoho.api.results import RecordResult
from zoho.api.sales import SalesApi

Record = Mapping[str, Any]


class RecordWrites(SalesApi):
    """Insert, update, upsert, delete.

    One bad record never stops the others: its result says why it failed. When Zoho breaks off between two
    batches, the error's ``done`` holds the results of the batches before.
    """

    def insert(
        self,
        module: str,
        records: Sequence[Record],
        *,
        trigger: Sequence[str] | None = None,
        purpose: str = "load",
    ) -> list[RecordResult]:
        """Create records; never repeated by itself when the outcome is unknown.

        Args:
            module: API name.
            records: Fields by API name.
            trigger: Automations to run; None for all of them, empty for none.
            purpose: For the call log.

        Returns:
            One result per record, in order.
        """
        path, extra = self._path(module), _with(trigger=trigger)
        return self._send_all(
            records,
            lambda batch: self._send_batch("POST", path, batch, asked="insert", extra=extra, purpose=purpose),
            "insert",
        )

    def update(
        self,
        module: str,
        records: Sequence[Record],
        *,
        trigger: Sequence[str] | None = None,
        unmodified_since: datetime | None = None,
        purpose: str = "load",
    ) -> list[RecordResult]:
        """Change fields of records; never repeated by itself, when the outcome is unknown, where lines come or go.

        Args:
            module: API name.
            records: ``id`` and the fields to change; None empties a field. A line of a subform without ``id`` is
                added, each time that it is sent.
            trigger: Automations to run; None for all of them, empty for none.
            unmodified_since: Refuse when the record was changed after this time (aware).
            purpose: For the call log.

        Returns:
            One result per record, in order; ``NotFound`` as error when the record is gone.
        """
        path, extra = self._path(module), _with(trigger=trigger)
        headers = {"If-Unmodified-Since": iso_seconds(unmodified_since)} if unmodified_since else None
        return self._send_all(
            records,
            lambda batch: self._send_batch(
                "PUT",
                path,
                batch,
                asked="update",
                extra=extra,
                purpose=purpose,
                headers=headers,
                repeatable=not any(map(_moves_lines, batch)),
            ),
            "update",
        )

    def upsert(
        self,
        module: str,
        records: Sequence[Record],
        *,
        check_fields: Sequence[str] | None = None,
        trigger: Sequence[str] | None = None,
        repeatable: bool = False,
        purpose: str = "load",
    ) -> list[RecordResult]:
        """Create records, or change those that have the same unique values.

        Args:
            module: API name.
            records: Fields by API name.
            check_fields: Unique fields to compare, first wins; None for the module's own one.
            trigger: Automations to run; None for all of them, empty for none.
            repeatable: True when the check fields are unique in the database, so that sending twice makes
                nothing twice.
            purpose: For the call log.

        Returns:
            One result per record, in order; ``action`` tells ``insert`` from ``update``.
        """
        path = self._path(module, "upsert")
        extra = _with(duplicate_check_fields=check_fields, trigger=trigger)
        return self._send_all(
            records,
            lambda batch: self._send_batch(
                "POST", path, batch, asked="upsert", extra=extra, purpose=purpose, repeatable=repeatable
            ),
            "upsert",
        )

    def delete(
        self, module: str, ids: Sequence[str], *, workflows: bool = True, purpose: str = "load"
    ) -> list[RecordResult]:
        """Put records into the recycle bin.

        Args:
            module: API name.
            ids: Of the records.
            workflows: Whether Zoho runs the workflows of a deletion.
            purpose: For the call log.

        Returns:
            One result per id, in order; ``NotFound`` as error when there is none (any more).
        """
        path = self._path(module)

        def send(batch: Sequence[str]) -> list[RecordResult]:
            answer = self.transport.request(
                "DELETE",
                path,
                params={"ids": ",".join(batch), "wf_trigger": str(workflows).lower()},
                purpose=purpose,
            )
            return self._results(answer, asked="delete", key="data", expected=len(batch))

        return self._send_all(ids, send, "delete")


def _moves_lines(record: Record) -> bool:
    """Whether an update adds lines to a subform, or takes some out: sent twice it would add them twice."""
    rows = (row for value in record.values() if isinstance(value, list | tuple) for row in value)
    return any(isinstance(row, Mapping) and ("id" not in row or "_delete" in row) for row in rows)


def _with(**options: Sequence[str] | None) -> dict[str, list[str]]:
    """The options that were given; an empty list is one (no automation at all)."""
    return {name: list(value) for name, value in options.items() if value is not None}
