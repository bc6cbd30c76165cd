"""Claims: the creates that are under way, in either direction (BEY-4)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from zoho.core.records import Side
from zoho.store.scope import Scope
from zoho.store.tables import claims


@dataclass(frozen=True, slots=True)
class Claim:
    """A create that was begun.

    Attributes:
        source: the side that has the record.
        source_id: its id there.
        name: under which it is created on the other side.
        claimed_at: when the other side was known not to have it, by Zoho's clock.
    """

    source: Side
    source_id: str
    name: str
    claimed_at: datetime


def claim(connection: Connection, scope: Scope, wanted: Claim, run_id: str) -> Claim | None:
    """Claim a create before it is sent.

    Returns:
        ``None`` when the claim is ours and new; the older claim when a create was begun before and its outcome
        must be looked up first.
    """
    values = {
        **scope.keys,
        "source": wanted.source,
        "source_id": wanted.source_id,
        "name": wanted.name,
        "run_id": run_id,
        "claimed_at": wanted.claimed_at,
    }
    statement = insert(claims).values(values).on_conflict_do_nothing().returning(claims.c.source_id)
    if connection.execute(statement).first() is not None:
        return None
    return claimed(connection, scope, wanted.source)[wanted.source_id]


def claim_many(connection: Connection, scope: Scope, wanted: Sequence[Claim], run_id: str) -> set[str]:
    """Claim creates of one side before they are sent.

    Returns:
        The source ids of those that were begun before; the outcome of each must be looked up first.
    """
    if not wanted:
        return set()
    common = {**scope.keys, "run_id": run_id}
    rows = [{**common, **asdict(one)} for one in wanted]
    statement = insert(claims).on_conflict_do_nothing().returning(claims.c.source_id)
    return {one.source_id for one in wanted} - set(connection.scalars(statement, rows))


def claimed(connection: Connection, scope: Scope, source: Side) -> dict[str, Claim]:
    """Return source id → claim of the creates that were begun and not finished."""
    rows = connection.execute(select(claims).filter_by(**scope.keys, source=source))
    return {row.source_id: Claim(source, row.source_id, row.name, row.claimed_at) for row in rows}


def release(connection: Connection, scope: Scope, source: Side, *source_ids: str) -> None:
    """Drop claims: the link is stored, or it is certain that nothing was created."""
    mine = [getattr(claims.c, column) == value for column, value in scope.keys.items()]
    connection.execute(delete(claims).where(*mine, claims.c.source == source, claims.c.source_id.in_(source_ids)))
