"""Scan: read what changed on both sides into staging."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pyarrow as pa

from zoho.api.crm import CrmClient
from zoho.api.paging import Page, RawPage
from zoho.core.observation import Observation
from zoho.core.records import Side, fingerprint
from zoho.engine.books_view import view_pages
from zoho.engine.control.points import heeding
from zoho.engine.details import whole
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered
from zoho.engine.job import Job, Window
from zoho.engine.sales_list import Asked, list_pages, looked_into
from zoho.engine.staging import dump_read, read_metadata, read_rows, write_rows
from zoho.engine.told import told_ids, told_in_books, told_in_sales
from zoho.modules.shapes import instant
from zoho.store import cursors
from zoho.store.cursors import Cursor
from zoho.store.observations import present_ids
from zoho.transport import json

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=2)
"""How far a scan reaches back before the last one, for records that Zoho was late to show."""

COMPLETE_EVERY = timedelta(days=1)
"""How often a list is read to its end, to find what was deleted there, where Zoho does not tell: Books and Bigin."""

_SCHEMA = pa.schema([("id", pa.string()), ("raw", pa.string())])


@dataclass(frozen=True, slots=True)
class Extract:
    """A staged list.

    Attributes:
        path: the Parquet file.
        entity: the list.
        rows: how many records it holds.
    """

    path: Any
    entity: str
    rows: int


def scan_sales(job: Job) -> list[Extract]:
    """Stage what changed in the sales-side lists that the module reads.

    A list that is limited to a view is read whole, since a record enters or leaves a view without being edited.
    What was deleted is in the same file: rows without content. The CRM lists it; Bigin does not, so its lists are
    read to their end once a day (zoho-api sections 2.7 and 4).

    Of the records that events tell of, those of a view come with it; the others are a file of their own, in which
    one that is not there any more counts as deleted. What a person asked for is read whatever the view shows.
    """
    extracts = []
    for entity, fields in job.module.sales_lists().items():
        told = told_ids(job, "sales", entity)
        view = None if job.focused else _view_id(job, entity)
        if job.only is None or (told and view):
            extracts.append(_scan_sales_list(job, entity, fields, view))
        if told and not view:
            extracts.append(_stage_told(job, "sales", entity, told, told_in_sales(job, entity, told)))
    return extracts


def _scan_sales_list(job: Job, entity: str, fields: Sequence[str], view: str | None) -> Extract:
    question = fingerprint({"entity": entity, "fields": fields, "view": view})
    last = _cursor(job, "sales", entity, question)
    since = _since(job, last, tells_deletions=isinstance(job.sales, CrmClient))
    asked_since = None if view else since
    scan = _Scan("sales", entity, question, asked_since, _window(job, last))
    shown: set[str] = set()
    deleted = _deleted(job, entity, since, view, shown)
    names = not job.module.named_lookups(entity).isdisjoint(fields)
    pages = list_pages(job, Asked(entity, question, tuple(fields), asked_since, view, names))
    pages = _noting(pages, shown, every=_compares(job, view))
    if scan.window or job.module.in_detail:
        pages = _kept(job, scan, map(looked_into, pages))
    return _stage(job, scan, pages, deleted)


def scan_books(job: Job) -> list[Extract]:
    """Stage what changed in the module's Books list: it has no such filter, so it is read newest first.

    Books tells nobody what was deleted, so once a day the list is read to its end. Where a Books view limits what
    may be sent to the sales side, the ids of all that it shows are staged too. The records that events tell of are
    a file of their own, read whole.
    """
    entity, view = job.module.books_list.entity, job.module.settings.books_view
    told = told_ids(job, "books", entity)
    extracts = [] if job.only is not None else [_scan_books_list(job)]
    if told:
        extracts.append(_stage_told(job, "books", entity, told, told_in_books(job, told)))
    return [*extracts, _stage_view(job, view)] if extracts and view is not None else extracts


def _scan_books_list(job: Job) -> Extract:
    books_list, unique = job.module.books_list, job.module.identity.unique.books
    told_by = {"unique": unique} if unique else {}  # once it is named, all of the list may tell something new
    question = fingerprint({"entity": books_list.entity, **books_list.filters, **told_by})
    last = _cursor(job, "books", books_list.entity, question)
    since = _since(job, last, tells_deletions=False)
    scan = _Scan("books", books_list.entity, question, since, _window(job, last))
    pages = _kept(job, scan, newer(job.books_side.newest_first(), since))
    return _stage(job, scan, pages, iter(()))


@dataclass(frozen=True, slots=True)
class _Scan:
    """What is asked of a list.

    Attributes:
        side: where the list is.
        entity: the list.
        question: hash of what is asked for.
        since: from when on; ``None`` for all of it.
        window: the span of time that is kept of it, if only that.
    """

    side: Side
    entity: str
    question: str
    since: datetime | None
    window: Window | None


def _window(job: Job, last: Cursor | None) -> Window | None:
    """Return the window that a list is read for; one that was never read is read whole, whatever the window."""
    return job.window if last else None


def _since(job: Job, last: Cursor | None, *, tells_deletions: bool) -> datetime | None:
    """Return from when on a list is asked for; ``None`` for all of it.

    Args:
        job: the run.
        last: how far it was read.
        tells_deletions: whether what was deleted can be asked for; if not, all of it is read once a day.
    """
    if last is None or (job.full_scan and not job.window):
        return None
    if job.window:
        return job.window.start
    complete = last.complete_at is not None and job.clock() - last.complete_at < COMPLETE_EVERY
    return last.seen_until - OVERLAP if complete or tells_deletions else None


def _view_id(job: Job, entity: str) -> str | None:
    """Return the id of the view that a list is limited to.

    Raises:
        PreflightError: there is no such view.
    """
    wanted = job.module.view_of(entity)
    if wanted is None:
        return None
    views = remembered(job, f"views of {entity}", lambda: _views(job, entity))
    if wanted not in views:
        names = ", ".join(sorted(views))
        raise PreflightError([f"{entity} has no view {wanted!r} on the sales side; it has: {names}"])
    return str(views[wanted])


def _views(job: Job, entity: str) -> dict[str, str]:
    """Return every name of every view, the standard ones' own among them, and its id → its id."""
    found = {}
    for view in job.sales.custom_views(entity):
        for name in (view.get("name"), view.get("display_value"), view.get("system_name"), view["id"]):
            if name:
                found[str(name)] = str(view["id"])
    return found


def _compares(job: Job, view: str | None) -> bool:
    """Whether what was deleted is found by comparing what is known with what a list shows."""
    return view is not None and not isinstance(job.sales, CrmClient)


def _noting(pages: Iterable[RawPage], shown: set[str], *, every: bool) -> Iterator[RawPage]:
    """Yield pages and note the ids of their records: every one, or just enough to know whether there are any."""
    for page in pages:
        if every or not shown:
            shown.update(row_id for row_id, _ in page.rows)
        yield page


def _deleted(job: Job, entity: str, since: datetime | None, view: str | None, shown: Set[str]) -> Iterator[str]:
    """Return the ids of deleted records, as far as the list itself does not show that they are missing.

    Args:
        job: the run.
        entity: the list.
        since: from when on; ``None`` when the list is read whole.
        view: the view that the list is limited to.
        shown: ids that the list shows, as :func:`_noting` notes them; it has by the time that the first deleted one
            is asked for.
    """
    if not isinstance(job.sales, CrmClient):
        return _not_found(job, entity, shown) if _compares(job, view) else iter(())
    return _told(job.sales, entity, since) if since else _told_since_last(job, job.sales, entity, view, shown)


def _told_since_last(job: Job, crm: CrmClient, entity: str, view: str | None, shown: Set[str]) -> Iterator[str]:
    """Yield what was deleted since the list was last read, where reading it whole does not tell that.

    What a view does not show may be outside of it, and an empty list is not taken for the deletion of everything.
    """
    with job.store.connect() as connection:
        last = cursors.seen_until(connection, job.scope, "sales", entity)
    if last and (view or not shown):
        yield from _told(crm, entity, last - OVERLAP)


def _told(crm: CrmClient, entity: str, since: datetime) -> Iterator[str]:
    for page in crm.deleted(entity, since=since, purpose="scan"):
        yield from (str(row["id"]) for row in page.records)


def _not_found(job: Job, entity: str, shown: Set[str]) -> Iterator[str]:
    """Yield the ids of the records that a view does not show any more because they are nowhere."""
    with job.store.connect() as connection:
        gone = [known for known in present_ids(connection, job.scope, "sales", entity) if known not in shown]
    pages = job.sales.records(entity, fields=["id"], ids=gone, purpose="scan")
    found = {str(row["id"]) for page in pages for row in page.records}
    yield from (missing for missing in gone if missing not in found)


def observations(job: Job, extract: Extract, side: Side) -> Iterator[Observation]:
    """Yield the records of a staged list as observations; one that cannot be understood comes as such."""
    detailed = "whole" in read_metadata(extract.path)
    for row in read_rows(extract.path):
        if row["raw"] is None:
            continue
        yield job.module.seen(side, extract.entity, json.loads(row["raw"]), detailed=detailed)


def shown_ids(extract: Extract) -> Iterator[str]:
    """Yield the ids of the records that a staged list shows."""
    return (row["id"] for row in read_rows(extract.path) if row["raw"] is not None)


def deleted_ids(extract: Extract) -> Iterator[str]:
    """Yield the ids of the records that a staged list tells to be deleted."""
    return (row["id"] for row in read_rows(extract.path) if row["raw"] is None)


@dataclass(frozen=True, slots=True)
class Position:
    """What a staged scan read.

    Attributes:
        question: hash of what was asked for.
        began: when, by Zoho's clock; ``None`` when Zoho did not say.
        complete: whether it is the whole list.
        limited: whether the list was limited to a view.
    """

    question: str
    began: datetime | None
    complete: bool
    limited: bool


def scan_position(job: Job, extract: Extract, side: Side) -> Position:
    """Return what a staged scan read."""
    kept = read_metadata(extract.path)
    began = datetime.fromisoformat(kept["began"]) if "began" in kept else None
    limited = side == "sales" and (job.module.in_detail or job.module.view_of(extract.entity) is not None)
    return Position(kept["question"], began, kept["complete"] == "yes", limited)


def _cursor(job: Job, side: Side, entity: str, question: str) -> Cursor | None:
    with job.store.connect() as connection:
        return cursors.read(connection, job.scope, side, entity, question)


def _kept(job: Job, scan: _Scan, pages: Iterable[Page]) -> Iterator[RawPage]:
    """Yield what is kept of pages that have to be looked into: what was edited in the window, and that whole."""
    id_field = "id" if scan.side == "sales" else job.module.books_list.id_field
    for page in pages:
        records: Iterable[Mapping[str, Any]] = _within(scan.window, scan.side, page.records)
        if scan.side == "sales":
            records = whole(job, scan.entity, records)
        rows = [(str(record[id_field]), dump_read(record)) for record in records]
        yield RawPage(rows, page.number, page.server_time)


def _within(window: Window | None, side: Side, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what was edited outside a window of time."""
    if window is None:
        return records
    stamp = "Modified_Time" if side == "sales" else "last_modified_time"
    return [row for row in records if _is_within(window, row, stamp)]


def _is_within(window: Window, row: Mapping[str, Any], stamp: str) -> bool:
    """Whether a row was edited in a window of time; one that does not tell is kept, to be refused by name."""
    try:
        return window.start <= instant(row, stamp) < window.end
    except ValueError:
        return True


def newer(pages: Iterable[Page], since: datetime | None) -> Iterator[Page]:
    """Yield pages until the records get older than ``since``; the rest of the list is not asked for."""
    for page in pages:
        yield page
        if since and _is_past(page.records, since):
            return


def _is_past(records: Sequence[Mapping[str, Any]], since: datetime) -> bool:
    """Whether a page, newest first, reaches back beyond a time, by the last of its rows that tells one."""
    for record in reversed(records):
        with suppress(ValueError):
            return instant(record, "last_modified_time") < since
    return False


def _stage(job: Job, scan: _Scan, pages: Iterable[RawPage], deleted: Iterable[str]) -> Extract:
    side, since, window = scan.side, scan.since, scan.window
    iterator = heeding(job, pages)
    first = next(iterator, None)
    metadata = {"question": scan.question, "complete": "no" if since or window else "yes"}
    if first and first.server_time and not window:  # a window of the past says nothing of how far all was read
        metadata["began"] = first.server_time.astimezone(UTC).isoformat()
    path = job.staging / f"{side}-{scan.entity}.parquet"
    rows = (row for page in chain([first] if first else [], iterator) for row in page.rows)
    gone = ((remote_id, None) for remote_id in deleted)
    count = write_rows(path, _SCHEMA, _columns(chain(rows, gone)), metadata)
    place = "the sales side" if side == "sales" else "Books"
    asked = f"changed since {_in_utc(since)}" if since else "in all"
    if window:
        asked = f"changed from {_in_utc(window.start)} to {_in_utc(window.end)}"
    log.info("Read %d %s from %s (%s).", count, scan.entity, place, asked)
    return Extract(path, scan.entity, count)


def _columns(rows: Iterable[tuple[str, bytes | None]]) -> Iterator[dict[str, Any]]:
    return ({"id": row_id, "raw": raw} for row_id, raw in rows)


def _stage_told(
    job: Job, side: Side, entity: str, told: Sequence[str], batches: Iterable[Sequence[Mapping[str, Any]]]
) -> Extract:
    """Stage the records that events tell of; one that is not there any more is a row without content."""
    id_field = "id" if side == "sales" else job.module.books_list.id_field
    missing = set(told)

    def rows() -> Iterator[dict[str, Any]]:
        for record in chain.from_iterable(batches):
            missing.discard(str(record[id_field]))
            if len(record) > 1:
                yield {"id": str(record[id_field]), "raw": dump_read(record)}
        yield from ({"id": remote_id, "raw": None} for remote_id in sorted(missing))

    path = job.staging / f"{side}-{entity}-told.parquet"
    metadata = {"question": "", "complete": "no"} | ({"whole": "yes"} if side == "books" else {})
    count = write_rows(path, _SCHEMA, rows(), metadata)
    place = "the sales side" if side == "sales" else "Books"
    log.info("Looked at %d %s that %s told of; %d are gone.", count, entity, place, len(missing))
    return Extract(path, entity, count)


def _stage_view(job: Job, view: str) -> Extract:
    """Stage the ids of what the Books view shows."""
    books_list = job.module.books_list
    records = (record for page in view_pages(job, view) for record in page.records)
    rows = ({"id": str(record[books_list.id_field]), "raw": "{}"} for record in records)
    path = job.staging / f"books-{books_list.entity}-view.parquet"
    count = write_rows(path, _SCHEMA, rows, {"view": view})
    log.info("The Books view %s shows %d %s.", view, count, books_list.entity)
    return Extract(path, books_list.entity, count)


def is_view(extract: Extract) -> bool:
    """Whether a staged list is what the Books view shows, by ids alone."""
    return "view" in read_metadata(extract.path)


def _in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
