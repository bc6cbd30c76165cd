"""Cursors: how far each list was read, by Zoho's own clock."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from zoho.core.records import Side
from zoho.store.scope import Scope
from zoho.store.tables import cursors


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a list was read.

    Attributes:
        seen_until: when the last scan began.
        complete_at: when the last scan of the whole list began, if there was one.
    """

    seen_until: datetime
    complete_at: datetime | None


def read(connection: Connection, scope: Scope, side: Side, entity: str, scope_hash: str) -> Cursor | None:
    """Return how far a list was read, or ``None`` when all of it must be read.

    Args:
        connection: of the store.
        scope: whose list.
        side: where the list is.
        entity: the list.
        scope_hash: hash of what is asked for (fields, filters). A cursor of another question does not count.
    """
    keys = {**scope.keys, "side": side, "entity": entity, "scope_hash": scope_hash}
    row = connection.execute(select(cursors.c.seen_until, cursors.c.complete_at).filter_by(**keys)).first()
    return Cursor(row.seen_until, row.complete_at) if row else None


def seen_until(connection: Connection, scope: Scope, side: Side, entity: str) -> datetime | None:
    """Return when the last scan of a list began, whatever it asked for."""
    keys = {**scope.keys, "side": side, "entity": entity}
    return connection.scalar(select(cursors.c.seen_until).filter_by(**keys))


def move(
    connection: Connection,
    scope: Scope,
    side: Side,
    entity: str,
    scope_hash: str,
    began: datetime,
    *,
    complete: bool,
) -> None:
    """Store how far a list was read. Belongs in the transaction that stores what was read.

    Args:
        connection: of the store.
        scope: whose list.
        side: where the list is.
        entity: the list.
        scope_hash: hash of what was asked for.
        began: when the scan began.
        complete: whether it read the whole list.
    """
    keys = {**scope.keys, "side": side, "entity": entity}
    position: dict[str, object] = {"seen_until": began, "scope_hash": scope_hash}
    if complete:
        position["complete_at"] = began
    statement = insert(cursors).values(**keys, **position)
    connection.execute(statement.on_conflict_do_update(index_elements=cursors.primary_key, set_=position))
