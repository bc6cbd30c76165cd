"""Fields that a run wrote go back to what they were, unless somebody edited them since."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from zoho.core.children import CHANGES_BOOKS, ChildAction, ChildPlan
from zoho.core.merge import FieldMerge, MergeRules
from zoho.core.plan import Action, PlanItem
from zoho.core.records import Kind, Record, Side
from zoho.core.undo import EDITED, Undoing, revert, revert_persons
from zoho.engine.job import Job
from zoho.engine.sides import base_of
from zoho.engine.undo.done import Done
from zoho.engine.undo.pairs import Pair
from zoho.engine.work import Work


def put_back(job: Job, pair: Pair, done: Done, how: Undoing) -> Iterator[Work]:
    """Plan that what a run wrote into a record goes back, and tell what does not."""
    why = pair.lacks
    if why is None:
        try:
            yield from _planned(job, pair, done, how)
            return
        except ValueError as problem:
            why = str(problem)
    yield left_alone(done.item, f"{why}; left as it is")


def left_alone(item: PlanItem, reason: str, fields: Sequence[FieldMerge] = (), name: str = "") -> Work:
    """Return an item that only tells of what is not undone."""
    told = replace(item, action=Action.DRIFT, name=name or item.name, reason=reason)
    return Work(0, replace(told, fields=tuple(fields), children=()), undoes=True)


def _planned(job: Job, pair: Pair, done: Done, how: Undoing) -> Iterator[Work]:
    if done.item.kind is Kind.CONTACT_PERSON:
        yield from _contact(job, pair, done, how)
        return
    if pair.sales is None or pair.books is None or pair.link is None:
        raise ValueError("the two do not belong together any more")
    sales, books = pair.sales.record, job.module.books_record(pair.kind, pair.books.raw)
    rules, base = job.module.rules(pair.kind), base_of(pair.link)
    held = sales if how.target == "sales" else books
    fields = revert(done.item.fields, held.values, base, barring(how, rules.keys, rules.merge))
    of_persons = barring(how, rules.children.keys, rules.children.merge)
    told: list[str] = []
    if how.target == "books":
        persons, told = revert_persons(done.item.children, sales.children, books.children, pair.children, of_persons)
    else:
        persons = list(_own_persons(pair, done, sales, of_persons))
    item = replace(done.item, action=Action.UPDATE, name=sales.name, reason=how.reason)
    item = replace(item, fields=fields, children=tuple(persons))
    left: tuple[FieldMerge, ...] = ()
    if _writes(item):
        yield _work(job, pair, item, sales, books)
    else:
        left = (*fields, *(one for child in persons for one in child.fields))
        told = [*([EDITED] if left else []), *told]
    if told:
        yield left_alone(item, "; ".join(told), left)


def _writes(item: PlanItem) -> bool:
    """Whether anything of an item goes back."""
    fields = (*item.fields, *(one for child in item.children for one in child.fields))
    return any(one.writes(item.target) for one in fields) or any(one.action in CHANGES_BOOKS for one in item.children)


def _work(job: Job, pair: Pair, item: PlanItem, sales: Record, books: Record) -> Work:
    if pair.sales is None or pair.books is None:
        raise ValueError("one of the two records is not there")
    seen = pair.sales
    if item.target == "books":
        raw = pair.books.raw
        body = job.module.update_body(item, raw)
        return Work(0, item, sales, books, seen.marks, None, raw, body, undoes=True)
    before = seen.raw[pair.sales_id]
    job.module.sales_body(item, None, before)  # what that side cannot hold is refused before any write
    return Work(0, item, sales, books, seen.marks, None, before, undoes=True)


def _own_persons(pair: Pair, done: Done, sales: Record, how: Undoing) -> Iterator[ChildPlan]:
    """Yield what becomes of the contact person that a sales-side record is itself."""
    for child in done.item.children:
        link = pair.children.get(child.sales_id or pair.sales_id)
        own = next((one for one in sales.children if one.id == pair.sales_id), None)
        if link is not None and own is not None:
            fields = revert(child.fields, own.values, link.base, how)
            yield ChildPlan(ChildAction.KEEP, link.sales_id, link.books_id, own.name, fields)


def _contact(job: Job, pair: Pair, done: Done, how: Undoing) -> Iterator[Work]:
    if pair.sales is None or pair.books is None:
        raise ValueError("its account is not there")
    item, link = done.item, pair.children.get(str(done.item.sales_id))
    raw = pair.sales.raw.get(str(item.sales_id))
    persons = {one.id: one for one in job.module.books_record(pair.kind, pair.books.raw).children}
    person = persons.get(str(item.books_id))
    if link is None or raw is None or person is None:
        raise ValueError("it is gone, or belongs to another account by now")
    contact = job.module.sales_record(Kind.CONTACT_PERSON, raw, [])
    rules = job.module.rules(pair.kind).children
    fields = revert(item.fields, contact.values, link.base, barring(how, rules.keys, rules.merge))
    if not any(one.writes("sales") for one in fields):
        if fields:
            yield left_alone(item, EDITED, fields, contact.name)
        return
    put = replace(item, action=Action.UPDATE, name=contact.name, reason=how.reason, fields=fields)
    marks = pair.sales.marks
    yield Work(0, put, contact, person, marks, None, raw, parent_id=pair.books_id, undoes=True)


def barring(how: Undoing, keys: Sequence[str], rules: MergeRules) -> Undoing:
    """Return how something is undone where a mapping and a direction say which fields may be written."""
    return replace(how, barred=_barred(how.target, keys, rules))


def _barred(target: Side, keys: Sequence[str], rules: MergeRules) -> Callable[[str], str | None]:
    def why(key: str) -> str | None:
        if key not in keys or not rules.of(key).allows(target):
            return "left as it is: the field is not mapped this way any more"
        if not rules.direction.allows(target):
            return f"left as it is: the direction is {rules.direction}"
        return None

    return why
