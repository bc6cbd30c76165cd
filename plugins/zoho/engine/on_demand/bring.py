"""Bring just the records in step that somebody asked for, as a run of their module (OPS-3, SRCH-1, SRCH-3)."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from zoho.engine import lifecycle
from zoho.engine.apply import apply, show
from zoho.engine.errors import FailedInPart, Interrupted, RunStopped
from zoho.engine.guards import guard
from zoho.engine.job import Job
from zoho.engine.on_demand.subject import Subject
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.preflight import preflight
from zoho.engine.report import RunReport, report_of
from zoho.engine.scan import scan_books, scan_sales
from zoho.store import history, links, runs
from zoho.store.history import ChangeFilter

log = logging.getLogger(__name__)

_NOT_REPLACED = ChangeFilter(states=("planned", "started", "done", "failed"))
_SHOWN = 100
"""How many changes a result tells of; the history has them all."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one record.

    Attributes:
        action: ``create``, ``update``, ``link``, ``skip`` …
        direction: ``sales_to_books`` or ``books_to_sales``.
        state: ``done``, ``failed``, or in a dry run ``planned``.
        name: of the record.
        sales_id: on the sales side.
        books_id: in Books.
        reason: why it was done, or why it failed.
    """

    action: str
    direction: str
    state: str
    name: str
    sales_id: str | None
    books_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What a run on demand did.

    Attributes:
        run_id: of the run, in the history.
        about: what it was limited to, in words.
        state: ``success``, or ``partial`` when a record failed.
        books_ids: sales id → Books id of the records that were asked for, those that are linked now.
        done: what became of the first records; none when everything was in step already.
        report: the numbers of the run.
        view: the view that limits what regular runs send, where there is one: what it does not show is not renewed
            by them.
    """

    run_id: str
    about: str
    state: str
    books_ids: dict[str, str]
    done: Sequence[Done]
    report: RunReport
    view: str | None = None

    @property
    def calls(self) -> int:
        """How many API calls it took, those of looking up among them."""
        return self.report.call_count

    @property
    def books_id(self) -> str | None:
        """The Books id of the one record that was asked for."""
        return next(iter(self.books_ids.values()), None)


def bring(
    job: Job, origin: str, find: Callable[[Job], Subject], *, dry_run: bool = False, guarded: bool = False
) -> Brought:
    """Open a run, bring in step what ``find`` finds, and close it.

    Args:
        job: of the module, with a staging folder.
        origin: who asks, for the history.
        find: names the records; its calls count as the run's.
        dry_run: whether to show only what would be done.
        guarded: whether a plan beyond the module's guards is held back; one record always goes through.

    Raises:
        NotThere: there is no such record.
        PreflightError, HeldBack, ZohoError: the run could not do its work; the history says why.
    """
    with opened(job, origin, dry_run):
        return bring_in(job, find, dry_run=dry_run, guarded=guarded)


@contextmanager
def opened(job: Job, origin: str, dry_run: bool) -> Iterator[None]:
    """Open a run that what is done within closes; when that fails, it is closed here, and the history says why."""
    job.run_id = lifecycle.begin(job, origin, dry_run)
    try:
        yield
    except BaseException as error:
        lifecycle.note_error(job, str(error) or type(error).__name__)
        lifecycle.note_calls(job, "on demand")
        with suppress(FailedInPart, Interrupted, RunStopped):
            lifecycle.close(job)
        raise


def bring_in(job: Job, find: Callable[[Job], Subject], *, dry_run: bool = False, guarded: bool = False) -> Brought:
    """Do the work of a run that is open, and close it; see :func:`bring`."""
    lifecycle.note_about(job, "records that are looked up")
    preflight(job)
    subject = find(job)
    log.info("Asked for: %s.", subject.title)
    lifecycle.note_about(job, subject.title)
    _carry_out(job, subject, dry_run, guarded)
    lifecycle.note_calls(job, "on demand")
    try:
        lifecycle.close(job)
    except FailedInPart:
        return _result(job, subject, "partial")
    return _result(job, subject, "success")


def _carry_out(job: Job, subject: Subject, dry_run: bool, guarded: bool) -> None:
    job.focused, job.only = True, subject.told
    sales = scan_sales(job)
    if subject.all_of_books:
        job.only = None
    books = scan_books(job)
    job.only = subject.told
    take_in(job, sales, books)
    job.progress("comparing", 0, None)
    pairs, _ = pair(job)
    path, _ = plan(job, pairs)
    if dry_run:
        show(job, path)
        return
    if guarded:
        guard(job, path)
    apply(job, path)


def _result(job: Job, subject: Subject, state: str) -> Brought:
    with job.store.connect() as connection:
        pairs = links.by_sales_id(connection, job.scope, subject.sales_ids)
        found = [links.by_books_id(connection, job.scope, "record", books_id) for books_id in subject.books_ids]
    linked = {row.sales_id: row.books_id for row in (*pairs.values(), *(row for row in found if row))}
    limits = [job.module.view_of(entity) for side, entity in subject.told if side == "sales"]
    view = next((limit for limit in limits if limit), None)
    return replace(told_of_run(job, subject.title, state), books_ids=linked, view=view)


def told_of_run(job: Job, about: str, state: str) -> Brought:
    """Return what a run on demand did, as far as the history knows it."""
    with job.store.connect() as connection:
        report = report_of(connection, runs.get(connection, job.run_id))
        changes = history.some_changes(connection, job.run_id, _NOT_REPLACED, _SHOWN)
    done = [
        Done(
            *(row.action, row.direction, row.state, row.name, row.sales_id, row.books_id),
            reason=row.error or row.reason,
        )
        for row in changes
    ]
    return Brought(job.run_id, about, state, {}, done, report)
