"""Links: the identity map, which record of one side is which of the other."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select, true, union, update
from sqlalchemy.dialects.postgresql import Insert, insert

from zoho.core.names import name_key
from zoho.core.pairing import Named
from zoho.core.records import Base, Kind, Side
from zoho.store.observations import Absence, chunked, of
from zoho.store.scope import Scope
from zoho.store.tables import changes, links, observations

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
        observations.c.integration == links.c.integration,
        observations.c.module == links.c.module,
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
    row = {**scope.link_keys, **_columns(link), "parent_link_id": None, "run_id": run_id, "linked_at": at}
    link_id = int(connection.execute(_SAVE.returning(links.c.link_id), row).scalar_one())
    moved = links.c.in_view.is_distinct_from(_IN_VIEW)
    connection.execute(update(links).where(links.c.link_id == link_id, moved).values(in_view=_IN_VIEW))
    save_children(connection, scope, link_id, children, run_id, at)
    return link_id


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
    common = {**scope.link_keys, "parent_link_id": parent_link_id, "run_id": run_id, "linked_at": at}
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
        "base_sales": dict(link.base.sales),
        "base_books": dict(link.base.books),
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


def mark_seen(connection: Connection, link_id: int, sales_seen: str, books_seen: str) -> None:
    """Note that both sides were looked at as they are and nothing was to be done."""
    connection.execute(
        update(links)
        .where(links.c.link_id == link_id)
        .values(sales_seen=sales_seen, books_seen=books_seen, in_view=_IN_VIEW)
    )


def active(scope: Scope, role: Role, table: Any = links) -> ColumnElement[bool]:
    """Return the condition that selects a module's links that hold, in the table or an alias of it."""
    return and_(_of_module(scope, table), table.c.role == role, table.c.retired_at.is_(None))


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


def unlinked(connection: Connection, scope: Scope, side: Side, entity: str, *, top: bool = False) -> list[Row[Any]]:
    """Return the observations of a list that no link holds: id, name, verdict, fingerprint, view and raw content.

    Left out are records that are gone, contact persons of a customer (also of one whose account was deleted), and
    records whose counterpart was deleted
    on the other side and that were not edited since: they would come back against somebody's will (OPS-7).

    Args:
        connection: of the store.
        scope: whose.
        side: where the list is.
        entity: the list.
        top: only records without a parent, that are no contact person of anybody.
    """
    own_id, own_seen = _own_columns(side)
    same_record = own_id == observations.c.remote_id
    is_linked = active(scope, "record")
    linked: ColumnElement[bool] = exists().where(is_linked, same_record)
    if top:
        linked = or_(linked, exists().where(_orphaned(scope), same_record), _is_person(scope))
    buried = exists().where(_buried(scope, side), own_seen == observations.c.fingerprint, same_record)
    columns = observations.c
    told = (columns.remote_id, columns.name, columns.verdict, columns.fingerprint, columns.in_view, columns.raw)
    query = select(*told).where(of(scope, side, entity), columns.absent.is_(None), ~linked, ~buried)
    if top:
        query = query.where(columns.parent_id.is_(None))
    return list(connection.execute(query))


def _is_person(scope: Scope) -> ColumnElement[bool]:
    """Select the observations of contact persons, without those taken out of an account that stays."""
    child, parent, account = links.alias("child"), links.alias("parent"), observations.alias("account")
    below = child.join(parent, parent.c.link_id == child.c.parent_link_id)
    is_account = and_(of(scope, "sales", None, account), account.c.remote_id == parent.c.sales_id)
    stays = or_(
        observations.c.parent_id.is_not(None),
        parent.c.sales_id == child.c.sales_id,
        account.c.remote_id.is_(None),
        account.c.absent.is_not(None),
    )
    found = select(child.c.link_id).select_from(below.outerjoin(account, is_account))
    mine = and_(active(scope, "child", child), child.c.sales_id == observations.c.remote_id)
    return found.where(mine, stays).correlate(observations).exists()


def _orphaned(scope: Scope) -> ColumnElement[bool]:
    """Select the links of contact persons whose account was deleted: Books still has them below the customer."""
    return and_(_of_module(scope), links.c.role == "child", links.c.retired_why == "sales")


def is_buried(connection: Connection, scope: Scope, side: Side, remote_id: str, fingerprint: str) -> bool:
    """Whether a record's counterpart was deleted and the record was not edited since."""
    own_id, own_seen = _own_columns(side)
    query = select(exists().where(_buried(scope, side), own_id == remote_id, own_seen == fingerprint))
    return bool(connection.scalar(query))


def _own_columns(side: Side) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """Return a link's columns of one side: id, and the fingerprint last dealt with."""
    return (links.c.sales_id, links.c.sales_seen) if side == "sales" else (links.c.books_id, links.c.books_seen)


def _buried(scope: Scope, side: Side) -> ColumnElement[bool]:
    deleted_on = "books" if side == "sales" else "sales"
    return and_(_of_module(scope), links.c.role == "record", links.c.retired_why == deleted_on)


def _of_module(scope: Scope, table: Any = links) -> ColumnElement[bool]:
    return and_(*(table.c[column] == value for column, value in scope.link_keys.items()))


def bereft(connection: Connection, scope: Scope, entity: str, books_entity: str) -> list[Row[Any]]:
    """Return the links of which a record was deleted, with what is known of both records.

    Beside the link's columns: ``name``, ``books_absent``, ``books_mark`` (fingerprint now), ``books_raw``, and
    ``came_from_sales``, whether the Books record was created for the sales-side one.

    Args:
        connection: of the store.
        scope: whose.
        entity: the sales-side list of the records.
        books_entity: their list in Books.
    """
    sales, books = observations.alias("sales"), observations.alias("books")
    came_from_sales = exists().where(
        changes.c.sales_id == links.c.sales_id,
        changes.c.books_id == links.c.books_id,
        changes.c.action == "create",
        changes.c.direction == "sales_to_books",
        changes.c.state == "done",
    )
    gone = [table.c.absent == Absence.DELETED for table in (sales, books)]
    query = (
        select(
            links,
            books.c.absent.label("books_absent"),
            books.c.fingerprint.label("books_mark"),
            books.c.raw.label("books_raw"),
            books.c.detailed_at.label("books_detailed_at"),
            books.c.modified_at.label("books_modified_at"),
            sales.c.name.label("name"),
            came_from_sales.label("came_from_sales"),
        )
        .join(sales, _is_seen(sales, scope, "sales", entity, links.c.sales_id))
        .outerjoin(books, _is_seen(books, scope, "books", books_entity, links.c.books_id))
        .where(active(scope, "record"), or_(*gone))
        .order_by(links.c.link_id)
    )
    return list(connection.execute(query))


def namesakes(
    connection: Connection, scope: Scope, side: Side, entity: str, names: Iterable[str], *, top: bool = False
) -> list[tuple[Named, bool]]:
    """Return the records of a list whose names could collide with the given ones, each with whether it is linked.

    Names that only differ by a suffix such as " (2)" are among them.

    Args:
        connection: of the store.
        scope: whose.
        side: where the list is.
        entity: the list.
        names: names of records of the other side.
        top: whether records with a parent cannot be paired.
    """
    stems = {_stem(name_key(name)) for name in names}
    stem = func.left(func.regexp_replace(observations.c.name_key, r" \(\d+\)$", ""), _STEM)
    own_id, _ = _own_columns(side)
    held = or_(active(scope, "record"), active(scope, "child"))
    linked: ColumnElement[bool] = exists().where(held, own_id == observations.c.remote_id)
    if top:
        linked = or_(linked, observations.c.parent_id.is_not(None))
    found = []
    for chunk in chunked(stems):
        query = select(observations.c.remote_id, observations.c.name, linked.label("linked")).where(
            of(scope, side, entity), observations.c.absent.is_(None), stem.in_(chunk)
        )
        found += [(Named(row.remote_id, row.name), bool(row.linked)) for row in connection.execute(query)]
    return found


_STEM = 190  # a suffixed name may have been cut at Books' limit of 200


def _stem(key: str) -> str:
    return key[:_STEM]


def out_of_step(
    connection: Connection,
    scope: Scope,
    entity: str,
    books_entity: str,
    child_entity: str | None,
    *,
    everything: bool = False,
) -> list[str]:
    """Return the sales ids of linked records of which either side, or a child, moved since they were in step.

    Args:
        connection: of the store.
        scope: whose.
        entity: the sales-side list of the records.
        books_entity: their list in Books.
        child_entity: the list of their children, found by ``parent_id``; ``None`` when they have none.
        everything: all that are there, whether they moved or not.
    """
    sales, books = observations.alias("sales"), observations.alias("books")
    moved = or_(
        sales.c.fingerprint != links.c.sales_seen,
        and_(books.c.fingerprint.is_not(None), books.c.fingerprint != links.c.books_seen),
        func.coalesce(books.c.in_view, true()) != func.coalesce(links.c.in_view, true()),
    )
    if everything:
        moved = true()
    elif child_entity is not None:
        moved = or_(moved, links.c.sales_id.in_(_with_moved_children(scope, child_entity)))
    query = (
        select(links.c.sales_id)
        .join(sales, _is_seen(sales, scope, "sales", entity, links.c.sales_id))
        .outerjoin(books, _is_seen(books, scope, "books", books_entity, links.c.books_id))
        .where(active(scope, "record"), sales.c.absent.is_(None), books.c.absent.is_(None), moved)
    )
    return sorted(connection.scalars(query))


def _with_moved_children(scope: Scope, entity: str) -> Select[Any]:
    """Select the sales ids of linked records of which a child was edited, is new, came or left.

    Args:
        scope: whose.
        entity: the list of the children.
    """
    child, parent, old_parent = observations.alias("child"), links.alias("parent"), links.alias("old_parent")
    link, own = links.alias("child_link"), links.alias("own_link")
    is_linked = and_(active(scope, "child", link), link.c.sales_id == child.c.remote_id)
    # An individual customer stays one, whatever account it is put under (CUS-8).
    is_individual = exists().where(active(scope, "record", own), own.c.sales_id == child.c.remote_id)
    is_there = and_(
        _is_seen(child, scope, "sales", entity, child.c.remote_id), child.c.absent.is_(None), ~is_individual
    )
    is_below = and_(active(scope, "record", parent), parent.c.sales_id == child.c.parent_id)
    below = (
        select(parent.c.sales_id)
        .select_from(child)
        .join(parent, is_below)
        .outerjoin(link, is_linked)
        .where(
            is_there,
            or_(
                link.c.link_id.is_(None),
                link.c.sales_seen != child.c.fingerprint,
                link.c.parent_link_id != parent.c.link_id,
            ),
        )
    )
    left_behind = (
        select(old_parent.c.sales_id)
        .select_from(child)
        .join(link, is_linked)
        .join(old_parent, old_parent.c.link_id == link.c.parent_link_id)
        .where(is_there, old_parent.c.sales_id != child.c.parent_id)
    )
    both = union(below, left_behind).subquery()
    return select(both.c.sales_id)


def _is_seen(table: Any, scope: Scope, side: str, entity: str, remote_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(
        table.c.integration == scope.integration,
        table.c.module == scope.module,
        table.c.side == side,
        table.c.entity == entity,
        table.c.remote_id == remote_id,
    )


def linked_sales_ids(connection: Connection, scope: Scope, ids: Collection[str]) -> set[str]:
    """Return which of the given sales-side records a link holds, as a record or as a contact person."""
    found: set[str] = set()
    for chunk in chunked(ids):
        query = select(links.c.sales_id).where(
            or_(active(scope, "record"), active(scope, "child")), links.c.sales_id.in_(chunk)
        )
        found |= set(connection.scalars(query))
    return found
