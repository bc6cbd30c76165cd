"""Which integrations may run: paused and disabled ones do not (OPS-5, CON-7, CON-8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, select
from sqlalchemy.dialects.postgresql import insert

from zoho.store.tables import controls


class State(StrEnum):
    """What lasts until somebody changes it."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    REMOVED = "removed"
    """The settings are gone; what is known is kept."""


class Pause(StrEnum):
    """How an integration pauses."""

    NONE = "none"
    DRAIN = "drain"
    """No run begins; one that has begun is finished."""
    INTERRUPT = "interrupt"
    """No run begins; one that has begun stops at the next safe point."""


@dataclass(frozen=True, slots=True)
class Control:
    """Whether an integration may run.

    Attributes:
        integration: its name.
        state: enabled, disabled or removed.
        pause: how it pauses, if it does.
        since: since when it is so; ``None``: ever since.
        by: the user who wanted it so.
        why: in their words; empty when they did not say.
        paused_at: when the latest time without runs began, if there was one.
        resumed_at: when that ended; ``None`` while it lasts.
    """

    integration: str
    state: State = State.ENABLED
    pause: Pause = Pause.NONE
    since: datetime | None = None
    by: str = ""
    why: str = ""
    paused_at: datetime | None = None
    resumed_at: datetime | None = None

    @property
    def may_run(self) -> bool:
        """Whether runs may begin."""
        return self.state is State.ENABLED and self.pause is Pause.NONE

    @property
    def stops(self) -> bool:
        """Whether a run that has begun is to stop, too."""
        return self.state is not State.ENABLED or self.pause is Pause.INTERRUPT


def read(connection: Connection, integration: str) -> Control:
    """Return the state of an integration; of one that was never touched too."""
    row = connection.execute(select(controls).where(controls.c.integration == integration)).first()
    return _control(row) if row else Control(integration)


def every(connection: Connection) -> dict[str, Control]:
    """Return name → state of the integrations that somebody ever paused or disabled."""
    return {row.integration: _control(row) for row in connection.execute(select(controls))}


@contextmanager
def changing(store: Engine, integration: str, at: datetime) -> Iterator[tuple[Connection, Control]]:
    """Give the state of an integration to be changed; nobody else changes it until the block ends.

    Args:
        store: the sync state database.
        integration: its name.
        at: the current time, aware.
    """
    untouched = {"integration": integration, "state": State.ENABLED, "pause": Pause.NONE, "since": at}
    with store.begin() as connection:
        connection.execute(insert(controls).values(**untouched, by="", why="").on_conflict_do_nothing())
        row = connection.execute(
            select(controls).where(controls.c.integration == integration).with_for_update()
        ).one()
        yield connection, _control(row)


def write(connection: Connection, control: Control) -> None:
    """Store the state of an integration."""
    values = {name: getattr(control, name) for name in Control.__slots__}
    statement = insert(controls).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["integration"], set_=values))


def _control(row: Row[Any]) -> Control:
    values = {name: getattr(row, name) for name in Control.__slots__}
    return Control(**{**values, "state": State(row.state), "pause": Pause(row.pause)})
