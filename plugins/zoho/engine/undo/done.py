"""What a run did, put together record by record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from zoho.core.children import ChildPlan
from zoho.core.plan import Action, PlanItem
from zoho.core.records import Side
from zoho.core.undo import put_together
from zoho.engine.job import Job
from zoho.store import runs
from zoho.store.runs import ChangeState

DELETED = {"deleted": True}
"""What a removal is told as, of a record that is deleted and not only made inactive."""

_ITEM = TypeAdapter(PlanItem)
_UNDOABLE = frozenset({Action.CREATE, Action.UPDATE, Action.RETIRE, Action.RESTORE})


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did with one record of one side.

    Attributes:
        item: the plan item; of several that wrote the record, the first value of a field and the last one.
        before: the raw record before; ``None`` where there was none.
        after: the raw record as its answer showed it, or what a retirement came to.
        unsure: whether nobody knows that it was written: the run ended in the middle of it.
    """

    item: PlanItem
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    unsure: bool = False

    @property
    def key(self) -> tuple[Side, str, str | None, str | None]:
        """What tells it from the others."""
        return self.item.target, self.item.kind, self.item.sales_id, self.item.books_id


def done_by(job: Job, run_id: str, sales_id: str | None = None) -> list[Done]:
    """Return what a run did that can be undone, in its order; nothing when it was a run of another module.

    Args:
        job: the run that undoes.
        run_id: the run that did it.
        sales_id: of the record that is meant; ``None``: all.
    """
    with job.store.connect() as connection:
        if runs.get(connection, run_id).module != job.module_name:
            return []
        rows = runs.changes_done(connection, run_id, sales_id)
    found: dict[Any, Done] = {}
    for row in rows:
        if row.action not in _UNDOABLE:
            continue
        item = replace(_ITEM.validate_python(row.item), sales_id=row.sales_id, books_id=row.books_id)
        one = Done(item, row.before, row.after, row.state == ChangeState.STARTED)
        older = found.get(one.key)
        found[one.key] = _together(older, one) if older else one
    return list(found.values())


def _together(first: Done, then: Done) -> Done:
    """Put two writes of one record together, as when a task of the run was repeated and found more to do."""
    if then.item.action is not Action.UPDATE:
        return then
    fields = put_together(first.item.fields, then.item.fields)
    item = replace(first.item, fields=fields, children=_persons(first.item.children, then.item.children))
    return Done(item, first.before, then.after, first.unsure or then.unsure)


def _persons(first: Iterable[ChildPlan], then: Iterable[ChildPlan]) -> tuple[ChildPlan, ...]:
    found = {one.sales_id or one.books_id: one for one in first}
    for one in then:
        older = found.get(one.sales_id or one.books_id)
        if older is None or not older.fields:
            found[one.sales_id or one.books_id] = one
        else:
            found[one.sales_id or one.books_id] = replace(older, fields=put_together(older.fields, one.fields))
    return tuple(found.values())
