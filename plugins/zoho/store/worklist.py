"""What is to be done for linked records, derived from what both sides hold now."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Row, Select, and_, exists, func, or_, select, true, union

from zoho.core.records import Side
from zoho.store.links import active
from zoho.store.observations import Absence
from zoho.store.scope import Scope
from zoho.store.tables import changes, links, observations


def out_of_step(
    connection: Connection,
    scope: Scope,
    entity: str,
    books_entity: str,
    child_entity: str | None,
    *,
    everything: bool = False,
    below: bool = False,
) -> list[str]:
    """Return the sales ids of linked records of which either side, or a child, moved since they were in step.

    Args:
        connection: of the store.
        scope: whose.
        entity: the sales-side list of the records.
        books_entity: their list in Books.
        child_entity: the list of their children, found by ``parent_id``; ``None`` when they have none.
        everything: all that are there, whether they moved or not.
        below: only those that have a parent by now; the others are left alone.
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
    if below:
        query = query.where(sales.c.parent_id.is_not(None))
    return sorted(connection.scalars(query))


def _with_moved_children(scope: Scope, entity: str) -> Select[Any]:
    """Select the sales ids of linked records of which a child was edited, is new, came or left.

    Args:
        scope: whose.
        entity: the list of the children.
    """
    parent, old_parent = links.alias("parent"), links.alias("old_parent")
    moved, own = _moved_children(scope, entity), links.alias("own_link")
    # An individual customer stays one, whatever account it is put under (CUS-8).
    is_individual = exists().where(active(scope, "record", own), own.c.sales_id == moved.c.remote_id)
    is_below = and_(active(scope, "record", parent), parent.c.sales_id == moved.c.parent_id)
    below = (
        select(parent.c.sales_id)
        .select_from(moved)
        .join(parent, is_below)
        .where(
            ~is_individual,
            or_(
                moved.c.parent_link_id.is_(None),
                moved.c.sales_seen != moved.c.fingerprint,
                moved.c.parent_link_id != parent.c.link_id,
            ),
        )
    )
    left_behind = (
        select(old_parent.c.sales_id)
        .select_from(moved)
        .join(old_parent, old_parent.c.link_id == moved.c.parent_link_id)
        .where(~is_individual, old_parent.c.sales_id.is_distinct_from(moved.c.parent_id))
    )
    both = union(below, left_behind).subquery()
    return select(both.c.sales_id)


def _moved_children(scope: Scope, entity: str) -> CTE:
    """Select the children that may be out of step, with their link: mostly few, so all else asks only of them."""
    child, link, old_parent = observations.alias("child"), links.alias("child_link"), links.alias("home")
    is_linked = and_(active(scope, "child", link), link.c.sales_id == child.c.remote_id)
    stays = and_(
        active(scope, "record", old_parent),
        old_parent.c.link_id == link.c.parent_link_id,
        old_parent.c.sales_id == child.c.parent_id,
    )
    return (
        select(child.c.remote_id, child.c.parent_id, child.c.fingerprint, link.c.sales_seen, link.c.parent_link_id)
        .select_from(child)
        .outerjoin(link, is_linked)
        .outerjoin(old_parent, stays)
        .where(
            _is_seen(child, scope, "sales", entity, child.c.remote_id),
            child.c.absent.is_(None),
            or_(old_parent.c.link_id.is_(None), link.c.sales_seen != child.c.fingerprint),
        )
        .cte("moved_children")
    )


def _is_seen(table: Any, scope: Scope, side: str, entity: str, remote_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(
        *(table.c[key] == value for key, value in scope.keys.items()),
        table.c.side == side,
        table.c.entity == entity,
        table.c.remote_id == remote_id,
    )


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
    # Each side by itself: what is gone is little, and an index knows it.
    gone = union(
        _gone(scope, "sales", entity, links.c.sales_id), _gone(scope, "books", books_entity, links.c.books_id)
    )
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
        .where(links.c.link_id.in_(gone))
        .order_by(links.c.link_id)
    )
    return list(connection.execute(query))


def _gone(scope: Scope, side: Side, entity: str, remote_id: ColumnElement[str]) -> Select[Any]:
    """Select the ids of the links of which the record of a side was deleted."""
    is_seen = _is_seen(observations, scope, side, entity, remote_id)
    query = select(links.c.link_id).join(observations, is_seen)
    return query.where(active(scope, "record"), observations.c.absent == Absence.DELETED)
