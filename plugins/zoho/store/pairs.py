"""Which transactions belong together, and what the history says of those that stand alone (TXN-6)."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, or_, select

from zoho.core.records import Side
from zoho.store.links import active, of_module
from zoho.store.observations import chunked
from zoho.store.scope import Scope
from zoho.store.tables import changes, links, runs

_LEFT_ALONE = ("skip", "drift")


def of_books(connection: Connection, scope: Scope) -> dict[str, str]:
    """Return Books id → sales-side id of a module's linked records."""
    rows = connection.execute(select(links.c.books_id, links.c.sales_id).where(active(scope, "record")))
    return {row.books_id: row.sales_id for row in rows}


def ended(connection: Connection, scope: Scope, side: Side, ids: Collection[str]) -> dict[str, str]:
    """Return for records that were linked once on which side the other one, or they, were deleted.

    Args:
        connection: of the store.
        scope: the module.
        side: whose ids are given.
        ids: of records that are not linked now.
    """
    column = links.c.books_id if side == "books" else links.c.sales_id
    found: dict[str, str] = {}
    for chunk in chunked(ids):
        rows = connection.execute(
            select(column.label("id"), links.c.retired_why)
            .where(of_module(scope), links.c.role == "record", links.c.retired_at.is_not(None), column.in_(chunk))
            .order_by(links.c.retired_at)
        )
        found |= {row.id: row.retired_why for row in rows if row.retired_why}
    return found


def reasons(connection: Connection, scope: Scope, side: Side, ids: Collection[str]) -> dict[str, str]:
    """Return what the history says last of records that could not be written, or were left alone.

    Args:
        connection: of the store.
        scope: the module.
        side: whose ids are given.
        ids: of the records.
    """
    column = changes.c.books_id if side == "books" else changes.c.sales_id
    stuck = or_(changes.c.state == "failed", changes.c.action.in_(_LEFT_ALONE))
    found: dict[str, str] = {}
    for chunk in chunked(ids):
        rows = connection.execute(
            select(column.label("id"), changes.c.error, changes.c.reason)
            .join(runs, runs.c.run_id == changes.c.run_id)
            .where(and_(runs.c.integration == scope.integration, runs.c.module == scope.module))
            .where(column.in_(chunk), stuck)
            .order_by(runs.c.started_at, changes.c.seq)
        )
        found |= {row.id: row.error or row.reason for row in rows}
    return found
