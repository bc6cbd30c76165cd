"""What a run did, as numbers for a monitoring system (OPS-4, BEY-8)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from zoho.engine import quota
from zoho.engine.job import Job
from zoho.engine.report import RunReport, report_of
from zoho.store import lags, runs
from zoho.store.scope import Scope

OUTCOMES = ("added", "updated", "deleted", "skipped", "failed")
"""What can become of a record, one way."""


class Kind(StrEnum):
    """How numbers of one name go together."""

    COUNTER = "counter"
    """They are added up."""
    GAUGE = "gauge"
    """The latest one counts."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number.

    Attributes:
        kind: how it goes together with others.
        name: what it is.
        value: the number; times are in seconds.
        tags: what it is of.
    """

    kind: Kind
    name: str
    value: float
    tags: Mapping[str, str] = field(default_factory=dict)


def is_closed(job: Job) -> bool:
    """Whether the run has ended."""
    with job.store.connect() as connection:
        return runs.get(connection, job.run_id).finished_at is not None


def of_run(job: Job) -> list[Measure]:
    """Return the numbers of a run that has ended; of a dry one only what it cost."""
    settings = job.configured.settings
    whose = {"integration": settings.name, "module": job.module_name}
    scope = Scope(settings.name, job.module_name, settings.books.organization_id)
    with job.store.connect() as connection:
        run = runs.get(connection, job.run_id)
        report = report_of(connection, run)
        success = lags.last_success(connection, scope)
        ages = {} if run.dry_run else lags.ages_of_changes(connection, scope, job.run_id)
    found = list(_of_calls(report, whose))
    if run.dry_run:
        return found
    found += [Measure(Kind.COUNTER, "runs", 1, {**whose, "state": report.state}), *_of_records(report, whose)]
    found += [Measure(Kind.GAUGE, "change_age", age, {**whose, "direction": way}) for way, age in ages.items()]
    if success:
        found.append(Measure(Kind.GAUGE, "lag", (job.clock() - success).total_seconds(), whose))
        found.append(Measure(Kind.GAUGE, "in_step_at", success.timestamp(), whose))
    return found


def of_quota(job: Job) -> list[Measure]:
    """Return what is left of the day's quota of each product, and how much a day has; nobody is asked for it.

    Raises:
        Exception: an organization is not known, since it cannot be connected to.
    """
    name = job.configured.settings.name
    return [
        Measure(Kind.GAUGE, which, value, {"integration": name, "product": product})
        for product, left in quota.left_of(job).items()
        for which, value in (
            ("quota_left", left.per_day + left.kept),
            ("quota_size", left.day_size + left.kept_size),
        )
    ]


def _of_calls(report: RunReport, whose: Mapping[str, str]) -> Iterator[Measure]:
    for product, by_purpose in report.api_calls.items():
        for purpose, number in by_purpose.items():
            yield Measure(Kind.COUNTER, "api_calls", number, {**whose, "product": product, "purpose": purpose})


def _of_records(report: RunReport, whose: Mapping[str, str]) -> Iterator[Measure]:
    for counts in report.directions:
        for outcome in OUTCOMES:
            tags = {**whose, "direction": str(counts.direction), "outcome": outcome}
            yield Measure(Kind.COUNTER, "records", getattr(counts, outcome), tags)
    tags = {**whose, "direction": "both", "outcome": "unchanged"}
    yield Measure(Kind.COUNTER, "records", report.directions[0].unchanged, tags)
