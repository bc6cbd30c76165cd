"""What failed and still stands, over all modules: the record, the reason, how often and since when (OPS-4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row

from zoho.engine.history.paging import MOST_PER_PAGE, PER_PAGE, HistoryPage, limited, mark, moment_and
from zoho.store import failures
from zoho.store.failures import FailureFilter

__all__ = ["FailureEntry", "FailureFilter", "every_failure", "list_failures", "numbers_of_failures"]

_ALL = FailureFilter()


@dataclass(frozen=True, slots=True)
class FailureEntry:
    """A record that is not in step because writing it failed.

    Attributes:
        integration: name.
        module: name.
        direction: ``sales_to_books`` or ``books_to_sales``.
        kind: what the record is.
        sales_id: its id on the sales side; ``None`` when it has none.
        books_id: the same in Books.
        name: as a person would call it.
        action: what was to be done with it.
        reason: why that failed, the last time.
        times: in how many runs it has failed since it was last written.
        first_seen: when it failed first, of those.
        last_seen: when it failed last.
        run_id: the run in which it failed last.
        seq: its place there.
    """

    integration: str
    module: str
    direction: str
    kind: str
    sales_id: str | None
    books_id: str | None
    name: str
    action: str
    reason: str
    times: int
    first_seen: datetime
    last_seen: datetime
    run_id: str
    seq: int


def list_failures(
    store: Engine, wanted: FailureFilter = _ALL, *, after: str | None = None, per_page: int = PER_PAGE
) -> HistoryPage[FailureEntry]:
    """Return a page of the failures that stand, the latest first.

    Args:
        store: the database.
        wanted: which failures.
        after: the mark that the page before gave.
        per_page: how many.

    Raises:
        BadMarkError: no page gave the mark.
    """
    number, last = limited(per_page), moment_and(after, str, int) if after else None
    with store.connect() as connection:
        rows = failures.standing(connection, wanted, number + 1, last)
    shown = [_entry(row) for row in rows[:number]]
    more = len(rows) > number
    return HistoryPage(shown, mark(shown[-1].last_seen, shown[-1].run_id, shown[-1].seq) if more else None)


def every_failure(store: Engine, wanted: FailureFilter = _ALL) -> Iterator[FailureEntry]:
    """Yield the failures that stand, the latest first, a page in memory at a time."""
    page = list_failures(store, wanted, per_page=MOST_PER_PAGE)
    yield from page.items
    while page.next:
        page = list_failures(store, wanted, after=page.next, per_page=MOST_PER_PAGE)
        yield from page.items


def numbers_of_failures(store: Engine, wanted: FailureFilter = _ALL) -> dict[tuple[str, str], int]:
    """Return (integration, module) → how many failures stand; modules without any are left out."""
    with store.connect() as connection:
        return failures.number_of_each(connection, wanted)


def _entry(row: Row[Any]) -> FailureEntry:
    return FailureEntry(
        integration=row.integration,
        module=row.module,
        direction=row.direction,
        kind=row.kind,
        sales_id=row.sales_id,
        books_id=row.books_id,
        name=row.name,
        action=row.action,
        reason=row.error or "The run died before anybody knew what became of it.",
        times=row.times,
        first_seen=row.first_failed_at,
        last_seen=row.failed_at,
        run_id=row.run_id,
        seq=row.seq,
    )
