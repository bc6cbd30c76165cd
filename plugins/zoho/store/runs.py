"""Runs, what they planned and did, and what they cost: the sync history (OPS-4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from zoho.core.plan import PlanItem
from zoho.store.bulk import copied
from zoho.store.observations import chunked
from zoho.store.scope import Scope
from zoho.store.tables import api_calls, changes, run_counts, runs

WAIT = ("waits_for", "waits_until", "done_by")
"""The columns that are filled while a run waits."""


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    SUCCESS = "success"
    PARTIAL = "partial"
    """Finished, but some records failed."""
    FAILED = "failed"
    """Stopped before its end."""
    INTERRUPTED = "interrupted"
    """Stopped before its end since somebody wanted it to; the next run does the rest (OPS-5)."""
    HELD = "held"
    """A guard kept its plan from being carried out; it is a dry run whose plan waits for a person (BEY-5)."""


class ChangeState(StrEnum):
    """How one item of a plan stands."""

    PLANNED = "planned"
    STARTED = "started"
    """Sent, or about to be: its outcome must be looked up before it is sent again."""
    DONE = "done"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    """Not done: planned again by a repeat of the same run, or done by another one meanwhile."""
    LEFT_OUT = "left_out"
    """Not done: the record has changed since the plan was shown that this run carries out (BEY-1)."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known of a run when it begins."""

    run_id: str
    origin: str
    integration: str
    module: str
    full_scan: bool
    dry_run: bool
    settings_hash: str
    settings: Mapping[str, Any]


def begin(connection: Connection, run: NewRun, at: datetime) -> str:
    """Open a run, or open again the one of the same origin (a task that is repeated, a run that is cleared).

    Returns:
        The run's id.
    """
    values = {
        "run_id": run.run_id,
        "origin": run.origin,
        "integration": run.integration,
        "module": run.module,
        "full_scan": run.full_scan,
        "dry_run": run.dry_run,
        "settings_hash": run.settings_hash,
        "settings": dict(run.settings),
        "state": RunState.RUNNING,
        "started_at": at,
    }
    undone = dict.fromkeys(("error", "applied_at", "interrupted_at", "finished_at", *WAIT))
    reopened = {"state": RunState.RUNNING, "dry_run": run.dry_run, **undone}
    statement = insert(runs).values(values)
    statement = statement.on_conflict_do_update(index_elements=["origin"], set_=reopened)
    return str(connection.execute(statement.returning(runs.c.run_id)).scalar_one())


def by_origin(connection: Connection, origin: str) -> Row[Any] | None:
    """Return the run that ``origin`` asked for."""
    return connection.execute(select(runs).where(runs.c.origin == origin)).first()


def of_dag_run(connection: Connection, integration: str, origin: str) -> list[Row[Any]]:
    """Return the runs that a run of a DAG opened, in their order: it has one for each of its modules and rounds.

    Args:
        connection: of the store.
        integration: name.
        origin: of the DAG's run, ``airflow:<dag>:<dag run>``; of its runs it may be the beginning.
    """
    its = or_(runs.c.origin == origin, runs.c.origin.startswith(f"{origin}:", autoescape=True))
    query = select(runs).where(runs.c.integration == integration, its)
    return list(connection.execute(query.order_by(runs.c.started_at, runs.c.run_id)))


def recent(connection: Connection, limit: int) -> list[Row[Any]]:
    """Return the latest runs, the newest first."""
    return list(connection.execute(select(runs).order_by(runs.c.started_at.desc()).limit(limit)))


def get(connection: Connection, run_id: str) -> Row[Any]:
    """Return a run.

    Raises:
        sqlalchemy.exc.NoResultFound: there is none of this id.
    """
    return connection.execute(select(runs).where(runs.c.run_id == run_id)).one()


def modules_of(connection: Connection, run_ids: Sequence[str]) -> dict[str, str]:
    """Return run id → module."""
    rows = connection.execute(select(runs.c.run_id, runs.c.module).where(runs.c.run_id.in_(run_ids)))
    return {row.run_id: row.module for row in rows}


def note_error(connection: Connection, run_id: str, error: str) -> None:
    """Note why a run stopped; the first reason is kept, since later ones follow from it."""
    connection.execute(update(runs).where(runs.c.run_id == run_id, runs.c.error.is_(None)).values(error=error))


def note_interrupted(connection: Connection, run_id: str, why: str, at: datetime) -> None:
    """Note that a run stops since somebody wants it to; one that has carried out its plan has nothing to stop."""
    going = and_(runs.c.run_id == run_id, runs.c.applied_at.is_(None), runs.c.interrupted_at.is_(None))
    connection.execute(update(runs).where(going).values(interrupted_at=at, error=func.coalesce(runs.c.error, why)))


def note_about(connection: Connection, run_id: str, about: str) -> None:
    """Note what a run on demand is limited to, in words."""
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(about=about))


def note_held(connection: Connection, run_id: str, why: str) -> None:
    """Make a run a dry one, since a guard keeps its plan from being carried out."""
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(dry_run=True, error=why))


def note_undoes(connection: Connection, run_id: str, undoes: str) -> None:
    """Note which run this one takes back (BEY-3)."""
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(undoes=undoes))


def all_undo(connection: Connection, run_ids: Sequence[str]) -> bool:
    """Whether there are such runs, and each of them takes another one back or plans to (BEY-3)."""
    mine = and_(runs.c.run_id.in_(run_ids), runs.c.undoes.is_not(None))
    return bool(run_ids) and connection.scalar(select(func.count()).where(mine)) == len(set(run_ids))


def undone_by(connection: Connection, run_id: str) -> str | None:
    """Return the last run that took a run back (BEY-3)."""
    mine = (runs.c.undoes == run_id, runs.c.applied_at.is_not(None), ~runs.c.dry_run)
    return connection.scalar(select(runs.c.run_id).where(*mine).order_by(runs.c.applied_at.desc()).limit(1))


def note_counts(connection: Connection, run_id: str, unchanged: int, skipped: int, skipped_in_books: int) -> None:
    """Store how many linked records needed nothing, and how many unlinked ones of each side were left alone."""
    counts = {"unchanged": unchanged, "skipped": skipped, "skipped_in_books": skipped_in_books}
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(counts))


def applied_about(connection: Connection, about: str, but: str) -> str | None:
    """Return the run on demand that was limited to ``about`` and carried that out, other than the run ``but``."""
    mine = (runs.c.about == about, runs.c.run_id != but, runs.c.applied_at.is_not(None), ~runs.c.dry_run)
    return connection.scalar(select(runs.c.run_id).where(*mine).limit(1))


def begun_about(connection: Connection, about: str) -> list[Row[Any]]:
    """Return what the runs on demand that were limited to ``about`` have done, or begun to do when they died."""
    begun = changes.c.state.in_((ChangeState.DONE, ChangeState.STARTED))
    query = (
        select(changes).join(runs, runs.c.run_id == changes.c.run_id).where(runs.c.about == about, ~runs.c.dry_run)
    )
    return list(connection.execute(query.where(begun)))


def note_cost(
    connection: Connection, run_id: str, calls: Mapping[str, int], outlook: Mapping[str, Any] | None = None
) -> None:
    """Store what carrying out a run's plan takes (BEY-8).

    Args:
        connection: of the store.
        run_id: of the run.
        calls: product → API calls.
        outlook: how long it takes, under which quotas, and the money that it moves.
    """
    told = {"cost": dict(calls), "outlook": None if outlook is None else dict(outlook)}
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(told))


def note_applied(connection: Connection, run_id: str, at: datetime) -> None:
    """Note that the run's plan was carried out to its end."""
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(applied_at=at))


def last_applied(connection: Connection, scope: Scope) -> Row[Any] | None:
    """Return the latest run of a whole module that carried out its plan here, a dry run not counted."""
    organization_id = runs.c.settings["integration"]["books"]["organization_id"].astext
    mine = (
        runs.c.integration == scope.integration,
        runs.c.module == scope.module,
        runs.c.about.is_(None),
        organization_id == scope.organization_id,
    )
    query = select(runs).where(*mine, runs.c.applied_at.is_not(None), ~runs.c.dry_run)
    return connection.execute(query.order_by(runs.c.applied_at.desc()).limit(1)).first()


def finish(connection: Connection, run_id: str, state: RunState, at: datetime) -> None:
    """Close a run, and keep its changes summed up."""
    ended = {"state": state, "finished_at": at, **dict.fromkeys(WAIT)}
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(ended))
    connection.execute(delete(run_counts).where(run_counts.c.run_id == run_id))
    key = (changes.c.run_id, changes.c.direction, changes.c.action, changes.c.state)
    summed = select(*key, func.count()).where(changes.c.run_id == run_id).group_by(*key)
    connection.execute(insert(run_counts).from_select(list(run_counts.c), summed))


def going(connection: Connection, integration: str, since: datetime) -> list[str]:
    """Return the modules of an integration of which a run has begun since a time and not ended."""
    mine = (runs.c.integration == integration, runs.c.state == RunState.RUNNING, runs.c.started_at >= since)
    return list(connection.scalars(select(runs.c.module).where(*mine).distinct().order_by(runs.c.module)))


def finished_before(connection: Connection, run_ids: Sequence[str], before: datetime) -> list[str]:
    """Return which of the given runs were finished before a time."""
    query = select(runs.c.run_id).where(runs.c.run_id.in_(run_ids), runs.c.finished_at < before)
    return list(connection.scalars(query))


def record_plan(connection: Connection, run_id: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Store the items of a plan; items that are there already keep their state. Returns their number."""
    count = 0
    for chunk in chunked(rows):
        items = [{"run_id": run_id, **row} for row in chunk]
        with copied(connection, changes, list(items[0]), items) as incoming:
            columns = [column.name for column in incoming.c]
            statement = insert(changes).from_select(columns, select(incoming)).on_conflict_do_nothing()
            connection.execute(statement)
        count += len(items)
    return count


def plan_again(connection: Connection, run_id: str) -> int:
    """Make room for a new plan of a run whose tasks are repeated; what its earlier plan has done stays.

    Returns:
        The first free place, 0 for a first plan.
    """
    undone = and_(changes.c.run_id == run_id, changes.c.state != ChangeState.DONE)
    connection.execute(update(changes).where(undone).values(state=ChangeState.SUPERSEDED))
    last = connection.scalar(select(func.max(changes.c.seq)).where(changes.c.run_id == run_id))
    return 0 if last is None else int(last) + 1


def supersede_after(connection: Connection, run_id: str, seq: int) -> int:
    """Make room behind a plan for what is planned while it is carried out; what an earlier try did of that stays.

    Returns:
        The first free place.
    """
    behind = and_(changes.c.run_id == run_id, changes.c.seq > seq)
    undone = changes.c.state != ChangeState.DONE
    connection.execute(update(changes).where(behind, undone).values(state=ChangeState.SUPERSEDED))
    last = connection.scalar(select(func.max(changes.c.seq)).where(behind))
    return seq + 1 if last is None else int(last) + 1


def change_states(connection: Connection, run_id: str, *, begun: bool = False) -> dict[int, ChangeState]:
    """Return place in the plan → state, of a run's items.

    Args:
        connection: of the store.
        run_id: the run.
        begun: only of those that somebody has begun to carry out; the others are all still planned.
    """
    mine = changes.c.run_id == run_id
    wanted = and_(mine, changes.c.state != ChangeState.PLANNED) if begun else mine
    rows = connection.execute(select(changes.c.seq, changes.c.state).where(wanted))
    return {row.seq: ChangeState(row.state) for row in rows}


def changes_in(connection: Connection, run_id: str, state: ChangeState) -> list[Row[Any]]:
    """Return the items of a run that are in a state, in the plan's order."""
    query = select(changes).where(changes.c.run_id == run_id, changes.c.state == state)
    return list(connection.execute(query.order_by(changes.c.seq)))


def changes_done(connection: Connection, run_id: str, sales_id: str | None = None) -> list[Row[Any]]:
    """Return the items that a run carried out or had begun, in the order of their plans.

    Args:
        connection: of the store.
        run_id: of the run.
        sales_id: of the record that is meant; ``None``: all.
    """
    was_sent = changes.c.state.in_((ChangeState.DONE, ChangeState.STARTED))
    query = select(changes).where(changes.c.run_id == run_id, was_sent)
    if sales_id is not None:
        query = query.where(changes.c.sales_id == sales_id)
    return list(connection.execute(query.order_by(changes.c.seq)))


def last_create(connection: Connection, scope: Scope, item: PlanItem) -> Row[Any] | None:
    """Return the latest change that a module began with a create of the same record, the same way."""
    source = changes.c.sales_id == item.sales_id if item.target == "books" else changes.c.books_id == item.books_id
    query = (
        select(changes)
        .join(runs, runs.c.run_id == changes.c.run_id)
        .where(runs.c.integration == scope.integration, runs.c.module == scope.module)
        .where(changes.c.action == item.action, changes.c.direction == item.direction, changes.c.kind == item.kind)
        .where(source, changes.c.started_at.is_not(None))
    )
    return connection.execute(query.order_by(changes.c.started_at.desc()).limit(1)).first()


def start_change(
    connection: Connection, run_id: str, seq: int, before: Mapping[str, Any] | None, at: datetime
) -> None:
    """Note that an item is about to be sent, with what the target holds before."""
    _set(connection, run_id, seq, state=ChangeState.STARTED, before=before, started_at=at)


def change_plan(connection: Connection, run_id: str, row: Mapping[str, Any]) -> None:
    """Note that something else is done for an item than was planned, since its record was edited meanwhile."""
    _set(connection, run_id, row["seq"], action=row["action"], item=row["item"], reason=row["reason"])


def start_creates(connection: Connection, run_id: str, seqs: Sequence[int], at: datetime) -> None:
    """Note that items are about to be sent that create records."""
    mine = and_(changes.c.run_id == run_id, changes.c.seq.in_(seqs))
    connection.execute(update(changes).where(mine).values(state=ChangeState.STARTED, before=None, started_at=at))


def plan_still(connection: Connection, run_id: str, seqs: Sequence[int]) -> None:
    """Note that items that were about to be sent have not been."""
    mine = and_(changes.c.run_id == run_id, changes.c.seq.in_(seqs))
    connection.execute(update(changes).where(mine).values(state=ChangeState.PLANNED, started_at=None))


@dataclass(frozen=True, slots=True)
class Created:
    """What became of an item that created a Books record: its place in the plan, the record's id and content."""

    seq: int
    books_id: str
    after: Mapping[str, Any]


def finish_creates(connection: Connection, run_id: str, done: Sequence[Created], at: datetime) -> None:
    """Note that items are done that created Books records."""
    rows = [{"run_id": run_id, "seq": one.seq, "books_id": one.books_id, "after": one.after} for one in done]
    with copied(connection, changes, ["run_id", "seq", "books_id", "after"], rows) as made:
        mine = and_(changes.c.run_id == made.c.run_id, changes.c.seq == made.c.seq)
        held = {"books_id": made.c.books_id, "after": made.c.after}
        now = {"state": ChangeState.DONE, "error": None, "finished_at": at}
        connection.execute(update(changes).where(mine).values({**held, **now}))


def finish_change(
    connection: Connection,
    run_id: str,
    seq: int,
    at: datetime,
    *,
    sales_id: str | None = None,
    books_id: str | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note that an item is done, with what the target holds now."""
    values: dict[str, Any] = {"state": ChangeState.DONE, "error": None, "after": after, "finished_at": at}
    values |= {"sales_id": sales_id} if sales_id else {}
    values |= {"books_id": books_id} if books_id else {}
    _set(connection, run_id, seq, **values)


def drop_change(connection: Connection, run_id: str, seq: int, at: datetime) -> None:
    """Note that an item is not needed any more, since another run has done it."""
    _set(connection, run_id, seq, state=ChangeState.SUPERSEDED, finished_at=at)


def leave_out_change(connection: Connection, run_id: str, seq: int, at: datetime) -> None:
    """Note that an item is not carried out, since by now it would be another one than the plan shows (BEY-1)."""
    _set(connection, run_id, seq, state=ChangeState.LEFT_OUT, finished_at=at)


def fail_change(connection: Connection, run_id: str, seq: int, error: str, at: datetime) -> None:
    """Note that an item failed, and why."""
    _set(connection, run_id, seq, state=ChangeState.FAILED, error=error, finished_at=at)


def _set(connection: Connection, run_id: str, seq: int, **values: Any) -> None:
    connection.execute(update(changes).where(changes.c.run_id == run_id, changes.c.seq == seq).values(**values))


def tally(connection: Connection, run_id: str) -> list[Row[Any]]:
    """Return ``direction, action, state, n`` of a run's items, summed up."""
    key = (changes.c.direction, changes.c.action, changes.c.state)
    query = select(*key, func.count().label("n")).where(changes.c.run_id == run_id).group_by(*key)
    return list(connection.execute(query))


def failures(connection: Connection, run_id: str) -> list[Row[Any]]:
    """Return the items of a run that were not carried out, in the plan's order."""
    unfinished = or_(changes.c.state == ChangeState.FAILED, changes.c.state == ChangeState.STARTED)
    return list(
        connection.execute(select(changes).where(changes.c.run_id == run_id, unfinished).order_by(changes.c.seq))
    )


def note_calls(
    connection: Connection, run_id: str, task: str, calls: Mapping[tuple[str, str], tuple[int, Decimal]]
) -> None:
    """Add a task's calls: (product, purpose) → (number, seconds)."""
    for (product, purpose), (number, seconds) in calls.items():
        keys = {"run_id": run_id, "task": task, "product": product, "purpose": purpose}
        statement = insert(api_calls).values(**keys, calls=number, seconds=seconds)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=api_calls.primary_key,
                set_={
                    "calls": api_calls.c.calls + statement.excluded.calls,
                    "seconds": api_calls.c.seconds + statement.excluded.seconds,
                },
            )
        )


def calls(connection: Connection, run_id: str) -> dict[str, dict[str, int]]:
    """Return product → purpose → number of calls of a run."""
    query = (
        select(api_calls.c.product, api_calls.c.purpose, func.sum(api_calls.c.calls).label("n"))
        .where(api_calls.c.run_id == run_id)
        .group_by(api_calls.c.product, api_calls.c.purpose)
        .order_by(api_calls.c.product, api_calls.c.purpose)
    )
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.product, {})[row.purpose] = int(row.n)
    return found
