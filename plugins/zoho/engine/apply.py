"""Apply: carry out exactly the plan, each item safe to repeat (BEY-4).

Before a write the item is marked *started*, and a create is claimed; after it, link, base and outcome are
stored in one transaction. Whatever dies in between is finished by whoever comes next: a create that was begun
is looked up by the name that it claimed, an update is planned again from what the target holds by then.
"""

import logging
from collections.abc import Callable, Sequence
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
from zoho.engine.work import Phase, history_row, read_plan
from zoho.store import runs, statistics, tables
from zoho.store.runs import ChangeState
from zoho.store.turns import turn

log = logging.getLogger(__name__)

_CARRY_OUT: dict[Phase, Callable[..., Any]] = {Phase.BOOKS: apply_books, Phase.REMOVALS: remove}
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
        runs.record_plan(connection, job.run_id, (history_row(work) for work in read_plan(plan_path)))
        states = runs.change_states(connection, job.run_id)
    applied = Applied()
    phases = (Phase.BOOKS, *_IN_SALES) if job.module.lead == "sales" else (*_IN_SALES, Phase.BOOKS)
    for phase in (*phases, Phase.REMOVALS):
        carry_out = _CARRY_OUT.get(phase, apply_sales)
        waiting = []
        for work in read_plan(plan_path, phase):
            state = states[work.seq]
            if state in (ChangeState.PLANNED, ChangeState.STARTED):
                waiting.append(Try(work, begun=state is ChangeState.STARTED))
            else:
                applied.done += state is ChangeState.DONE
                applied.failed += state is ChangeState.FAILED
        if phase is Phase.BOOKS:
            waiting = _in_turn(waiting, job.module.books_list.name_field)
        for done in carry_out(job, waiting):
            applied.done += done
            applied.failed += not done
            job.progress("writing", applied.done + applied.failed, len(states))
    for done in bring_back(job, plan_path) if job.approved is None else ():
        applied.done += done
        applied.failed += not done
    _note_applied(job)
    statistics.renew(job.store, applied.done, tables.links, tables.changes)
    return applied


def _in_turn(tries: Sequence[Try], name_field: str) -> list[Try]:
    """Return what is written in Books in an order that gives up names before they are taken: it has each one once."""
    renamed = {one.work.seq: name for one in tries if (name := _new_name(one.work.item, name_field))}
    givers = {name_key(str(renamed[one.work.seq].old or "")): one for one in tries if one.work.seq in renamed}
    ordered: dict[int, Try] = {}
    for one in tries:
        chain: dict[int, Try] = {}
        giver: Try | None = one
        while giver is not None and giver.work.seq not in ordered and giver.work.seq not in chain:
            chain[giver.work.seq] = giver
            name = renamed.get(giver.work.seq)
            giver = givers.get(name_key(str(name.new or ""))) if name else None
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
