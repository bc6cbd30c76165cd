"""Changes of links by people: stored together with a run of the history that tells of them (BEY-7)."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from sqlalchemy import Connection

from zoho.core.plan import Action, PlanItem
from zoho.core.records import Kind
from zoho.engine.job import Job
from zoho.engine.work import Work, history_row
from zoho.store import runs
from zoho.store.runs import ChangeState, NewRun, RunState
from zoho.store.turns import turn

PURPOSE = "links"


@contextmanager
def nobody_else(jobs: Iterable[Job]) -> Iterator[None]:
    """Wait until no run carries out a plan of the modules, and let none begin to until the end."""
    with ExitStack() as held:
        for job in sorted(jobs, key=lambda job: job.scope.module):
            held.enter_context(turn(job.store, job.scope))
        yield


def linked(kind: Kind, sales_id: str, books_id: str, name: str, reason: str) -> PlanItem:
    """Return what the history tells of two records that a person linked."""
    return PlanItem(Action.LINK, "sales_to_books", kind, sales_id, books_id, name, reason)


def ended(kind: Kind, sales_id: str, books_id: str, name: str, reason: str) -> PlanItem:
    """Return what the history tells of a link that a person ended."""
    return PlanItem(Action.RETIRE, "sales_to_books", kind, sales_id, books_id, name, reason)


def record(
    job: Job, connection: Connection, origin: str, about: str, items: Iterable[PlanItem], now: datetime
) -> None:
    """Write down, in the transaction that changes the links, what was changed, as a run that is done.

    Args:
        job: of the module; the run gets its id.
        connection: of the store.
        origin: who asked.
        about: what was done, in words.
        items: what becomes of each link.
        now: the current time, aware.
    """
    run = NewRun(
        run_id=job.run_id,
        origin=origin,
        integration=job.configured.name,
        module=job.module_name,
        full_scan=False,
        dry_run=False,
        settings_hash=job.configured.hash,
        settings=job.configured.snapshot,
    )
    runs.begin(connection, run, now)
    runs.note_about(connection, job.run_id, about)
    done = {"state": ChangeState.DONE, "started_at": now, "finished_at": now}
    runs.record_plan(connection, job.run_id, ({**history_row(Work(n, item)), **done} for n, item in enumerate(items)))
    runs.note_calls(connection, job.run_id, PURPOSE, job.meter.take())
    runs.note_applied(connection, job.run_id, now)
    runs.finish(connection, job.run_id, RunState.SUCCESS, now)
