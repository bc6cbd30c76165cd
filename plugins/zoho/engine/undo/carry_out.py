"""Carry out what only an undo does: take records away, bring them back, and tell of what stays."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from zoho.api.paging import batches
from zoho.core.records import Kind
from zoho.engine import wording
from zoho.engine.books_side import BooksDocuments
from zoho.engine.control.points import safe_point
from zoho.engine.job import Job
from zoho.engine.outcome import Try, noting
from zoho.engine.sales_side import BATCH
from zoho.engine.sides import read_books
from zoho.engine.work import Work
from zoho.store import links, observations, runs
from zoho.transport.errors import NotFound

_STAYS = "its counterpart was undone: sent again when it is edited"


def tell(job: Job, work: Work) -> None:
    """Note that something is not undone; neither its link nor its base moves."""
    with job.store.begin() as connection:
        runs.finish_change(connection, job.run_id, work.seq, job.clock())
    wording.log_done(work.item)


def restore(job: Job, work: Work, begun: bool) -> None:
    """Make a Books record active again, and let its link hold again if both records are there."""
    books_id = str(work.item.books_id)
    with job.store.begin() as connection:
        runs.start_change(connection, job.run_id, work.seq, work.before, job.clock())
    if work.body and not (begun and _status(job, books_id) != job.module.inactive_status):
        job.books_side.activate(books_id)
    with job.store.begin() as connection:
        if work.link_id is not None:
            links.restore(connection, work.link_id)
        runs.finish_change(connection, job.run_id, work.seq, job.clock(), after=work.body)
    wording.log_done(work.item)


def remove(job: Job, tries: Iterable[Try]) -> Iterator[bool]:
    """Take records away that an undone run made; yields for each whether it is done.

    Raises:
        Fatal, Retriable: Zoho cannot go on.
        Interrupted: the run is to stop.
    """
    by_kind: dict[Kind, list[Try]] = defaultdict(list)
    for one in sorted(tries, key=lambda one: one.work.item.kind is not Kind.CONTACT_PERSON):
        if one.work.item.target == "sales":
            by_kind[one.work.item.kind].append(one)
            continue
        safe_point(job)
        with noting(job, one):
            _remove_from_books(job, one.work, one.begun)
        yield not one.failed
    for kind, waiting in by_kind.items():
        for some in batches(waiting, BATCH):
            safe_point(job)
            _remove_from_sales(job, kind, some)
            yield from (not one.failed for one in some)


def _remove_from_books(job: Job, work: Work, begun: bool) -> None:
    books_id, side, entity = str(work.item.books_id), job.books_side, job.module.books_list.entity
    _start(job, [work])
    drafts = isinstance(side, BooksDocuments)  # somebody may have sent it a second ago
    status = _status(job, books_id) if begun or drafts else (work.before or {}).get("status")
    if isinstance(side, BooksDocuments):
        if status not in (None, "draft"):
            raise ValueError(f"{status} in Books by now: only a draft is deleted")
        if status:
            side.delete(books_id)
    elif status not in (None, job.module.inactive_status):
        side.deactivate(books_id)
        read_books(job, [books_id])  # as it is now it is left alone, until it is edited
    with job.store.begin() as connection:
        if status is None or isinstance(side, BooksDocuments):
            observations.mark_deleted(connection, job.scope, "books", entity, [books_id])
        _settle(job, connection, work)


def _remove_from_sales(job: Job, kind: Kind, tries: Sequence[Try]) -> None:
    entity = job.module.entity_of(kind)
    _start(job, [one.work for one in tries])
    ids = [str(one.work.item.sales_id) for one in tries]
    results = job.sales.delete(entity, ids, purpose="load")
    for one, result in zip(tries, results, strict=True):
        with noting(job, one):
            if result.error is not None and not isinstance(result.error, NotFound):
                raise result.error
            with job.store.begin() as connection:
                observations.mark_deleted(connection, job.scope, "sales", entity, [str(one.work.item.sales_id)])
                _settle(job, connection, one.work)


def _start(job: Job, works: Sequence[Work]) -> None:
    with job.store.begin() as connection:
        for work in works:
            runs.start_change(connection, job.run_id, work.seq, work.before, job.clock())


def _settle(job: Job, connection: Connection, work: Work) -> None:
    item, now = work.item, job.clock()
    if work.link_id is not None:
        links.retire_undone(connection, work.link_id, now)
        if item.target == "books":
            entity, stays = job.module.entity_of(item.kind), {str(item.sales_id): _STAYS}
            observations.set_verdicts(connection, job.scope, "sales", entity, stays)
        else:
            entity, stays = job.module.books_list.entity, {str(item.books_id): _STAYS}
            observations.set_verdicts(connection, job.scope, "books", entity, stays)
    runs.finish_change(connection, job.run_id, work.seq, now, after=work.body)
    wording.log_done(item)


def _status(job: Job, books_id: str) -> str | None:
    """Return the status of a Books record; ``None`` when it is gone."""
    raw = job.books_side.read(books_id)
    return None if raw is None else str(raw.get("status"))
