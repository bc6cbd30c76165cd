"""What a run changed, record by record and field by field: old, new, on which side and why (OPS-4, BEY-2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, Row

from zoho.core.lines import from_stored, told
from zoho.core.records import Side
from zoho.engine.history.paging import PER_PAGE, HistoryPage, limited, mark, place
from zoho.store import history
from zoho.store.history import ChangeFilter

__all__ = ["ChangeEntry", "ChangeFilter", "FieldChange", "every_change", "list_changes"]

_ALL = ChangeFilter()


@dataclass(slots=True)  # not frozen, which would make up half the time that a plan of 10,000 records takes to read
class FieldChange:
    """One field of a change.

    Attributes:
        key: the field, in the mapping's words.
        side: where it is written, or would be; ``None`` when both sides came to hold the same.
        outcome: ``write``; ``agreed``, both sides held it already; or ``drift``, it may not be written there.
        old: what the side held; ``None`` for nothing.
        new: what it shall hold.
        lost: the value that a conflict overruled.
        conflict: whether both sides had changed it, differently.
        reason: why, as a sentence.
        person: the contact person that it belongs to; ``None``: the record itself.
    """

    key: str
    side: Side | None
    outcome: str
    old: str | None
    new: str | None
    lost: str | None
    conflict: bool
    reason: str
    person: str | None = None


@dataclass(slots=True)
class ChangeEntry:
    """One item of a run's plan, and what became of it.

    Attributes:
        run_id: of the run.
        seq: its place in the plan.
        action: ``create``, ``update``, ``link``, ``skip``, ``drift``, ``reject``, ``retire`` or
            ``restore``.
        direction: ``sales_to_books`` or ``books_to_sales``.
        kind: what the record is.
        sales_id: its id on the sales side; ``None`` when it has none (yet).
        books_id: the same in Books.
        name: as a person would call it.
        reason: why.
        state: ``planned``, ``started``, ``done``, ``failed``, ``superseded`` or ``left_out``.
        error: why it failed, if it did.
        finished_at: when.
        fields: what was written, and what could not be.
        persons: what was done with contact persons: name → ``add``, ``update`` …, those that nothing was done with
            left out.
    """

    run_id: str
    seq: int
    action: str
    direction: str
    kind: str
    sales_id: str | None
    books_id: str | None
    name: str
    reason: str
    state: str
    error: str | None
    finished_at: datetime | None
    fields: Sequence[FieldChange]
    persons: Mapping[str, str]

    @property
    def side(self) -> Side:
        """The side that is written to, if anything is."""
        return "books" if self.direction == "sales_to_books" else "sales"


def list_changes(
    store: Engine,
    run_id: str,
    wanted: ChangeFilter = _ALL,
    *,
    after: str | None = None,
    per_page: int = PER_PAGE,
) -> HistoryPage[ChangeEntry]:
    """Return a page of the changes of a run, in the order in which they were planned.

    Args:
        store: the database.
        run_id: of the run.
        wanted: which changes.
        after: the mark that the page before gave.
        per_page: how many.

    Raises:
        BadMarkError: no page gave the mark.
    """
    number, last = limited(per_page), place(after, int)[0] if after else None
    with store.connect() as connection:
        rows = history.some_changes(connection, run_id, wanted, number + 1, last)
    shown = [entry_of(row) for row in rows[:number]]
    return HistoryPage(shown, mark(shown[-1].seq) if len(rows) > number else None)


def every_change(store: Engine, run_id: str, wanted: ChangeFilter = _ALL) -> Iterator[ChangeEntry]:
    """Yield all changes of a run, a few hundred in memory at a time."""
    with store.connect() as connection:
        yield from map(entry_of, history.all_changes(connection, run_id, wanted))


def entry_of(row: Row[Any]) -> ChangeEntry:
    """Return a row of the store as a change."""
    children = row.item.get("children") or ()
    fields = [_field(field, None) for field in row.item.get("fields") or () if field["outcome"] != "same"]
    fields += [
        _field(field, child["name"]) for child in children for field in child["fields"] if field["outcome"] != "same"
    ]
    return ChangeEntry(
        run_id=row.run_id,
        seq=row.seq,
        action=row.action,
        direction=row.direction,
        kind=row.kind,
        sales_id=row.sales_id,
        books_id=row.books_id,
        name=row.name,
        reason=row.reason,
        state=row.state,
        error=row.error,
        finished_at=row.finished_at,
        fields=fields,
        persons={child["name"]: child["action"] for child in children if child["action"] != "keep"},
    )


def _field(stored: Mapping[str, Any], person: str | None) -> FieldChange:
    return FieldChange(
        key=stored["key"],
        side=stored.get("target"),
        outcome=stored["outcome"],
        old=_shown(stored.get("old")),
        new=_shown(stored.get("new")),
        lost=_shown(stored.get("lost")),
        conflict=bool(stored.get("conflict")),
        reason=stored.get("reason") or "",
        person=person,
    )


def _shown(stored: Any) -> str | None:
    """Return a stored value as a person reads it; nearly all are texts, and a large plan has many of them."""
    if stored is None or isinstance(stored, str):
        return stored
    return shown(from_stored({"value": stored})["value"])


def shown(value: Any) -> str | None:
    """Return a value as a person reads it; the lines of a transaction one after the other."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return "\n".join(told(line) for line in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, "f") if isinstance(value, Decimal) else str(value)
