"""Pause, resume, disable, enable: who may run from now on. A run that is going on notices by itself."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from zoho.engine.control.wording import as_it_is
from zoho.store import controls
from zoho.store.controls import Control, Pause, State


class ControlError(Exception):
    """What was asked for does not fit the state of the integration; the message says why."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without runs, both ends aware; what happened in it is caught up with afterwards (OPS-5)."""

    since: datetime
    until: datetime


def pause(store: Engine, integration: str, how: Pause, by: str, why: str, at: datetime) -> Control:
    """Let no run begin; with ``interrupt`` one that has begun stops, too.

    Args:
        store: the sync state database.
        integration: its name.
        how: drain or interrupt; the one may follow the other. A second interrupt stops what began since the first.
        by: the user.
        why: in their words, or empty.
        at: the current time, aware.

    Raises:
        ControlError: it is disabled or removed.
    """
    with controls.changing(store, integration, at) as (connection, now):
        if now.state is not State.ENABLED:
            raise ControlError(f"{as_it_is(now)} There is nothing to pause.")
        if now.pause is how is Pause.DRAIN:
            return now
        paused_at = at if now.pause is Pause.NONE else now.paused_at
        paused = replace(now, pause=how, since=at, by=by, why=why, paused_at=paused_at, resumed_at=None)
        controls.write(connection, paused)
        return paused


def resume(store: Engine, integration: str, by: str, at: datetime) -> Gap:
    """Let runs begin again; of one that is not paused any more only the latest gap is told.

    Returns:
        The time in which no run began.

    Raises:
        ControlError: it is disabled or removed, or was never paused.
    """
    with controls.changing(store, integration, at) as (connection, now):
        if now.state is not State.ENABLED:
            raise ControlError(f"{as_it_is(now)} Enable it: zoho-sync enable {integration}")
        if now.pause is Pause.NONE:
            return _gap_of(now, at)
        resumed = replace(now, pause=Pause.NONE, since=at, by=by, why="", resumed_at=at)
        controls.write(connection, resumed)
        return _gap_of(resumed, at)


def gap(store: Engine, integration: str, at: datetime) -> Gap:
    """Return the time in which no run began: until now, or until it was resumed or enabled.

    Raises:
        ControlError: it was never paused or disabled.
    """
    with store.connect() as connection:
        return _gap_of(controls.read(connection, integration), at)


def disable(store: Engine, integration: str, by: str, why: str, at: datetime) -> Control:
    """Let no run begin, until it is enabled, and let those that have begun stop (CON-7).

    Raises:
        ControlError: it is removed.
    """
    return _stop(store, integration, State.DISABLED, by, why, at)


def mark_removed(store: Engine, integration: str, by: str, why: str, at: datetime) -> Control:
    """Let no run begin since the integration is removed; what is known of it is kept (CON-8)."""
    return _stop(store, integration, State.REMOVED, by, why, at)


def enable(store: Engine, integration: str, by: str, at: datetime) -> Control:
    """Let runs begin again after it was disabled or removed; a pause ends with it, too."""
    with controls.changing(store, integration, at) as (connection, now):
        if now.may_run:
            return now
        enabled = replace(now, state=State.ENABLED, pause=Pause.NONE, since=at, by=by, why="", resumed_at=at)
        controls.write(connection, enabled)
        return enabled


def _stop(store: Engine, integration: str, state: State, by: str, why: str, at: datetime) -> Control:
    with controls.changing(store, integration, at) as (connection, now):
        if now.state is state:
            return now
        if now.state is State.REMOVED:
            raise ControlError(as_it_is(now))
        paused_at = at if now.may_run else now.paused_at
        changed = replace(now, state=state, pause=Pause.NONE, since=at, by=by, why=why)
        stopped = replace(changed, paused_at=paused_at, resumed_at=None)
        controls.write(connection, stopped)
        return stopped


def _gap_of(control: Control, at: datetime) -> Gap:
    if control.paused_at is None:
        raise ControlError(f"{control.integration} was never paused.")
    return Gap(control.paused_at, control.resumed_at or at)
