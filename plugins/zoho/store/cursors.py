"""Cursors: how far each list was read, by Zoho's own clock."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from zoho.core.records import Side
from zoho.store.scope import Scope
from zoho.store.tables import cursors


def read(connection: Connection, scope: Scope, side: Side, entity: str, scope_hash: str) -> datetime | None:
    """Return when the last scan of a list began, or ``None`` when all of it must be read.

    Args:
        connection: of the store.
        scope: whose list.
        side: where the list is.
        entity: the list.
        scope_hash: hash of what is asked for (fields, filters). A cursor of another question does not count.
    """
    keys = {**scope.module_keys, "side": side, "entity": entity, "scope_hash": scope_hash}
    return connection.scalar(select(cursors.c.seen_until).filter_by(**keys))


def seen_until(connection: Connection, scope: Scope, side: Side, entity: str) -> datetime | None:
    """Return when the last scan of a list began, whatever it asked for."""
    keys = {**scope.module_keys, "side": side, "entity": entity}
    return connection.scalar(select(cursors.c.seen_until).filter_by(**keys))


def move(
    connection: Connection, scope: Scope, side: Side, entity: str, scope_hash: str, seen_until: datetime
) -> None:
    """Store how far a list was read. Belongs in the transaction that stores what was read."""
    keys = {**scope.module_keys, "side": side, "entity": entity}
    position = {"seen_until": seen_until, "scope_hash": scope_hash}
    statement = insert(cursors).values(**keys, **position)
    connection.execute(statement.on_conflict_do_update(index_elements=cursors.primary_key, set_=position))
