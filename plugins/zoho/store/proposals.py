"""Proposals: records of the two sides that may be the same, and what a person decided about them (BEY-6)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from zoho.core.records import Side
from zoho.store.observations import chunked
from zoho.store.scope import Scope
from zoho.store.tables import links, observations, proposals

_KEYS = ("integration", "module", "organization_id")


class Decision(StrEnum):
    """What a person says of a proposal."""

    LINK = "link"
    """They are the same: the next run links and merges them."""
    DIFFERENT = "different"
    """They are not, and are never proposed again."""
    LATER = "later"
    """Not now: ask again after some days."""
    OPEN = "open"
    """Not decided, or no more: take a decision back that nothing came of yet."""


@dataclass(frozen=True, slots=True)
class Found:
    """A proposal to be stored.

    Attributes:
        sales_id: the sales-side record.
        books_id: the Books record.
        score: of 100.
        reasons: what speaks for and against it, each with ``about``, ``points`` and ``words``.
    """

    sales_id: str
    books_id: str
    score: int
    reasons: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which proposals are meant.

    Attributes:
        integration: whose.
        organization_id: of the Books organization.
        modules: of these modules.
        now: the current time, aware: those put off until then are open again.
        state: ``open``, ``later``, ``link``, ``different``; ``None``: all that a person could still look at.
        text: in the name on either side, in either case, or an id.
    """

    integration: str
    organization_id: str
    modules: Collection[str]
    now: datetime
    state: Decision | None = Decision.OPEN
    text: str = ""


def keep(connection: Connection, scope: Scope, found: Iterable[Found], at: datetime) -> None:
    """Store what a look found; decisions stay, and what is open and was not found again goes.

    Args:
        connection: of the store.
        scope: the module.
        found: everything that its unlinked records have in common.
        at: when; repeating it changes nothing.
    """
    statement = insert(proposals)
    new = {name: statement.excluded[name] for name in ("score", "reasons", "found_at")}
    statement = statement.on_conflict_do_update(index_elements=proposals.primary_key, set_=new)
    for chunk in chunked(found):
        connection.execute(statement, [{**scope.keys, **_row(one), "found_at": at} for one in chunk])
    old = and_(_of(scope), proposals.c.state == Decision.OPEN, proposals.c.found_at != at)
    connection.execute(delete(proposals).where(old))


def different(connection: Connection, scope: Scope) -> frozenset[tuple[str, str]]:
    """Return the pairs, sales id and Books id, that a person said to be different."""
    query = select(proposals.c.sales_id, proposals.c.books_id).where(
        _of(scope), proposals.c.state == Decision.DIFFERENT
    )
    return frozenset((row.sales_id, row.books_id) for row in connection.execute(query))


def to_link(connection: Connection, scope: Scope) -> list[Row[Any]]:
    """Return the pairs that a person said to be the same: ``sales_id``, ``books_id``, ``decided_by``, in order."""
    query = select(proposals.c.sales_id, proposals.c.books_id, proposals.c.decided_by)
    mine = and_(_of(scope), proposals.c.state == Decision.LINK, _is_live(proposals))
    return list(connection.execute(query.where(mine).order_by(proposals.c.decided_at, proposals.c.sales_id)))


def listed(
    connection: Connection, asked: Asked, limit: int | None = None, after: tuple[int, str, str] | None = None
) -> list[Row[Any]]:
    """Return proposals, the likeliest first.

    Beside the columns of the table: ``sales_name``, ``books_name``, ``entity`` (the sales-side list), and ``linked``,
    whether the two are linked by now.

    Args:
        connection: of the store.
        asked: which.
        limit: how many at most; ``None``: all.
        after: score, sales id and Books id of the last one of the page before.
    """
    sales, books = observations.alias("sales"), observations.alias("books")
    query = (
        select(
            proposals,
            *(sales.c.name.label("sales_name"), sales.c.entity.label("entity"), books.c.name.label("books_name")),
            _are_linked(proposals).label("linked"),
        )
        .join(sales, _is_record(sales, "sales", proposals))
        .join(books, _is_record(books, "books", proposals))
        .where(_meant(asked))
    )
    if asked.text:
        query = query.where(_with(asked.text.strip(), sales, books))
    if after is not None:
        score, sales_id, books_id = after
        place = (-proposals.c.score, proposals.c.sales_id, proposals.c.books_id)
        query = query.where(tuple_(*place) > tuple_(-score, sales_id, books_id))
    order = (proposals.c.score.desc(), proposals.c.sales_id, proposals.c.books_id)
    return list(connection.execute(query.order_by(*order).limit(limit)))


def number(connection: Connection, asked: Asked) -> int:
    """Return how many proposals are meant, whatever text they hold; see :func:`listed`."""
    return int(connection.scalar(select(func.count()).select_from(proposals).where(_meant(asked))) or 0)


def around(
    connection: Connection, scope: Scope, pairs: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Row[Any]]:
    """Return sales id and Books id → proposals that have a record in common with some pairs, and lock them.

    Beside the columns of the table: ``live``, whether both records are there and not linked, and ``linked``, whether
    they are linked with each other.
    """
    found: dict[tuple[str, str], Row[Any]] = {}
    query = select(proposals, _is_live(proposals).label("live"), _are_linked(proposals).label("linked"))
    for chunk in chunked(sorted(pairs)):
        one_of = or_(
            proposals.c.sales_id.in_([sales_id for sales_id, _ in chunk]),
            proposals.c.books_id.in_([books_id for _, books_id in chunk]),
        )
        rows = connection.execute(
            query.where(_of(scope), one_of).order_by(proposals.c.sales_id, proposals.c.books_id).with_for_update()
        )
        found |= {(row.sales_id, row.books_id): row for row in rows}
    return found


def is_in_question(connection: Connection, scope: Scope, side: Side, remote_id: str) -> bool:
    """Whether nothing is created for a record, since a proposal about it is open or put off."""
    own = proposals.c.sales_id if side == "sales" else proposals.c.books_id
    undecided = proposals.c.state.in_((Decision.OPEN, Decision.LATER))
    mine = exists().where(_of(scope), own == remote_id, undecided, _is_live(proposals))
    return bool(connection.scalar(select(mine)))


def is_known(connection: Connection, scope: Scope, pair: tuple[str, str]) -> bool:
    """Whether two records, by sales id and Books id, were ever proposed."""
    sales_id, books_id = pair
    mine = (_of(scope), proposals.c.sales_id == sales_id, proposals.c.books_id == books_id)
    return bool(connection.scalar(select(exists().where(*mine))))


def decide(
    connection: Connection,
    scope: Scope,
    pair: tuple[str, str],
    decision: Decision,
    by: str,
    at: datetime,
    later_until: datetime | None = None,
) -> None:
    """Store what a person says of a proposal.

    Args:
        connection: of the store.
        scope: the module.
        pair: sales id and Books id.
        decision: what they say.
        by: who.
        at: when.
        later_until: with ``later``: when to ask again.
    """
    told = {"decided_by": by, "decided_at": at} if decision is not Decision.OPEN else dict.fromkeys(_DECIDED)
    sales_id, books_id = pair
    mine = and_(_of(scope), proposals.c.sales_id == sales_id, proposals.c.books_id == books_id)
    connection.execute(update(proposals).where(mine).values(state=decision, later_until=later_until, **told))


_DECIDED = ("decided_by", "decided_at")


def _row(one: Found) -> dict[str, Any]:
    reasons = [dict(reason) for reason in one.reasons]
    return {
        "sales_id": one.sales_id,
        "books_id": one.books_id,
        "score": one.score,
        "reasons": reasons,
        "state": Decision.OPEN,
    }


def _of(scope: Scope) -> ColumnElement[bool]:
    return and_(*(proposals.c[column] == value for column, value in scope.keys.items()))


def _meant(asked: Asked) -> ColumnElement[bool]:
    mine = and_(
        proposals.c.integration == asked.integration,
        proposals.c.organization_id == asked.organization_id,
        proposals.c.module.in_(asked.modules),
    )
    if asked.state is Decision.OPEN:
        return and_(mine, _is_open(proposals, asked.now))
    if asked.state is Decision.LATER:
        put_off = and_(proposals.c.state == Decision.LATER, proposals.c.later_until > asked.now)
        return and_(mine, put_off, _is_live(proposals))
    if asked.state is None:
        decided = proposals.c.state.in_((Decision.LINK, Decision.DIFFERENT))
        return and_(mine, or_(decided, _is_live(proposals)))
    return and_(mine, proposals.c.state == asked.state)


def _is_open(table: Any, now: datetime) -> ColumnElement[bool]:
    """Select proposals that a person is to decide about now."""
    due = and_(table.c.state == Decision.LATER, table.c.later_until <= now)
    return and_(or_(table.c.state == Decision.OPEN, due), _is_live(table), ~_is_taken(table))


def _is_live(table: Any) -> ColumnElement[bool]:
    """Select proposals of which both records are there and neither is linked."""
    sales, books = observations.alias(), observations.alias()
    there = [
        exists().where(_is_record(one, side, table), one.c.absent.is_(None))
        for side, one in (("sales", sales), ("books", books))
    ]
    link = links.alias()
    ends = (
        link.c.sales_id == table.c.sales_id,
        and_(link.c.role == "record", link.c.books_id == table.c.books_id),
    )
    return and_(*there, *(~exists().where(_holds(link, table), end) for end in ends))


def _is_taken(table: Any) -> ColumnElement[bool]:
    """Select proposals of which a record is to be linked with another one, as a person said."""
    other = proposals.alias()
    to_link = and_(*_same_scope(other, table), other.c.state == Decision.LINK, _is_live(other))
    return or_(*(exists().where(to_link, other.c[end] == table.c[end]) for end in ("sales_id", "books_id")))


def _are_linked(table: Any) -> ColumnElement[bool]:
    link = links.alias()
    return exists().where(
        _holds(link, table),
        link.c.role == "record",
        link.c.sales_id == table.c.sales_id,
        link.c.books_id == table.c.books_id,
    )


def _holds(link: Any, table: Any) -> ColumnElement[bool]:
    return and_(*_same_scope(link, table), link.c.retired_at.is_(None))


def _same_scope(one: Any, other: Any) -> list[ColumnElement[bool]]:
    return [one.c[key] == other.c[key] for key in _KEYS]


def _is_record(observed: Any, side: str, table: Any) -> ColumnElement[bool]:
    own_id = table.c.sales_id if side == "sales" else table.c.books_id
    return and_(*_same_scope(observed, table), observed.c.side == side, observed.c.remote_id == own_id)


def _with(text: str, sales: Any, books: Any) -> ColumnElement[bool]:
    names = [func.lower(one.c.name).contains(text.lower(), autoescape=True) for one in (sales, books)]
    return or_(*names, proposals.c.sales_id == text, proposals.c.books_id == text)
