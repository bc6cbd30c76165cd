"""A whole run for just the records that webhooks told of (TXN-5)."""

from zoho.engine import inbox, lifecycle
from zoho.engine.apply import apply
from zoho.engine.errors import Interrupted
from zoho.engine.guards import guard
from zoho.engine.job import Job
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.preflight import preflight
from zoho.engine.report import RunReport
from zoho.engine.scan import scan_books, scan_sales
from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.store.events import RecordList


def lists_of(module: str) -> tuple[RecordList, ...]:
    """Return the lists of both sides that a module of transactions reads."""
    kind = TRANSACTION_KINDS[module]
    return ("sales", kind.sales), ("books", kind.books)


def sync_told(job: Job) -> RunReport:
    """Look at the records that wait in the journal, bring them in step, and close the run.

    It may die anywhere: what it took is taken by the next one, or, once it is stored, is work of the next run.

    Args:
        job: an open run.

    Raises:
        FailedInPart: some records failed.
        Interrupted: it is to stop; the run is closed, and the next one does the rest.
        Fatal, Retriable: Zoho cannot go on.
    """
    try:
        _sync(job)
    except Interrupted as stop:
        lifecycle.note_interrupted(job, str(stop))
    return lifecycle.close(job)


def _sync(job: Job) -> None:
    preflight(job)
    job.only = inbox.take(job)
    take_in(job, scan_sales(job), scan_books(job))
    inbox.finish(job)
    pairs, _ = pair(job)
    plan_path, _ = plan(job, pairs)
    guard(job, plan_path)
    apply(job, plan_path)
