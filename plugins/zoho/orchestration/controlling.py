"""Pause, resume, enable, disable, remove and run an integration: what the page and the command line do alike.

Everything is written down with the user's name before it is done, and with its outcome afterwards.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pendulum
from sqlalchemy import Engine

from zoho.config.load import Configured
from zoho.engine import channels
from zoho.engine.control import removal, state
from zoho.engine.control.audit import acting
from zoho.engine.control.mirrors import OpenJob, Removed, remove_mirrors, settle_removals
from zoho.engine.control.state import Gap
from zoho.engine.job import Window
from zoho.hooks.job import open_job, open_sales
from zoho.orchestration import catching_up, runs
from zoho.orchestration.catching_up import CaughtUp
from zoho.orchestration.errors import OrchestrationError
from zoho.orchestration.parts import SYNC_ALL, dag_id_of, part_of
from zoho.store import runs as history
from zoho.store.controls import Control, Pause

PATIENCE = timedelta(seconds=60)
"""How long disabling waits for runs to stop, before it removes what they may have made."""

RECENT = timedelta(days=1)
"""Runs that began before are not waited for: whoever ran them has died."""


class CatchUp(StrEnum):
    """What follows a time without runs."""

    WIDENED = "widened"
    """One run of everything now, over all that changed."""
    BACKFILL = "backfill"
    """A run for each missed window, one after the other."""
    NOTHING = "nothing"
    """The next run by the schedule does it."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What resuming or enabling came to.

    Attributes:
        gap: the time without runs.
        windows: those of the schedule that were missed in it.
        begun: what was begun to catch up.
    """

    gap: Gap
    windows: list[Window]
    begun: list[CaughtUp]


@dataclass(frozen=True, slots=True)
class Disabled:
    """What disabling came to.

    Attributes:
        control: the state of the integration.
        channels: how many subscriptions to notifications were removed.
        mirrors: how many mirrored transactions were removed from the CRM.
        going: modules of which a run has not stopped yet; what it makes until then is removed by a repeat.
    """

    control: Control
    channels: int
    mirrors: Removed
    going: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gone:
    """What removing came to.

    Attributes:
        file: the settings of the integration.
        deleted: whether the file could be deleted; if not, it is to be deleted by whoever may.
        channels: how many subscriptions to notifications were removed.
        problem: why subscriptions were not removed; they end by themselves.
    """

    file: Path
    deleted: bool
    channels: int
    problem: str | None = None


def pause(store: Engine, name: str, how: Pause, user: str, why: str) -> Control:
    """Let no run of an integration begin; with ``interrupt`` those that have begun stop (OPS-5).

    Raises:
        ControlError: it is disabled or removed.
    """
    with acting(store, user, f"pause ({how})", name, _now, detail={"why": why}):
        return state.pause(store, name, how, user, why, _now())


def missed(store: Engine, configured: Configured) -> Resumed:
    """Return what a pause has cost so far, or has cost; nothing is changed.

    Raises:
        ControlError: the integration was never paused.
    """
    gap = state.gap(store, configured.name, _now())
    return Resumed(gap, catching_up.missed_windows(configured, gap), [])


def resume(store: Engine, configured: Configured, how: CatchUp, user: str) -> Resumed:
    """Let runs begin again, and catch up with what was missed; of one that is resumed already only the latter.

    Raises:
        ControlError: it is disabled, or was never paused.
    """
    name = configured.name
    with acting(store, user, "resume", name, _now, detail={"then": str(how)}) as told:
        return _caught_up(configured, state.resume(store, name, user, _now()), how, user, told)


def enable(store: Engine, configured: Configured, how: CatchUp, user: str, jobs: OpenJob | None = None) -> Resumed:
    """Let runs of a disabled integration begin again; it goes on with the links that it has (CON-7).

    Args:
        store: the sync state database.
        configured: the integration.
        how: it catches up.
        user: who wants it.
        jobs: give what connects to Zoho; by default the integration's connections do.

    Raises:
        ControlError: it was never disabled.
        ZohoError: a removal of mirrors is half done, and the CRM cannot be asked how it ended.
    """
    name = configured.name
    with acting(store, user, "enable", name, _now, detail={"then": str(how)}) as told:
        settle_removals(jobs or _jobs(configured))
        state.enable(store, name, user, _now())
        gap = state.gap(store, name, _now())
        resumed = _caught_up(configured, gap, how, user, told)
        if configured.settings.at_once is not None:
            _begin_quietly(dag_id_of(name, "channels"), user, told)
        return resumed


def disable(
    store: Engine,
    configured: Configured,
    user: str,
    why: str,
    *,
    jobs: OpenJob | None = None,
    note: Callable[[int], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Disabled:
    """Let no run begin, stop those that have begun, end the notifications and remove the mirrors (CON-7).

    A repeat does what is left.

    Args:
        store: the sync state database.
        configured: the integration.
        user: who wants it.
        why: in their words, or empty.
        jobs: give what connects to Zoho; by default the integration's connections do.
        note: is told of each batch of mirrors that was dealt with.
        sleep: waits some seconds.

    Raises:
        ControlError: it is removed.
        ZohoError: Zoho cannot now; the integration is disabled all the same, and a repeat does the rest.
    """
    name = configured.name
    with acting(store, user, "disable", name, _now, detail={"why": why}) as told:
        control = state.disable(store, name, user, why, _now())
        going = _until_stopped(store, name, sleep)
        ended = channels.remove(store, name, open_sales)
        removed = remove_mirrors(jobs or _jobs(configured), note)
        told |= {"channels": ended, "mirrors": removed.removed, "mirrors_left": removed.failed, "still_going": going}
        return Disabled(control, ended, removed, going)


def remove(store: Engine, name: str, include: Path, user: str, why: str) -> Gone:
    """Remove an integration: its settings, its schedules and its notifications; all records stay (CON-8).

    Args:
        store: the sync state database.
        name: of the integration.
        include: the folder with its settings.
        user: who wants it.
        why: in their words, or empty.

    Raises:
        ControlError: no file defines it.
    """
    file = removal.settings_file(name, include)
    with acting(store, user, "remove", name, _now, detail={"why": why, "file": str(file)}) as told:
        state.mark_removed(store, name, user, why, _now())
        ended, problem = _end_channels(store, name)
        deleted = removal.delete_settings(file)
        told |= {"deleted": deleted, "channels": ended}
        return Gone(file, deleted, ended, problem)


def run_now(store: Engine, configured: Configured, module: str | None, user: str, **conf: Any) -> tuple[str, str]:
    """Begin a run of a module, or of everything in its order (OPS-2); returns DAG and run.

    Args:
        store: the sync state database.
        configured: the integration.
        module: of the integration; ``None``: all that is synchronized.
        user: who wants it.
        conf: ``full_scan`` and ``dry_run``, where they are not off; ``plan`` to carry out, ``undo`` to plan.

    Raises:
        NotNow: the integration is disabled, or paused and the run neither a dry one nor an undo.
        OrchestrationError: it cannot be begun.
    """
    from zoho.engine.control.points import check_may_begin, is_harmless

    part = part_of(configured, module) if module else None
    if module and part is None:
        raise OrchestrationError(f"{configured.name} does not synchronize {module}.")
    dag_id = part.dag_id if part else dag_id_of(configured.name, SYNC_ALL)
    with acting(store, user, "run", configured.name, _now, module=module, detail=conf) as told:
        with store.connect() as connection:
            plans = str(conf.get("plan") or "").split()
            harmless = is_harmless(connection, dry_run=bool(conf.get("dry_run")), plans=plans)
            check_may_begin(connection, configured.name, harmless=harmless)
        told["run_id"] = runs.trigger(dag_id, conf, user)
        return dag_id, told["run_id"]


def _caught_up(configured: Configured, gap: Gap, how: CatchUp, user: str, told: dict[str, Any]) -> Resumed:
    windows = catching_up.missed_windows(configured, gap)
    begun: list[CaughtUp] = []
    if how is CatchUp.BACKFILL and windows:
        begun = catching_up.backfill_windows(configured, windows, user)
    elif how is not CatchUp.NOTHING:
        begun = catching_up.run_once(configured, user)
    told["begun"] = {one.dag_id: one.run_id or one.backfill_id or one.problem for one in begun}
    return Resumed(gap, windows, begun)


def _begin_quietly(dag_id: str, user: str, told: dict[str, Any]) -> None:
    try:
        told[dag_id] = runs.trigger(dag_id, {}, user)
    except OrchestrationError as error:
        told[dag_id] = str(error)  # it runs every hour anyway


def _until_stopped(store: Engine, name: str, sleep: Callable[[float], None]) -> list[str]:
    """Wait for runs to notice that they are to stop; returns the modules of those that have not."""
    until = _now() + PATIENCE
    while True:
        with store.connect() as connection:
            going = history.going(connection, name, _now() - RECENT)
        if not going or _now() >= until:
            return going
        sleep(1)


def _end_channels(store: Engine, name: str) -> tuple[int, str | None]:
    from airflow.sdk.exceptions import AirflowNotFoundException

    from zoho.transport.errors import ZohoError

    try:
        return channels.remove(store, name, open_sales), None
    except (ZohoError, AirflowNotFoundException) as error:
        return 0, str(error)


def _jobs(configured: Configured) -> OpenJob:
    return lambda module: open_job(configured, module)


def _now() -> pendulum.DateTime:
    return pendulum.now("UTC")
