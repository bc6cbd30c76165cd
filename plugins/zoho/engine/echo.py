"""What Books says of a transaction that it was just sent goes back in the same run (TXN-7)."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from zoho.core.records import Kind
from zoho.engine.apply_sales import apply_sales
from zoho.engine.job import Job
from zoho.engine.outcome import Try
from zoho.engine.plan import plan_linked
from zoho.engine.work import Phase, Work, history_row, read_plan
from zoho.store import runs
from zoho.store.observations import chunked
from zoho.store.runs import ChangeState

log = logging.getLogger(__name__)

_CHUNK = 500


def bring_back(job: Job, plan_path: Any) -> Iterator[bool]:
    """Update the CRM's records of what the plan wrote in Books; yields for each whether it is done.

    A repeat plans anew what an earlier try left of it. Whatever it does not come to is work of the next run.

    Args:
        job: the run.
        plan_path: the staged plan, carried out.

    Raises:
        Fatal, Retriable: Zoho cannot go on.
    """
    if not job.module.in_detail:
        return
    last, written = _written(job, plan_path)
    with job.store.begin() as connection:
        seq = runs.supersede_after(connection, job.run_id, last)
    for some in chunked(written, _CHUNK):
        works = list(_answers(job, some, seq))
        seq += len(works)
        with job.store.begin() as connection:
            runs.record_plan(connection, job.run_id, map(history_row, works))
        if works:
            log.info("Books says something new of %d of the records that it was sent.", len(works))
        yield from apply_sales(job, [Try(work) for work in works])


def _written(job: Job, plan_path: Any) -> tuple[int, list[tuple[Kind, str]]]:
    """Return the plan's last place, and kind and sales id of what it wrote in Books."""
    with job.store.connect() as connection:
        states = runs.change_states(connection, job.run_id)
    last, written = -1, []
    for work in read_plan(plan_path):
        item, last = work.item, max(last, work.seq)
        done = states.get(work.seq) is ChangeState.DONE and work.phase is Phase.BOOKS
        if done and item.writes and item.sales_id:
            written.append((item.kind, item.sales_id))
    return last, written


def _answers(job: Job, written: list[tuple[Kind, str]], first_seq: int) -> Iterator[Work]:
    """Yield what is to be written on the sales side, numbered; anything else is left to the next run."""
    seq = first_seq
    for kind in dict(written):
        for work in plan_linked(job, kind, [sales_id for its_kind, sales_id in written if its_kind is kind]):
            if work.phase is Phase.SALES_UPDATES:
                yield replace(work, seq=seq)
                seq += 1
