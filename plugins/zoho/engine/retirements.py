"""Retirements: links of which one record was deleted (OPS-7).

No deletion crosses over by default. The link ends, the record of the other side stays, and what was deleted in
Books does not come back unless it is edited on the sales side. As a setting, a Books record that came from the
sales side is made inactive when it is deleted there; one that was edited in Books since is kept.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from zoho.config.settings import Deletes
from zoho.core.plan import Action, PlanDirection, PlanItem
from zoho.core.records import Kind, Side
from zoho.engine import wording
from zoho.engine.job import Job
from zoho.engine.sides import base_of
from zoho.engine.work import Work
from zoho.store import links, observations, runs, worklist
from zoho.store.observations import Absence


def plan_retirements(job: Job) -> Iterator[Work]:
    """Plan the end of every link of which a record was deleted."""
    for source in job.module.sources:
        with job.store.connect() as connection:
            rows = worklist.bereft(connection, job.scope, source.entity, job.module.books_list.entity)
        for row in rows:
            yield _retirement(job, source.kind, row)


def _retirement(job: Job, kind: Kind, row: Row[Any]) -> Work:
    body = None
    direction: PlanDirection = "sales_to_books"
    if row.books_absent == Absence.DELETED:
        direction = "books_to_sales"
        reason = "deleted in Books; kept on the sales side, and sent again only when it is edited there"
    elif job.module.settings.deletes is Deletes.KEEP:
        reason = "deleted on the sales side; kept in Books"
    elif not row.came_from_sales:
        reason = "deleted on the sales side; kept in Books, where it was before"
    elif _edited(job, kind, row):
        reason = "deleted on the sales side, edited in Books since: kept there"
    elif row.books_raw.get("status") == job.module.inactive_status:
        reason = f"deleted on the sales side; {job.module.inactive_status} in Books already"
    else:
        reason = f"deleted on the sales side; made {job.module.inactive_status} in Books"
        body = {"status": job.module.inactive_status}
    item = PlanItem(Action.RETIRE, direction, kind, row.sales_id, row.books_id, row.name, reason)
    mark = None if _edited(job, kind, row) else row.books_mark
    return Work(0, item, before=row.books_raw, body=body, link_id=row.link_id, books_seen=mark)


def _edited(job: Job, kind: Kind, row: Row[Any]) -> bool:
    """Whether a Books record holds anything else than when its link was last in step, or may do so."""
    if row.books_mark == row.books_seen:
        return False
    if row.books_raw is None or row.books_detailed_at != row.books_modified_at:
        return True
    held = job.module.books_record(kind, row.books_raw).values
    return any(held.get(key) != value for key, value in base_of(row).books.items())


def retire(job: Job, work: Work, begun: bool) -> None:
    """Carry out a retirement.

    Args:
        job: the run.
        work: the retirement.
        begun: whether an earlier try may have carried out a part of it.
    """
    item = work.item
    if item.books_id is None or work.link_id is None:
        raise ValueError(f"retirement {work.seq} names no link")
    with job.store.begin() as connection:
        runs.start_change(connection, job.run_id, work.seq, work.before, job.clock())
    if work.body and not (begun and _is_inactive(job, item.books_id)):
        job.books_side.deactivate(item.books_id)
    deleted_on: Side = "books" if item.direction == "books_to_sales" else "sales"
    now = job.clock()
    with job.store.begin() as connection:
        links.retire(connection, work.link_id, deleted_on, now, work.books_seen)
        if deleted_on == "books":
            entity = job.module.source_of(item.kind).entity
            observations.set_verdicts(connection, job.scope, "sales", entity, {str(item.sales_id): item.reason})
        runs.finish_change(connection, job.run_id, work.seq, now, after=work.body)
    wording.log_done(item)


def _is_inactive(job: Job, books_id: str) -> bool:
    raw = job.books_side.read(books_id)
    return raw is None or raw.get("status") == job.module.inactive_status
