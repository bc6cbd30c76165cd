"""The history as CSV, a piece at a time, safe to be opened in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from zoho.engine.history.changes import ChangeEntry, ChangeFilter, every_change
from zoho.engine.history.failures import FailureFilter, every_failure
from zoho.engine.history.paging import MOST_PER_PAGE
from zoho.engine.history.runs import RunEntry, RunFilter, list_runs

SIGNS = "=+@＝＋－＠-"
"""What begins a formula in a spreadsheet, in a Japanese one also in full width (OWASP, CSV injection)."""

_FORMULA = re.compile(rf'\A(?=[\t\r\n])|(?:\A|[;\t\r\n])[ "]*(?=[{SIGNS}])')
"""Where one could begin: some spreadsheets begin a cell at each semicolon or tab, whatever stands between commas."""

CHANGE_COLUMNS = (
    *(
        "run_id",
        "place",
        "time_utc",
        "direction",
        "action",
        "state",
        "kind",
        "name",
        "sales_id",
        "books_id",
        "reason",
    ),
    *("error", "contact_person", "field", "side", "outcome", "old", "new", "overruled", "why"),
)
RUN_COLUMNS = (
    *("run_id", "integration", "module", "state", "started_utc", "finished_utc", "begun_by", "about", "dry_run"),
    *("direction", "added", "updated", "deleted", "skipped", "failed", "unchanged", "api_calls", "error"),
)
FAILURE_COLUMNS = (
    *("integration", "module", "direction", "kind", "sales_id", "books_id", "name", "action", "reason", "times"),
    *("first_seen_utc", "last_seen_utc", "run_id", "place"),
)


def changes_csv(store: Engine, run_id: str, wanted: ChangeFilter | None = None) -> Iterator[str]:
    """Yield the changes of a run: a line for every field, one for a change without any.

    Args:
        store: the database.
        run_id: of the run.
        wanted: which changes; all of them when ``None``.
    """
    changes = every_change(store, run_id, wanted or ChangeFilter())
    return csv_lines(CHANGE_COLUMNS, (row for change in changes for row in _change_rows(change)))


def runs_csv(store: Engine, wanted: RunFilter | None = None) -> Iterator[str]:
    """Yield runs, the newest first: a line for each direction.

    Args:
        store: the database.
        wanted: which runs; all of them when ``None``.
    """
    entries = _every_run(store, wanted or RunFilter())
    return csv_lines(RUN_COLUMNS, (row for entry in entries for row in _run_rows(entry)))


def failures_csv(store: Engine, wanted: FailureFilter | None = None) -> Iterator[str]:
    """Yield the failures that stand, the latest first.

    Args:
        store: the database.
        wanted: which failures; all of them when ``None``.
    """
    return csv_lines(FAILURE_COLUMNS, map(astuple, every_failure(store, wanted or FailureFilter())))


def safe(value: Any) -> str:
    """Return a value as a cell: what some spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    text = _in_utc(value) if isinstance(value, datetime) else str(value)
    return _FORMULA.sub(r"\g<0>'", text)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield rows as lines of CSV, below the names of their columns; each cell as :func:`safe` has it."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(header)
    yield line.getvalue()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([safe(value) for value in row])
        yield line.getvalue()


def _change_rows(change: ChangeEntry) -> Iterator[Sequence[Any]]:
    common = (
        *(change.run_id, change.seq, change.finished_at, change.direction, change.action, change.state, change.kind),
        *(change.name, change.sales_id, change.books_id, change.reason, change.error),
    )
    for field in change.fields:
        values = (field.person, field.key, field.side, field.outcome, field.old, field.new, field.lost, field.reason)
        yield (*common, *values)
    if not change.fields:
        yield (*common, *[None] * (len(CHANGE_COLUMNS) - len(common)))


def _run_rows(entry: RunEntry) -> Iterator[Sequence[Any]]:
    first = (
        *(entry.run_id, entry.integration, entry.module, entry.state, entry.started_at, entry.finished_at),
        *(entry.origin.cause, entry.about, entry.dry_run),
    )
    for one in entry.directions:
        numbers = (one.added, one.updated, one.deleted, one.skipped, one.failed, one.unchanged)
        yield (*first, one.direction, *numbers, entry.calls, entry.error)


def _every_run(store: Engine, wanted: RunFilter) -> Iterator[RunEntry]:
    page = list_runs(store, wanted, per_page=MOST_PER_PAGE)
    yield from page.items
    while page.next:
        page = list_runs(store, wanted, after=page.next, per_page=MOST_PER_PAGE)
        yield from page.items


def _in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
