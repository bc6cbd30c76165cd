"""How far a module is behind: when it was last in step, and how old changes were when they were written."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select

from zoho.store.scope import Scope
from zoho.store.tables import changes, observations, runs

_WRITTEN = ("create", "update")


def last_success(connection: Connection, scope: Scope) -> datetime | None:
    """Return when the latest run of a whole module began that wrote all it planned; ``None`` when there was none.

    Args:
        connection: of the store.
        scope: the module.
    """
    mine = _whole_runs(scope, runs.c.state == "success")
    latest: datetime | None = connection.scalar(select(func.max(runs.c.started_at)).where(mine))
    return latest


def ages_of_changes(connection: Connection, scope: Scope, run_id: str) -> dict[str, float]:
    """Return direction → the median age, in seconds, of what was written that way; ways without any are left out.

    The age of a change is the time from the edit, by Zoho's clock, to the write on the other side. Only what was
    edited since the module's run before this one counts: the rest is no change but what was there before, or what had
    failed until then. A first run has none.

    Args:
        connection: of the store.
        scope: the module.
        run_id: of the run.
    """
    began = select(runs.c.started_at).where(runs.c.run_id == run_id).scalar_subquery()
    earlier = _whole_runs(scope, runs.c.applied_at.is_not(None), runs.c.started_at < began)
    before = select(func.max(runs.c.started_at)).where(earlier).scalar_subquery()
    from_sales = changes.c.direction == "sales_to_books"
    source = and_(
        *(observations.c[column] == value for column, value in scope.keys.items()),
        or_(
            and_(from_sales, observations.c.side == "sales", observations.c.remote_id == changes.c.sales_id),
            and_(~from_sales, observations.c.side == "books", observations.c.remote_id == changes.c.books_id),
        ),
    )
    seconds = func.extract("epoch", changes.c.finished_at - observations.c.modified_at)
    age = case((seconds < 0, 0), else_=seconds)  # two clocks
    query = (
        select(changes.c.direction, func.percentile_cont(0.5).within_group(age.asc()).label("median"))
        .select_from(changes.join(observations, source))
        .where(changes.c.run_id == run_id, changes.c.state == "done", changes.c.action.in_(_WRITTEN))
        .where(observations.c.modified_at >= before)
        .group_by(changes.c.direction)
    )
    return {row.direction: float(row.median) for row in connection.execute(query)}


def _whole_runs(scope: Scope, *more: Any) -> Any:
    organization_id = runs.c.settings["integration"]["books"]["organization_id"].astext
    return and_(
        runs.c.integration == scope.integration,
        runs.c.module == scope.module,
        organization_id == scope.organization_id,
        runs.c.about.is_(None),
        ~runs.c.dry_run,
        *more,
    )
