"""What a pause leaves to be done: one run over all of it, or the missed windows one by one (OPS-5).

Airflow by itself makes neither up: what did not run while an integration paused is not run later. Nothing is lost by
that, since the next run goes by its cursors; a backfill is for those who want a run for each window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pendulum
from airflow.models.backfill import (
    AlreadyRunningBackfill,
    NoBackfillRunsToCreate,
    ReprocessBehavior,
    _create_backfill,
)
from airflow.timetables.base import TimeRestriction
from airflow.timetables.interval import CronDataIntervalTimetable
from sqlalchemy.exc import OperationalError

from zoho.config.load import Configured
from zoho.engine.control.state import Gap
from zoho.engine.job import Window
from zoho.orchestration.errors import OrchestrationError
from zoho.orchestration.parts import dags_of
from zoho.orchestration.runs import check_runnable, trigger

_EVER = TimeRestriction(earliest=None, latest=None, catchup=True)


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What was begun for a DAG.

    Attributes:
        dag_id: which.
        run_id: the run that was begun, if one was.
        backfill_id: the backfill that was begun, if one was.
        problem: why nothing was begun.
    """

    dag_id: str
    run_id: str | None = None
    backfill_id: int | None = None
    problem: str | None = None


def missed_windows(configured: Configured, gap: Gap) -> list[Window]:
    """Return the windows whose runs the schedule would have begun in a gap, the oldest first.

    They are those that Airflow itself makes of the schedule, in the time zone of the integration.

    Args:
        configured: the integration.
        gap: the time without runs.
    """
    settings = configured.settings
    timetable = CronDataIntervalTimetable(settings.schedule, timezone=settings.timezone)
    last = timetable.infer_manual_data_interval(run_after=pendulum.instance(gap.since))
    windows: list[Window] = []
    while True:
        info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=_EVER)
        if info is None or info.data_interval is None or info.data_interval.end > gap.until:
            return windows
        last = info.data_interval
        windows.append(Window(last.start, last.end))


def run_once(configured: Configured, user: str) -> list[CaughtUp]:
    """Begin one run of each DAG now; its cursors cover the whole gap.

    A DAG whose run cannot be begun does not keep the others from it.
    """
    return [_triggered(one.dag_id, user) for one in dags_of(configured)]


def backfill_windows(configured: Configured, windows: Sequence[Window], user: str) -> list[CaughtUp]:
    """Begin a backfill of each DAG over missed windows, one window after the other; a repeat changes nothing more.

    A DAG without windows gets one run.
    """
    begun = []
    for one in dags_of(configured):
        if not one.has_windows:
            begun.append(_triggered(one.dag_id, user))
            continue
        try:
            backfill_id = backfill(one.dag_id, windows[0].start, windows[-1].start, user)
        except OrchestrationError as error:
            begun.append(CaughtUp(one.dag_id, problem=str(error)))
        else:
            begun.append(CaughtUp(one.dag_id, backfill_id=backfill_id))
    return begun


def backfill(dag_id: str, start: datetime, end: datetime, user: str) -> int:
    """Begin a backfill of a DAG, window by window, the oldest first; returns its id.

    Windows whose run was skipped, since the integration paused, are run again: for Airflow they went well.

    Args:
        dag_id: which.
        start: when the first window begins.
        end: when the last window begins.
        user: who wants it.

    Raises:
        OrchestrationError: it cannot be begun, and why.
    """
    check_runnable(dag_id)
    try:
        made = _create_backfill(
            dag_id=dag_id,
            from_date=start,
            to_date=end,
            max_active_runs=1,
            reverse=False,
            dag_run_conf={},
            triggering_user_name=user,
            reprocess_behavior=ReprocessBehavior.COMPLETED,
        )
    except AlreadyRunningBackfill:
        raise OrchestrationError(f"A backfill of {dag_id} is going on; begin this one when it has ended.") from None
    except NoBackfillRunsToCreate:
        raise OrchestrationError(f"{dag_id} has no window from {start} to {end}.") from None
    except OperationalError:
        raise OrchestrationError(f"Airflow's database is busy, so no backfill of {dag_id} was begun.") from None
    return int(made.id)


def _triggered(dag_id: str, user: str) -> CaughtUp:
    try:
        return CaughtUp(dag_id, run_id=trigger(dag_id, {}, user))
    except OrchestrationError as error:
        return CaughtUp(dag_id, problem=str(error))
