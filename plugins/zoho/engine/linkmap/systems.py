"""What both systems hold now, as far as an identity map has to know it (BEY-7)."""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

from zoho.core.observation import Observation
from zoho.core.records import Kind
from zoho.engine.job import Job

FEW = 5
"""Books records that are looked up one by one; for more of them their list is read, two hundred a call."""

_PURPOSE = "identity map"


class Systems:
    """Looks records up, each no more than once."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._whole: dict[str, Observation | None] = {}

    def in_sales(self, entity: str, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Return id → record of those that a sales-side list has: a call for a hundred."""
        pages = self.job.sales.records(entity, fields=self._fields(entity), ids=sorted(ids), purpose=_PURPOSE)
        return {str(record["id"]): dict(record) for page in pages for record in page.records}

    def all_in_sales(self, entity: str) -> dict[str, dict[str, Any]]:
        """Return id → record of a whole sales-side list, whatever its view shows: a call for two hundred."""
        pages = self.job.sales.records(entity, fields=self._fields(entity), purpose=_PURPOSE)
        return {str(record["id"]): dict(record) for page in pages for record in page.records}

    def _fields(self, entity: str) -> list[str]:
        """Return what is asked for: the name, and of a list that is kept in step what tells of the counterpart."""
        module = self.job.module
        unique = module.identity.unique.sales
        kept = any(source.entity == entity for source in module.sources)
        return [module.named[entity], *([unique] if unique and kept else [])]

    def sales_name(self, entity: str, record: dict[str, Any]) -> str:
        """Return the name of a sales-side record, or its id where it has none."""
        return str(record.get(self.job.module.named[entity]) or record["id"])

    @cached_property
    def listed(self) -> dict[str, Observation]:
        """Id → row of the Books list."""
        module = self.job.module
        rows = (row for page in self.job.books_side.newest_first() for row in page.records)
        found = (module.seen("books", module.books_list.entity, row, detailed=False) for row in rows)
        return {row.remote_id: row for row in found}

    def in_books(self, ids: Collection[str]) -> dict[str, Observation]:
        """Return id → record of those that Books has: list rows, or whole where only a few are asked for."""
        wanted = set(ids)
        if len(wanted) > FEW:
            found = {books_id: row for books_id, row in self.listed.items() if books_id in wanted}
            wanted -= set(found)  # the list leaves out what a filter of the module does not show
        else:
            found = {}
        return found | self.whole(sorted(wanted))

    def whole(self, ids: Iterable[str]) -> dict[str, Observation]:
        """Return id → record, whole, of those that Books has: a call each for contacts and transactions."""
        ids = list(ids)
        missing = [books_id for books_id in ids if books_id not in self._whole]
        self._whole |= dict.fromkeys(missing)
        for raws in self.job.books_side.read_many(missing):
            for raw in raws:
                if self._is_of_module(raw):
                    seen = self.job.module.seen("books", self.job.module.books_list.entity, raw)
                    self._whole[seen.remote_id] = seen
            self.job.progress("reading from Books", sum(1 for one in missing if self._whole[one]), len(missing))
        found = {books_id: self._whole[books_id] for books_id in ids}
        return {books_id: seen for books_id, seen in found.items() if seen is not None}

    def _is_of_module(self, raw: dict[str, Any]) -> bool:
        """Whether a contact of Books is what the module keeps: a customer, or a vendor."""
        wanted = self.job.module.books_list.filters.get("contact_type")
        return wanted is None or raw.get("contact_type") in (wanted, None)

    @property
    def read_whole(self) -> list[Observation]:
        """The Books records that were read whole so far, so that the next run need not read them again."""
        return [seen for seen in self._whole.values() if seen is not None]

    def kind_of(self, sales_id: str) -> tuple[Kind, dict[str, Any]] | None:
        """Return what a record of the sales side is, by the list that has it, and the record itself."""
        for source in self.job.module.sources:
            found = self.in_sales(source.entity, [sales_id])
            if sales_id in found:
                return source.kind, found[sales_id]
        return None

    def persons(self, seen: Observation) -> set[str]:
        """Return the ids of the contact persons of a Books record that was read whole."""
        return set(self.job.module.person_ids(seen.raw))
