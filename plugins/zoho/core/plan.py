"""What is to be done with one customer: the outcome of its merge, in one plan item."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from zoho.core.children import ChildAction, ChildPlan, merge_children
from zoho.core.merge import FieldMerge, MergeRules, Outcome, merge_fields
from zoho.core.pairing import Pairing
from zoho.core.records import Base, Kind, Link, Record, Values

PlanDirection = Literal["sales_to_books", "books_to_sales"]


class Action(StrEnum):
    """What a plan item does."""

    CREATE = "create"
    UPDATE = "update"
    LINK = "link"
    """Both sides hold the same: only our own map is renewed, nothing is written to Zoho."""
    DRIFT = "drift"
    """Changed on a side that the direction does not take from: reported, nothing written."""
    SKIP = "skip"
    REJECT = "reject"
    """A value cannot be translated, so the record cannot be planned: a failure of this record."""
    RETIRE = "retire"
    """A record was deleted on one side: the link ends; the other side's record stays, or is made inactive."""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One line of a plan.

    Attributes:
        action: what is done.
        direction: which way.
        kind: what the record is.
        sales_id: the sales-side record, always known in this direction.
        books_id: the Books record; ``None`` with a create or a skip.
        name: as a person would call it.
        reason: why, as a sentence.
        fields: every field that is not already in step.
        children: every contact person that is on either side.
    """

    action: Action
    direction: PlanDirection
    kind: Kind
    sales_id: str
    books_id: str | None
    name: str
    reason: str
    fields: tuple[FieldMerge, ...] = ()
    children: tuple[ChildPlan, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether carrying it out changes anything in Zoho."""
        return self.action in (Action.CREATE, Action.UPDATE)

    @property
    def adds_children(self) -> bool:
        """Whether it makes contact persons, so that it must not be sent twice."""
        return any(child.action is ChildAction.ADD for child in self.children)


def plan_create(
    sales: Record, pairing: Pairing, name_field: str, keys: Sequence[str], child_keys: Sequence[str]
) -> PlanItem:
    """Plan a new Books record under ``pairing.books_name``, with the record's children.

    Args:
        sales: the sales-side record.
        pairing: its decision.
        name_field: the canonical field that holds the name.
        keys: the mapped fields of the record.
        child_keys: the mapped fields of a child.
    """
    values = {**sales.values, name_field: pairing.books_name}
    fields = tuple(
        FieldMerge(key, Outcome.WRITE, "books", None, values[key], reason=pairing.reason)
        for key in keys
        if values.get(key) is not None
    )
    children = merge_children(sales.children, (), {}, frozenset(), child_keys, MergeRules())
    return PlanItem(
        Action.CREATE,
        "sales_to_books",
        sales.kind,
        sales.id,
        None,
        sales.name,
        pairing.reason,
        fields,
        tuple(children),
    )


def plan_pair(
    sales: Record,
    books: Record,
    base: Base | None,
    child_links: Mapping[str, Link],
    moved_away: Set[str],
    keys: Sequence[str],
    child_keys: Sequence[str],
    rules: MergeRules,
    reason: str = "",
) -> PlanItem | None:
    """Plan what brings two records that belong together in step; ``None`` when they are.

    Args:
        sales: the sales-side record with its children.
        books: the Books record with its children.
        base: from their link; ``None`` when they are linked by this very plan.
        child_links: sales id → link of the children linked under this pair.
        moved_away: sales ids of linked children that now belong to another record.
        keys: the mapped fields of the record.
        child_keys: the mapped fields of a child.
        rules: direction and owners.
        reason: why the two belong together, for a new link.
    """
    merged = merge_fields(sales.values, books.values, base, keys, rules)
    fields = tuple(field for field in merged if field.outcome is not Outcome.SAME)
    children = tuple(merge_children(sales.children, books.children, child_links, moved_away, child_keys, rules))
    outcomes = {field.outcome for field in fields}
    outcomes |= {field.outcome for child in children for field in child.fields}
    acts = {child.action for child in children}
    if Outcome.WRITE in outcomes or acts & {ChildAction.ADD, ChildAction.UPDATE, ChildAction.LEAVE}:
        action = Action.UPDATE
    elif base is None or Outcome.AGREED in outcomes or ChildAction.LINK in acts:
        action = Action.LINK
    elif Outcome.DRIFT in outcomes:
        action = Action.DRIFT
    else:
        return None
    return PlanItem(
        action,
        "sales_to_books",
        sales.kind,
        sales.id,
        books.id,
        sales.name,
        reason or _why(action, fields),
        fields,
        children,
    )


def plan_skip(sales_id: str, kind: Kind, name: str, reason: str) -> PlanItem:
    """Plan to leave a record alone, saying why."""
    return PlanItem(Action.SKIP, "sales_to_books", kind, sales_id, None, name, reason)


def plan_reject(sales_id: str, books_id: str | None, kind: Kind, name: str, reason: str) -> PlanItem:
    """Plan to report that a record cannot be synchronized as it is."""
    return PlanItem(Action.REJECT, "sales_to_books", kind, sales_id, books_id, name, reason)


def _why(action: Action, fields: Sequence[FieldMerge]) -> str:
    if action is Action.UPDATE:
        conflicts = [field.key for field in fields if field.conflict]
        return f"{', '.join(conflicts)} changed on both sides" if conflicts else "changed on the sales side"
    if action is Action.DRIFT:
        drifted = [field.key for field in fields if field.outcome is Outcome.DRIFT]
        return f"{', '.join(drifted) or 'a contact person'} changed in Books, which this direction does not send"
    return "both sides hold the same"


def base_after(base: Base | None, fields: Sequence[FieldMerge], sales: Values, books: Values) -> Base:
    """Return the base once an item is carried out.

    Args:
        base: the base before, if any.
        fields: the item's decisions.
        sales: what the sales side holds.
        books: what Books holds after the write, as its answer shows.

    A field that drifted keeps its old base: the difference stays an edit of its side, to be merged later.
    """
    if base is None:
        return Base(dict(sales), dict(books))
    drifted = {field.key for field in fields if field.outcome is Outcome.DRIFT and field.key in base.sales}
    keep_sales = {key: base.sales[key] for key in drifted}
    keep_books = {key: base.books[key] for key in drifted if key in base.books}
    return Base({**sales, **keep_sales}, {**books, **keep_books})
