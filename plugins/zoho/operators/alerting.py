"""What Airflow calls when a run of a DAG fails, or has not ended in time.

A failure is told by the DAG processor, lateness by the triggerer: neither takes a worker, and both are there when no
worker is. Nothing heavy is imported here, since Airflow reads DAG files all the time.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zoho.config.load import Configured
from zoho.config.notify import About

if TYPE_CHECKING:
    from airflow.sdk import Context
    from airflow.sdk.definitions.deadline import DeadlineAlert
    from sqlalchemy import Engine

    from zoho.config.settings import Integration
    from zoho.engine.alerts import Alert, DagRun
    from zoho.engine.approvals import Question


def on_failure(configured: Configured) -> "RunFailed | None":
    """Return what a DAG of an integration calls when a run of it fails; ``None`` when nobody wants to know."""
    notify = configured.settings.notify
    return RunFailed(configured.name) if notify and notify.tells_of(About.FAILED, About.REPEATED) else None


def deadline(configured: Configured) -> "DeadlineAlert | None":
    """Return by when a run of a DAG has to end, from the time it was to begin; ``None`` when nobody wants to know."""
    notify = configured.settings.notify
    if notify is None or not notify.tells_of(About.LATE):
        return None
    from airflow.sdk.definitions.callback import AsyncCallback
    from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

    callback = AsyncCallback(run_is_late, kwargs={"integration": configured.name})
    return DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, timedelta(minutes=notify.late), callback)


class RunFailed:
    """Tell of a run of a DAG that failed.

    Args:
        integration: name of the integration.
    """

    def __init__(self, integration: str) -> None:
        self.integration = integration

    def __call__(self, context: Mapping[str, Any]) -> None:
        """Tell those that the settings name."""
        from zoho.config.load import integration
        from zoho.engine.alerts import DagRun, alerts_of_failed
        from zoho.orchestration.notifying import tell

        notify = integration(self.integration).settings.notify
        if notify is None:
            return
        ti = context.get("ti")
        run = DagRun(
            integration=self.integration,
            dag_id=context["dag"].dag_id,
            run_id=context["run_id"],
            task=ti.task_id if ti else "",
            airflow=_airflow(),
        )
        for alert in _from_history(About.FAILED, run, lambda store: alerts_of_failed(store, run, notify.repeated)):
            tell(notify, alert)


async def run_is_late(integration: str, context: Mapping[str, Any]) -> None:
    """Tell of a run of a DAG that has not ended in time; for the triggerer.

    Args:
        integration: name of the integration.
        context: the run and its deadline, as Airflow gives them.
    """
    await asyncio.to_thread(_tell_late, integration, context["dag_run"])


def tell_held(settings: "Integration", context: "Context", questions: "Sequence[Question]") -> None:
    """Tell that somebody is asked about plans.

    Args:
        settings: of the integration.
        context: of the task that asks.
        questions: what is asked.
    """
    from zoho.engine.alerts import DagRun, alert_of_held
    from zoho.orchestration.notifying import tell

    if settings.notify is not None:
        ti = context["ti"]
        run = DagRun(settings.name, ti.dag_id, ti.run_id, ti.task_id, _airflow())
        tell(settings.notify, alert_of_held(run, questions))


def _tell_late(name: str, dag_run: Mapping[str, Any]) -> None:
    import pendulum

    from zoho.config.load import integration
    from zoho.engine.alerts import DagRun, alert_of_late
    from zoho.orchestration.notifying import tell

    notify = integration(name).settings.notify
    if notify is None or dag_run["state"] not in ("queued", "running"):
        return
    run = DagRun(name, dag_run["dag_id"], dag_run["dag_run_id"], airflow=_airflow())
    since = pendulum.parse(dag_run["queued_at"])
    assert isinstance(since, pendulum.DateTime)
    for alert in _from_history(About.LATE, run, lambda store: [alert_of_late(store, run, notify.late, since)]):
        tell(notify, alert)


def _from_history(about: About, run: "DagRun", read: "Callable[[Engine], list[Alert]]") -> "list[Alert]":
    """Return what is to be told, also when it is the store that nothing works without."""
    from airflow.sdk.exceptions import AirflowException
    from sqlalchemy.exc import SQLAlchemyError

    from zoho.engine.alerts import alert_without_history
    from zoho.hooks.store import store_engine

    try:
        return read(store_engine())
    except (AirflowException, SQLAlchemyError) as error:
        return [alert_without_history(about, run, type(error).__name__)]


def _airflow() -> str:
    """Return the address of Airflow, where its settings tell it."""
    from airflow.sdk.configuration import conf

    return str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
