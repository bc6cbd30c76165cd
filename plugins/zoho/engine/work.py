"""A plan on its way from planning to applying: each item with all that carrying it out needs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol

import pyarrow as pa
from pydantic import TypeAdapter

from zoho.core.plan import Action, PlanItem
from zoho.core.records import Base, Kind, Record
from zoho.engine.staging import dump, read_rows, write_rows
from zoho.store.runs import ChangeState
from zoho.transport import json


class Phase(IntEnum):
    """What is carried out together."""

    BOOKS = 0
    """Everything that is written in Books, or nowhere: record by record."""
    SALES_RECORDS = 1
    """New records on the sales side, in hundreds."""
    SALES_CONTACTS = 2
    """New contacts below accounts, which have to be there before."""
    SALES_UPDATES = 3
    REMOVALS = 4
    """What is taken away since the run that made it is undone; all that is put back in its pair comes before."""


class Planned(Protocol):
    """An item of any plan, on its way to the history.

    Attributes:
        seq: place in the plan.
        item: what is to be done, field by field, and why.
        more: whether what belongs together has further items in the plan.
        left_out: whether it is only told, see :class:`Work`.
    """

    @property
    def seq(self) -> int: ...  # noqa: D102 - see above
    @property
    def item(self) -> PlanItem: ...  # noqa: D102
    @property
    def more(self) -> bool: ...  # noqa: D102
    @property
    def left_out(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Work:
    """One plan item and what it rests on.

    Attributes:
        seq: place in the plan.
        item: what is to be done, field by field, and why.
        sales: the sales-side record that was merged; ``None`` when there is none yet.
        books: the Books record that was merged; ``None`` when there is none yet.
        seen: sales id → fingerprint, of the record and its contacts as they were merged.
        base: what is known of the base before there is a link: with a create in Books, that of the sales-side record
            and one of Books that is gone; ``None`` when nothing is.
        before: raw record of the target before the write; ``None`` with a create or a skip.
        body: what is sent to Books; ``None`` when nothing is.
        link_id: the link that a retirement ends.
        books_seen: fingerprint of the Books record with which it ends; ``None`` when that was edited.
        parent_id: Books id of the customer that a contact person belongs to.
        rejoins: whether a contact that lost its account gets the one of that customer.
        more: whether the pair has further items in the plan.
        left_out: whether it is only told: a plan that is carried out shows it, and by now it would be another one
            (BEY-1).
        undoes: whether it takes back what an earlier run did (BEY-3).
    """

    seq: int
    item: PlanItem
    sales: Record | None = None
    books: Record | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    base: Base | None = None
    before: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | None = None
    link_id: int | None = None
    books_seen: str | None = None
    parent_id: str | None = None
    rejoins: bool = False
    more: bool = False
    left_out: bool = False
    undoes: bool = False

    @property
    def phase(self) -> Phase:
        """When it is carried out."""
        item = self.item
        if self.undoes and item.action is Action.RETIRE:
            return Phase.REMOVALS
        if item.target == "books" or not item.writes:
            return Phase.BOOKS
        if item.action is Action.UPDATE:
            return Phase.SALES_UPDATES
        return Phase.SALES_CONTACTS if item.kind is Kind.CONTACT_PERSON else Phase.SALES_RECORDS


_ADAPTER = TypeAdapter(Work)
_ITEM = TypeAdapter(PlanItem)
_SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("phase", pa.int8()),
        ("action", pa.string()),
        ("direction", pa.string()),
        ("kind", pa.string()),
        ("sales_id", pa.string()),
        ("books_id", pa.string()),
        ("name", pa.string()),
        ("reason", pa.string()),
        ("work", pa.string()),
    ]
)


def write_plan(path: Any, works: Iterable[Work]) -> int:
    """Stage a plan; returns the number of items."""
    return write_rows(path, _SCHEMA, map(_row, works))


def read_plan(path: Any, phase: Phase | None = None, action: Action | None = None) -> Iterator[Work]:
    """Yield the items of a staged plan in their order: all of them, or those of one phase and one action."""
    for row in read_rows(path):
        if (phase is None or row["phase"] == phase) and (action is None or row["action"] == action):
            yield _ADAPTER.validate_python(json.loads(row["work"]))


def history_row(work: Planned) -> dict[str, Any]:
    """Return what the history keeps of an item before it is carried out."""
    state = ChangeState.LEFT_OUT if work.left_out else ChangeState.PLANNED
    return {**_columns(work), "item": _ITEM.dump_python(work.item), "state": str(state)}


def _row(work: Work) -> dict[str, Any]:
    return {**_columns(work), "phase": int(work.phase), "work": dump(_ADAPTER.dump_python(work))}


def _columns(work: Planned) -> dict[str, Any]:
    item = work.item
    return {
        "seq": work.seq,
        "action": str(item.action),
        "direction": item.direction,
        "kind": str(item.kind),
        "sales_id": item.sales_id,
        "books_id": item.books_id,
        "name": item.name,
        "reason": item.reason,
    }
