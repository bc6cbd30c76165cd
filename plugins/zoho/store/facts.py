"""Facts about the connected organizations, kept so that a quiet run need not ask again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from zoho.store.tables import facts


def read(connection: Connection, integration: str, name: str, not_before: datetime) -> Any | None:
    """Return a fact that was read at ``not_before`` or later, else ``None``."""
    query = select(facts.c.value).filter_by(integration=integration, name=name)
    return connection.scalar(query.where(facts.c.read_at >= not_before))


def latest(connection: Connection, integration: str, beginning: str) -> Any | None:
    """Return the fact that was read last of those whose names begin so; ``None`` when there is none."""
    query = select(facts.c.value).filter_by(integration=integration).order_by(facts.c.read_at.desc())
    return connection.scalar(query.where(facts.c.name.startswith(beginning, autoescape=True)).limit(1))


def keep(connection: Connection, integration: str, name: str, value: Any, at: datetime) -> None:
    """Store a fact over an older one."""
    statement = insert(facts).values(integration=integration, name=name, value=value, read_at=at)
    renewed = {"value": statement.excluded.value, "read_at": statement.excluded.read_at}
    connection.execute(statement.on_conflict_do_update(index_elements=facts.primary_key, set_=renewed))


def forget(connection: Connection, integration: str, name: str) -> None:
    """Delete a fact that does not hold any more."""
    connection.execute(delete(facts).filter_by(integration=integration, name=name))
