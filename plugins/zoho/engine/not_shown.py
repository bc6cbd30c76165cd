"""Records that a whole list did not show: gone, or moved while it was read (OPS-7).

A Books list is read newest first, page by page: a record that somebody edits meanwhile moves from a page still to
come to the first one, which was read. Taken for deleted it would lose its link, and its edit would be overwritten. So
what is missing is looked for once more; a list that lacks nothing costs no call for it.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from zoho.core.observation import Observation
from zoho.core.records import Side
from zoho.engine.guards import check_missing
from zoho.engine.job import Job
from zoho.engine.scan import Extract, newer, shown_ids
from zoho.store.observations import absorb, mark_deleted, mark_left_view, missing

log = logging.getLogger(__name__)


def note_left_view(job: Job, connection: Connection, side: Side, extract: Extract, began: datetime) -> None:
    """Note what a view does not show any more; it may have been deleted as well."""
    left = mark_left_view(connection, job.scope, side, extract.entity, shown_ids(extract), began)
    if left:
        log.info("%d %s left the view.", left, extract.entity)


def note_deleted(job: Job, connection: Connection, side: Side, extract: Extract, began: datetime) -> None:
    """Note what is not there any more.

    Args:
        job: the run.
        connection: to the store, where the list was taken in.
        side: where the list is.
        extract: the list, whole.
        began: when reading it began, by Zoho's clock.

    Raises:
        HeldBack: more is missing than is believed.
    """
    entity = extract.entity
    gone = missing(connection, job.scope, side, entity, shown_ids(extract), began)
    if not gone:
        return
    check_missing(job, side, entity, len(gone), extract.rows)
    moved = list(_still_there(job, side, gone, entity, began))
    absorb(connection, job.scope, moved)
    gone = sorted(set(gone) - {one.remote_id for one in moved})
    mark_deleted(connection, job.scope, side, entity, gone)
    log.info("%d %s were deleted; %d had moved while the list was read.", len(gone), entity, len(moved))


def _still_there(job: Job, side: Side, gone: Sequence[str], entity: str, began: datetime) -> Iterator[Observation]:
    """Yield the records that are there all the same: a call to the sales side for each hundred, one to Books."""
    if side == "sales":
        fields = job.module.sales_lists()[entity]
        pages = job.sales.records(entity, fields=fields, ids=gone, purpose="scan")
        yield from (job.module.seen(side, entity, record) for page in pages for record in page.records)
        return
    wanted, id_field = set(gone), job.module.books_list.id_field
    for page in newer(job.books_side.newest_first(), began.replace(microsecond=0)):
        for record in page.records:
            if str(record.get(id_field)) in wanted:
                yield job.module.seen(side, entity, record, detailed=False)
