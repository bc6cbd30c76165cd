"""Begin and close a run."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from zoho.core.texts import one_line
from zoho.engine.control.points import check_may_begin, is_harmless
from zoho.engine.errors import FailedInPart, Interrupted, RunStopped
from zoho.engine.job import Job
from zoho.engine.report import RunReport, report_of
from zoho.store import approvals, events, runs
from zoho.store.runs import NewRun, RunState

log = logging.getLogger(__name__)

STAGING_KEPT = timedelta(days=7)
"""How long the staged files of finished runs are kept, so that a task can be cleared and repeated."""


def begin(job: Job, origin: str, dry_run: bool, *, joined: bool = False) -> str:
    """Open the run in the history, or open it again when ``origin`` asked before.

    Args:
        job: the run.
        origin: who asks, such as ``airflow:<dag>:<dag run>``.
        dry_run: whether it writes nothing to Zoho.
        joined: whether it belongs to something that has begun: then a pause does not keep it from beginning.

    Returns:
        The run's id: ``job.run_id``, or that of the earlier try.

    Raises:
        NotNow: the integration is disabled or removed, or paused and the run is not harmless; nothing is in the
            history.
    """
    run = NewRun(
        run_id=job.run_id,
        origin=origin,
        integration=job.configured.name,
        module=job.module_name,
        full_scan=job.full_scan,
        dry_run=dry_run,
        settings_hash=job.configured.hash,
        settings=job.configured.snapshot,
    )
    with job.store.begin() as connection:
        if not joined:
            harmless = is_harmless(connection, dry_run=dry_run, plans=[job.approved] if job.approved else [])
            check_may_begin(connection, run.integration, runs.by_origin(connection, origin), harmless=harmless)
        return runs.begin(connection, run, job.clock())


def opened(job: Job, origin: str) -> str:
    """Return the id of the run that ``origin`` opened.

    Raises:
        LookupError: it opened none.
    """
    with job.store.connect() as connection:
        run = runs.by_origin(connection, origin)
    if run is None:
        raise LookupError(f"no run of {origin} is in the history")
    return str(run.run_id)


def note_about(job: Job, about: str) -> None:
    """Note what a run on demand is limited to, in words: then it says nothing of the rest of its module."""
    with job.store.begin() as connection:
        runs.note_about(connection, job.run_id, about)


def note_error(job: Job, error: str) -> None:
    """Note why a step of the run stopped."""
    with job.store.begin() as connection:
        runs.note_error(connection, job.run_id, error)


def note_interrupted(job: Job, why: str) -> None:
    """Note that the run stops since somebody wants it to."""
    with job.store.begin() as connection:
        runs.note_interrupted(connection, job.run_id, why, job.clock())


def note_calls(job: Job, task: str) -> None:
    """Store what a task asked of Zoho."""
    with job.store.begin() as connection:
        runs.note_calls(connection, job.run_id, task, job.meter.take())


def close(job: Job) -> RunReport:
    """Close the run and say what it did.

    Raises:
        FailedInPart: some records failed; all the others are written.
        Interrupted: it stopped since somebody wanted it to; what it was told of and has not looked at waits again.
        RunStopped: it ended before its plan was carried out.
    """
    with job.store.begin() as connection:
        run = runs.get(connection, job.run_id)
        report = report_of(connection, run)
        is_held = bool(approvals.of_runs(connection, [job.run_id]))
        state = _state(run, report, is_held=is_held)
        runs.finish(connection, job.run_id, state, job.clock())
        if state is RunState.INTERRUPTED:
            events.give_back(connection, job.run_id)
    _sweep(job)
    log.info("%s: %s", _VERDICT[state], report.sentence)
    log.info("%s", report.cost)
    for failure in report.failures:
        log.error("Not written: %s: %s", one_line(failure.record), one_line(failure.reason))
    if state is RunState.INTERRUPTED:
        raise Interrupted(run.error or _VERDICT[state])
    if state is RunState.FAILED:
        raise RunStopped(f"The run stopped before its end. {run.error or 'A task died; its log says more.'}")
    if state is RunState.PARTIAL:
        raise FailedInPart(f"Failed in part: {report.sentence} The records that failed are in the log above.")
    return report


def _state(run: Row[Any], report: RunReport, *, is_held: bool) -> RunState:
    if run.applied_at is not None and is_held:
        return RunState.HELD
    if run.applied_at is not None:
        return RunState.PARTIAL if report.failures else RunState.SUCCESS
    return RunState.FAILED if run.interrupted_at is None else RunState.INTERRUPTED


_VERDICT = {
    RunState.SUCCESS: "The run succeeded",
    RunState.PARTIAL: "The run failed in part",
    RunState.FAILED: "The run stopped before its end",
    RunState.INTERRUPTED: "The run was interrupted",
    RunState.HELD: "The run was held back",
}


def _sweep(job: Job) -> None:
    """Delete the staged files of older runs of this module."""
    before = job.clock() - STAGING_KEPT
    folders = {folder.name: folder for folder in _folders(job.staging.parent)}
    with job.store.connect() as connection:
        done = runs.finished_before(connection, sorted(folders), before)
    for run_id in done:
        for file in folders[run_id].iterdir():
            file.unlink()
        folders[run_id].rmdir()


def _folders(parent: Any) -> list[Any]:
    return [path for path in parent.iterdir() if path.is_dir()] if parent.exists() else []
