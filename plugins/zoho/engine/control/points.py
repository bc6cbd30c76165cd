"""Where runs ask whether they may begin, and whether they may go on (OPS-5, CON-7)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Row

from zoho.engine.control.wording import nothing_begins, to_stop
from zoho.engine.errors import Interrupted, NotNow
from zoho.store import controls
from zoho.store.runs import RunState

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

Item = TypeVar("Item")


def check_may_begin(connection: Connection, integration: str, run: Row[Any] | None = None) -> None:
    """Let a run begin, or go on beginning.

    Args:
        connection: of the store.
        integration: whose run.
        run: what is known of it already: one that is under way has begun, whatever was wanted since.

    Raises:
        NotNow: the integration is paused, disabled or removed.
    """
    control = controls.read(connection, integration)
    under_way = run is not None and run.state == RunState.RUNNING
    if not control.may_run and not under_way:
        raise NotNow(nothing_begins(control))


def safe_point(job: "Job") -> None:
    """Stop a run here if it is to stop: between two records or batches, when nothing is half done.

    Raises:
        Interrupted: it is to stop.
    """
    if job.pulse.is_due():
        check_may_go_on(job)


def check_may_go_on(job: "Job") -> None:
    """Stop a run here if it is to stop, however short ago it was asked.

    Raises:
        Interrupted: it is to stop.
    """
    with job.store.connect() as connection:
        control = controls.read(connection, job.configured.name)
    if control.stops:
        raise Interrupted(to_stop(control))


def heeding(job: "Job", items: Iterable[Item]) -> Iterator[Item]:
    """Yield what is to be done one after the other; before each but the first is a safe point.

    Raises:
        Interrupted: the run is to stop.
    """
    for number, item in enumerate(items):
        if number:
            safe_point(job)
        yield item
