"""Observations: what each side was last seen to hold."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from zoho.core.names import name_key
from zoho.core.observation import UNDATED, Observation
from zoho.core.records import Side
from zoho.store.bulk import copied
from zoho.store.scope import Scope
from zoho.store.tables import observations

Item = TypeVar("Item")

_CHUNK = 1_000
_COPIED = 10_000
_MANY = 100
"""Rows from which on copying them into a table of their own first is quicker than a statement for each."""


def chunked(items: Iterable[Item], size: int = _CHUNK) -> Iterator[list[Item]]:
    """Yield lists of at most ``size`` items, so that one statement serves many rows."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _absorbing(incoming: FromClause | None = None) -> Insert:
    statement = insert(observations)
    if incoming is not None:
        statement = statement.from_select([column.name for column in incoming.c], select(incoming))
    new = statement.excluded
    keeps_detail = and_(new.detailed_at.is_(None), observations.c.detailed_at.is_not(None))
    not_moved = and_(keeps_detail, observations.c.detailed_at == new.modified_at)
    return statement.on_conflict_do_update(
        index_elements=observations.primary_key,
        set_={
            "parent_id": new.parent_id,
            "name": new.name,
            "name_key": new.name_key,
            "modified_at": new.modified_at,
            "detailed_at": case((keeps_detail, observations.c.detailed_at), else_=new.detailed_at),
            "fingerprint": case((not_moved, observations.c.fingerprint), else_=new.fingerprint),
            "raw": case((keeps_detail, observations.c.raw), else_=new.raw),
            "absent": None,
            "read_at": func.coalesce(new.read_at, observations.c.read_at),
        },
        where=and_(
            or_(
                observations.c.absent.is_not(None),
                new.modified_at >= observations.c.modified_at,
                new.modified_at == UNDATED,
            ),
            or_(
                and_(new.read_at.is_not(None), observations.c.read_at.is_distinct_from(new.read_at)),
                observations.c.absent.is_not(None),
                observations.c.fingerprint != new.fingerprint,
                observations.c.modified_at != new.modified_at,
                observations.c.name != new.name,
                observations.c.detailed_at.is_distinct_from(new.detailed_at),
            ),
        ),
    )


_ABSORB = _absorbing()


def absorb(connection: Connection, scope: Scope, seen: Iterable[Observation]) -> None:
    """Store observations over older ones; repeating it changes nothing.

    What has been seen to be newer stays: a list that takes minutes to read may tell of a record as it was before a
    run of its own fetched it. Both times are Zoho's, of the same side.

    A list row never overwrites a detail: of a record that did not move since, nothing changes; of one that
    did, name and modification time are renewed and the detail is kept, known to be stale.
    """
    for chunk in chunked(seen, _COPIED):
        rows = [_row(scope, item) for item in chunk]
        if len(rows) < _MANY or len({(item.side, item.entity, item.remote_id) for item in chunk}) < len(rows):
            connection.execute(_ABSORB, rows)  # one after the other, since the last word about a record counts
            continue
        with copied(connection, observations, list(rows[0]), rows) as incoming:
            connection.execute(_absorbing(incoming))


def _row(scope: Scope, item: Observation) -> dict[str, object]:
    return {
        **scope.keys,
        "side": item.side,
        "entity": item.entity,
        "remote_id": item.remote_id,
        "parent_id": item.parent_id,
        "name": item.name,
        "name_key": name_key(item.name),
        "modified_at": item.modified_at,
        "detailed_at": item.modified_at if item.detailed else None,
        "fingerprint": item.fingerprint,
        "raw": dict(item.raw),
        "read_at": item.read_at,
    }


class Absence(StrEnum):
    """Why a record is not in its list any more."""

    DELETED = "deleted"
    LEFT_VIEW = "left the view"
    ACCOUNT_OUTSIDE = "its account is not in the view"


def mark_deleted(connection: Connection, scope: Scope, side: Side, entity: str, ids: Iterable[str]) -> None:
    """Note that records were deleted; ones that were never seen do not matter."""
    for chunk in chunked(ids):
        connection.execute(
            update(observations)
            .where(of(scope, side, entity), observations.c.remote_id.in_(chunk))
            .values(absent=Absence.DELETED)
        )


def note_deleted(connection: Connection, scope: Scope, side: Side, entity: str, names: Mapping[str, str]) -> None:
    """Note that records are gone, those too that were never seen here: of these, id and name are all that is known.

    Args:
        connection: of the store.
        scope: whose.
        side: where they were.
        entity: their list.
        names: id → name.
    """
    for chunk in chunked(names.items()):
        never_seen = [
            _row(scope, Observation(side, entity, remote_id, None, name, UNDATED, False, "", {}))
            for remote_id, name in chunk
        ]
        connection.execute(insert(observations).on_conflict_do_nothing(), never_seen)
        mark_deleted(connection, scope, side, entity, [remote_id for remote_id, _ in chunk])


@contextmanager
def _shown(connection: Connection, ids: Iterable[str]) -> Iterator[ColumnElement[bool]]:
    """Hold ids in a temporary table; gives the condition that an observation is one of them."""
    rows = ({"remote_id": remote_id} for remote_id in ids)
    with copied(connection, observations, ["remote_id"], rows) as shown:
        yield exists().where(shown.c.remote_id == observations.c.remote_id)


def missing(
    connection: Connection, scope: Scope, side: Side, entity: str, present: Iterable[str], began: datetime
) -> list[str]:
    """Return the ids of the records that were there before, and that a scan of the whole list did not show.

    Args:
        connection: of the store.
        scope: whose.
        side: where the list is.
        entity: the list.
        present: ids of the records that the scan showed.
        began: when the scan began; what was written since then is not missing.
    """
    with _shown(connection, present) as shown:
        query = select(observations.c.remote_id).where(_was_there(scope, side, entity, began), ~shown)
        return list(connection.scalars(query))


def mark_left_view(
    connection: Connection, scope: Scope, side: Side, entity: str, present: Iterable[str], began: datetime
) -> int:
    """Note which records a scan of all that a view shows did not show; returns how many are :func:`missing` so."""
    with _shown(connection, present) as shown:
        those = update(observations).where(_was_there(scope, side, entity, began), ~shown)
        return connection.execute(those.values(absent=Absence.LEFT_VIEW)).rowcount


def _was_there(scope: Scope, side: Side, entity: str, began: datetime) -> ColumnElement[bool]:
    columns = observations.c
    there = or_(columns.absent.is_(None), columns.absent == Absence.ACCOUNT_OUTSIDE)
    return and_(of(scope, side, entity), there, columns.modified_at < began)


def mark_in_view(connection: Connection, scope: Scope, entity: str, shown_ids: Iterable[str] | None) -> None:
    """Note which records of a Books list the Books view shows (CUS-5).

    Args:
        connection: of the store.
        scope: whose.
        entity: the list.
        shown_ids: ids of the records that the view shows; ``None``: there is no view.
    """
    mine, in_view = of(scope, "books", entity), observations.c.in_view
    if shown_ids is None:
        connection.execute(update(observations).where(mine, in_view.is_not(None)).values(in_view=None))
        return
    with _shown(connection, shown_ids) as shown:
        connection.execute(update(observations).where(mine, in_view.is_distinct_from(shown)).values(in_view=shown))


def mark_outside(connection: Connection, scope: Scope, entity: str, parent_entity: str | None) -> None:
    """Note which contacts have no account in the view, and that the others are back (CUS-5).

    Args:
        connection: of the store.
        scope: whose.
        entity: the list of the contacts.
        parent_entity: the list of the accounts; ``None``: their view does not limit the contacts.
    """
    columns, mine = observations.c, of(scope, "sales", entity)
    back = and_(mine, columns.absent == Absence.ACCOUNT_OUTSIDE)
    if parent_entity is None:
        connection.execute(update(observations).where(back).values(absent=None))
        return
    account = observations.alias("account")
    in_view = exists().where(
        *(account.c[key] == columns[key] for key in ("integration", "module", "organization_id", "side")),
        account.c.entity == parent_entity,
        account.c.remote_id == columns.parent_id,
        account.c.absent.is_(None),
    )
    outside = and_(mine, columns.absent.is_(None), ~in_view)
    connection.execute(update(observations).where(back, in_view).values(absent=None))
    connection.execute(update(observations).where(outside).values(absent=Absence.ACCOUNT_OUTSIDE))


def of(scope: Scope, side: Side, entity: str | None = None, table: Any = observations) -> ColumnElement[bool]:
    """Return the condition that selects the observations of one side, or of one of its lists."""
    columns = table.c
    condition = and_(*(columns[key] == value for key, value in scope.keys.items()), columns.side == side)
    return condition if entity is None else and_(condition, columns.entity == entity)


def present_ids(connection: Connection, scope: Scope, side: Side, entity: str) -> list[str]:
    """Return the ids of the records that were in a list when it was last seen."""
    query = select(observations.c.remote_id).where(of(scope, side, entity), observations.c.absent.is_(None))
    return list(connection.scalars(query))


def is_there(connection: Connection, scope: Scope, side: Side, remote_id: str) -> bool:
    """Whether a record was in any list of a side when that was last seen."""
    mine = (of(scope, side), observations.c.remote_id == remote_id, observations.c.absent.is_(None))
    return bool(connection.scalar(select(exists().where(*mine))))


def count(connection: Connection, scope: Scope, side: Side) -> int:
    """Return how many records of a side are known to be there."""
    query = select(func.count()).where(of(scope, side), observations.c.absent.is_(None))
    return int(connection.scalar(query) or 0)


def by_id(connection: Connection, scope: Scope, side: Side, entity: str, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Return id → observation row of the given records, those that were ever seen."""
    found: dict[str, Row[Any]] = {}
    for chunk in chunked(ids):
        query = select(observations).where(of(scope, side, entity), observations.c.remote_id.in_(chunk))
        found |= {row.remote_id: row for row in connection.execute(query)}
    return found


def latest_detail(connection: Connection, scope: Scope, entity: str) -> Row[Any] | None:
    """Return the Books record of a list that was edited last, of those that were read whole."""
    whole = and_(of(scope, "books", entity), observations.c.detailed_at.is_not(None))
    query = select(observations).where(whole).order_by(observations.c.modified_at.desc()).limit(1)
    return connection.execute(query).first()


def by_parent(
    connection: Connection, scope: Scope, entity: str, parents: Collection[str]
) -> dict[str, list[Row[Any]]]:
    """Return parent id → observation rows of its children on the sales side, oldest id first."""
    found: dict[str, list[Row[Any]]] = {parent: [] for parent in parents}
    for chunk in chunked(parents):
        query = (
            select(observations)
            .where(of(scope, "sales", entity), observations.c.parent_id.in_(chunk), observations.c.absent.is_(None))
            .order_by(observations.c.remote_id)
        )
        for row in connection.execute(query):
            found[row.parent_id].append(row)
    return found


def set_verdicts(connection: Connection, scope: Scope, side: Side, entity: str, verdicts: Mapping[str, str]) -> None:
    """Note on unlinked records why they are not synced."""
    for chunk in chunked(verdicts.items()):
        reasons = dict(chunk)
        connection.execute(
            update(observations)
            .where(of(scope, side, entity), observations.c.remote_id.in_(reasons))
            .values(verdict=case(reasons, value=observations.c.remote_id))
        )


def clear_verdicts(connection: Connection, scope: Scope, side: Side, entity: str, ids: Iterable[str]) -> None:
    """Note on records that they are synced by now."""
    for chunk in chunked(ids):
        mine = (of(scope, side, entity), observations.c.remote_id.in_(chunk), observations.c.verdict.is_not(None))
        connection.execute(update(observations).where(*mine).values(verdict=None))
