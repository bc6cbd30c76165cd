"""Failures that still stand: records that were not written and have not been since (OPS-4).

Every run of a whole module tries again whatever is out of step, so a failure stands when no such run has come to its
end since without it, and no run has done the same for the record. A deal that lacks something is told of once and
not tried again until it is edited: it stands as long as that is the last that was said of it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from zoho.store.tables import changes, deals, runs

_DEALS = "deals"
_FAILED = or_(changes.c.state == "failed", and_(changes.c.state == "started", runs.c.finished_at.is_not(None)))
_IN_EARNEST = and_(~runs.c.dry_run, _FAILED)
_KEY = case((changes.c.sales_id.is_not(None), changes.c.sales_id), else_=literal("books ") + changes.c.books_id)
"""What the record is, which in a create only one side has an id of."""

_COLUMNS = (
    *(runs.c.integration, runs.c.module, runs.c.started_at, runs.c.origin, runs.c.settings_hash),
    *(changes.c[name] for name in ("run_id", "seq", "action", "direction", "kind", "sales_id", "books_id", "name")),
    *(changes.c.error, _KEY.label("key")),
    func.coalesce(changes.c.finished_at, changes.c.started_at, runs.c.started_at).label("failed_at"),
)


@dataclass(frozen=True, slots=True)
class FailureFilter:
    """Which failures are meant; whatever is empty or ``None`` limits nothing.

    Attributes:
        integrations: names.
        modules: names.
        direction: ``sales_to_books`` or ``books_to_sales``.
        since: those that happened last at this time or later, aware.
        text: in the name or in the reason, in either case, or the id of the record on a side.
        run_id: of the run that failed last.
    """

    integrations: Collection[str] = ()
    modules: Collection[str] = ()
    direction: str | None = None
    since: datetime | None = None
    text: str = ""
    run_id: str | None = None


def standing(
    connection: Connection, wanted: FailureFilter, limit: int, after: tuple[datetime, str, int] | None = None
) -> list[Row[Any]]:
    """Return the failures that stand, the latest first: each record once, with its last failure.

    Beside columns of the run and the change: ``key``, ``failed_at``, ``times`` (how often in a row) and
    ``first_failed_at``.

    Args:
        connection: of the store.
        wanted: which.
        limit: how many at most.
        after: ``failed_at``, ``run_id`` and ``seq`` of the last one of the page before.
    """
    last = _last_of_each(wanted)
    query = select(last).where(_is_meant(last, wanted))
    place = tuple_(last.c.failed_at, last.c.run_id, last.c.seq)
    if after:
        query = query.where(place < after)
    descending = (last.c.failed_at.desc(), last.c.run_id.desc(), last.c.seq.desc())
    page = query.order_by(*descending).limit(limit).subquery()
    streak = _streak(page)
    query = select(page, streak.c.times, streak.c.first_failed_at).select_from(page.join(streak, literal(True)))
    again = (page.c.failed_at.desc(), page.c.run_id.desc(), page.c.seq.desc())
    return list(connection.execute(query.order_by(*again)))


def number_of_each(connection: Connection, wanted: FailureFilter) -> dict[tuple[str, str], int]:
    """Return (integration, module) → how many failures stand; modules without any are left out."""
    last = _last_of_each(wanted)
    key = (last.c.integration, last.c.module)
    query = select(*key, func.count().label("n")).where(_is_meant(last, wanted)).group_by(*key)
    return {(row.integration, row.module): int(row.n) for row in connection.execute(query)}


def failed_in(connection: Connection, run_ids: Collection[str], limit: int) -> list[Row[Any]]:
    """Return the records that some runs failed to write: each once, the first to fail first.

    Beside columns of the run and the change: ``times``, in how many of these runs it failed, and ``before``, in how
    many runs of Airflow in a row before them. What people try by hand in between does not count.

    Args:
        connection: of the store.
        run_ids: of one run of a DAG.
        limit: how many at most.
    """
    mine = (_IN_EARNEST, changes.c.state.in_(("failed", "started")), runs.c.run_id.in_(run_ids))
    key = (runs.c.integration, runs.c.module, changes.c.direction, _KEY)
    last = (
        select(*_COLUMNS)
        .join(runs, runs.c.run_id == changes.c.run_id)
        .where(*mine)
        .ext(distinct_on(*key))
        .order_by(*key, runs.c.started_at.desc(), changes.c.seq.desc())
        .subquery("last")
    )
    first = select(last).order_by(last.c.started_at, last.c.seq).limit(limit).subquery("failing")
    before = _streak(first, lambda run: and_(run.c.origin.startswith("airflow:"), run.c.run_id.not_in(run_ids)))
    times = _streak(first, lambda run: run.c.run_id.in_(run_ids), "times_here")
    query = select(first, before.c.times.label("before"), times.c.times)
    query = query.select_from(first.join(before, literal(True)).join(times, literal(True)))
    return list(connection.execute(query.order_by(first.c.started_at, first.c.seq)))


def _last_of_each(wanted: FailureFilter) -> FromClause:
    """Return the last failure of each record that stands, mended ones left out."""
    found = union_all(_of_modules(wanted), _of_lacking_deals(wanted)).subquery("found")
    key = (found.c.integration, found.c.module, found.c.direction, found.c.key)
    last = (
        select(found)
        .ext(distinct_on(*key))
        .order_by(*key, found.c.started_at.desc(), found.c.run_id.desc(), found.c.seq.desc())
        .subquery("last")
    )
    return select(last).where(~_was_done_since(last)).subquery("standing")


def _limited(query: Select[Any], wanted: FailureFilter) -> Select[Any]:
    if wanted.integrations:
        query = query.where(runs.c.integration.in_(sorted(wanted.integrations)))
    if wanted.modules:
        query = query.where(runs.c.module.in_(sorted(wanted.modules)))
    return query


def _of_modules(wanted: FailureFilter) -> Select[Any]:
    """Select the failures since the last run of each whole module that carried out its plan, its own among them."""
    whole = runs.alias("whole")
    mended = (
        select(literal(1))
        .where(
            whole.c.integration == runs.c.integration,
            whole.c.module == runs.c.module,
            whole.c.started_at > runs.c.started_at,
            whole.c.applied_at.is_not(None),
            ~whole.c.dry_run,
            whole.c.about.is_(None),
        )
        .correlate(runs)
        .exists()
    )
    told_once = and_(runs.c.module == _DEALS, changes.c.action.in_(("reject", "link")))
    query = (
        select(*_COLUMNS)
        .join(runs, runs.c.run_id == changes.c.run_id)
        .where(_IN_EARNEST, changes.c.state.in_(("failed", "started")), ~told_once, ~mended)
    )
    return _limited(query, wanted)


def _of_lacking_deals(wanted: FailureFilter) -> Select[Any]:
    """Select what was told of the deals of which nothing can be made as they are."""
    said = and_(
        deals.c.integration == runs.c.integration,
        deals.c.deal_id == changes.c.sales_id,
        deals.c.verdict == changes.c.reason,
    )
    query = (
        select(*_COLUMNS)
        .join(runs, runs.c.run_id == changes.c.run_id)
        .join(deals, said)
        .where(_IN_EARNEST, runs.c.module == _DEALS, changes.c.action == "reject")
    )
    return _limited(query, wanted)


def _was_done_since(last: FromClause) -> ColumnElement[bool]:
    """Whether a later run has written the record the same way."""
    done, run = changes.alias("done"), runs.alias("done_by")
    is_later = tuple_(run.c.started_at, run.c.run_id) > tuple_(last.c.started_at, last.c.run_id)
    same_run = and_(run.c.run_id == last.c.run_id, done.c.seq > last.c.seq)
    common = (
        select(literal(1))
        .select_from(done.join(run, run.c.run_id == done.c.run_id))
        .where(
            run.c.integration == last.c.integration,
            run.c.module == last.c.module,
            done.c.direction == last.c.direction,
            done.c.state == "done",
            or_(is_later, same_run),
        )
    )
    by_sales = common.where(done.c.sales_id == last.c.sales_id)
    by_books = common.where(last.c.sales_id.is_(None), done.c.books_id == last.c.books_id)
    return or_(by_sales.exists(), by_books.exists())


def _is_meant(last: FromClause, wanted: FailureFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [literal(True)]
    if wanted.direction:
        conditions.append(last.c.direction == wanted.direction)
    if wanted.since:
        conditions.append(last.c.failed_at >= wanted.since)
    if wanted.run_id:
        conditions.append(last.c.run_id == wanted.run_id)
    if wanted.text:
        text = wanted.text.strip()
        contains = [
            func.lower(last.c[column]).contains(text.lower(), autoescape=True) for column in ("name", "error")
        ]
        conditions.append(or_(*contains, last.c.sales_id == text, last.c.books_id == text))
    return and_(*conditions)


def _streak(
    page: FromClause, counts: Callable[[Any], ColumnElement[bool]] = lambda _: literal(True), name: str = "streak"
) -> Any:
    """Return how often a record has failed since it was last written, and since when; for each row of a page.

    Args:
        page: the records.
        counts: which runs, given their table, are counted.
        name: of what is returned, in the query.
    """
    failed, run = changes.alias("failed"), runs.alias("failed_in")
    done, by = changes.alias("before"), runs.alias("before_by")
    same = _same_record(failed, run, page)
    last_done = (
        select(func.max(by.c.started_at))
        .select_from(done.join(by, by.c.run_id == done.c.run_id))
        .where(_same_record(done, by, page), done.c.state == "done", by.c.run_id != page.c.run_id)
        .correlate(page)
        .scalar_subquery()
    )
    since = or_(last_done.is_(None), run.c.started_at > last_done)
    return (
        select(
            func.count(run.c.run_id.distinct()).label("times"),
            func.min(func.coalesce(failed.c.finished_at, run.c.started_at)).label("first_failed_at"),
        )
        .select_from(failed.join(run, run.c.run_id == failed.c.run_id))
        .where(same, ~run.c.dry_run, failed.c.state.in_(("failed", "started")), since, counts(run))
        .lateral(name)
    )


def _same_record(change: Any, run: Any, page: FromClause) -> ColumnElement[bool]:
    of_sales = change.c.sales_id == page.c.sales_id
    of_books = and_(page.c.sales_id.is_(None), change.c.books_id == page.c.books_id)
    return and_(
        run.c.integration == page.c.integration,
        run.c.module == page.c.module,
        change.c.direction == page.c.direction,
        or_(of_sales, of_books),
    )
