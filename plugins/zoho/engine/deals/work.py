"""What is to be done about deals, on its way from deciding to applying, and as the history keeps it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from zoho.core.deals import NOUNS, STATUS_AFTER, Deal, DealRules, Decision, Made, Step
from zoho.core.plan import Action
from zoho.engine.staging import dump, read_rows, write_rows
from zoho.store.deals import DealtWith
from zoho.transport import json

SILENT = -1
"""The place of what is not worth a line in the history."""


@dataclass(frozen=True, slots=True)
class DealWork:
    """One deal and what was decided about it.

    Attributes:
        seq: place in the plan, or ``SILENT``.
        deal_id: of the sales side.
        name: of the deal.
        deal: as it is now; ``None`` when it was deleted.
        made: what the automation made of it, if anything.
        books_id: of that.
        association_id: the same in the store.
        decision: what is to be done, and why.
        dealt: how far it will have been dealt with.
    """

    seq: int
    deal_id: str
    name: str
    deal: Deal | None
    made: Made | None
    books_id: str | None
    association_id: int | None
    decision: Decision
    dealt: DealtWith

    @property
    def action(self) -> Action:
        """What it is in the history."""
        if self.decision.missing:
            return Action.REJECT
        if not self.decision.steps:
            return Action.SKIP
        return Action.CREATE if Step.CREATE in self.decision.steps else Action.UPDATE

    @property
    def earlier_status(self) -> str | None:
        """The status of its document now."""
        return self.made.status if self.made else None


_ADAPTER = TypeAdapter(DealWork)
_SCHEMA = pa.schema([("seq", pa.int64()), ("deal_id", pa.string()), ("reason", pa.string()), ("work", pa.string())])


def write_plan(path: Any, works: Iterable[DealWork]) -> int:
    """Stage a plan; returns the number of deals in it."""
    return write_rows(path, _SCHEMA, map(_row, works))


def read_plan(path: Any) -> Iterator[DealWork]:
    """Yield a staged plan in its order."""
    for row in read_rows(path):
        yield _ADAPTER.validate_python(json.loads(row["work"]))


def _row(work: DealWork) -> dict[str, Any]:
    whole = dump(_ADAPTER.dump_python(work))
    return {"seq": work.seq, "deal_id": work.deal_id, "reason": work.decision.reason, "work": whole}


def history_row(work: DealWork, rules: DealRules) -> dict[str, Any]:
    """Return what the history keeps of a deal before anything is done about it."""
    columns = {
        "action": str(work.action),
        "direction": "sales_to_books",
        "kind": NOUNS[work.made.document if work.made else rules.document],
        "sales_id": work.deal_id,
        "books_id": work.books_id,
        "name": work.name,
        "reason": work.decision.reason,
    }
    fields = list(_fields(work))
    steps = [str(step) for step in work.decision.steps]
    item = {**columns, "steps": steps, "fields": fields, "children": []}
    return {**columns, "seq": work.seq, "item": item, "state": "planned"}


def _fields(work: DealWork) -> Iterator[dict[str, Any]]:
    """Yield what a document will say that it does not say yet: the deal's part of it, and its status."""
    before = work.made.content if work.made else {}
    if work.deal and {Step.CREATE, Step.UPDATE} & {*work.decision.steps}:
        for key, text in work.deal.content.items():
            if before.get(key) != text:
                yield _written(key, before.get(key), text)
    for step in work.decision.steps:
        if step in STATUS_AFTER:
            yield _written("status", work.earlier_status, STATUS_AFTER[step])


def _written(key: str, old: str | None, new: str) -> dict[str, Any]:
    return {"key": key, "outcome": "write", "target": "books", "old": old, "new": new}


_DONE = {
    Step.CREATE: "make a draft",
    Step.UPDATE: "update it",
    Step.ACCEPT: "mark it accepted",
    Step.DECLINE: "mark it declined",
    Step.VOID: "make it void",
    Step.REOPEN: "make it a draft again",
}


def told(work: DealWork, rules: DealRules) -> str:
    """Return a line for the log: what is done about a deal, and why."""
    noun = NOUNS[work.made.document if work.made else rules.document]
    number = f" {work.made.number}" if work.made else ""
    reason = work.decision.reason
    if work.decision.missing or not work.decision.steps:
        return f'Deal "{work.name}" ({work.deal_id}): {reason}'
    steps = " and ".join(_DONE[step] for step in work.decision.steps)
    return f'Deal "{work.name}" ({work.deal_id}), {noun}{number}: {steps}; {reason}.'
