"""How the modules did lately, all of them in one query: what the overview draws."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Text, and_, column, func, literal, select, true, values

from zoho.store.tables import run_counts, runs


def integrations(connection: Connection) -> list[str]:
    """Return the names of all integrations that ever ran: from one to the next in the index, however many runs."""
    first = select(func.min(runs.c.integration).label("name")).cte("names", recursive=True)
    following = select(func.min(runs.c.integration)).where(runs.c.integration > first.c.name).scalar_subquery()
    names = first.union_all(select(following).where(first.c.name.is_not(None)))
    return list(connection.scalars(select(names.c.name).where(names.c.name.is_not(None))))


def of_modules(connection: Connection, modules: Collection[tuple[str, str]], number: int) -> list[Row[Any]]:
    """Return ``integration, module, run_id, state, started_at, done, failed`` of the latest runs, the oldest first.

    Dry runs are left out. ``done`` and ``failed`` are numbers of changes; of a run that goes on they are 0.

    Args:
        connection: of the store.
        modules: integration and module of each.
        number: how many runs of each at most.
    """
    if not modules:
        return []
    wanted = values(column("integration", Text), column("module", Text), name="wanted").data(sorted(modules))
    mine = and_(runs.c.integration == wanted.c.integration, runs.c.module == wanted.c.module, ~runs.c.dry_run)
    latest = (
        select(runs.c.run_id, runs.c.state, runs.c.started_at)
        .where(mine)
        .order_by(runs.c.started_at.desc())
        .limit(number)
        .lateral("latest")
    )
    written = _is("done"), run_counts.c.action.not_in(("skip", "hold"))
    summed = select(
        func.coalesce(func.sum(run_counts.c.n).filter(*written), 0).label("done"),
        func.coalesce(func.sum(run_counts.c.n).filter(_is("failed", "started")), 0).label("failed"),
    )
    counted = summed.where(run_counts.c.run_id == latest.c.run_id).lateral("counted")
    query = select(wanted.c.integration, wanted.c.module, *latest.c, counted.c.done, counted.c.failed)
    query = query.select_from(wanted.join(latest, true()).join(counted, literal(True)))
    return list(connection.execute(query.order_by(latest.c.started_at)))


def _is(*states: str) -> Any:
    return run_counts.c.state.in_(states)
