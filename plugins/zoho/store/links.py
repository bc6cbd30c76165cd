"""Links: the identity map, which record of one side is which of the other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from zoho.core.lines import to_store
from zoho.core.records import Base, Kind, Side
from zoho.store.observations import chunked
from zoho.store.scope import Scope
from zoho.store.tables import links, observations

Role = Literal["record", "child"]


@dataclass(frozen=True, slots=True)
class NewLink:
    """A pairing to be stored, of two records or of two children.

    ``sales_seen`` and ``books_seen`` are the fingerprints of the observations it is based on.
    """

    role: Role
    kind: Kind
    sales_id: str
    books_id: str
    base: Base
    sales_seen: str
    books_seen: str


def _saving() -> Insert:
    statement = insert(links)
    new = statement.excluded
    renewed = (
        *("kind", "books_id", "parent_link_id", "base_sales", "base_books"),
        *("sales_seen", "books_seen", "run_id"),
    )
    return statement.on_conflict_do_update(
        index_elements=["integration", "module", "organization_id", "role", "sales_id"],
        index_where=links.c.retired_at.is_(None),
        set_={column: new[column] for column in renewed},
    )


_SAVE = _saving()

_IN_VIEW = (
    select(observations.c.in_view)
    .where(
        *(observations.c[key] == links.c[key] for key in ("integration", "module", "organization_id")),
        observations.c.side == "books",
        observations.c.remote_id == links.c.books_id,
    )
    .correlate(links)
    .scalar_subquery()
)
"""Whether the Books view shows the Books record of a link; a module has one list there."""


def save(
    connection: Connection,
    scope: Scope,
    link: NewLink,
    children: Sequence[NewLink],
    run_id: str,
    at: datetime,
) -> int:
    """Store a link and those of its children, or renew the ones there are; repeating it changes nothing.

    Returns:
        The link's id.

    Raises:
        sqlalchemy.exc.IntegrityError: a Books record is linked to another sales-side record.
    """
    row = {**scope.keys, **_columns(link), "parent_link_id": None, "run_id": run_id, "linked_at": at}
    link_id = int(connection.execute(_SAVE.returning(links.c.link_id), row).scalar_one())
    moved = links.c.in_view.is_distinct_from(_IN_VIEW)
    connection.execute(update(links).where(links.c.link_id == link_id, moved).values(in_view=_IN_VIEW))
    save_children(connection, scope, link_id, children, run_id, at)
    return link_id


def save_many(
    connection: Connection,
    scope: Scope,
    wanted: Sequence[tuple[NewLink, Sequence[NewLink]]],
    run_id: str,
    at: datetime,
) -> None:
    """Store links of records, each with those of its children; see :func:`save`."""
    common = {**scope.keys, "parent_link_id": None, "run_id": run_id, "linked_at": at}
    connection.execute(_SAVE, [{**common, **_columns(link)} for link, _ in wanted])
    saved = and_(active(scope, "record"), links.c.sales_id.in_([link.sales_id for link, _ in wanted]))
    moved = links.c.in_view.is_distinct_from(_IN_VIEW)
    connection.execute(update(links).where(saved, moved).values(in_view=_IN_VIEW))
    rows = connection.execute(select(links.c.sales_id, links.c.link_id).where(saved))
    ids = {row.sales_id: row.link_id for row in rows}
    for link, children in wanted:
        save_children(connection, scope, ids[link.sales_id], children, run_id, at)


def save_children(
    connection: Connection,
    scope: Scope,
    parent_link_id: int,
    children: Sequence[NewLink],
    run_id: str,
    at: datetime,
) -> None:
    """Store the links of children below the link of their parent, or renew the ones there are.

    A child that was linked with another contact person before has moved: that link is kept as ended, so that the
    person is taken out where it was, and the customer that it was below is looked at again.
    """
    common = {**scope.keys, "parent_link_id": parent_link_id, "run_id": run_id, "linked_at": at}
    if children:
        persons = {child.sales_id: child.books_id for child in children}
        known = select(links.c.link_id, links.c.parent_link_id, links.c.sales_id, links.c.books_id).where(
            active(scope, "child"), links.c.sales_id.in_(persons)
        )
        moved = [row for row in connection.execute(known) if persons[row.sales_id] != row.books_id]
        if moved:
            ended = links.c.link_id.in_([row.link_id for row in moved])
            connection.execute(update(links).where(ended).values(retired_at=at, retired_why="moved"))
            before = links.c.link_id.in_([row.parent_link_id for row in moved])
            connection.execute(update(links).where(before).values(books_seen=""))
        connection.execute(_SAVE, [{**common, **_columns(child)} for child in children])


def _columns(link: NewLink) -> dict[str, Any]:
    return {
        "role": link.role,
        "kind": str(link.kind),
        "sales_id": link.sales_id,
        "books_id": link.books_id,
        "base_sales": to_store(link.base.sales),
        "base_books": to_store(link.base.books),
        "sales_seen": link.sales_seen,
        "books_seen": link.books_seen,
    }


def retire_child(connection: Connection, scope: Scope, sales_id: str, parent_link_id: int, at: datetime) -> None:
    """Retire the link of a child, if it still hangs below this parent."""
    connection.execute(
        update(links)
        .where(active(scope, "child"), links.c.sales_id == sales_id, links.c.parent_link_id == parent_link_id)
        .values(retired_at=at)
    )


def retire_child_of(connection: Connection, scope: Scope, books_id: str, sales_id: str, at: datetime) -> None:
    """Retire the link of a contact person of Books to any other contact than ``sales_id``."""
    connection.execute(
        update(links)
        .where(active(scope, "child"), links.c.books_id == books_id, links.c.sales_id != sales_id)
        .values(retired_at=at, retired_why="sales")
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """Both sides of a link as they were looked at when nothing was to be done: the fingerprints."""

    link_id: int
    sales_seen: str
    books_seen: str


def mark_seen(connection: Connection, in_step: Sequence[Seen]) -> None:
    """Note that both sides of links were looked at as they are and nothing was to be done."""
    for chunk in chunked(in_step):
        sales = case({one.link_id: one.sales_seen for one in chunk}, value=links.c.link_id)
        books = case({one.link_id: one.books_seen for one in chunk}, value=links.c.link_id)
        ids = [one.link_id for one in chunk]
        seen = {"sales_seen": sales, "books_seen": books, "in_view": _IN_VIEW}
        connection.execute(update(links).where(links.c.link_id.in_(ids)).values(seen))


def move_base(connection: Connection, link_id: int, base: Base) -> None:
    """Store what both sides hold, or are about to hold, in step."""
    held = {"base_sales": to_store(base.sales), "base_books": to_store(base.books)}
    connection.execute(update(links).where(links.c.link_id == link_id).values(held))


def active(scope: Scope, role: Role, table: Any = links) -> ColumnElement[bool]:
    """Return the condition that selects a module's links that hold, in the table or an alias of it."""
    return and_(of_module(scope, table), table.c.role == role, table.c.retired_at.is_(None))


def count(connection: Connection, scope: Scope) -> int:
    """Return how many records are linked."""
    return int(connection.scalar(select(func.count()).where(active(scope, "record"))) or 0)


def by_sales_id(connection: Connection, scope: Scope, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Return sales id → link row, of the records that have one."""
    found: dict[str, Row[Any]] = {}
    for chunk in chunked(ids):
        rows = connection.execute(select(links).where(active(scope, "record"), links.c.sales_id.in_(chunk)))
        found |= {row.sales_id: row for row in rows}
    return found


def by_books_id(connection: Connection, scope: Scope, role: Role, books_id: str) -> Row[Any] | None:
    """Return the link row of a Books record, or of a contact person, if it has one."""
    return connection.execute(select(links).where(active(scope, role), links.c.books_id == books_id)).first()


def children_of(connection: Connection, scope: Scope, link_ids: Collection[int]) -> dict[int, list[Row[Any]]]:
    """Return parent link id → link rows of its children."""
    found: dict[int, list[Row[Any]]] = {link_id: [] for link_id in link_ids}
    for chunk in chunked(link_ids):
        rows = connection.execute(select(links).where(active(scope, "child"), links.c.parent_link_id.in_(chunk)))
        for row in rows:
            found[row.parent_link_id].append(row)
    return found


def homes(connection: Connection, scope: Scope, ids: Collection[str]) -> list[Row[Any]]:
    """Return the links of children with ``home_sales``, ``home_books`` and ``home_kind`` of the records above them.

    Args:
        connection: of the store.
        scope: whose.
        ids: sales ids of the children; one that is no child of anybody has none.
    """
    child, home = links.alias("child"), links.alias("home")
    told = (home.c.sales_id.label("home_sales"), home.c.books_id.label("home_books"), home.c.kind.label("home_kind"))
    found: list[Row[Any]] = []
    for chunk in chunked(ids):
        query = select(child, *told).join(home, home.c.link_id == child.c.parent_link_id)
        mine = and_(active(scope, "child", child), active(scope, "record", home))
        found += connection.execute(query.where(mine, child.c.sales_id.in_(chunk)))
    return found


def retire(
    connection: Connection, link_id: int, deleted_on: Side, at: datetime, books_seen: str | None = None
) -> None:
    """Retire a link and those of its children, since the record of one side was deleted (OPS-7).

    Args:
        connection: of the store.
        link_id: which.
        deleted_on: the side.
        at: when.
        books_seen: fingerprint of the Books record, if that holds nothing new: as long as it stays the same,
            nothing is made for it on the other side.
    """
    ended = {"retired_at": at, "retired_why": deleted_on}
    connection.execute(
        update(links).where(links.c.parent_link_id == link_id, links.c.retired_at.is_(None)).values(ended)
    )
    seen = {"books_seen": books_seen} if books_seen else {}
    connection.execute(
        update(links).where(links.c.link_id == link_id, links.c.retired_at.is_(None)).values({**ended, **seen})
    )


UNDONE = "undone"
"""Why a link ended of which one record was made by a run that was undone: both are left alone until edited."""


def retire_undone(connection: Connection, link_id: int, at: datetime) -> None:
    """Retire a link and those of its children, since the run that made one of the records is undone (BEY-3).

    As long as either record stays as it was last seen, it is not sent again.
    """
    ended = {"retired_at": at, "retired_why": UNDONE}
    holds = links.c.retired_at.is_(None)
    connection.execute(update(links).where(links.c.parent_link_id == link_id, holds).values(ended))
    seen = {"sales_seen": _mark("sales", links.c.sales_id), "books_seen": _mark("books", links.c.books_id)}
    connection.execute(update(links).where(links.c.link_id == link_id, holds).values({**ended, **seen}))


def _mark(side: Side, remote_id: ColumnElement[str]) -> ColumnElement[str]:
    """Return the fingerprint with which a record of a link was last seen; none when it never was."""
    own = (observations.c[key] == links.c[key] for key in ("integration", "module", "organization_id"))
    query = select(observations.c.fingerprint).where(
        *own, observations.c.side == side, observations.c.remote_id == remote_id
    )
    return func.coalesce(query.correlate(links).limit(1).scalar_subquery(), "")


def restore(connection: Connection, link_id: int) -> None:
    """Let a link that ended, and those of its children that ended with it, hold again; the pair is looked at anew.

    Raises:
        sqlalchemy.exc.IntegrityError: one of the records was linked with another one meanwhile.
    """
    again = {"retired_at": None, "retired_why": None, "sales_seen": "", "books_seen": ""}
    why = select(links.c.retired_why).where(links.c.link_id == link_id).scalar_subquery()
    with_it = and_(links.c.parent_link_id == link_id, links.c.retired_why == why)
    connection.execute(update(links).where(with_it).values(again))
    connection.execute(update(links).where(links.c.link_id == link_id).values(again))


def last_ended(connection: Connection, scope: Scope, sales_id: str, books_id: str) -> Row[Any] | None:
    """Return the link of two records that ended last."""
    mine = and_(of_module(scope), links.c.role == "record", links.c.retired_at.is_not(None))
    query = select(links).where(mine, links.c.sales_id == sales_id, links.c.books_id == books_id)
    return connection.execute(query.order_by(links.c.retired_at.desc()).limit(1)).first()


def former(connection: Connection, scope: Scope, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Return sales id → its latest link that ended, of records that had one."""
    mine = and_(of_ended(scope), links.c.role == "record")
    found: dict[str, Row[Any]] = {}
    for chunk in chunked(ids):
        rows = connection.execute(select(links).where(mine, links.c.sales_id.in_(chunk)).order_by(links.c.link_id))
        found |= {row.sales_id: row for row in rows}
    return found


def of_module(scope: Scope, table: Any = links) -> ColumnElement[bool]:
    """Return the condition that selects a module's links, those that ended among them."""
    return and_(*(table.c[column] == value for column, value in scope.keys.items()))


def of_ended(scope: Scope, table: Any = links) -> ColumnElement[bool]:
    """Return the condition that selects a module's links that hold no more."""
    return and_(of_module(scope, table), table.c.retired_at.is_not(None))


def held_by_others(connection: Connection, scope: Scope, ids: Collection[str]) -> dict[str, str]:
    """Return sales id → Books organization, of records that a link with another organization holds (CON-9)."""
    keys = {"integration": scope.integration, "module": scope.module, "role": "record"}
    theirs = select(links.c.sales_id, links.c.organization_id).filter_by(**keys)
    theirs = theirs.where(links.c.organization_id != scope.organization_id, links.c.retired_at.is_(None))
    found: dict[str, str] = {}
    for chunk in chunked(ids):
        rows = connection.execute(theirs.where(links.c.sales_id.in_(chunk)))
        found |= {row.sales_id: row.organization_id for row in rows}
    return found


def linked_sales_ids(connection: Connection, scope: Scope, ids: Collection[str]) -> set[str]:
    """Return which of the given sales-side records a link holds, as a record or as a contact person."""
    found: set[str] = set()
    for chunk in chunked(ids):
        query = select(links.c.sales_id).where(
            or_(active(scope, "record"), active(scope, "child")), links.c.sales_id.in_(chunk)
        )
        found |= set(connection.scalars(query))
    return found
