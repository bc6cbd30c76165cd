"""Who did what, by the page, the command line or a form of Airflow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from zoho.store.tables import actions

DONE = "done"
"""The outcome of an action that went well."""


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody did.

    Attributes:
        at: when.
        actor: the user, as Airflow or the operating system calls them.
        action: pause, resume, enable, disable, remove, run …
        integration: whose.
        module: of it; ``None``: the integration as a whole.
        detail: what was asked for.
        outcome: ``DONE``, or why not; ``None``: it has not ended, or died.
    """

    at: datetime
    actor: str
    action: str
    integration: str
    module: str | None
    detail: Mapping[str, Any]
    outcome: str | None = None


def begin(connection: Connection, action: Action) -> int:
    """Store that an action begins; returns its id."""
    values = {name: getattr(action, name) for name in Action.__slots__}
    statement = insert(actions).values({**values, "detail": dict(action.detail)})
    return int(connection.execute(statement.returning(actions.c.action_id)).scalar_one())


def end(connection: Connection, action_id: int, outcome: str, detail: Mapping[str, Any], at: datetime) -> None:
    """Store what became of an action.

    Args:
        connection: of the store.
        action_id: which.
        outcome: ``DONE``, or why not.
        detail: what was asked for, and what came of it.
        at: when it ended.
    """
    values = {"outcome": outcome, "detail": dict(detail), "ended_at": at}
    connection.execute(update(actions).where(actions.c.action_id == action_id).values(values))


def recent(connection: Connection, integration: str | None = None, limit: int = 50) -> list[Action]:
    """Return the latest actions, of all integrations or of one, the newest first."""
    query = select(*(actions.c[name] for name in Action.__slots__)).order_by(actions.c.at.desc(), actions.c.action_id)
    if integration is not None:
        query = query.where(actions.c.integration == integration)
    return [Action(**row._mapping) for row in connection.execute(query.limit(limit))]
