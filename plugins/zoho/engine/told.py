"""Reading just the records that events tell of (TXN-5)."""

from collections.abc import Iterator, Sequence
from typing import Any

from zoho.core.records import Side
from zoho.engine.details import whole
from zoho.engine.job import Job

Raw = dict[str, Any]


def told_ids(job: Job, side: Side, entity: str) -> list[str]:
    """Return the ids of a list that the run is to read one by one."""
    told = job.also if job.only is None else job.only
    return sorted(told.get((side, entity), ()))


def told_in_sales(job: Job, entity: str, ids: Sequence[str]) -> Iterator[list[Raw]]:
    """Yield the records of a sales-side list that are there, of the given ids: a call for a hundred.

    What comes whole with a single record only is read again even where the time of its last edit is the known one:
    two edits of one second, each told, are two edits. What the module does not mean comes along empty but for its
    id: it is not gone.
    """
    pages = job.sales.records(entity, fields=job.module.sales_lists()[entity], ids=ids, purpose="scan")
    looked_at = 0
    for page in pages:
        looked_at += len(page.records)
        job.progress(f"reading {entity}", looked_at, len(ids))
        found = {str(record["id"]): dict(record) for record in whole(job, entity, page.records, anew=True)}
        yield [found.get(str(row["id"]), {"id": row["id"]}) for row in page.records]


def told_in_books(job: Job, ids: Sequence[str]) -> Iterator[list[Raw]]:
    """Yield the records of the module's Books list that are there, whole, of the given ids.

    What is in the same Books list but of another module, a vendor among customers, comes along empty but for its id:
    it is not gone, and not this module's either.
    """
    books_list = job.module.books_list
    for raws in job.books_side.read_many(ids):
        yield [raw if _is_ours(job, raw) else {books_list.id_field: raw[books_list.id_field]} for raw in raws]


def _is_ours(job: Job, raw: Raw) -> bool:
    return all(raw.get(key, value) == value for key, value in job.module.books_list.filters.items())
