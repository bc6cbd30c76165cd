"""A plan on its way from planning to applying: each item with all that carrying it out needs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from zoho.core.plan import PlanItem
from zoho.core.records import Base, Record
from zoho.engine.staging import dump, read_rows, write_rows
from zoho.transport import json


@dataclass(frozen=True, slots=True)
class Work:
    """One plan item and what it rests on.

    Attributes:
        seq: place in the plan.
        item: what is to be done, field by field, and why.
        sales: the sales-side record that was merged; ``None`` with a skip.
        seen: sales id → fingerprint, of the record and its contacts as they were merged.
        base: base of the link before; ``None`` when there is no link yet.
        child_bases: sales id of a contact → base of its link before.
        before: raw Books customer that was merged; ``None`` with a create or a skip.
        body: what is sent to Books; ``None`` when nothing is.
        link_id: the link that a retirement ends.
    """

    seq: int
    item: PlanItem
    sales: Record | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    base: Base | None = None
    child_bases: Mapping[str, Base] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | None = None
    link_id: int | None = None


_ADAPTER = TypeAdapter(Work)
_SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("action", pa.string()),
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


def read_plan(path: Any) -> Iterator[Work]:
    """Yield the items of a staged plan in their order."""
    for row in read_rows(path):
        yield _ADAPTER.validate_python(json.loads(row["work"]))


def history_row(work: Work) -> dict[str, Any]:
    """Return what the history keeps of an item before it is carried out."""
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
        "item": TypeAdapter(PlanItem).dump_python(item),
        "state": "planned",
    }


def _row(work: Work) -> dict[str, Any]:
    item = work.item
    return {
        "seq": work.seq,
        "action": str(item.action),
        "kind": str(item.kind),
        "sales_id": item.sales_id,
        "books_id": item.books_id,
        "name": item.name,
        "reason": item.reason,
        "work": dump(_ADAPTER.dump_python(work)),
    }
