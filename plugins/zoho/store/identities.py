"""Records that tell which one of the other side they are the same as, and contacts that lost their account."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select, true
from sqlalchemy.dialects.postgresql import array

from zoho.store.links import active
from zoho.store.observations import chunked, of
from zoho.store.scope import Scope
from zoho.store.tables import links, observations


def telling(
    connection: Connection, scope: Scope, entity: str, keys: Sequence[str], ids: Collection[str] = ()
) -> dict[str, Row[Any]]:
    """Return the unlinked records of a Books list that tell of a counterpart, or of which one tells.

    A record whose counterpart was deleted is among them: it may have come out of the recycle bin.

    Args:
        connection: of the store.
        scope: whose.
        entity: the list.
        keys: raw content with one of these keys tells.
        ids: records of which sales-side records tell.

    Returns:
        Books id → id, name and raw content.
    """
    columns = observations.c
    linked = exists().where(active(scope, "record"), links.c.books_id == columns.remote_id)
    free = select(columns.remote_id).where(of(scope, "books", entity), columns.absent.is_(None), ~linked)
    unlinked = free.cte("free").prefix_with("MATERIALIZED", dialect="postgresql")  # mostly few have to be looked into
    query = select(columns.remote_id, columns.name, columns.raw).where(of(scope, "books", entity))
    query = query.join(unlinked, unlinked.c.remote_id == columns.remote_id)
    found: dict[str, Row[Any]] = {}
    found |= {row.remote_id: row for row in connection.execute(query.where(columns.raw.has_any(array(keys))))}
    for chunk in chunked(ids):
        found |= {row.remote_id: row for row in connection.execute(query.where(columns.remote_id.in_(chunk)))}
    return found


def moved_persons(
    connection: Connection, scope: Scope, person_ids: Collection[str], below: int | None = None
) -> set[str]:
    """Return which contact persons belong to a contact that is linked with another one by now (CUS-8).

    Args:
        connection: of the store.
        scope: whose.
        person_ids: contact persons of Books.
        below: only those that moved away from below this link.
    """
    ended, now = links.alias("ended"), links.alias("now")
    from_here = true() if below is None else ended.c.parent_link_id == below
    found: set[str] = set()
    for chunk in chunked(person_ids):
        query = (
            select(ended.c.books_id)
            .join(now, and_(active(scope, "child", now), now.c.sales_id == ended.c.sales_id))
            .where(
                *(ended.c[column] == value for column, value in scope.keys.items()),
                ended.c.role == "child",
                ended.c.retired_why == "moved",
                ended.c.books_id.in_(chunk),
                now.c.books_id != ended.c.books_id,
                from_here,
            )
        )
        found |= set(connection.scalars(query))
    return found


def former_contacts(
    connection: Connection, scope: Scope, entity: str, person_ids: Collection[str]
) -> dict[str, Row[Any]]:
    """Return the contacts that contact persons were linked with until their account was deleted, if they still exist.

    Args:
        connection: of the store.
        scope: whose.
        entity: the sales-side list of the contacts.
        person_ids: contact persons of Books.

    Returns:
        Person id → sales id and base of the ended link, raw content of the contact, and ``free``: whether it has got
        no other account since and is linked with nothing else.
    """
    child, account, other = links.alias("child"), links.alias("account"), links.alias("other")
    is_linked = exists().where(
        other.c.integration == scope.integration,
        other.c.module == scope.module,
        other.c.organization_id == scope.organization_id,
        other.c.retired_at.is_(None),
        other.c.sales_id == child.c.sales_id,
    )
    contact = observations.c
    has_no_other = or_(contact.parent_id.is_(None), contact.parent_id == account.c.sales_id)
    query = (
        select(
            child.c.sales_id, child.c.books_id, child.c.base_sales, child.c.base_books,
            contact.raw, and_(has_no_other, ~is_linked).label("free"),
        )
        .join(account, account.c.link_id == child.c.parent_link_id)
        .join(observations, and_(of(scope, "sales", entity), contact.remote_id == child.c.sales_id))
        .where(
            child.c.integration == scope.integration,
            child.c.module == scope.module,
            child.c.organization_id == scope.organization_id,
            child.c.role == "child",
            child.c.retired_why == "sales",
            contact.absent.is_(None),
            account.c.retired_why == "sales",
        )
        .order_by(child.c.retired_at)
    )  # fmt: skip
    found: dict[str, Row[Any]] = {}
    for chunk in chunked(person_ids):
        found |= {row.books_id: row for row in connection.execute(query.where(child.c.books_id.in_(chunk)))}
    return found
