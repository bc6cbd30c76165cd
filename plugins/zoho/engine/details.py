"""Sales-side records that a list does not tell whole: the lines of a transaction come with a single one only."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from zoho.modules.raw import instant
from zoho.store import observations

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

_CHUNK = 200

Raw = Mapping[str, Any]


def whole(
    job: "Job", entity: str, rows: Iterable[Raw], purpose: str = "scan", *, anew: bool = False
) -> Iterator[Raw]:
    """Yield the records of rows of a list, whole; those that the module does not mean are left out (TXN-3).

    A record costs a call (zoho-api 2.2), so one that has not moved since it was last seen is taken from the store.

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
        for row in some:
            seen = known.get(str(row["id"]))
            if (
                not anew
                and seen is not None
                and seen.absent is None
                and seen.modified_at == instant(row["Modified_Time"])
            ):
                yield {**seen.raw, "Modified_Time": row["Modified_Time"]}
                continue
            record = job.sales.record(entity, str(row["id"]), purpose=purpose)
            if record is not None:
                yield record
