"""What all DAGs of an integration have in common: names, retries, tags, and when they run."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, CronDataIntervalTimetable, Param

from zoho.config.load import Configured
from zoho.operators.alerting import deadline, on_failure

RETRIES = {
    "retries": 2,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
}
"""For failures. Waiting for a quota is none and uses up no retry: see ``zoho.operators.waiting``."""

ID = r"^[0-9]{1,20}(?![\s\S])"
"""Pattern of a record's id in a form; ``$`` alone would let a line break behind it through."""

ONE_LINE = r"^(?![\s\S]*[\x00-\x1f\x7f])"
"""Pattern of a text in a form: no control characters, of which a database refuses some."""

LONGEST_TEXT = 500
"""Characters of a name or a number in a form."""


def frame(
    configured: Configured,
    name: str,
    *,
    schedule: Any,
    params: Mapping[str, Param],
    doc_md: str | None,
    title: str | None = None,
    tag: str | None = None,
    tells: bool = True,
) -> DAG:
    """Return a DAG of an integration, without tasks.

    Args:
        configured: the integration.
        name: of the DAG, among those of the integration.
        schedule: when it runs; ``None``: only when it is triggered.
        params: its form.
        doc_md: what the Airflow UI shows about it.
        title: what the UI calls it; its name when ``None``.
        tag: what it is found by besides the integration; its name when ``None``.
        tells: whether it tells those that the settings name when a run of it fails, or is late by its schedule.
    """
    return DAG(
        dag_id=f"zoho_{configured.name}_{name}",
        dag_display_name=f"Zoho {configured.name}: {title or name}",
        schedule=schedule,
        catchup=False,
        max_active_runs=1,
        params=dict(params),
        default_args={"owner": "zoho-sync", **RETRIES},
        tags=["zoho", configured.name, tag or name],
        doc_md=doc_md,
        on_failure_callback=on_failure(configured) if tells else None,
        deadline=deadline(configured) if tells and schedule is not None else None,
    )


def regularly(configured: Configured, cron: str | None = None) -> CronDataIntervalTimetable:
    """Return the schedule of an integration, or another one in its time zone."""
    return CronDataIntervalTimetable(cron or configured.settings.schedule, timezone=configured.settings.timezone)


def regularly_and_at_once(configured: Configured, name: str) -> AssetOrTimeSchedule:
    """Return the schedule of an integration, and besides whenever Zoho tells of a change (TXN-5).

    Args:
        configured: the integration.
        name: of the DAG, which the asset is called by too; see ``zoho.modules.watched.asset_uri``.
    """
    bell = f"zoho://{configured.name}/{name}"  # Airflow reads DAG files all the time, so nothing is imported for it
    return AssetOrTimeSchedule(timetable=regularly(configured), assets=[Asset(name=bell, uri=bell)])
