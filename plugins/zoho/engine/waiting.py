"""Keeps with a run that it waits for a quota, and when it will be done (BEY-8)."""

from datetime import datetime

from zoho.core.plan import Action
from zoho.core.records import Kind
from zoho.engine.cost import cost_of
from zoho.engine.job import Job
from zoho.engine.quota import done_by
from zoho.store import waits


def note_wait(job: Job, product: str, until: datetime) -> None:
    """Keep with a run that it waits, and what follows from its plan and the quota: when it will be done.

    Nobody is asked for anything.

    Args:
        job: the run.
        product: whose quota it waits for.
        until: when it goes on, aware.
    """
    done = _done_by(job, product, until)
    with job.store.begin() as connection:
        waits.note(connection, job.run_id, product, until, done)


def note_going_on(job: Job) -> None:
    """Keep with a run that it does not wait any more."""
    with job.store.begin() as connection:
        waits.note_over(connection, job.run_id)


def _done_by(job: Job, product: str, until: datetime) -> datetime | None:
    if "module" not in vars(job):
        return None  # to know its rules may take a call, and there are none
    with job.store.connect() as connection:
        rows = waits.left_to_write(connection, job.run_id)
    refused = [one for one in job.connected if one.transport.product == product]
    left = refused[0].transport.budget.left() if refused else None
    if not rows or left is None:
        return None
    items: dict[tuple[Kind | None, Action], int] = {}
    for row in rows:
        key = (Kind(row.kind) if row.direction == "books_to_sales" else None, Action(row.action))
        items[key] = items.get(key, 0) + row.n
    return done_by(product, cost_of(job, items).quota[product], left, until, job.clock())
