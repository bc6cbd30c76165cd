"""The history as people ask after it: runs, newest first, and their changes, a page at a time (OPS-4).

A page begins after the last row of the one before, not at a number, so that runs which end meanwhile move nothing
and the hundredth page costs what the first one does.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from zoho.store.tables import api_calls, changes, run_counts, runs

_RUN = tuple(column for column in runs.c if column is not runs.c.settings)
"""What is shown of a run; the settings that it ran with are long, and are asked for one by one."""

_CHANGE = tuple(column for column in changes.c if column.name not in ("before", "after", "sought"))

_ROWS_AT_A_TIME = 500

_ID_DIGITS = 10
"""So many digits are an id, not a part of a name."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are meant; whatever is empty or ``None`` limits nothing.

    Attributes:
        integrations: names.
        modules: names.
        states: such as ``partial``.
        since: those that began at this time or later, aware.
        until: those that began before this time, aware.
        direction: those that did something this way, ``sales_to_books`` or ``books_to_sales``, or tried to.
        text: those with a record whose name contains it, in either case, or whose id on a side it is.
        busy: those that did something, failed or stopped; most runs find nothing to do.
    """

    integrations: Collection[str] = ()
    modules: Collection[str] = ()
    states: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    direction: str | None = None
    text: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes of a run are meant; whatever is empty limits nothing.

    Attributes:
        actions: such as ``create``.
        states: such as ``failed``.
        direction: ``sales_to_books`` or ``books_to_sales``.
        text: in the name, in either case, or the id of the record on a side.
    """

    actions: Collection[str] = ()
    states: Collection[str] = ()
    direction: str | None = None
    text: str = ""


def some_runs(
    connection: Connection, wanted: RunFilter, limit: int, after: tuple[datetime, str] | None = None
) -> list[Row[Any]]:
    """Return runs, the newest first, without the settings that they ran with.

    Args:
        connection: of the store.
        wanted: which.
        limit: how many at most.
        after: when the last one of the page before began, and its id.
    """
    query = select(*_RUN).where(_meant(wanted))
    if after:
        query = query.where(tuple_(runs.c.started_at, runs.c.run_id) < after)
    query = query.order_by(runs.c.started_at.desc(), runs.c.run_id.desc()).limit(limit)
    return list(connection.execute(query))


def one_run(connection: Connection, run_id: str) -> Row[Any] | None:
    """Return a run with the settings that it ran with; ``None`` when there is none of this id."""
    return connection.execute(select(runs).where(runs.c.run_id == run_id)).first()


def run_ids(connection: Connection, beginning: str, limit: int) -> list[str]:
    """Return the ids of runs that begin with a text, the newest first."""
    query = select(runs.c.run_id).where(runs.c.run_id.startswith(beginning, autoescape=True))
    return list(connection.scalars(query.order_by(runs.c.started_at.desc()).limit(limit)))


def begun_by(connection: Connection, origin: str) -> list[str]:
    """Return the ids of the runs of one origin, and of those whose origin goes on from it: a DAG may have several."""
    mine = or_(runs.c.origin == origin, runs.c.origin.startswith(f"{origin}:", autoescape=True))
    return list(connection.scalars(select(runs.c.run_id).where(mine).order_by(runs.c.started_at)))


def _meant(wanted: RunFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        column.in_(sorted(values))
        for column, values in (
            (runs.c.integration, wanted.integrations),
            (runs.c.module, wanted.modules),
            (runs.c.state, wanted.states),
        )
        if values
    ]
    if wanted.since:
        conditions.append(runs.c.started_at >= wanted.since)
    if wanted.until:
        conditions.append(runs.c.started_at < wanted.until)
    if wanted.direction:
        conditions.append(_has_changes(direction=wanted.direction))
    if wanted.busy:
        conditions.append(or_(runs.c.state.not_in(("success",)), _has_changes()))
    if wanted.text:
        conditions.append(runs.c.run_id.in_(_runs_with(wanted.text)))
    return and_(true(), *conditions)


def _has_changes(direction: str | None = None) -> ColumnElement[bool]:
    """Whether a run has changes, summed up or, while it goes on, one by one."""
    found = []
    for table in (run_counts, changes):
        mine = [table.c.run_id == runs.c.run_id, *([table.c.direction == direction] if direction else [])]
        found.append(exists().where(*mine))
    return or_(found[0], and_(runs.c.finished_at.is_(None), found[1]))


def _runs_with(text: str) -> Select[Any]:
    """Select the runs with a record of a name or an id; each part is answered by an index of its own."""
    parts = union(*(select(changes.c.run_id).where(condition) for condition in _is_about(text)))
    return select(parts.subquery().c.run_id)


def _is_about(text: str) -> tuple[ColumnElement[bool], ...]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    in_name = changes.c.sought.collate("C").like(func.lower(literal(f"%{escaped}%")))  # byte by byte is quicker
    wanted = text.strip()
    ids = changes.c.sales_id == wanted, changes.c.books_id == wanted
    return ids if wanted.isdigit() and len(wanted) >= _ID_DIGITS else (in_name, *ids)


def counts(connection: Connection, run_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return run id → ``direction, action, state, n`` of its changes, of runs that have ended or go on."""
    live = and_(changes.c.run_id == runs.c.run_id, runs.c.finished_at.is_(None), runs.c.run_id.in_(run_ids))
    key = (changes.c.run_id, changes.c.direction, changes.c.action, changes.c.state)
    query = union_all(
        select(*(run_counts.c[name] for name in ("run_id", "direction", "action", "state", "n")))
        .join(runs, runs.c.run_id == run_counts.c.run_id)
        .where(run_counts.c.run_id.in_(run_ids), runs.c.finished_at.is_not(None)),
        select(*key, func.count().label("n")).select_from(changes).join(runs, live).group_by(*key),
    )
    found: dict[str, list[Row[Any]]] = {run_id: [] for run_id in run_ids}
    for row in connection.execute(query):
        found[row.run_id].append(row)
    return found


def numbers_of_calls(connection: Connection, run_ids: Collection[str]) -> dict[str, int]:
    """Return run id → number of API calls."""
    query = select(api_calls.c.run_id, func.sum(api_calls.c.calls).label("n"))
    query = query.where(api_calls.c.run_id.in_(run_ids)).group_by(api_calls.c.run_id)
    return {row.run_id: int(row.n) for row in connection.execute(query)}


def some_changes(
    connection: Connection, run_id: str, wanted: ChangeFilter, limit: int, after: int | None = None
) -> list[Row[Any]]:
    """Return changes of a run in the plan's order, without the whole records before and after.

    Args:
        connection: of the store.
        run_id: of the run.
        wanted: which.
        limit: how many at most.
        after: the place of the last one of the page before.
    """
    query = _changes(run_id, wanted)
    if after is not None:
        query = query.where(changes.c.seq > after)
    return list(connection.execute(query.limit(limit)))


def all_changes(connection: Connection, run_id: str, wanted: ChangeFilter) -> Iterator[Row[Any]]:
    """Yield all changes of a run in the plan's order, a few hundred at a time."""
    streaming = connection.execution_options(stream_results=True, max_row_buffer=_ROWS_AT_A_TIME)
    yield from streaming.execute(_changes(run_id, wanted)).yield_per(_ROWS_AT_A_TIME)


def _changes(run_id: str, wanted: ChangeFilter) -> Select[Any]:
    conditions = [changes.c.run_id == run_id]
    if wanted.actions:
        conditions.append(changes.c.action.in_(sorted(wanted.actions)))
    if wanted.states:
        conditions.append(changes.c.state.in_(sorted(wanted.states)))
    if wanted.direction:
        conditions.append(changes.c.direction == wanted.direction)
    if wanted.text:
        conditions.append(or_(*_is_about(wanted.text)))
    return select(*_CHANGE).where(*conditions).order_by(changes.c.seq)


def latest(connection: Connection, modules: Collection[tuple[str, str]]) -> list[Row[Any]]:
    """Return the latest run of each module, whatever it was limited to; none of one that never ran.

    Args:
        connection: of the store.
        modules: integration and module of each.
    """
    return _last_few(connection, modules, 1)


def last_few(connection: Connection, integration: str, module: str, number: int) -> list[Row[Any]]:
    """Return the latest runs of a module, the oldest first, dry ones left out."""
    return list(reversed(_last_few(connection, [(integration, module)], number, ~runs.c.dry_run)))


def _last_few(
    connection: Connection, modules: Collection[tuple[str, str]], number: int, *conditions: ColumnElement[bool]
) -> list[Row[Any]]:
    """Return the latest runs of each module: an index entry each, however many there are."""
    arrays = [[name for name, _ in modules], [module for _, module in modules]]
    columns = [literal(values, ARRAY(Text)) for values in arrays]
    given = func.unnest(*columns).table_valued("integration", "module", name="given").render_derived()
    mine = and_(runs.c.integration == given.c.integration, runs.c.module == given.c.module)
    last = select(*_RUN).where(mine, *conditions).order_by(runs.c.started_at.desc()).limit(number).lateral("last")
    query = select(last).select_from(given.join(last, true())).order_by(last.c.integration, last.c.module)
    return list(connection.execute(query.order_by(last.c.started_at.desc())))
