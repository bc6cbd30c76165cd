"""Hand the numbers of a run to Airflow's own metrics: StatsD, OpenTelemetry, or nothing, as Airflow is set up."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from airflow.sdk.observability import stats

from zoho.engine import measures
from zoho.engine.job import Job
from zoho.engine.measures import Kind, Measure

PREFIX = "zoho_sync"

log = logging.getLogger(__name__)


def emit_run(job: Job) -> None:
    """Emit the numbers of a run, if it has ended."""
    with _never_in_the_way():
        if measures.is_closed(job):
            emit(measures.of_run(job))


def emit_quota(job: Job) -> None:
    """Emit what is left of the quotas."""
    with _never_in_the_way():
        emit(measures.of_quota(job))


def emit(numbers: Iterable[Measure]) -> None:
    """Hand numbers to Airflow."""
    for number in numbers:
        name, tags = f"{PREFIX}.{number.name}", dict(number.tags)
        if number.kind is Kind.COUNTER:
            stats.incr(name, int(number.value), tags=tags)
        else:
            stats.gauge(name, number.value, tags=tags)


@contextmanager
def _never_in_the_way() -> Iterator[None]:
    """A run does not fail for want of a number."""
    try:
        yield
    except Exception:  # whatever a backend of Airflow raises, or a connection that is wrong
        log.exception("Not measured.")
