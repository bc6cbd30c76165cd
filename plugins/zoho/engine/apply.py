"""Apply: carry out exactly the plan, one record after the other, each safe to repeat (BEY-4).

Before a write the item is marked *started*, and a create is claimed; after it, link, base and outcome are
stored in one transaction. Whatever dies in between is finished by whoever comes next: a create that was begun
is looked up by the name that it claimed, an update is planned again from what Books holds by then.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from zoho.core.names import name_key
from zoho.core.plan import Action
from zoho.engine import wording
from zoho.engine.job import Job
from zoho.engine.plan import plan_found, plan_linked, read_books
from zoho.engine.retirements import retire
from zoho.engine.settle import settle, settle_skip
from zoho.engine.work import Work, history_row, read_plan
from zoho.store import cursors, links, runs
from zoho.store.runs import ChangeState
from zoho.transport.errors import RecordError, ZohoError

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Applied:
    """How many items of a plan were carried out, and how many failed."""

    done: int = 0
    failed: int = 0


def apply(job: Job, plan_path: Any) -> Applied:
    """Carry out a staged plan; what an earlier try has done is not done again.

    Raises:
        Fatal, Retriable: Zoho cannot go on; what is not done yet is done by a repeat, or by the next run.
    """
    with job.store.begin() as connection:
        runs.record_plan(connection, job.run_id, (history_row(work) for work in read_plan(plan_path)))
        states = runs.change_states(connection, job.run_id)
    applied = Applied()
    for work in read_plan(plan_path):
        state = states[work.seq]
        if state in (ChangeState.PLANNED, ChangeState.STARTED):
            state = _apply_one(job, work, begun=state is ChangeState.STARTED)
        applied.done += state is ChangeState.DONE
        applied.failed += state is ChangeState.FAILED
    _note_applied(job)
    return applied


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


def _apply_one(job: Job, work: Work, begun: bool) -> ChangeState:
    """Carry out one item; a failure of this record is noted and does not stop the others."""
    try:
        _carry_out(job, work, begun)
    except RecordError as error:
        reason = str(error)
    except IntegrityError:
        reason = "Its Books customer was linked to another record meanwhile; the next run pairs it anew."
    except ValueError as error:
        reason = str(error)
    except (KeyError, TypeError) as error:
        reason = f"Books' answer could not be understood: {error!r}"
    else:
        return ChangeState.DONE
    log.error("%s", wording.failed(work.item, reason))
    with job.store.begin() as connection:
        runs.fail_change(connection, job.run_id, work.seq, reason, job.clock())
    return ChangeState.FAILED


def _carry_out(job: Job, work: Work, begun: bool) -> None:
    match work.item.action:
        case Action.SKIP:
            settle_skip(job, work)
        case Action.CREATE:
            _create(job, work)
        case Action.UPDATE if begun:
            _update_again(job, work)
        case Action.UPDATE:
            _update(job, work)
        case Action.REJECT:
            raise ValueError(work.item.reason)
        case Action.RETIRE:
            retire(job, work, begun)
        case Action.LINK | Action.DRIFT:
            settle(job, work, work.before or {})


def _create(job: Job, work: Work) -> None:
    """Create a Books customer once, however often this is called and wherever it died before.

    Books refuses a second customer of the same display name, so even a look-up that comes too early cannot
    lead to a double: the create is refused, the claim stays, and the next run finds the customer.
    """
    body = work.body or {}
    name = str(body[job.module.books_list.name_field])
    with job.store.begin() as connection:
        read_at = cursors.seen_until(connection, job.scope, "books", job.module.books_list.entity) or job.clock()
        older = links.claim(connection, job.scope, work.item.sales_id, name, job.run_id, read_at)
        runs.start_change(connection, job.run_id, work.seq, None, job.clock())
    since = older.claimed_at if older else read_at
    if older and _adopt(job, work, older.name, since):
        return
    try:
        raw = job.books_side.create(body)
    except ZohoError as error:
        if error.outcome_unknown and _adopt(job, work, name, since):
            return
        if isinstance(error, RecordError) and older is None:
            with job.store.begin() as connection:  # refused at the first try: nothing was created
                links.release(connection, job.scope, work.item.sales_id)
        raise
    settle(job, work, raw)


def _adopt(job: Job, work: Work, name: str, since: datetime) -> bool:
    """Look up a customer whose creation was begun; link and complete it when it is there.

    Args:
        job: the run.
        work: the create.
        name: the display name it claimed.
        since: when Books was known not to have it, by Zoho's clock.
    """
    books_list = job.module.books_list
    for page in job.books_side.named(name):
        for row in page.records:
            same_name = name_key(row[books_list.name_field]) == name_key(name)
            if same_name and datetime.fromisoformat(row["created_time"]) >= since:
                books_id = str(row[books_list.id_field])
                read_books(job, books_id)
                found = plan_found(job, work.item.kind, work.item.sales_id, books_id, name)
                _finish_found(job, replace(found, seq=work.seq))
                return True
    return False


def _finish_found(job: Job, found: Work) -> None:
    if found.item.action is Action.UPDATE:
        _send_update(job, found)
    else:
        settle(job, found, found.before or {})


def _update(job: Job, work: Work) -> None:
    with job.store.begin() as connection:
        runs.start_change(connection, job.run_id, work.seq, work.before, job.clock())
    try:
        _send_update(job, work)
    except ZohoError as error:
        if not error.outcome_unknown:
            raise
        _update_again(job, work)


def _update_again(job: Job, work: Work) -> None:
    """Finish an update of which nobody knows whether it arrived: see what Books holds, and send what is missing."""
    item = work.item
    if item.books_id is None:
        raise ValueError("an update without a Books customer")
    read_books(job, item.books_id)
    if work.base is None:
        planned = [plan_found(job, item.kind, item.sales_id, item.books_id, None)]
    else:
        planned = list(plan_linked(job, item.kind, [item.sales_id]))
    for missing in planned:
        _finish_found(job, replace(missing, seq=work.seq))
    if not planned:
        with job.store.begin() as connection:
            runs.finish_change(connection, job.run_id, work.seq, job.clock())


def _send_update(job: Job, work: Work) -> None:
    body: Mapping[str, Any] = work.body or {}
    repeatable = not work.item.adds_children
    raw = job.books_side.update(work.item.books_id or "", body, repeatable=repeatable)
    settle(job, work, raw)
