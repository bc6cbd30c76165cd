"""Begin runs of DAGs, and see where they stand."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from airflow.api.common.trigger_dag import trigger_dag
from airflow.exceptions import DagNotFound, ParamValidationError
from airflow.models import DagModel
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType
from sqlalchemy import select

from zoho.config.load import Configured
from zoho.orchestration.errors import OrchestrationError
from zoho.orchestration.parts import SYNC_ALL, dag_id_of, dags_of

ENDED = (DagRunState.SUCCESS, DagRunState.FAILED)


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run of a DAG.

    Attributes:
        dag_id: of which DAG.
        run_id: its id.
        state: ``queued``, ``running``, ``success`` or ``failed``.
        started_at: when it began, if it has.
        ended_at: when it ended, if it has.
    """

    dag_id: str
    run_id: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether it has come to its end."""
        return self.state in {str(state.value) for state in ENDED}


@dataclass(frozen=True, slots=True)
class DagStanding:
    """Where a DAG stands.

    Attributes:
        dag_id: which.
        part: the part of the integration that it synchronizes.
        known: whether Airflow has it; a new one takes some minutes.
        paused_in_airflow: whether it was paused in Airflow itself, which keeps its runs queued.
        last: its latest run.
        next_at: when the schedule begins the next one.
    """

    dag_id: str
    part: str
    known: bool
    paused_in_airflow: bool = False
    last: RunSeen | None = None
    next_at: datetime | None = None


def trigger(dag_id: str, conf: Mapping[str, Any], user: str) -> str:
    """Begin a run of a DAG.

    Args:
        dag_id: which.
        conf: its parameters; what is left out has its default.
        user: who wants it.

    Returns:
        The id of the run.

    Raises:
        OrchestrationError: there is no such DAG, it is paused in Airflow, or does not take these parameters.
    """
    check_runnable(dag_id)
    try:
        run = trigger_dag(
            dag_id=dag_id,
            triggered_by=DagRunTriggeredByType.OPERATOR,
            triggering_user_name=user,
            conf=dict(conf),
        )
    except DagNotFound:
        raise OrchestrationError(_missing(dag_id)) from None
    except (ParamValidationError, ValueError) as error:
        raise OrchestrationError(f"{dag_id} cannot run with {dict(conf)}: {error}") from None
    if run is None:
        raise OrchestrationError(f"Airflow did not begin a run of {dag_id}.")
    return str(run.run_id)


def sync_now(configured: Configured, user: str, **conf: Any) -> str:
    """Begin a run of everything that an integration synchronizes, in its order (OPS-2); returns the id of the run.

    Args:
        configured: the integration.
        user: who wants it.
        conf: ``full_scan`` and ``dry_run``, where they are not off.

    Raises:
        OrchestrationError: it cannot be begun.
    """
    return trigger(dag_id_of(configured.name, SYNC_ALL), conf, user)


def check_runnable(dag_id: str) -> None:
    """Check that a run of a DAG would begin.

    Raises:
        OrchestrationError: it would not, and why.
    """
    with create_session() as session:
        dag = session.get(DagModel, dag_id)
        if dag is None or dag.is_stale:
            raise OrchestrationError(_missing(dag_id))
        if dag.is_paused:
            raise OrchestrationError(
                f"The DAG {dag_id} is paused in Airflow, where its runs would wait: switch it on there."
            )


def run_seen(dag_id: str, run_id: str) -> RunSeen:
    """Return where a run stands.

    Raises:
        OrchestrationError: there is no such run.
    """
    with create_session() as session:
        run = session.scalar(select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
        if run is None:
            raise OrchestrationError(f"{dag_id} has no run {run_id}.")
        return _seen(run)


def wait_for(
    runs: Sequence[tuple[str, str]],
    note: Callable[[Sequence[RunSeen]], None] = lambda _: None,
    every: timedelta = timedelta(seconds=1),
    sleep: Callable[[float], None] = time.sleep,
) -> list[RunSeen]:
    """Wait until runs have ended; returns them.

    Args:
        runs: DAG and run of each.
        note: is told where they stand, at each look.
        every: how long between two looks.
        sleep: waits some seconds.
    """
    while True:
        seen = [run_seen(dag_id, run_id) for dag_id, run_id in runs]
        note(seen)
        if all(one.has_ended for one in seen):
            return seen
        sleep(every.total_seconds())


def standing(configured: Configured) -> list[DagStanding]:
    """Return the last and the next run of each DAG of an integration, in the order of their turns."""
    with create_session() as session:
        return [_standing(session, one.dag_id, one.part) for one in dags_of(configured)]


def _standing(session: Any, dag_id: str, part: str) -> DagStanding:
    dag = session.get(DagModel, dag_id)
    if dag is None or dag.is_stale:
        return DagStanding(dag_id, part, known=False)
    latest = select(DagRun).where(DagRun.dag_id == dag_id).order_by(DagRun.id.desc()).limit(1)
    last = session.scalar(latest)
    return DagStanding(dag_id, part, True, dag.is_paused, _seen(last) if last else None, dag.next_dagrun_create_after)


def _seen(run: DagRun) -> RunSeen:
    return RunSeen(run.dag_id, run.run_id, DagRunState(run.state).value, run.start_date, run.end_date)


def _missing(dag_id: str) -> str:
    return f"Airflow knows no DAG {dag_id}; one of new settings is there as soon as Airflow has read its file again."
