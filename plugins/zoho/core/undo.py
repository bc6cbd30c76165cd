"""What takes back what an earlier run wrote, field by field, from what it found there before (BEY-3)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from zoho.core.children import CHANGES_BOOKS, ChildAction, ChildPlan
from zoho.core.merge import FieldMerge, Outcome
from zoho.core.records import Base, Link, Record, Side, Value, Values

EDITED = "edited since; left as it is"
_OTHER: Mapping[Side, Side] = {"sales": "books", "books": "sales"}

Barred = Callable[[str], str | None]
"""Field → why it may not be written any more; ``None`` when it may."""


def free(_: str) -> None:
    """Bar no field."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """How something is undone.

    Attributes:
        target: the side that was written.
        reason: why, as a sentence for the history.
        again: whether an earlier try may have written it: then a field that holds its old value is done, not edited.
        barred: which fields may not be written any more.
    """

    target: Side
    reason: str
    again: bool = False
    barred: Barred = free


def revert(fields: Iterable[FieldMerge], held: Values, base: Base | None, how: Undoing) -> tuple[FieldMerge, ...]:
    """Return what becomes of the fields that a run wrote: back to the old value where the side still holds the new.

    Args:
        fields: of the item that was carried out.
        held: what its target holds now.
        base: what both sides held when last in step; by it a value is known that the target stored its own way.
        how: of what, and why.
    """
    found = []
    for one in fields:
        now = held.get(one.key)
        if not one.writes(how.target) or (now == one.old and not how.again):
            continue
        put = FieldMerge(one.key, Outcome.WRITE, how.target, now, one.old, reason=how.reason)
        why = how.barred(one.key) if _stands(one, now, base, how) else EDITED
        found.append(replace(put, outcome=Outcome.DRIFT, reason=why) if why else put)
    return tuple(found)


def _stands(one: FieldMerge, now: Value, base: Base | None, how: Undoing) -> bool:
    """Whether a side still holds what was written, be it in its own form, or by now what was there before."""
    if now == one.new or (how.again and now == one.old):
        return True
    if base is None:
        return False
    sides: Mapping[Side, Values] = {"sales": base.sales, "books": base.books}
    ours, theirs = sides[how.target], sides[_OTHER[how.target]]
    return one.key in ours and ours[one.key] == now and theirs.get(one.key) == one.new


def revert_persons(
    done: Sequence[ChildPlan],
    contacts: Iterable[Record],
    persons: Sequence[Record],
    links: Mapping[str, Link],
    how: Undoing,
) -> tuple[list[ChildPlan], list[str]]:
    """Return what becomes of the contact persons of a customer of which a run changed some.

    Whoever was added is taken out again; his contact stays linked, so that it is not taken for a new one. Whoever was
    taken out cannot come back as he was, since Books gives out new ids.

    Args:
        done: what the run did with them.
        contacts: the account's contacts now.
        persons: the customer's contact persons now, in Books' order.
        links: sales id → link of the persons that are linked below this customer.
        how: of what, and why.

    Returns:
        A plan for each person that Books has, and a sentence for each that cannot be put back.
    """
    present = {person.id: person for person in persons}
    there = {contact.id for contact in contacts}
    plans: dict[str, ChildPlan] = {}
    told = []
    for child in done:
        if child.action not in CHANGES_BOOKS:
            continue
        link = links.get(child.sales_id or "")
        person = present.get(link.books_id) if link else None
        if child.action is ChildAction.LEAVE:
            told.append(f"{child.name} was taken out of the contact persons and cannot come back as the same one")
        elif link is None or person is None or child.sales_id not in there or child.books_id not in (None, person.id):
            told.append(f"the contact person {child.name} is gone or belongs to another contact by now")
        elif child.action is ChildAction.UPDATE:
            fields = revert(child.fields, person.values, link.base, how)
            action = ChildAction.UPDATE if any(one.writes("books") for one in fields) else ChildAction.KEEP
            plans[person.id] = ChildPlan(action, child.sales_id, person.id, person.name, fields)
        elif all(_stands(one, person.values.get(one.key), link.base, how) for one in child.fields):
            plans[person.id] = ChildPlan(ChildAction.LEAVE, None, person.id, person.name, (), how.reason)
        else:
            told.append(f"the contact person {child.name} was edited since and stays")
    everybody = [plans.get(one.id, ChildPlan(ChildAction.KEEP, None, one.id, one.name)) for one in persons]
    return everybody, told


def put_together(first: Iterable[FieldMerge], then: Iterable[FieldMerge]) -> tuple[FieldMerge, ...]:
    """Return the fields of two items that wrote the same record one after the other: the oldest value, the newest."""
    found = {(one.key, one.target): one for one in first if one.outcome is Outcome.WRITE}
    for one in then:
        if one.outcome is Outcome.WRITE:
            older = found.get((one.key, one.target))
            found[one.key, one.target] = replace(one, old=older.old) if older else one
    return tuple(found.values())


def base_after_undo(
    base: Base | None, fields: Iterable[FieldMerge], sales: Values, books: Values, target: Side, answer: Values
) -> Base:
    """Return the base once fields were put back on a side.

    The other side's base stays: what it holds is in step with the old value now, so that the next run takes the undo
    neither back nor across; and what somebody edited there meanwhile stays an edit.

    Args:
        base: the base before, if any.
        fields: the item's decisions.
        sales: what the sales side held when they were taken.
        books: what Books held then.
        target: the side that is written to.
        answer: what it holds after the write.
    """
    new_sales = dict(base.sales) if base else {}
    new_books = dict(base.books) if base else {}
    own, other, held = (new_sales, new_books, books) if target == "sales" else (new_books, new_sales, sales)
    for one in fields:
        if one.writes(target):
            own[one.key] = answer.get(one.key)
            other.setdefault(one.key, held.get(one.key))
    return Base(new_sales, new_books)
