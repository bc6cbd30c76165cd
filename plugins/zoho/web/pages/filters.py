"""Filters as addresses carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import HTTPException

from zoho.engine.history.failures import FailureFilter
from zoho.engine.history.runs import RunFilter
from zoho.store.history import ChangeFilter
from zoho.web.view import View

LONGEST_TEXT = 200


@dataclass(frozen=True)
class Asked:
    """The filter of an address; whatever is empty limits nothing.

    Attributes:
        query: the parameters that were given and are known.
    """

    query: Mapping[str, str]

    def __getattr__(self, name: str) -> str:
        """Return a parameter."""
        return self.query.get(name, "")


def asked(view: View, *names: str) -> Asked:
    """Read the parameters of an address."""
    given = view.request.query_params
    return Asked({name: given[name].strip()[:LONGEST_TEXT] for name in names if given.get(name, "").strip()})


RUN_NAMES = ("integration", "module", "state", "direction", "since", "until", "q", "busy")
CHANGE_NAMES = ("action", "state", "direction", "q")
FAILURE_NAMES = ("integration", "module", "direction", "q", "run")


def run_filter(view: View, query: Asked) -> RunFilter:
    """Return which runs are meant, among those that the user may see."""
    until = _day(query.until)
    return RunFilter(
        integrations=seen(view, query.integration),
        modules=_one(query.module),
        states=_one(query.state),
        since=_day(query.since),
        until=until + timedelta(days=1) if until else None,
        direction=query.direction or None,
        text=query.q,
        busy=bool(query.busy),
    )


def change_filter(query: Asked) -> ChangeFilter:
    """Return which changes of a run are meant."""
    return ChangeFilter(_one(query.action), _one(query.state), query.direction or None, query.q)


def failure_filter(view: View, query: Asked) -> FailureFilter:
    """Return which failures are meant, among those that the user may see."""
    return FailureFilter(
        integrations=seen(view, query.integration),
        modules=_one(query.module),
        direction=query.direction or None,
        text=query.q,
        run_id=query.run or None,
    )


def seen(view: View, integration: str) -> list[str]:
    """Return the integrations to look at: the one asked for, or all that the user may see.

    Raises:
        HTTPException: 404, none may be seen, or not this one.
    """
    allowed = view.rights.seen([integration] if integration else view.ever_known)
    if not allowed:
        raise HTTPException(404 if integration else 403, "You may see no integration.")
    return allowed


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _day(text: str) -> datetime | None:
    """Return the beginning of a day in UTC."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise HTTPException(400, f"{text!r} is no day.") from None
