"""From an Airflow task to the engine: the job, and what becomes of its errors."""

import logging
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pendulum
from airflow.configuration import AIRFLOW_HOME
from airflow.sdk import Context, ObjectStoragePath
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, AirflowSkipException

from zoho.config.errors import SettingsError
from zoho.config.load import integration
from zoho.config.settings import SalesProduct
from zoho.engine import lifecycle, quota
from zoho.engine.approved import plan_for
from zoho.engine.calls import CallMeter
from zoho.engine.control.points import check_may_go_on
from zoho.engine.errors import (
    CannotUndo,
    FailedInPart,
    HeldBack,
    Interrupted,
    NotThere,
    PlanGone,
    PreflightError,
    RunStopped,
)
from zoho.engine.job import Job, Window
from zoho.engine.measures import is_closed
from zoho.engine.urgency import is_waited_for, reserve_of
from zoho.engine.waiting import note_going_on, note_wait
from zoho.hooks.bigin import ZohoBiginHook
from zoho.hooks.books import ZohoBooksHook
from zoho.hooks.crm import ZohoCrmHook
from zoho.hooks.store import store_engine
from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.operators.metrics import emit_quota, emit_run
from zoho.operators.waiting import OutOfPatience, putting_off
from zoho.transport.errors import Fatal

log = logging.getLogger(__name__)

FINAL = (Fatal, PreflightError, HeldBack, NotThere, PlanGone, CannotUndo, RunStopped, FailedInPart, OutOfPatience)
"""Errors that a repeat of the task would only meet again."""

_FIRST_YEAR, _LAST_YEAR = 1900, 9998
_SHOWN = 60

QUOTA_LEFT = "quota_left"
"""The XCom of the task that opens a run: product → what was left of its quota then, in a sentence."""

SALES_HOOKS: Mapping[SalesProduct, type[ZohoCrmHook] | type[ZohoBiginHook]] = {
    SalesProduct.CRM: ZohoCrmHook,
    SalesProduct.BIGIN: ZohoBiginHook,
}
"""Product of the sales side → what connects to it (BIG-1)."""


def staging_root() -> ObjectStoragePath:
    """Return the staging area: any object storage URL in ``ZOHO_SYNC_STAGING``, else a folder of Airflow's home."""
    return ObjectStoragePath(os.environ.get("ZOHO_SYNC_STAGING") or Path(AIRFLOW_HOME, "zoho_staging").as_uri())


@contextmanager
def running(
    integration_name: str,
    module: str,
    context: Context,
    *,
    opens: bool,
    closes: bool = False,
    joined: bool = False,
    more: Sequence[str] = (),
    waited_for: bool = False,
) -> Iterator[Job]:
    """Give the job of an Airflow task; afterwards store what it cost, and why it stopped, and measure what it did.

    Args:
        integration_name: of the integration.
        module: of the integration.
        context: of the task.
        opens: whether this is the task that opens the run in the history; it tells what is left of the quotas.
        closes: whether it closes the run, which is done also when the run is to stop.
        joined: whether the run belongs to one that was opened just before it.
        more: what tells this run from others of the same module and the same run of the DAG.
        waited_for: whether somebody waits for just a few records, so that it may use the quotas' reserve (BEY-8).

    Raises:
        NotNow: the integration is paused or disabled, and the run is not in the history.
        AirflowSkipException: the run is to stop; the message says why.
        AirflowFailException: a repeat would not help; the message says what to do.
        AirflowRescheduleException: a quota is used up; the task begins again when there is some. The run stays open.
    """
    try:
        job = _job(integration_name, module, context, opens, joined, more, waited_for=waited_for)
    except SettingsError as error:
        raise AirflowFailException(f"The settings cannot be used.\n{error}") from None
    except LookupError as error:
        raise AirflowFailException(f"The run was not opened; the log of the task begin says why ({error}).") from None
    ti = context["ti"]
    told_before = is_closed(job)
    note_going_on(job)
    try:
        with putting_off(context):
            if not closes:
                check_may_go_on(job)
            yield job
            if opens:
                ti.xcom_push(key=QUOTA_LEFT, value=quota.tell(job))
                emit_quota(job)
    except AirflowRescheduleException as put_off:
        note_wait(job, getattr(put_off.__cause__, "product", ""), put_off.reschedule_date)
        raise
    except Interrupted as error:
        lifecycle.note_interrupted(job, str(error))
        log.warning("%s", error)
        raise AirflowSkipException(str(error)) from None
    except FINAL as error:
        _note_error(job, ti.task_id, error)
        raise AirflowFailException(str(error)) from None
    except Exception as error:
        if ti.try_number > ti.max_tries:
            _note_error(job, ti.task_id, error)
        raise
    finally:
        if closes:
            emit_quota(job)
        job.close()
        lifecycle.note_calls(job, ti.task_id)
        if not told_before:
            emit_run(job)


def interrupt_with(integration_name: str, modules: Sequence[str], context: Context, why: str, *, opens: bool) -> None:
    """Note that the runs of several modules stop together, since one of them is to stop.

    Args:
        integration_name: of the integration.
        modules: of the integration.
        context: of the task.
        why: they stop.
        opens: whether the task opens runs; those that it has not opened yet are opened for it.
    """
    for module in modules:
        job = _job(integration_name, module, context, opens, joined=True, more=())
        lifecycle.note_interrupted(job, why)


def run_type(context: Context) -> str:
    """Return what began a run: ``scheduled``, ``manual``, ``backfill`` or ``asset_triggered``.

    A task sees it as an enumeration of its own, whose text is not its value.
    """
    kind: Any = context["dag_run"]
    return str(getattr(kind.run_type, "value", kind.run_type))


def window_of(context: Context) -> Window | None:
    """Return the span of time that a run is limited to: that of its parameters, or the interval of a backfill.

    Any other run goes by its cursors: a manual run or one that an asset began carries no interval, or one that
    has nothing to do with what is out of step.

    Raises:
        AirflowFailException: the parameters name half a window, no times, or an end before the beginning.
    """
    params: Any = context["params"]
    given = [params.get("window_from"), params.get("window_to")]
    run: Any = context["dag_run"]
    if not any(given):
        if run_type(context) != "backfill":
            return None
        given = [run.data_interval_start, run.data_interval_end]
    if not all(given):
        raise AirflowFailException("A window needs both ends: give window_from and window_to, or neither.")
    start, end = (_moment(name, at) for name, at in zip(("window_from", "window_to"), given, strict=True))
    if start >= end:
        raise AirflowFailException(f"The window from {given[0]} to {given[1]} holds no time; window_to is its end.")
    return Window(start, end)


def _moment(name: str, at: Any) -> pendulum.DateTime:
    """Return an end of a window.

    Raises:
        AirflowFailException: it is no time, or none that Zoho could be asked about.
    """
    if isinstance(at, datetime):
        return pendulum.instance(at)
    try:
        found = pendulum.parse(at, exact=True)
    except (ValueError, OverflowError, TypeError):
        found = None
    if isinstance(found, pendulum.Date) and not isinstance(found, pendulum.DateTime):
        found = pendulum.datetime(found.year, found.month, found.day)
    if not isinstance(found, pendulum.DateTime) or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        shown = repr(at) if len(repr(at)) <= _SHOWN else f"{at!r:.{_SHOWN}}…"
        raise AirflowFailException(f"{name}: {shown} is no time; write it as 2026-01-31T09:30:00+01:00.")
    return found


def _note_error(job: Job, task: str, error: Exception) -> None:
    if not isinstance(error, RunStopped | FailedInPart):
        lifecycle.note_error(job, f"{task}: {error}")


def _job(
    integration_name: str,
    module: str,
    context: Context,
    opens: bool,
    joined: bool,
    more: Sequence[str],
    *,
    waited_for: bool = False,
) -> Job:
    configured = integration(integration_name)
    settings = configured.settings
    sales_hook = SALES_HOOKS[settings.sales.product]
    meter, store = CallMeter(), store_engine()
    params: Any = context["params"]
    store = store_engine()
    reserve = reserve_of(settings, module, waited_for=waited_for or is_waited_for(store, params))
    options: dict[str, Any] = {"on_call": meter, "reserve": reserve}
    job = Job(
        configured=configured,
        module_name=module,
        run_id=str(uuid.uuid4()),
        store=store,
        staging=None,
        open_sales=lambda: sales_hook(settings.sales.connection, **options).client,
        open_books=lambda: (
            ZohoBooksHook(settings.books.connection, organization_id=settings.books.organization_id, **options).client
        ),
        clock=lambda: pendulum.now("UTC"),
        full_scan=bool(params.get("full_scan")),
        window=window_of(context),
        approved=plan_for(store, module, params.get("plan")),
        beyond_guards=bool(params.get("beyond_guards")),
        undoes=params.get("undo") or None,
        meter=meter,
    )
    ti = context["ti"]
    origin = ":".join(("airflow", ti.dag_id, ti.run_id, *((module,) if module in TRANSACTION_KINDS else ()), *more))
    if opens:
        job.run_id = lifecycle.begin(job, origin, bool(params["dry_run"]), joined=joined)
    else:
        job.run_id = lifecycle.opened(job, origin)
    job.staging = staging_root() / integration_name / module / job.run_id
    return job
