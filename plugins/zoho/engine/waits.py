"""A run that waits for a quota tells for what, until when, and when it will be done (BEY-8)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from zoho.core.plan import Action
from zoho.core.records import Kind
from zoho.engine.cost import cost_of
from zoho.engine.job import Job
from zoho.engine.quota import done_by
from zoho.engine.report import PRODUCT_NAMES
from zoho.store import waits


@dataclass(frozen=True, slots=True)
class Wait:
    """What a run waits for.

    Attributes:
        product: whose quota it is.
        until: when the run goes on by itself, aware UTC.
        done_by: about when it will be done; ``None`` before its plan is made.
    """

    product: str
    until: datetime
    done_by: datetime | None

    @property
    def sentence(self) -> str:
        """The wait in words."""
        told = f"waits for the calls of {PRODUCT_NAMES.get(self.product, self.product)} until {_moment(self.until)}"
        return f"{told}; done by about {_moment(self.done_by)}" if self.done_by else told


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


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
