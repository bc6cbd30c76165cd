"""The journal of what webhooks told: records to look at (TXN-5).

An event names a record and nothing more; what became of the record is read from Zoho. So events of one record that
wait are one event, and a repeat or a wrong order costs at most a look. All times are the database's own, since API
servers and workers may not agree on theirs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from zoho.core.records import Side
from zoho.store.tables import bells, events

RecordList: TypeAlias = tuple[Side, str]
"""A list of records: the side, and the API's own word for it."""

Told: TypeAlias = Mapping[RecordList, frozenset[str]]
"""List → ids of records of it."""

LOOKED_LATER = timedelta(seconds=1)
"""How long after its arrival a record must have been looked at for a repeat to tell nothing new: the finest time
that Zoho's bodies carry."""

KEPT = timedelta(days=7)
"""How long events that are done with are kept."""

_NOW = func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Event:
    """What one notification says of one record.

    Attributes:
        side: where the record is.
        entity: its list, in the API's own word.
        remote_id: its id.
        operation: what happened to it, as Zoho told it.
        digest: hash of the notification where an equal one can only be a repeat of it; else ``None``.
    """

    side: Side
    entity: str
    remote_id: str
    operation: str
    digest: str | None = None


def record(connection: Connection, integration: str, told: Collection[Event]) -> bool:
    """Journal events; one of a record that waits already joins the one that waits.

    A repeat of an event whose record was looked at well after its arrival is left out: the look has seen it.

    Args:
        connection: of the store.
        integration: whose records.
        told: the events.

    Returns:
        Whether there is something to look at.
    """
    latest = {(one.side, one.entity, one.remote_id): one for one in told}
    given = {name: [getattr(one, name) for one in latest.values()] for name in _TOLD}
    statement = _RECORD.returning(events.c.event_id)
    return bool(connection.execute(statement, {"of": integration, **given}).all())


_TOLD = ("side", "entity", "remote_id", "operation", "digest")
_OPEN = events.c.done_at.is_(None)
_WAITS = and_(events.c.taken_by.is_(None), _OPEN)


def _recording() -> Insert:
    columns, whose = events.c, bindparam("of", type_=Text)
    arrays = [bindparam(name, type_=ARRAY(Text)) for name in _TOLD]
    given = func.unnest(*arrays).table_valued(*_TOLD, name="told").render_derived()
    looked_at = exists().where(
        columns.integration == whose,
        *(columns[name] == given.c[name] for name in ("side", "entity", "remote_id", "digest")),
        columns.taken_at >= columns.received_at + LOOKED_LATER,
    )
    values = select(whose, *given.c, _NOW, literal(1, Integer)).where(~looked_at)
    values = values.order_by(given.c.side, given.c.entity, given.c.remote_id)  # so that no two wait for each other
    statement = upsert(events).from_select(["integration", *_TOLD, "received_at", "times"], values)
    renewed = {name: statement.excluded[name] for name in ("operation", "digest", "received_at")}
    return statement.on_conflict_do_update(
        index_elements=["integration", "side", "entity", "remote_id"],
        index_where=_WAITS,
        set_={**renewed, "times": columns.times + 1},
    )


_RECORD = _recording()


def take(connection: Connection, integration: str, lists: Collection[RecordList], run_id: str) -> None:
    """Give a run all events of some lists that are not done with.

    Those of an earlier run too: it has died, or it works at the same records and both come to the same end.
    """
    mine = and_(_of(integration, lists), _OPEN, events.c.taken_by.is_distinct_from(run_id))
    connection.execute(update(events).where(mine).values(taken_by=run_id, taken_at=_NOW))


def taken(connection: Connection, integration: str, lists: Collection[RecordList], run_id: str) -> Told:
    """Return the records that a run took and is not done with."""
    query = select(events.c.side, events.c.entity, events.c.remote_id)
    found: dict[RecordList, set[str]] = {}
    for row in connection.execute(query.where(_of(integration, lists), _OPEN, events.c.taken_by == run_id)):
        found.setdefault((row.side, row.entity), set()).add(row.remote_id)
    return {one: frozenset(ids) for one, ids in found.items()}


def done(connection: Connection, run_id: str) -> None:
    """Note that a run has looked at what it took; belongs into the transaction that stores what it saw."""
    connection.execute(update(events).where(events.c.taken_by == run_id, _OPEN).values(done_at=_NOW))


def give_back(connection: Connection, run_id: str) -> None:
    """Let what a run took wait again, since the run ended before it had looked."""
    again = events.alias()
    same = and_(*(again.c[key] == events.c[key] for key in ("integration", "side", "entity", "remote_id")))
    mine = and_(events.c.taken_by == run_id, _OPEN)
    newer = exists().where(same, again.c.taken_by.is_(None), again.c.done_at.is_(None))
    older = exists().where(
        same, again.c.taken_by == run_id, again.c.done_at.is_(None), again.c.event_id > events.c.event_id
    )
    connection.execute(delete(events).where(mine, newer | older))
    connection.execute(update(events).where(mine).values(taken_by=None, taken_at=None))


def undone(connection: Connection, integration: str, lists: Collection[RecordList]) -> int:
    """Return how many records of some lists are still to be looked at, those among them that a run has taken."""
    query = select(func.count()).select_from(events).where(_of(integration, lists), _OPEN)
    return int(connection.scalar(query) or 0)


def pending(connection: Connection, integration: str, lists: Collection[RecordList]) -> int:
    """Return how many records of some lists wait for a run."""
    query = select(func.count()).select_from(events).where(_of(integration, lists), _WAITS)
    return int(connection.scalar(query) or 0)


def prune(connection: Connection, integration: str) -> int:
    """Forget what was done with long ago; returns how many events that were."""
    old = and_(events.c.integration == integration, events.c.done_at < _NOW - KEPT)
    return connection.execute(delete(events).where(old)).rowcount


def may_ring(connection: Connection, integration: str, module: str, every: timedelta) -> bool:
    """Whether nobody has rung for a module's run within a span of time; then whoever asks now is the one to ring.

    The bell counts as rung when the transaction ends well.
    """
    statement = upsert(bells).values(integration=integration, module=module, rung_at=_NOW)
    due = statement.on_conflict_do_update(
        index_elements=bells.primary_key,
        set_={"rung_at": statement.excluded.rung_at},
        where=bells.c.rung_at <= _NOW - every,
    )
    return connection.execute(due.returning(bells.c.integration)).first() is not None


def _of(integration: str, lists: Collection[RecordList]) -> ColumnElement[bool]:
    wanted: Sequence[RecordList] = sorted(lists)
    return and_(events.c.integration == integration, tuple_(events.c.side, events.c.entity).in_(wanted))
