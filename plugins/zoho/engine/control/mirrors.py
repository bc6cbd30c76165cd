"""What disabling does to transactions: their mirrors leave the CRM, and come again when it is enabled (CON-7).

Only transactions that were made in the CRM from a document of Books are removed; those that a person made there stay,
and Books is not touched. A removal may die anywhere and be repeated: what is left is derived from the links, and one
whose answer was lost is looked up before the integration is enabled, so that it is not taken for one that a person
deleted.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row

from zoho.api.paging import batches
from zoho.api.results import RecordResult
from zoho.core.plan import Action, PlanItem
from zoho.core.texts import one_line
from zoho.engine.job import Job
from zoho.engine.work import Work, history_row
from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.store import mirrors, runs
from zoho.store.runs import NewRun, RunState
from zoho.transport.errors import NotFound

log = logging.getLogger(__name__)

BATCH = 100
"""Records that the CRM deletes in one call (zoho-api 2.6)."""

REASON = "the integration is disabled, so its mirrored transactions leave the CRM; the document of Books stays"

OpenJob = Callable[[str], Job]
"""Module → job."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How many mirrors were removed, and how many the CRM does not give up."""

    removed: int = 0
    failed: int = 0


def count_mirrors(store: Engine, integration: str) -> int:
    """Return how many mirrors of an integration stand in the CRM, for whoever is asked before they are removed."""
    with store.connect() as connection:
        return sum(len(mirrors.standing(connection, integration, module)) for module in TRANSACTION_KINDS)


def remove_mirrors(open_job: OpenJob, note: Callable[[int], None] = lambda _: None) -> Removed:
    """Remove the mirrors of all kinds of transactions; a repeat removes what is left.

    Args:
        open_job: gives a job of a module.
        note: is told after each batch how many were dealt with since the last.

    Raises:
        ZohoError: Zoho cannot now; what is left is removed by a repeat.
    """
    removed, failed = 0, 0
    for module in TRANSACTION_KINDS:
        job = open_job(module)
        try:
            of_kind = _remove_kind(job, note)
        finally:
            job.close()
        removed, failed = removed + of_kind.removed, failed + of_kind.failed
    return Removed(removed, failed)


def settle_removals(open_job: OpenJob) -> None:
    """Look up the mirrors whose removal began and whose outcome nobody knows; before an integration is enabled.

    Raises:
        ZohoError: Zoho cannot now.
    """
    for module, what in TRANSACTION_KINDS.items():
        job = open_job(module)
        try:
            with job.store.connect() as connection:
                begun = mirrors.begun(connection, job.configured.name, module)
            there = _there(job, what.sales, [row.sales_id for row in begun])
            with job.store.begin() as connection:
                for row in begun:
                    if row.sales_id in there:
                        runs.fail_change(connection, row.removed_by, row.seq, "It was not removed.", job.clock())
                    else:
                        mirrors.end(connection, row.link_id, job.clock())
                        runs.finish_change(connection, row.removed_by, row.seq, job.clock())
        finally:
            job.close()


def _there(job: Job, entity: str, ids: Sequence[str]) -> set[str]:
    if not ids:
        return set()
    pages = job.sales.records(entity, fields=["id"], ids=ids, purpose="recover")
    return {str(row["id"]) for page in pages for row in page.records}


def _remove_kind(job: Job, note: Callable[[int], None]) -> Removed:
    with job.store.connect() as connection:
        standing = mirrors.standing(connection, job.configured.name, job.module_name)
    if not standing:
        return Removed()
    _begin(job, standing)
    state, failed = RunState.FAILED, 0
    try:
        for some in batches(list(enumerate(standing)), BATCH):
            failed += _remove_batch(job, some)
            note(len(some))
        state = RunState.PARTIAL if failed else RunState.SUCCESS
    except Exception as error:
        with job.store.begin() as connection:
            runs.note_error(connection, job.run_id, f"disable: {error}")
        raise
    finally:
        with job.store.begin() as connection:
            runs.note_calls(connection, job.run_id, "disable", job.meter.take())
            runs.finish(connection, job.run_id, state, job.clock())
    log.info("%d %s are removed from the CRM, %d are not.", len(standing) - failed, job.module_name, failed)
    return Removed(len(standing) - failed, failed)


def _begin(job: Job, standing: Sequence[Row[Any]]) -> None:
    run = NewRun(
        run_id=job.run_id,
        origin=f"{mirrors.REMOVAL}{uuid.uuid4()}",
        integration=job.configured.name,
        module=job.module_name,
        full_scan=False,
        dry_run=False,
        settings_hash=job.configured.hash,
        settings=job.configured.snapshot,
    )
    with job.store.begin() as connection:
        runs.begin(connection, run, job.clock())
        items = (history_row(_work(job, seq, row)) for seq, row in enumerate(standing))
        runs.record_plan(connection, job.run_id, items)


def _work(job: Job, seq: int, row: Row[Any]) -> Work:
    kind = TRANSACTION_KINDS[job.module_name].kind
    name = row.name or row.sales_id
    return Work(seq, PlanItem(Action.RETIRE, "books_to_sales", kind, row.sales_id, row.books_id, name, REASON))


def _remove_batch(job: Job, some: Sequence[tuple[int, Row[Any]]]) -> int:
    """Remove some mirrors; returns how many the CRM does not give up."""
    with job.store.begin() as connection:
        for seq, row in some:
            runs.start_change(connection, job.run_id, seq, row.raw, job.clock())
    entity = TRANSACTION_KINDS[job.module_name].sales
    results = job.sales.delete(entity, [row.sales_id for _, row in some], purpose="disable")
    failed = 0
    with job.store.begin() as connection:
        for (seq, row), result in zip(some, results, strict=True):
            if _is_gone(result):
                mirrors.end(connection, row.link_id, job.clock())
                runs.finish_change(connection, job.run_id, seq, job.clock())
            else:
                failed += 1
                runs.fail_change(connection, job.run_id, seq, str(result.error), job.clock())
                log.error("Not removed: %s (%s): %s", one_line(row.name), row.sales_id, one_line(str(result.error)))
    return failed


def _is_gone(result: RecordResult) -> bool:
    return result.ok or isinstance(result.error, NotFound)
