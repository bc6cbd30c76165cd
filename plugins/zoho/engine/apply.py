"""Apply: carry out exactly the plan, each item safe to repeat (BEY-4).

Before a write the item is marked *started*, and a create is claimed; after it, link, base and outcome are
stored in one transaction. Whatever dies in between is finished by whoever comes next: a create that was begun
is looked up by the name that it claimed, an update is planned again from what the target holds by then.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zoho.core.merge import FieldMerge
from zoho.core.names import name_key
from zoho.core.plan import Action, PlanItem
from zoho.engine import wording
from zoho.engine.apply_books import apply_books
from zoho.engine.apply_sales import apply_sales
from zoho.engine.echo import bring_back
from zoho.engine.job import Job
from zoho.engine.outcome import Try
from zoho.engine.undo.carry_out import remove
from zoho.engine.work import Phase, Work, history_row, read_plan
from zoho.store import runs, statistics, tables
from zoho.store.runs import ChangeState
from zoho.store.turns import turn

log = logging.getLogger(__name__)

_CARRY_OUT: dict[Phase, Callable[..., Any]] = {Phase.BOOKS: apply_books, Phase.REMOVALS: remove}
_GROWING = (tables.observations, tables.links, tables.changes, tables.claims)
_IN_SALES = (Phase.SALES_RECORDS, Phase.SALES_CONTACTS, Phase.SALES_UPDATES)


@dataclass(slots=True)
class Applied:
    """How many items of a plan were carried out, and how many failed."""

    done: int = 0
    failed: int = 0


def apply(job: Job, plan_path: Any) -> Applied:
    """Carry out a staged plan; what an earlier try has done is not done again, nor what another run did meanwhile.

    The side that leads is written to last: its records are the ones that the other is waiting for.

    Raises:
        Fatal, Retriable: Zoho cannot go on; what is not done yet is done by a repeat, or by the next run.
        Interrupted: somebody wants it to stop; what is not done yet is done by the next run.
    """
    with turn(job.store, job.scope):
        return _apply(job, plan_path)


def _apply(job: Job, plan_path: Any) -> Applied:
    with job.store.begin() as connection:
        count = runs.record_plan(connection, job.run_id, (history_row(work) for work in read_plan(plan_path)))
        states = runs.change_states(connection, job.run_id, begun=True)
    applied = Applied()
    phases = (Phase.BOOKS, *_IN_SALES) if job.module.lead == "sales" else (*_IN_SALES, Phase.BOOKS)
    for phase in (*phases, Phase.REMOVALS):
        carry_out = _CARRY_OUT.get(phase, apply_sales)
        for done in carry_out(job, _tries(job, plan_path, phase, states, applied)):
            applied.done += done
            applied.failed += not done
            job.progress("writing", applied.done + applied.failed, count)
            statistics.renew_as_doubled(job.store, applied.done + applied.failed, *_GROWING)
    for done in bring_back(job, plan_path) if job.approved is None else ():
        applied.done += done
        applied.failed += not done
    _note_applied(job)
    statistics.renew(job.store, applied.done, *_GROWING)
    return applied


def _tries(
    job: Job, plan_path: Any, phase: Phase, states: Mapping[int, ChangeState], applied: Applied
) -> Iterator[Try]:
    """Yield the items of a phase that are not carried out yet; the plan is read while they are.

    Args:
        job: the run.
        plan_path: the staged plan.
        phase: which items.
        states: place in the plan → state, of the items that an earlier try has begun.
        applied: counts what an earlier try has carried out.
    """
    left = (ChangeState.PLANNED, ChangeState.STARTED)
    name_field = job.module.books_list.name_field
    renames = iter(_in_turn(read_plan(plan_path, phase, Action.UPDATE), name_field) if phase is Phase.BOOKS else ())
    for work in read_plan(plan_path, phase):
        now = next(renames) if phase is Phase.BOOKS and _new_name(work.item, name_field) else work
        state = states.get(now.seq, ChangeState.PLANNED)
        if state in left:
            yield Try(now, begun=state is ChangeState.STARTED)
        else:
            applied.done += state is ChangeState.DONE
            applied.failed += state is ChangeState.FAILED


def _in_turn(works: Iterable[Work], name_field: str) -> list[Work]:
    """Return what renames records of Books; names are given up before they are taken, since it has each one once."""
    renames = {work.seq: (work, name) for work in works if (name := _new_name(work.item, name_field))}
    givers = {name_key(str(name.old or "")): seq for seq, (_, name) in renames.items()}
    ordered: dict[int, Work] = {}
    for first in renames:
        chain: dict[int, Work] = {}
        seq: int | None = first
        while seq is not None and seq not in ordered and seq not in chain:
            chain[seq], name = renames[seq]
            seq = givers.get(name_key(str(name.new or "")))
        ordered |= reversed(chain.items())
    return list(ordered.values())


def _new_name(item: PlanItem, name_field: str) -> FieldMerge | None:
    """Return how an item renames a record of Books, if it does."""
    renames = (one for one in item.fields if one.key == name_field and one.writes("books"))
    return next(renames, None) if item.action is Action.UPDATE else None


def show(job: Job, plan_path: Any) -> int:
    """Store a plan in the history and log it, without carrying it out; returns the number of items."""
    with job.store.begin() as connection:
        runs.record_plan(connection, job.run_id, (history_row(work) for work in read_plan(plan_path)))
    count = 0
    for work in read_plan(plan_path):
        count += 1
        log.info("%s", wording.planned(work.item))
        for line in wording.details(work.item):
            log.info("    %s", line)
    log.info("Dry run: %d items planned, nothing written.", count)
    _note_applied(job)
    return count


def _note_applied(job: Job) -> None:
    with job.store.begin() as connection:
        runs.note_applied(connection, job.run_id, job.clock())
