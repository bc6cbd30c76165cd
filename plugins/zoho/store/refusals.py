"""Refusals: writes that came to something else than they had to, and were taken back (TXN-6)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from zoho.core.records import Side
from zoho.store.scope import Scope
from zoho.store.tables import refusals


@dataclass(frozen=True, slots=True)
class Refusal:
    """A write that was taken back.

    Attributes:
        source: the side that it came from.
        source_id: the record's id there.
        mark: equal as long as the same would be written.
        reason: what was off, as sentences.
    """

    source: Side
    source_id: str
    mark: str
    reason: str


def remember(connection: Connection, scope: Scope, refusal: Refusal, run_id: str, at: datetime) -> None:
    """Keep the latest refusal of a record's write."""
    keys = {**scope.keys, "source": refusal.source, "source_id": refusal.source_id}
    told = {"mark": refusal.mark, "reason": refusal.reason, "run_id": run_id, "refused_at": at}
    statement = insert(refusals).values({**keys, **told})
    connection.execute(statement.on_conflict_do_update(index_elements=refusals.primary_key, set_=told))


def remembered(connection: Connection, scope: Scope) -> dict[tuple[str, str], Refusal]:
    """Return (source, source id) → refusal."""
    rows = connection.execute(select(refusals).filter_by(**scope.keys))
    return {(row.source, row.source_id): Refusal(row.source, row.source_id, row.mark, row.reason) for row in rows}
