"""Sales-side records that a list does not tell whole: the lines of a transaction come with a single one only."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from zoho.engine.control.points import heeding
from zoho.engine.side_by_side import side_by_side
from zoho.modules.raw import READ_AT
from zoho.modules.shapes import instant
from zoho.store import observations

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

_CHUNK = 200

_SURE_AFTER = timedelta(seconds=2)
"""How long after an edit a record shows all of the edit's second: Zoho tells the time at the end of its answer."""

Raw = Mapping[str, Any]


def whole(
    job: "Job", entity: str, rows: Iterable[Raw], purpose: str = "scan", *, anew: bool = False
) -> Iterator[Raw]:
    """Yield the records of rows of a list, whole; those that the module does not mean are left out (TXN-3).

    A record costs a call (zoho-api 2.2), so one that has not moved since it was last read is taken from the store.

    Args:
        job: the run.
        entity: the list.
        rows: its rows.
        purpose: for the call log.
        anew: whether to read also what has not moved.
    """
    if not job.module.in_detail:
        yield from rows
        return
    for some in observations.chunked((row for row in rows if job.module.wants(row)), _CHUNK):
        with job.store.connect() as connection:
            known = observations.by_id(connection, job.scope, "sales", entity, [str(row["id"]) for row in some])
        moved = [row for row in some if anew or not _is_known(known.get(str(row["id"])), row)]
        fresh = side_by_side(lambda row: job.sales.record_and_time(entity, str(row["id"]), purpose=purpose), moved)
        moved_ids = {row["id"] for row in moved}
        for row in heeding(job, some):
            if row["id"] not in moved_ids:
                yield {**known[str(row["id"])].raw, "Modified_Time": row["Modified_Time"]}
                continue
            record, read_at = next(fresh)
            if record is not None:
                yield {**record, READ_AT: read_at.isoformat()} if read_at else record


def _is_known(seen: Row[Any] | None, row: Raw) -> bool:
    """Whether what the store holds of a record is what a list row tells of.

    Times are to the second: one that was read in the second of an edit may have got another edit in the same second.
    """
    try:
        edited_at = instant(row, "Modified_Time")
    except ValueError:
        return False
    if seen is None or seen.absent is not None or seen.modified_at != edited_at:
        return False
    return seen.read_at is not None and seen.read_at >= edited_at + _SURE_AFTER
