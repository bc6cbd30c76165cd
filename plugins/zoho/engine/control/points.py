"""Where runs ask whether they may begin, and whether they may go on (OPS-5, CON-7)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Row

from zoho.engine.control.wording import nothing_begins, to_stop
from zoho.engine.errors import Interrupted, NotNow
from zoho.store import controls, runs
from zoho.store.controls import Control, State
from zoho.store.runs import RunState

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

Item = TypeVar("Item")


def check_may_begin(
    connection: Connection, integration: str, run: Row[Any] | None = None, *, harmless: bool = False
) -> None:
    """Let a run begin, or go on beginning.

    Args:
        connection: of the store.
        integration: whose run.
        run: what is known of it already: one that is under way has begun, whatever was wanted since.
        harmless: whether it is one that a pause does not keep from beginning; see :func:`is_harmless`.

    Raises:
        NotNow: the integration is paused, disabled or removed.
    """
    control = controls.read(connection, integration)
    under_way = run is not None and run.state == RunState.RUNNING
    though_paused = harmless and control.state is State.ENABLED
    if not (control.may_run or though_paused or under_way):
        raise NotNow(nothing_begins(control))


def is_harmless(connection: Connection, *, dry_run: bool, plans: Sequence[str]) -> bool:
    """Whether a run may begin while its integration is paused: a wrong mapping is looked into and undone then.

    Args:
        connection: of the store.
        dry_run: whether it writes nothing to Zoho (BEY-1).
        plans: what it carries out: nothing but plans of undoing (BEY-3).
    """
    return dry_run or runs.all_undo(connection, plans)


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
        if control.stops and not _began_in_pause(connection, job, control):
            raise Interrupted(to_stop(control))


def _began_in_pause(connection: Connection, job: "Job", control: Control) -> bool:
    """Whether a run was let begin although the integration had paused, which then does not stop it either."""
    if control.state is not State.ENABLED or control.since is None:
        return False
    run = runs.get(connection, job.run_id)
    plans = [job.approved] if job.approved else []
    return bool(run.started_at >= control.since) and is_harmless(connection, dry_run=run.dry_run, plans=plans)


def heeding(job: "Job", items: Iterable[Item]) -> Iterator[Item]:
    """Yield what is to be done one after the other; before each but the first is a safe point.

    Raises:
        Interrupted: the run is to stop.
    """
    for number, item in enumerate(items):
        if number:
            safe_point(job)
        yield item
