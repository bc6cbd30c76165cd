"""The identity map as a whole: all links to be exported, and links that people bring in or change (BEY-7)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, insert, or_, select, update

from zoho.core.records import Side
from zoho.store.links import active, of_ended, of_module
from zoho.store.observations import chunked
from zoho.store.scope import Scope
from zoho.store.tables import links, observations

UNLINKED = "unlinked"
"""Why a link ended of which a person wants both records left alone, until somebody links them again."""

SPLIT = "split"
"""Why a link ended of two records that are not the same: each may get a counterpart, but never the other again."""

_ROWS_AT_A_TIME = 2_000


def knows(connection: Connection, integration: str) -> bool:
    """Whether there is any link of an integration."""
    return bool(connection.scalar(select(exists().where(links.c.integration == integration))))


def every(connection: Connection, integration: str, organization_id: str | None) -> Iterator[Row[Any]]:
    """Yield all links of an integration, those that ended too, in the order of their making.

    Beside the columns of ``links``: ``sales_name`` and ``books_name``, as last seen.

    Args:
        connection: of the store.
        integration: whose.
        organization_id: of Books; ``None`` for all that the integration was ever pointed at.
    """
    query = _named().where(links.c.integration == integration).order_by(links.c.link_id)
    if organization_id is not None:
        query = query.where(links.c.organization_id == organization_id)
    yield from connection.execution_options(yield_per=_ROWS_AT_A_TIME).execute(query)


def active_links(connection: Connection, scope: Scope) -> list[Row[Any]]:
    """Return the links of a module that hold, records and children.

    Beside the columns of ``links``: ``sales_name`` and ``books_name``, as last seen, and ``sales_absent``, why the
    sales-side record is not in its list any more, as far as the store knows.
    """
    holds = or_(active(scope, "record"), active(scope, "child"))
    return list(connection.execute(_named().where(holds).order_by(links.c.link_id)))


def _named() -> Select[Any]:
    sales, books = observations.alias("sales"), observations.alias("books")

    def seen(table: Any, side: str, remote_id: Any) -> Any:
        keys = ("integration", "module", "organization_id")
        return and_(
            *(table.c[key] == links.c[key] for key in keys), table.c.side == side, table.c.remote_id == remote_id
        )

    joined = links.outerjoin(sales, seen(sales, "sales", links.c.sales_id))
    joined = joined.outerjoin(books, seen(books, "books", links.c.books_id))
    told = (sales.c.name.label("sales_name"), books.c.name.label("books_name"), sales.c.absent.label("sales_absent"))
    return select(links, *told).select_from(joined)


def of_ids(connection: Connection, scope: Scope, side: Side, ids: Collection[str]) -> list[Row[Any]]:
    """Return all links of records and children with these ids on a side, those that ended too."""
    column = links.c.sales_id if side == "sales" else links.c.books_id
    found: list[Row[Any]] = []
    for chunk in chunked(ids):
        found += connection.execute(select(links).where(of_module(scope), column.in_(chunk)))
    return found


def above(connection: Connection, children: Collection[Row[Any]]) -> dict[int, Row[Any]]:
    """Return link id → the link of the customer that children are below."""
    found: dict[int, Row[Any]] = {}
    for chunk in chunked({row.parent_link_id for row in children}):
        found |= {row.link_id: row for row in connection.execute(select(links).where(links.c.link_id.in_(chunk)))}
    return found


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store links; returns their ids in the same order.

    Raises:
        sqlalchemy.exc.IntegrityError: a record is linked already.
    """
    made: list[int] = []
    for chunk in chunked(rows):
        statement = insert(links).returning(links.c.link_id, sort_by_parameter_order=True)
        made += connection.scalars(statement, chunk)
    return made


def end(connection: Connection, link_id: int, why: str, at: datetime, but: Collection[int] = ()) -> None:
    """End a link and those of its children, but for some of these.

    Args:
        connection: of the store.
        link_id: which.
        why: it ended, in a word.
        at: when.
        but: links of children that go on below another link.
    """
    mine = or_(links.c.link_id == link_id, links.c.parent_link_id == link_id)
    holds = and_(links.c.retired_at.is_(None), links.c.link_id.not_in(but))
    connection.execute(update(links).where(mine, holds).values(retired_at=at, retired_why=why))


def latest_ended(connection: Connection, scope: Scope, sales_id: str, books_id: str) -> Row[Any] | None:
    """Return the latest link of two records that a person ended, if there was one."""
    theirs = (links.c.role == "record", links.c.sales_id == sales_id, links.c.books_id == books_id)
    by_person = links.c.retired_why.in_((UNLINKED, SPLIT))
    query = select(links).where(of_module(scope), *theirs, by_person)
    return connection.execute(query.order_by(links.c.link_id.desc()).limit(1)).first()


def ended_with(connection: Connection, scope: Scope, link: Row[Any]) -> list[Row[Any]]:
    """Return the links of children that ended with a link, without those of which a record is linked again."""
    now = links.alias("now")
    same = or_(now.c.sales_id == links.c.sales_id, now.c.books_id == links.c.books_id)
    again = exists().where(active(scope, "child", now), same)
    below = (links.c.parent_link_id == link.link_id, links.c.retired_at == link.retired_at)
    return list(connection.execute(select(links).where(*below, ~again).order_by(links.c.link_id)))


def move_children(connection: Connection, link_ids: Collection[int], below: int, run_id: str) -> None:
    """Hang the links of children below another link."""
    moved = links.c.link_id.in_(link_ids)
    connection.execute(update(links).where(moved).values(parent_link_id=below, run_id=run_id))


def look_again(connection: Connection, link_ids: Collection[int]) -> None:
    """Let the next run look at pairs, whether their records were edited or not."""
    for chunk in chunked(link_ids):
        connection.execute(update(links).where(links.c.link_id.in_(chunk)).values(books_seen=""))


def look_again_above(connection: Connection, link_id: int) -> None:
    """Let the next run look at the record that a child is below."""
    above = select(links.c.parent_link_id).where(links.c.link_id == link_id).scalar_subquery()
    connection.execute(update(links).where(links.c.link_id == above).values(books_seen=""))


def left_alone(connection: Connection, scope: Scope) -> frozenset[str]:
    """Return the ids, of either side, of records that a person unlinked once."""
    said = (of_ended(scope), links.c.role == "record", links.c.retired_why == UNLINKED)
    rows = connection.execute(select(links.c.sales_id, links.c.books_id).where(*said))
    return frozenset(one for row in rows for one in (row.sales_id, row.books_id))


def apart(connection: Connection, scope: Scope) -> frozenset[tuple[str, str]]:
    """Return the pairs, by sales id and Books id, of which a person has said that they are not the same."""
    said = (of_ended(scope), links.c.role == "record", links.c.retired_why == SPLIT)
    rows = connection.execute(select(links.c.sales_id, links.c.books_id).where(*said))
    return frozenset((row.sales_id, row.books_id) for row in rows)
