"""What was edited since a run read it is planned anew: nothing is overwritten that no plan has seen (BEY-2).

Zoho takes an update whatever was edited meanwhile, and Books deletes a contact person that an update does not name.
Between the lists that a run reads and the last write of its plan lie minutes or hours, so it looks again before it
writes: into the first page of the Books list every some seconds, and at the records of a batch for the sales side. A
run for just the records that events tell of reads no lists, and of their counterparts it knows what the last regular
run saw: it looks before its first update. What a person asks for is read with its counterparts.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from zoho.core.observation import UNDATED
from zoho.engine.job import Job
from zoho.engine.scan import OVERLAP, newer
from zoho.engine.sides import books_seen
from zoho.modules.shapes import instant
from zoho.store import cursors, observations, runs

LOOK_EVERY = timedelta(seconds=10)
"""How long ago a run may have looked. A run that is through by then makes no call more."""


class EditedSince:
    """Tells which records somebody edited since the store has seen them.

    Args:
        job: the run.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._looked_at: datetime | None = None
        self._newest: datetime | None = None
        self._shown: dict[str, datetime] = {}

    def in_books(self, books_id: str) -> bool:
        """Whether a record of the module's Books list was."""
        if self._is_due(self._looked_at):
            self._look()
        edited_at = self._shown.get(books_id)
        if edited_at is None:
            return False
        with self._job.store.connect() as connection:
            row = books_seen(self._job, connection, [books_id]).get(books_id)
        return row is None or row.modified_at < edited_at

    def in_sales(self, entity: str, sales_ids: Collection[str]) -> set[str]:
        """Return which of at most a hundred records of a list were, or tell no time and have to be read again."""
        if not sales_ids or not self._is_due(None):
            return set()
        job = self._job
        fields = ["id", "Modified_Time"]
        pages = job.sales.records(entity, fields=fields, ids=sorted(sales_ids), purpose="look")
        found = {str(record["id"]): _edited_at(record) for page in pages for record in page.records}
        with job.store.connect() as connection:
            rows = observations.by_id(connection, job.scope, "sales", entity, list(found))
        seen = {sales_id: row.modified_at for sales_id, row in rows.items()}
        return {sales_id for sales_id, at in found.items() if at is None or seen.get(sales_id, UNDATED) < at}

    @cached_property
    def _started_at(self) -> datetime:
        with self._job.store.connect() as connection:
            at: datetime = runs.get(connection, self._job.run_id).started_at
        return at

    def _is_due(self, looked_at: datetime | None) -> bool:
        if looked_at is None and self._job.only is not None and not self._job.focused:
            return True
        return self._job.clock() - (looked_at or self._started_at) > LOOK_EVERY

    def _look(self) -> None:
        """Read what was edited in Books since the last look; what this run wrote is among it, and as it was seen."""
        at, since = self._job.clock(), self._since()
        for page in newer(self._job.books_side.newest_first(purpose="look"), since):
            for record in page.records:
                with suppress(ValueError):  # what cannot be dated is refused by name where it is read
                    edited_at = instant(record, "last_modified_time")
                    self._shown[str(record[self._job.module.books_list.id_field])] = edited_at
                    self._newest = max(edited_at, self._newest or edited_at)
        self._looked_at = at

    def _since(self) -> datetime:
        """Return from when on, by Zoho's clock, nothing is known of edits."""
        if self._newest is not None:
            return self._newest
        job = self._job
        with job.store.connect() as connection:
            read_at = cursors.seen_until(connection, job.scope, "books", job.module.books_list.entity)
        return (read_at or self._started_at) - OVERLAP


def _edited_at(record: Mapping[str, Any]) -> datetime | None:
    with suppress(ValueError):
        return instant(record, "Modified_Time")
    return None
