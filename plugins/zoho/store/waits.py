"""What runs wait for while a quota is used up, kept with them (BEY-8)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from zoho.core.plan import Action
from zoho.store.runs import WAIT, ChangeState
from zoho.store.tables import changes, runs


def note(connection: Connection, run_id: str, product: str, until: datetime, done_by: datetime | None) -> None:
    """Store what a run waits for.

    Args:
        connection: of the store.
        run_id: of the run.
        product: whose quota it is.
        until: when it goes on.
        done_by: when it will be done, if that is known.
    """
    values = {"waits_for": product, "waits_until": until, "done_by": done_by}
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(values))


def note_over(connection: Connection, run_id: str) -> None:
    """Store that a run goes on."""
    waiting = runs.c.waits_until.is_not(None)
    connection.execute(update(runs).where(runs.c.run_id == run_id, waiting).values(dict.fromkeys(WAIT)))


def left_to_write(connection: Connection, run_id: str) -> Sequence[Row[Any]]:
    """Return ``direction, kind, action, n`` of what a run has planned to write and not written yet."""
    key = (changes.c.direction, changes.c.kind, changes.c.action)
    open_ = changes.c.state.in_((ChangeState.PLANNED, ChangeState.STARTED))
    writes = changes.c.action.in_((Action.CREATE, Action.UPDATE))
    query = select(*key, func.count().label("n")).where(changes.c.run_id == run_id, open_, writes)
    return connection.execute(query.group_by(*key)).all()
