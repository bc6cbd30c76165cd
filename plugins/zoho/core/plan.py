"""What is to be done with one record: the outcome of its merge, one plan item for each record that is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from zoho.core.children import (
    CHANGES_BOOKS,
    NOBODY,
    ChildAction,
    ChildPlan,
    ChildRules,
    Gone,
    fields_of_new,
    merge_children,
    send_child,
)
from zoho.core.merge import BLANK, FieldMerge, MergeRules, Outcome, merge_fields
from zoho.core.pairing import Fate, Pairing
from zoho.core.records import Base, Kind, Link, Record, Side, Value, Values

_NOBODY_NEWER: Mapping[str, Side] = {}

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
    HOLD = "hold"
    """Not created, since it may be the same as another record: a person is to say (BEY-6)."""
    REJECT = "reject"
    """A value cannot be translated, so the record cannot be planned: a failure of this record."""
    RETIRE = "retire"
    """A record was deleted on one side: the link ends; the other side's record stays, or is made inactive."""
    RESTORE = "restore"
    """A link that ended holds again; the Books record that was made inactive with it is made active (BEY-3)."""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One line of a plan.

    Attributes:
        action: what is done.
        direction: which way.
        kind: what the record is.
        sales_id: the sales-side record; ``None`` when it is to be made.
        books_id: the Books record; ``None`` when it is to be made.
        name: as a person would call it.
        reason: why, as a sentence.
        fields: of the fields that are not in step, those that this item deals with.
        children: with an item for Books, every contact person that is on either side; with one for the sales
            side, the contact person that the record itself is in Books.
    """

    action: Action
    direction: PlanDirection
    kind: Kind
    sales_id: str | None
    books_id: str | None
    name: str
    reason: str
    fields: tuple[FieldMerge, ...] = ()
    children: tuple[ChildPlan, ...] = ()

    @property
    def target(self) -> Side:
        """The side that is written to, if anything is."""
        return "books" if self.direction == "sales_to_books" else "sales"

    @property
    def writes(self) -> bool:
        """Whether carrying it out changes anything in Zoho."""
        return self.action in (Action.CREATE, Action.UPDATE)

    @property
    def adds_children(self) -> bool:
        """Whether it makes contact persons in Books, so that it must not be sent twice."""
        return any(child.action is ChildAction.ADD for child in self.children)


@dataclass(frozen=True, slots=True)
class RecordRules:
    """How records of one kind are merged.

    Attributes:
        keys: the mapped fields.
        merge: direction and owners.
        children: how their contact persons are merged.
        own_child: whether the record is, on the sales side, its own contact person (an individual, a vendor).
        followers: field that goes to Books only → the two-way field that has the same field on the sales side.
    """

    keys: Sequence[str]
    merge: MergeRules
    children: ChildRules = ChildRules()  # noqa: RUF009 - frozen
    own_child: bool = False
    followers: Mapping[str, str] = field(default_factory=dict)

    def with_newer(self, newer: Side, contacts: Mapping[str, Side] = _NOBODY_NEWER) -> "RecordRules":
        """Return the rules for a pair of which that side's record was modified last.

        Args:
            newer: the side.
            contacts: the same of its contacts, by their sales id.
        """
        children = replace(self.children, merge=self.children.merge.with_newer(newer), newer=contacts)
        return replace(self, merge=self.merge.with_newer(newer), children=children)

    def barring_sales(self, why: str) -> "RecordRules":
        """Return the rules for a pair of which nothing may be written on the sales side.

        Args:
            why: the reason for the history. At a first meeting the sales side's values stand, whoever leads.
        """
        merge = replace(self.merge, first_owner="sales", sales_barred=why)
        persons = replace(self.children.merge, first_owner="sales", sales_barred=why)
        return replace(self, merge=merge, children=replace(self.children, merge=persons, send=False))


def plan_create_in_books(
    sales: Record, pairing: Pairing, name_field: str, rules: RecordRules, gone: Gone = NOBODY
) -> PlanItem:
    """Plan a new Books record under ``pairing.target_name``, with the record's children.

    Args:
        sales: the sales-side record.
        pairing: its decision.
        name_field: the canonical field that holds the name in Books.
        rules: of its kind.
        gone: which of its children come from another record.
    """
    values = {**sales.values, name_field: pairing.target_name}
    fields = fields_of_new(values, rules.keys, "books", pairing.reason, rules.merge)
    children = tuple(merge_children(sales.children, (), {}, gone, rules.children))
    return PlanItem(
        Action.CREATE, "sales_to_books", sales.kind, sales.id, None, sales.name, pairing.reason, fields, children
    )


def plan_create_in_sales(books: Record, pairing: Pairing, rules: RecordRules, gone: Gone = NOBODY) -> list[PlanItem]:
    """Plan a new sales-side record, and new contacts below it for its contact persons.

    Args:
        books: the Books record with its contact persons.
        pairing: its decision.
        rules: of its kind.
        gone: what became of contacts that its persons were linked with before.
    """
    fields = fields_of_new(books.values, rules.keys, "sales", pairing.reason, rules.merge)
    item = PlanItem(Action.CREATE, "books_to_sales", books.kind, None, books.id, books.name, pairing.reason, fields)
    if rules.own_child:
        own = [send_child(person, pairing.reason, rules.children) for person in books.children[:1]]
        return [replace(item, children=tuple(own))]
    children = merge_children((), books.children, {}, gone, rules.children)
    return [item, *(_contact_item(child) for child in children if child.action is ChildAction.SEND)]


def plan_pair(
    sales: Record,
    books: Record,
    base: Base | None,
    child_links: Mapping[str, Link],
    gone: Gone,
    rules: RecordRules,
    reason: str = "",
) -> list[PlanItem]:
    """Plan what brings two records that belong together in step: nothing when they are.

    Args:
        sales: the sales-side record with its children.
        books: the Books record with its children.
        base: from their link; ``None`` when they are linked by this very plan.
        child_links: sales id → link of the children linked under this pair.
        gone: linked children that are not below the sales-side record any more.
        rules: of their kind.
        reason: why the two belong together, for a new link.

    Returns:
        At most one item for Books, which also renews the link, or one that tells of edits which may not leave Books;
        then one for the sales-side record, then one for each contact below it.
    """
    merged = _merged(sales.values, books.values, base, rules)
    children = merge_children(sales.children, books.children, child_links, gone, rules.children)
    for_sales = tuple(field for field in merged if field.writes("sales"))
    others = tuple(field for field in merged if not field.writes("sales"))
    items = []
    action = _books_action(base, others, children)
    if action is not None:
        kept = tuple(replace(child, fields=_without_sales(child)) for child in children)
        why = reason or _why(action, others, "sales", kept)
        way: PlanDirection = "books_to_sales" if _held_back_from_sales(action, others, kept) else "sales_to_books"
        items.append(PlanItem(action, way, sales.kind, sales.id, books.id, sales.name, why, others, kept))
    own = [child for child in children if rules.own_child and child.sales_id == sales.id and child.writes("sales")]
    if for_sales or own:
        of_own = tuple(replace(child, fields=_only_sales(child)) for child in own)
        touched = [*for_sales, *(field for child in of_own for field in child.fields)]
        why = reason or _why(Action.UPDATE, touched, "books")
        items.append(
            PlanItem(
                Action.UPDATE, "books_to_sales", sales.kind, sales.id, books.id, sales.name, why, for_sales, of_own
            )
        )
    items += [
        _contact_item(child)
        for child in children
        if child not in own and (child.action is ChildAction.SEND or child.writes("sales"))
    ]
    return items


def _merged(sales: Values, books: Values, base: Base | None, rules: RecordRules) -> list[FieldMerge]:
    """Return the fields that are not in step.

    One that goes to Books only follows what its sales-side field is about to hold: when Books' name wins, the company
    name is made from that name at once, and not from the one that loses.
    """
    merged = merge_fields(sales, books, base, rules.keys, rules.merge)
    fields = {one.key: one for one in merged}
    coming = {
        follower: fields[leader].new
        for follower, leader in rules.followers.items()
        if {follower, leader} <= fields.keys() and fields[leader].writes("sales")
    }
    anew = {one.key: one for one in merge_fields({**sales, **coming}, books, base, coming, rules.merge)}
    return [one for one in (anew.get(one.key, one) for one in merged) if one.outcome is not Outcome.SAME]


def plan_rejoin(contact: Record, person: Record, base: Base, account: str, rules: ChildRules) -> PlanItem:
    """Plan that a contact which lost its account gets the one that is made anew, instead of a second one being made.

    Args:
        contact: as the sales side holds it.
        person: as Books still has it below the customer.
        base: of the link that ended with the account.
        account: name of the account.
        rules: how contact persons are merged.
    """
    merged = merge_fields(contact.values, person.values, base, rules.keys, rules.merge)
    fields = tuple(field for field in merged if field.writes("sales"))
    reason = f"its account {account} was deleted on the sales side and is made anew"
    return PlanItem(
        Action.UPDATE, "books_to_sales", Kind.CONTACT_PERSON, contact.id, person.id, contact.name, reason, fields
    )


def plan_skip(pairing: Pairing, kind: Kind, name: str) -> PlanItem:
    """Plan to leave an unlinked record alone, saying why."""
    direction: PlanDirection = "sales_to_books" if pairing.source == "sales" else "books_to_sales"
    sales_id, books_id = (pairing.source_id, None) if pairing.source == "sales" else (None, pairing.source_id)
    action = Action.HOLD if pairing.fate is Fate.HOLD else Action.SKIP
    return PlanItem(action, direction, kind, sales_id, books_id, name, pairing.reason)


def plan_reject(
    direction: PlanDirection, sales_id: str | None, books_id: str | None, kind: Kind, name: str, reason: str
) -> PlanItem:
    """Plan to report that a record cannot be synchronized as it is."""
    return PlanItem(Action.REJECT, direction, kind, sales_id, books_id, name, reason)


def in_step(items: Sequence[PlanItem]) -> bool:
    """Whether a plan of a pair leaves nothing to do: what drifts is left as it is."""
    return all(item.action is Action.DRIFT for item in items)


def _books_action(base: Base | None, fields: Sequence[FieldMerge], children: Sequence[ChildPlan]) -> Action | None:
    outcomes = {field.outcome for field in fields}
    outcomes |= {field.outcome for child in children for field in _without_sales(child)}
    acts = {child.action for child in children}
    if Outcome.WRITE in outcomes or acts & CHANGES_BOOKS:
        return Action.UPDATE
    if base is None or Outcome.AGREED in outcomes or ChildAction.LINK in acts:
        return Action.LINK
    return Action.DRIFT if Outcome.DRIFT in outcomes else None


def _contact_item(child: ChildPlan) -> PlanItem:
    fields = _only_sales(child)
    action = Action.CREATE if child.action is ChildAction.SEND else Action.UPDATE
    reason = child.reason or _why(action, fields, "books")
    return PlanItem(
        action, "books_to_sales", Kind.CONTACT_PERSON, child.sales_id, child.books_id, child.name, reason, fields
    )


def _without_sales(child: ChildPlan) -> tuple[FieldMerge, ...]:
    return tuple(field for field in child.fields if not field.writes("sales"))


def _only_sales(child: ChildPlan) -> tuple[FieldMerge, ...]:
    return tuple(field for field in child.fields if field.writes("sales"))


def _held_back_from_sales(action: Action, fields: Sequence[FieldMerge], children: Sequence[ChildPlan]) -> bool:
    """Whether all that a pair leaves alone are edits in Books that may not go to the sales side."""
    touched = [*fields, *(field for child in children for field in child.fields)]
    return action is Action.DRIFT and all(field.target == "sales" for field in touched)


def _why(action: Action, fields: Sequence[FieldMerge], source: Side, children: Sequence[ChildPlan] = ()) -> str:
    if action is Action.DRIFT:
        drifted = [field for field in fields if field.outcome is Outcome.DRIFT]
        if not drifted:
            return "a contact person changed in Books; not sent"
        return f"{', '.join(field.key for field in drifted)}: {drifted[0].reason}"
    if action is Action.LINK:
        return "both sides hold the same"
    conflicts = [field.key for field in fields if field.conflict]
    if conflicts:
        return f"{', '.join(conflicts)} changed on both sides"
    acts = {child.action for child in children}
    touched = [*fields, *(field for child in children for field in child.fields)]
    reasons = {field.reason for field in touched if field.outcome is Outcome.WRITE}
    filled = BLANK["books" if source == "sales" else "sales"]
    if reasons == {filled} and not acts & {ChildAction.ADD, ChildAction.LEAVE}:
        return filled
    return "changed on the sales side" if source == "sales" else "changed in Books"


def base_after(
    base: Base | None, fields: Sequence[FieldMerge], sales: Values, books: Values, target: Side, answer: Values
) -> Base:
    """Return the base once an item is carried out.

    Args:
        base: the base before, if any.
        fields: the item's decisions.
        sales: what the sales side held when they were taken.
        books: what Books held then.
        target: the side that the item writes to.
        answer: what that side holds after the write.

    Only the item's own fields move: what nobody decided on, what another item has still to write and what
    drifted keeps its old base, so that it stays an edit of its side and is merged later. So does what somebody
    else wrote meanwhile.
    """
    new_sales = dict(base.sales) if base else {}
    new_books = dict(base.books) if base else {}
    for one in fields:
        key = one.key
        if one.writes(target):
            new_sales[key] = answer.get(key) if target == "sales" else sales.get(key)
            new_books[key] = answer.get(key) if target == "books" else books.get(key)
        elif one.outcome is Outcome.AGREED or (one.outcome is Outcome.DRIFT and key not in new_sales):
            new_sales[key], new_books[key] = sales.get(key), books.get(key)
    return Base(new_sales, new_books)


def base_of_new(
    fields: Sequence[FieldMerge],
    rules: RecordRules | ChildRules,
    sales: Values,
    books: Values,
    target: Side,
    answer: Values,
    former: Base | None = None,
) -> Base:
    """Return the base of a record that was just made on a side.

    Fields that were not sent are in step where both sides hold the same, such as nothing, and where each holds
    something of its own: the record that was there before is left as it is. One that only one side holds, since
    Zoho or a workflow filled it in, fills the other when the pair is looked at next.

    Args:
        fields: what it was made with.
        rules: of its kind.
        sales: what the sales side held when the item was planned.
        books: what Books held then.
        target: where it was made.
        answer: what it holds there now.
        former: base of the record that was there before and one that is gone, see :func:`own_of_each`.
    """
    base = base_after(None, fields, sales, books, target, answer)
    now_sales, now_books = (answer, books) if target == "sales" else (sales, answer)
    new_sales, new_books = dict(base.sales), dict(base.books)
    for key in rules.keys:
        if key not in new_sales and now_sales.get(key) == now_books.get(key):
            new_sales[key], new_books[key] = now_sales.get(key), now_books.get(key)
    for key, held in own_of_each(rules, now_sales, now_books, former).items():
        if key not in new_sales:
            new_sales[key], new_books[key] = held
    return Base(new_sales, new_books)


def own_of_each(
    rules: RecordRules | ChildRules, sales: Values, books: Values, former: Base | None = None
) -> dict[str, tuple[Value, Value]]:
    """Return what counts as in step where each side holds something of its own and one record was just made.

    That is what they hold, but for what only Books tells and has told of an earlier record, such as the number of an
    invoice that was deleted there. The one that was made in its place has another, which is news (TXN-7).

    Args:
        rules: of their kind.
        sales: what the sales side holds.
        books: what Books holds.
        former: base of the sales-side record and a record of Books that is gone; ``None``: there was none.

    Returns:
        Field → its base on the sales side and in Books.
    """
    found: dict[str, tuple[Value, Value]] = {}
    for key in rules.keys:
        held = sales.get(key), books.get(key)
        if None in held or held[0] == held[1]:
            continue
        before = (former.sales.get(key), former.books.get(key)) if former else held
        is_told = rules.merge.of(key).source == "books" and before == (held[0], held[0])
        found[key] = before if is_told else held
    return found
