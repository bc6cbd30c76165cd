"""Which records are linked, as people look for them: by id, or all that came from the sales side (SRCH-1, SRCH-2)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, case, exists, func, or_, select

from zoho.core.records import Side
from zoho.store.links import active
from zoho.store.observations import chunked, of
from zoho.store.scope import Scope
from zoho.store.tables import changes, links, observations


@dataclass(frozen=True, slots=True)
class LinkedFilter:
    """Which linked records are meant.

    Attributes:
        text: in the name on either side, in either case, or the id on one of them; empty: all.
        made_in_books_too: also those that Books had first and that were made on the sales side from there.
    """

    text: str = ""
    made_in_books_too: bool = False


def names(connection: Connection, scope: Scope, books_entity: str, sales_ids: Collection[str]) -> dict[str, Row[Any]]:
    """Return sales id → the Books record that it belongs to, or that it is a contact person of.

    A row has ``role`` (``record`` or ``child``), ``books_id`` and ``books_name`` of the record, and ``linked_at``.

    Args:
        connection: of the store.
        scope: whose.
        books_entity: the list in Books.
        sales_ids: of records and of contacts.
    """
    link, home = links.alias("link"), links.alias("home")
    books_id = func.coalesce(home.c.books_id, link.c.books_id)
    seen = and_(of(scope, "books", books_entity), observations.c.remote_id == books_id)
    query = (
        select(
            *(link.c.sales_id, link.c.role, link.c.linked_at, books_id.label("books_id")),
            observations.c.name.label("books_name"),
        )
        .select_from(link.outerjoin(home, home.c.link_id == link.c.parent_link_id).outerjoin(observations, seen))
        .where(or_(active(scope, "record", link), active(scope, "child", link)))
        .order_by(link.c.role)  # a record of its own goes before a person of another one
    )
    found: dict[str, Row[Any]] = {}
    for chunk in chunked(sales_ids):
        found |= {row.sales_id: row for row in connection.execute(query.where(link.c.sales_id.in_(chunk)))}
    return found


def customers_of(
    connection: Connection, scope: Scope, books_entity: str, person_ids: Collection[str]
) -> frozenset[str]:
    """Return the Books ids of the records that contact persons are below.

    Args:
        connection: of the store.
        scope: whose.
        books_entity: the list in Books.
        person_ids: of the contact persons; no row is looked at when there are none.
    """
    if not person_ids:
        return frozenset()
    persons = observations.c.raw["contact_persons"]
    wanted = or_(*(persons.contains([{"contact_person_id": person_id}]) for person_id in person_ids))
    query = select(observations.c.remote_id).where(of(scope, "books", books_entity), wanted)
    return frozenset(connection.scalars(query))


def pairs(
    connection: Connection,
    scope: Scope,
    books_entity: str,
    wanted: LinkedFilter,
    limit: int,
    after: int | None = None,
) -> list[Row[Any]]:
    """Return linked records, the latest link first, with what is known of both sides.

    Beside ``link_id``, ``kind``, ``sales_id``, ``books_id``, ``linked_at`` and ``run_id`` (the run that last changed
    it): ``sales_name``, ``books_name``, ``sales_absent``, ``books_absent``, and ``origin``: ``sales`` when the Books
    record was made for the other one, ``books`` the other way round, ``both`` when both were there before.

    Args:
        connection: of the store.
        scope: whose.
        books_entity: the list in Books.
        wanted: which.
        limit: how many at most.
        after: the link id of the last one of the page before.
    """
    found = _pairs(scope, books_entity)
    query = select(found).where(_meant(found, wanted))
    if after is not None:
        query = query.where(found.c.link_id < after)
    return list(connection.execute(query.order_by(found.c.link_id.desc()).limit(limit)))


def number(connection: Connection, scope: Scope, books_entity: str, wanted: LinkedFilter) -> int:
    """Return how many linked records are meant; see :func:`pairs`."""
    found = _pairs(scope, books_entity)
    return int(connection.scalar(select(func.count()).select_from(found).where(_meant(found, wanted))) or 0)


def _pairs(scope: Scope, books_entity: str) -> FromClause:
    sales, books = observations.alias("sales"), observations.alias("books")
    is_sales = and_(of(scope, "sales", None, sales), sales.c.remote_id == links.c.sales_id)
    is_books = and_(of(scope, "books", books_entity, books), books.c.remote_id == links.c.books_id)
    return (
        select(
            *(links.c[name] for name in ("link_id", "kind", "sales_id", "books_id", "linked_at", "run_id")),
            *(sales.c.entity.label("entity"), sales.c.name.label("sales_name"), books.c.name.label("books_name")),
            *(sales.c.absent.label("sales_absent"), books.c.absent.label("books_absent"), _origin().label("origin")),
        )
        .select_from(links.outerjoin(sales, is_sales).outerjoin(books, is_books))
        .where(active(scope, "record"))
        .subquery("pairs")
    )


def _origin() -> ColumnElement[str]:
    def made(direction: str) -> ColumnElement[bool]:
        return exists().where(
            changes.c.sales_id == links.c.sales_id,
            changes.c.books_id == links.c.books_id,
            changes.c.action == "create",
            changes.c.direction == direction,
            changes.c.state == "done",
        )

    return case((made("sales_to_books"), "sales"), (made("books_to_sales"), "books"), else_="both")


def _meant(found: FromClause, wanted: LinkedFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [found.c.link_id.is_not(None)]
    if not wanted.made_in_books_too:
        conditions.append(found.c.origin != "books")
    if wanted.text:
        text = wanted.text.strip()
        contains = [
            func.lower(found.c[name]).contains(text.lower(), autoescape=True) for name in ("sales_name", "books_name")
        ]
        conditions.append(or_(*contains, found.c.sales_id == text, found.c.books_id == text))
    return and_(*conditions)


def named(connection: Connection, scope: Scope, side: Side, entities: Collection[str]) -> dict[str, str]:
    """Return id → name of the linked records of a side that are still there.

    Args:
        connection: of the store.
        scope: whose.
        side: which.
        entities: the lists.
    """
    own_id = links.c.sales_id if side == "sales" else links.c.books_id
    query = (
        select(observations.c.remote_id, observations.c.name)
        .join(links, and_(active(scope, "record"), own_id == observations.c.remote_id))
        .where(of(scope, side, None), observations.c.entity.in_(entities), observations.c.absent.is_(None))
    )
    return {row.remote_id: row.name for row in connection.execute(query)}
