"""What a run did, in numbers and sentences (OPS-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, inspect

from zoho.core.merge import Direction
from zoho.core.plan import Action, PlanDirection
from zoho.store import runs
from zoho.store.runs import ChangeState

PRODUCT_NAMES = {"accounts": "Zoho's sign-in", "crm": "Zoho CRM", "bigin": "Zoho Bigin", "books": "Zoho Books"}


@dataclass(frozen=True, slots=True)
class DirectionCounts:
    """Numbers of records, one way."""

    direction: PlanDirection
    added: int = 0
    updated: int = 0
    deleted: int = 0
    skipped: int = 0
    failed: int = 0
    unchanged: int = 0

    @property
    def numbers(self) -> str:
        """The numbers in words: ``3 added, 1 updated, 0 skipped, 0 failed``, and how many were unlinked, if any."""
        deleted = f", {self.deleted} unlinked" if self.deleted else ""
        return f"{self.added} added, {self.updated} updated, {self.skipped} skipped, {self.failed} failed{deleted}"


_PLACES: dict[PlanDirection, str] = {"sales_to_books": "into Books", "books_to_sales": "into the sales side"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that was not written, and why."""

    record: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did.

    Attributes:
        state: ``running``, ``success``, ``partial`` (some records failed), ``failed`` (it stopped), or
            ``interrupted`` (somebody wanted it to stop).
        directions: numbers per direction.
        api_calls: product → purpose → number of calls.
        seconds: from its begin to its end, or 0 while it runs.
        failures: the records that were not written.
        error: why it stopped, if it did.
    """

    state: str
    directions: Sequence[DirectionCounts]
    api_calls: dict[str, dict[str, int]]
    seconds: float
    failures: Sequence[Failure]
    error: str | None = None

    @property
    def call_count(self) -> int:
        """All API calls together."""
        return sum(sum(by_purpose.values()) for by_purpose in self.api_calls.values())

    @property
    def sentence(self) -> str:
        """The run in one sentence, for logs and errors."""
        ways = [f"{_PLACES[counts.direction]}: {counts.numbers}" for counts in self.directions]
        told = "; ".join(ways) if len(ways) > 1 else self.directions[0].numbers
        return f"{told}; {self.directions[0].unchanged} unchanged."

    @property
    def cost(self) -> str:
        """The API calls in one sentence."""
        calls = [f"{sum(by.values())} to {PRODUCT_NAMES[product]}" for product, by in self.api_calls.items()]
        return f"API calls: {', '.join(calls) or 'none'}."


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A run as the history shows it."""

    integration: str
    module: str
    dry_run: bool
    started_at: datetime
    report: RunReport


def recent_reports(store: Engine, limit: int) -> list[HistoryEntry]:
    """Return the latest runs of all integrations, the newest first; none when there is no store yet."""
    if not inspect(store).has_table("runs"):
        return []
    with store.connect() as connection:
        return [
            HistoryEntry(run.integration, run.module, run.dry_run, run.started_at, report_of(connection, run))
            for run in runs.recent(connection, limit)
        ]


def run_report(store: Engine, run_origin: str) -> RunReport:
    """Return what the run did that ``run_origin`` (such as ``airflow:<dag>:<dag run>``) asked for.

    Raises:
        LookupError: there is no such run.
    """
    with store.connect() as connection:
        run = runs.by_origin(connection, run_origin)
        if run is None:
            raise LookupError(f"no run of {run_origin} is in the history")
        return report_of(connection, run)


def report_of(connection: Connection, run: Row[Any]) -> RunReport:
    """Return what a run did, from its row."""
    failed = runs.failures(connection, run.run_id)
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0.0
    return RunReport(
        state=run.state,
        directions=_directions(run, runs.tally(connection, run.run_id)),
        api_calls=runs.calls(connection, run.run_id),
        seconds=seconds,
        failures=[Failure(f"{row.kind} {row.name} ({_ids(row)})", row.error or "not finished") for row in failed],
        error=run.error,
    )


def _ids(row: Row[Any]) -> str:
    return f"sales {row.sales_id}" if row.sales_id else f"Books {row.books_id}"


def _directions(run: Row[Any], tally: Sequence[Row[Any]]) -> list[DirectionCounts]:
    """Return the numbers of each direction that the module had when it ran."""
    module = run.settings["integration"]["modules"].get(run.module) or {}
    if module.get("direction") != Direction.TWO_WAY:
        return [counts_of("sales_to_books", run, tally)]
    ways: tuple[PlanDirection, ...] = ("sales_to_books", "books_to_sales")
    return [counts_of(way, run, [row for row in tally if row.direction == way]) for way in ways]


def counts_of(direction: PlanDirection, run: Row[Any], tally: Sequence[Row[Any]]) -> DirectionCounts:
    """Return the numbers of one direction.

    Args:
        direction: which.
        run: the run's row.
        tally: ``action, state, n`` of its changes that way.
    """

    def number(action: Action, state: ChangeState = ChangeState.DONE) -> int:
        return sum(row.n for row in tally if row.action == action and row.state == state)

    return DirectionCounts(
        direction=direction,
        added=number(Action.CREATE),
        updated=number(Action.UPDATE) + number(Action.RESTORE),
        deleted=number(Action.RETIRE),
        skipped=run.skipped if direction == "sales_to_books" else run.skipped_in_books,
        failed=sum(row.n for row in tally if row.state in (ChangeState.FAILED, ChangeState.STARTED)),
        unchanged=run.unchanged,
    )
