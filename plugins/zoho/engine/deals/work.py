"""What is to be done about deals, on its way from deciding to applying."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa
from pydantic import TypeAdapter

from zoho.core.deals import NOUNS, Deal, DealRules, Decision, Made, Step
from zoho.core.plan import Action, PlanItem
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
        item: the same as an item of a plan.
        deal: as it is now; ``None`` when it was deleted, or not understood.
        made: what the automation made of it, if anything.
        decision: what is to be done, and why.
        dealt: how far it will have been dealt with.
        left_out: whether it is only told: a plan that is carried out shows it, and by now it would be another one
            (BEY-1).
    """

    seq: int
    item: PlanItem
    deal: Deal | None
    made: Made | None
    decision: Decision
    dealt: DealtWith
    left_out: bool = False
    more: ClassVar[bool] = False
    """Each deal is dealt with by itself."""

    @property
    def is_gone(self) -> bool:
        """Whether the deal was deleted."""
        return self.deal is None and self.item.action is not Action.REJECT

    @property
    def deal_id(self) -> str:
        """The deal, on the sales side."""
        return str(self.item.sales_id)

    @property
    def name(self) -> str:
        """Of the deal."""
        return self.item.name

    @property
    def books_id(self) -> str | None:
        """Of what was made of it."""
        return self.item.books_id


def left_out(item: PlanItem) -> DealWork:
    """Return what only tells that an item of a plan is left out; nothing is dealt with."""
    dealt = DealtWith(str(item.sales_id), seen="", rules="", earlier=False, waits=True, verdict=None)
    return DealWork(SILENT, item, None, None, Decision(), dealt, left_out=True)


_ADAPTER = TypeAdapter(DealWork)
_SCHEMA = pa.schema([("seq", pa.int64()), ("deal_id", pa.string()), ("reason", pa.string()), ("work", pa.string())])


def write_plan(path: Any, works: Iterable[DealWork]) -> int:
    """Stage a plan; returns the number of deals in it."""
    return write_rows(path, _SCHEMA, map(_row, works))


def read_plan(path: Any) -> Iterator[DealWork]:
    """Yield a staged plan in its order."""
    for row in read_rows(path):
        yield _ADAPTER.validate_python(json.loads(row["work"]))


def telling(path: Any) -> Iterator[DealWork]:
    """Yield what the history tells of a staged plan."""
    return (work for work in read_plan(path) if work.seq != SILENT)


def _row(work: DealWork) -> dict[str, Any]:
    whole = dump(_ADAPTER.dump_python(work))
    return {"seq": work.seq, "deal_id": work.deal_id, "reason": work.decision.reason, "work": whole}


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
    return f'Deal "{work.name}" ({work.deal_id}), {noun}{number}: {steps_of(work.decision)}; {reason}.'


def steps_of(decision: Decision) -> str:
    """Return what is done with a document, in words."""
    return " and ".join(_DONE[step] for step in decision.steps)
