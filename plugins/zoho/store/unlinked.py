"""Records that no link holds: which are to be paired, and what could collide with them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Connection, Row, and_, case, exists, func, or_, select, text

from zoho.core.names import stem_key
from zoho.core.pairing import Named
from zoho.core.records import Side
from zoho.store.linkmap import SPLIT, UNLINKED
from zoho.store.links import UNDONE, active, of_ended, of_module
from zoho.store.observations import chunked, of
from zoho.store.scope import Scope
from zoho.store.tables import STEM, STEM_LENGTH, links, observations

_AT_A_TIME = 2_000


def unlinked(
    connection: Connection, scope: Scope, side: Side, entity: str, *, top: bool = False
) -> Iterator[Row[Any]]:
    """Yield the observations of a list that no link holds: id, name, verdict, fingerprint, view and raw content.

    They come in the order of their ids, the oldest first, so that a repeat decides alike; some at a time, since
    before the first run they are all there are.

    Left out are records that are gone, contact persons of a customer (also of one whose account was deleted), and
    records whose counterpart was deleted on the other side, or whose run was undone, and that were not edited since:
    they would come back against somebody's will (OPS-7, BEY-3). Nor are those among them that a person has unlinked
    and nobody has linked again (BEY-7).

    Args:
        connection: of the store.
        scope: whose.
        side: where the list is.
        entity: the list.
        top: only records without a parent, that are no contact person of anybody.
    """
    own_id, _ = _own_columns(side)
    same_record = own_id == observations.c.remote_id
    is_linked = active(scope, "record")
    linked: ColumnElement[bool] = exists().where(is_linked, same_record)
    if top:
        linked = or_(linked, exists().where(_orphaned(scope), same_record), _is_person(scope))
    buried = exists().where(_buried(scope, side, observations.c.fingerprint), same_record)
    columns = observations.c
    free = select(columns.remote_id).where(of(scope, side, entity), columns.absent.is_(None), ~linked, ~buried)
    if top:
        free = free.where(columns.parent_id.is_(None))
    ids = free.cte("free").prefix_with("MATERIALIZED", dialect="postgresql")  # mostly few: only their content is read
    told = (columns.remote_id, columns.name, columns.verdict, columns.fingerprint, columns.in_view, columns.raw)
    query = select(*told).where(of(scope, side, entity)).join(ids, ids.c.remote_id == columns.remote_id)
    query = query.order_by(func.length(columns.remote_id), columns.remote_id)
    connection.execute(text("SET LOCAL cursor_tuple_fraction = 1"))  # all rows are wanted, not the first ones soon
    rows = connection.execute(query.execution_options(yield_per=_AT_A_TIME))
    yield from cast("Iterator[Row[Any]]", rows)


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
    """Select the links of contact persons whose account was deleted or unlinked: Books has them below the customer.

    One that was linked anew since, because the account was made again or it got another one, is no such person.
    """
    younger = links.alias("younger")
    is_younger = and_(younger.c.sales_id == links.c.sales_id, younger.c.link_id > links.c.link_id)
    anew = exists().where(of_module(scope, younger), is_younger)
    still_there = links.c.retired_why.in_(("sales", UNLINKED, SPLIT))
    return and_(of_ended(scope), links.c.role == "child", still_there, ~anew)


def buried(connection: Connection, scope: Scope, side: Side, marks: Mapping[str, str]) -> set[str]:
    """Return which records are left alone: their counterpart was deleted or undone, or a person wants them left.

    Args:
        connection: of the store.
        scope: whose.
        side: where the records are.
        marks: id → fingerprint; one that was edited since is not left alone.
    """
    own_id, _ = _own_columns(side)
    found: set[str] = set()
    for chunk in chunked(marks.items()):
        now = dict(chunk)
        query = select(own_id).where(_buried(scope, side, case(now, value=own_id)), own_id.in_(now))
        found |= set(connection.scalars(query))
    return found


def _own_columns(side: Side) -> tuple[Column[str], Column[str]]:
    """Return a link's columns of one side: id, and the fingerprint last dealt with."""
    return (links.c.sales_id, links.c.sales_seen) if side == "sales" else (links.c.books_id, links.c.books_seen)


def _buried(scope: Scope, side: Side, fingerprint: ColumnElement[str]) -> ColumnElement[bool]:
    """Select the ended links for which a record is left alone, as long as it has this fingerprint."""
    own_id, own_seen = _own_columns(side)
    deleted_on = "books" if side == "sales" else "sales"
    unedited = and_(links.c.retired_why.in_((deleted_on, UNDONE)), own_seen == fingerprint)
    younger = links.alias("younger")
    same_record = younger.c[own_id.key] == own_id
    anew = exists().where(of_module(scope, younger), same_record, younger.c.link_id > links.c.link_id)
    left_alone = and_(links.c.retired_why == UNLINKED, ~anew)
    return and_(of_ended(scope), links.c.role == "record", or_(unedited, left_alone))


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
    stems = {stem_key(name)[:STEM_LENGTH] for name in names}
    own_id, _ = _own_columns(side)
    held = or_(active(scope, "record"), active(scope, "child"))
    linked: ColumnElement[bool] = exists().where(held, own_id == observations.c.remote_id)
    if top:
        linked = or_(linked, observations.c.parent_id.is_not(None))
    found = []
    for chunk in chunked(stems):
        query = select(observations.c.remote_id, observations.c.name, linked.label("linked")).where(
            of(scope, side, entity), observations.c.absent.is_(None), STEM.in_(chunk)
        )
        found += [(Named(row.remote_id, row.name), bool(row.linked)) for row in connection.execute(query)]
    return found
