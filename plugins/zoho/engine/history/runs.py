"""The runs of the history: a list with filters, one of them with everything, and how a module did lately."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from zoho.core.plan import PlanDirection
from zoho.engine.history.origin import Origin, origin_of
from zoho.engine.history.paging import PER_PAGE, HistoryPage, limited, mark, moment_and
from zoho.engine.outlook import Outlook, from_stored
from zoho.engine.report import DirectionCounts, RunReport, counts_of, report_of
from zoho.engine.waits import Wait
from zoho.store import history, runs
from zoho.store.history import RunFilter

__all__ = [
    "RunDetail",
    "RunEntry",
    "RunFilter",
    "last_runs",
    "latest_runs",
    "list_runs",
    "one_run",
    "run_id_of",
    "runs_of_origin",
]

_WAYS: tuple[PlanDirection, ...] = ("sales_to_books", "books_to_sales")
_ALL = RunFilter()


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run as a list shows it.

    Attributes:
        run_id: its id.
        integration: name.
        module: name.
        state: ``running``, ``success``, ``partial`` (some records failed), ``failed`` (it stopped) …
        dry_run: whether it wrote nothing.
        full_scan: whether it read everything.
        about: what it was limited to, in words; ``None``: the whole module.
        undoes: the run that it takes back, or would; ``None``: none.
        origin: what asked for it.
        started_at: when.
        finished_at: when; ``None`` while it goes on, or when it died.
        directions: numbers per direction: into Books always, into the sales side where there are any.
        calls: how many API calls it made.
        error: why it stopped, if it did.
        wait: what it waits for, while it does.
    """

    run_id: str
    integration: str
    module: str
    state: str
    dry_run: bool
    full_scan: bool
    about: str | None
    undoes: str | None
    origin: Origin
    started_at: datetime
    finished_at: datetime | None
    directions: Sequence[DirectionCounts]
    calls: int
    error: str | None
    wait: Wait | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took; ``None`` when it has not ended."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None

    @property
    def wrote(self) -> bool:
        """Whether it wrote something that can be undone (BEY-3); what became of deals cannot."""
        total = self.total
        done = total.added or total.updated or total.deleted
        return bool(done) and self.finished_at is not None and not self.dry_run and self.module != "deals"

    @property
    def total(self) -> DirectionCounts:
        """Both directions together, under the name of the first."""
        first, *others = self.directions
        names = ("added", "updated", "deleted", "skipped", "failed")
        sums = {name: sum(getattr(one, name) for one in (first, *others)) for name in names}
        return DirectionCounts(first.direction, **sums, unchanged=first.unchanged)


@dataclass(frozen=True, slots=True)
class RunDetail:
    """A run with everything but its changes.

    Attributes:
        entry: as a list shows it.
        report: numbers per direction, API calls by product and purpose, failures with reasons.
        settings: the settings, mappings and transforms that it ran with.
        settings_hash: equal for runs with equal settings.
        applied_at: when its plan was carried out to the end; ``None`` when it was not.
        cost: what its plan takes: product → API calls; empty where that is not known.
        undone_by: the last run that took it back; ``None``: none did.
        planned: (direction, action) → number of items that were planned and not carried out, as of a dry run.
        outlook: what else was to be expected of its plan when that was made; ``None`` where that is not known.
    """

    entry: RunEntry
    report: RunReport
    settings: Mapping[str, Any]
    settings_hash: str
    applied_at: datetime | None
    cost: Mapping[str, int]
    undone_by: str | None
    planned: Mapping[tuple[str, str], int]
    outlook: Outlook | None


def list_runs(
    store: Engine, wanted: RunFilter = _ALL, *, after: str | None = None, per_page: int = PER_PAGE
) -> HistoryPage[RunEntry]:
    """Return a page of runs, the newest first.

    Args:
        store: the database.
        wanted: which runs.
        after: the mark that the page before gave.
        per_page: how many.

    Raises:
        BadMarkError: no page gave the mark.
    """
    number, place = limited(per_page), moment_and(after, str) if after else None
    with store.connect() as connection:
        rows = history.some_runs(connection, wanted, number + 1, place)
        shown = rows[:number]
        entries = _entries(connection, shown)
    more = len(rows) > number
    return HistoryPage(entries, mark(shown[-1].started_at, shown[-1].run_id) if more else None)


def one_run(store: Engine, run_id: str) -> RunDetail:
    """Return a run.

    Raises:
        LookupError: there is none of this id.
    """
    with store.connect() as connection:
        row = history.one_run(connection, run_id)
        if row is None:
            raise LookupError(f"no run {run_id} is in the history")
        (entry,) = _entries(connection, [row])
        report = report_of(connection, row)
        undone_by = runs.undone_by(connection, run_id)
        tally = history.counts(connection, [run_id])[run_id]
    planned = {(one.direction, one.action): one.n for one in tally if one.state == "planned"}
    return RunDetail(
        entry,
        report,
        row.settings,
        row.settings_hash,
        row.applied_at,
        row.cost or {},
        undone_by,
        planned,
        from_stored(row.outlook),
    )


def run_id_of(store: Engine, text: str) -> str:
    """Return the id of the run that somebody means: the whole id, or as much of it as tells it from the others.

    Raises:
        LookupError: there is none, or there are several.
    """
    with store.connect() as connection:
        found = history.run_ids(connection, text, 2) if text else []
    if text in found or len(found) == 1:
        return text if text in found else found[0]
    raise LookupError(f"{text!r} is the beginning of {'several runs; name more of it' if found else 'no run'}")


def runs_of_origin(store: Engine, origin: str) -> list[str]:
    """Return the ids of the runs that a run of a DAG asked for: one, or with transactions one of each kind.

    Args:
        store: the database.
        origin: ``airflow:<dag>:<dag run>``.
    """
    with store.connect() as connection:
        return history.begun_by(connection, origin)


def latest_runs(store: Engine, modules: Collection[tuple[str, str]]) -> dict[tuple[str, str], RunEntry]:
    """Return (integration, module) → its latest run; one that never ran is missing.

    Args:
        store: the database.
        modules: integration and module of each.
    """
    with store.connect() as connection:
        entries = _entries(connection, history.latest(connection, modules))
    return {(entry.integration, entry.module): entry for entry in entries}


def last_runs(store: Engine, integration: str, module: str, number: int = 30) -> list[RunEntry]:
    """Return the latest runs of a module, the oldest first, for a chart; dry runs are left out.

    Args:
        store: the database.
        integration: name.
        module: name.
        number: how many at most.
    """
    with store.connect() as connection:
        return _entries(connection, history.last_few(connection, integration, module, limited(number)))


def _entries(connection: Connection, rows: Sequence[Row[Any]]) -> list[RunEntry]:
    ids = [row.run_id for row in rows]
    tallies = history.counts(connection, ids)
    calls = history.numbers_of_calls(connection, ids)
    return [_entry(row, tallies[row.run_id], calls.get(row.run_id, 0)) for row in rows]


def _entry(row: Row[Any], tally: Sequence[Row[Any]], calls: int) -> RunEntry:
    into_books, into_sales = (counts_of(way, row, [one for one in tally if one.direction == way]) for way in _WAYS)
    has_sales = into_sales.skipped or any(one.direction == _WAYS[1] for one in tally)
    return RunEntry(
        run_id=row.run_id,
        integration=row.integration,
        module=row.module,
        state=row.state,
        dry_run=row.dry_run,
        full_scan=row.full_scan,
        about=row.about,
        undoes=row.undoes,
        origin=origin_of(row.origin, row.module),
        started_at=row.started_at,
        finished_at=row.finished_at,
        directions=[into_books, into_sales] if has_sales else [into_books],
        calls=calls,
        error=row.error,
        wait=Wait(row.waits_for, row.waits_until, row.done_by) if row.waits_until else None,
    )
