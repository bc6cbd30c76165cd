"""When a quota is used up for longer than a call waits by itself, its task leaves the worker and comes back (BEY-8).

The task is *rescheduled*: Airflow ends it without a verdict, shows it as ``up_for_reschedule`` and begins it again at
the time given. That holds no worker slot, uses up no retry, keeps nothing on a worker's disk and needs nothing but
the scheduler. Every task of a run may begin again, so nothing is lost.
"""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowRescheduleException

from zoho.transport import retry
from zoho.transport.errors import Action, Retriable

PATIENCE = timedelta(days=7)
"""How long a task waits altogether: a first import may need the calls of several days."""

WAITS_FOR = "waits_for"
"""The XCom that tells what a task waits for; Airflow deletes it when the task begins again."""

_SHORTEST_AGAIN = timedelta(minutes=1)
_LONGEST_AGAIN = timedelta(hours=4)
_LONGEST_JITTER = timedelta(seconds=5)

log = logging.getLogger(__name__)


class OutOfPatience(Exception):
    """The task has waited for a quota as long as it may; the message says for what."""


@contextmanager
def putting_off(context: Context) -> Iterator[None]:
    """Put the task off when Zoho asks for a longer wait than a call makes by itself.

    Only waits for a quota count: those that Zoho names, or that the call budget knows of. Everything else is left
    to Airflow's retries, shorter waits too, since the call itself has tried them in vain.

    Args:
        context: of the task.

    Raises:
        AirflowRescheduleException: the task begins again when Zoho will take calls.
        OutOfPatience: it has waited ``PATIENCE`` already, or would have to wait beyond.
    """
    try:
        yield
    except Retriable as error:
        asked = error.retry_after or 0.0
        if error.action is not Action.WAIT or asked < retry.LONGEST_WAIT:
            raise
        _put_off(error, timedelta(seconds=asked), context)


def wait(asked: timedelta, waits: int) -> timedelta:
    """Return how long to wait: as long as Zoho asks, and after other waits not too short either.

    A task begins again from its beginning. Where credits come back bit by bit (CRM, Bigin) it would otherwise spend
    every bit on a beginning and never get further.

    Args:
        asked: by Zoho.
        waits: how often this try of the task has waited before.
    """
    if not waits:
        return asked
    doubled = _SHORTEST_AGAIN * (1 << min(waits, 10))
    return max(asked, min(doubled, _LONGEST_AGAIN))


def _put_off(error: Retriable, asked: timedelta, context: Context) -> None:
    ti: Any = context["ti"]
    now = pendulum.now("UTC")
    span = wait(asked, context["task_reschedule_count"])
    until = now + span + _jitter(span)
    since = ti.get_first_reschedule_date(context) or now
    if until - since > PATIENCE:
        raise OutOfPatience(f"Waiting since {since:%Y-%m-%d %H:%M} UTC, which is long enough. {error}") from error
    in_words = pendulum.duration(seconds=round((until - now).total_seconds())).in_words(locale="en")
    log.warning(
        "%s\nThis is no failure: the task leaves its worker and begins again at %s UTC, in %s.",
        error,
        f"{until:%Y-%m-%d %H:%M:%S}",
        in_words,
    )
    ti.xcom_push(key=WAITS_FOR, value=f"Until {until:%Y-%m-%d %H:%M:%S} UTC: {error}")
    raise AirflowRescheduleException(until) from error  # type: ignore[no-untyped-call]


def _jitter(span: timedelta) -> timedelta:
    """A little more, so that not all who wait for the same come back in the same moment."""
    return min(span / 10, _LONGEST_JITTER) * random.random()  # noqa: S311  no secret  # nosec B311
