"""What the store has of one record: where it was seen, its links, and what the runs did with it (BEY-9)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, tuple_

from zoho.core.names import name_key
from zoho.core.records import Side
from zoho.store.links import of_module
from zoho.store.observations import of
from zoho.store.scope import Scope
from zoho.store.tables import approvals, changes, claims, links, observations, refusals, runs

RecordList = tuple[Side, str]
"""A side, and a list there in the API's own words."""

_SEEN = tuple(observations.c[name] for name in ("side", "entity", "remote_id", "name", "absent"))
_TOLD = ("run_id", "seq", "action", "direction", "kind", "sales_id", "books_id", "reason", "item", "finished_at")


def of_id(connection: Connection, scope: Scope, lists: Collection[RecordList], remote_id: str) -> list[Row[Any]]:
    """Return the observations of an id, whole; a side's ids are its own, so there is one for each side at most."""
    mine = _in(scope, lists)
    return list(connection.execute(select(observations).where(mine, observations.c.remote_id == remote_id)))


def named(
    connection: Connection, scope: Scope, lists: Collection[RecordList], text: str, limit: int, *, whole: bool
) -> list[Row[Any]]:
    """Return ``side, entity, remote_id, name, absent`` of records by their names, those of one name together.

    Args:
        connection: of the store.
        scope: whose.
        lists: where they may be.
        text: the name, in either case.
        limit: how many at most.
        whole: whether it is the whole name, else a part of it.
    """
    column, key = observations.c.name_key, name_key(text)
    matches = column == key if whole else column.contains(key, autoescape=True)
    query = select(*_SEEN).where(_in(scope, lists), matches)
    return list(connection.execute(query.order_by(column, observations.c.side.desc()).limit(limit)))


def _in(scope: Scope, lists: Collection[RecordList]) -> ColumnElement[bool]:
    """Select the observations of some lists; the name's index knows the side, that of the ids the list too."""
    columns = observations.c
    sides = or_(*(of(scope, side) for side in sorted({side for side, _ in lists})))
    return and_(sides, tuple_(columns.side, columns.entity).in_(sorted(lists)))


def links_of(
    connection: Connection, scope: Scope, *, sales_ids: Collection[str] = (), books_ids: Collection[str] = ()
) -> list[Row[Any]]:
    """Return the links of records: those that hold, those that a record has of its own, then the latest, first."""
    mine = or_(links.c.sales_id.in_(sorted(sales_ids)), links.c.books_id.in_(sorted(books_ids)))
    query = select(links).where(of_module(scope), mine)
    order = (links.c.retired_at.is_not(None), links.c.role.desc(), links.c.link_id.desc())
    return list(connection.execute(query.order_by(*order)))


def link(connection: Connection, link_id: int) -> Row[Any] | None:
    """Return a link, whether it holds or has ended."""
    return connection.execute(select(links).where(links.c.link_id == link_id)).first()


def done_with(
    connection: Connection, scope: Scope, sales_ids: Collection[str], books_ids: Collection[str], limit: int
) -> list[Row[Any]]:
    """Return what runs did with records, the latest first, with ``origin`` and ``started_at`` of the run.

    Args:
        connection: of the store.
        scope: whose.
        sales_ids: the records on the sales side.
        books_ids: the same in Books.
        limit: how many at most.
    """
    mine = or_(changes.c.sales_id.in_(sorted(sales_ids)), changes.c.books_id.in_(sorted(books_ids)))
    query = (
        select(*(changes.c[name] for name in _TOLD), runs.c.origin, runs.c.started_at)
        .join(runs, runs.c.run_id == changes.c.run_id)
        .where(runs.c.integration == scope.integration, runs.c.module == scope.module, ~runs.c.dry_run)
        .where(changes.c.state == "done", mine)
    )
    return list(connection.execute(query.order_by(runs.c.started_at.desc(), changes.c.seq.desc()).limit(limit)))


def deeds_of(connection: Connection, scope: Scope, sales_id: str, limit: int) -> list[Row[Any]]:
    """Return what runs did, or tried to do, with a record, whole, the latest first; see :func:`done_with`."""
    told = changes.c.state.in_(("done", "failed", "left_out"))
    query = (
        select(changes, runs.c.origin, runs.c.started_at)
        .join(runs, runs.c.run_id == changes.c.run_id)
        .where(runs.c.integration == scope.integration, runs.c.module == scope.module, ~runs.c.dry_run)
        .where(changes.c.sales_id == sales_id, told)
    )
    return list(connection.execute(query.order_by(runs.c.started_at.desc(), changes.c.seq.desc()).limit(limit)))


def held_back(connection: Connection, scope: Scope, sales_id: str) -> Row[Any] | None:
    """Return the plan in which a guard holds a record back: ``run_id``, ``why`` and ``finished_at``.

    That is the latest plan of the module that was held or carried out; an earlier one holds nothing any more.
    """
    ended = (
        select(runs.c.run_id, runs.c.state, runs.c.finished_at)
        .where(runs.c.integration == scope.integration, runs.c.module == scope.module, runs.c.applied_at.is_not(None))
        .where(or_(~runs.c.dry_run, runs.c.state == "held"))
        .order_by(runs.c.started_at.desc())
        .limit(1)
        .subquery()
    )
    told: list[ColumnElement[Any]] = [ended.c.run_id, ended.c.finished_at, approvals.c.why]
    query = (
        select(*told)
        .join(approvals, approvals.c.run_id == ended.c.run_id)
        .join(changes, changes.c.run_id == ended.c.run_id)
        .where(ended.c.state == "held", changes.c.sales_id == sales_id, changes.c.state == "planned")
    )
    return connection.execute(query.limit(1)).first()


def refusals_of(connection: Connection, scope: Scope, records: Collection[tuple[Side, str]]) -> list[Row[Any]]:
    """Return the writes of records that were taken back, by the side that they came from, and its id there."""
    source = tuple_(refusals.c.source, refusals.c.source_id).in_(sorted(records))
    return list(connection.execute(select(refusals).filter_by(**scope.keys).where(source)))


def claims_of(connection: Connection, scope: Scope, records: Collection[tuple[Side, str]]) -> list[Row[Any]]:
    """Return the creates of records that were begun and not finished."""
    source = tuple_(claims.c.source, claims.c.source_id).in_(sorted(records))
    return list(connection.execute(select(claims).filter_by(**scope.keys).where(source)))
