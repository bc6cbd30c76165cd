"""What both sides hold of a record in canonical terms, and what would bring it in step (BEY-9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from zoho.core.merge import FieldMerge, Outcome
from zoho.core.plan import PlanItem
from zoho.core.records import Kind, Record, Side
from zoho.engine.explain.subject import Subject
from zoho.engine.job import Job
from zoho.engine.linked import linked_pairs
from zoho.engine.sides import sales_seen
from zoho.store import observations


@dataclass
class Held:
    """What both sides hold, as far as it can be translated.

    Attributes:
        sales: the record on the sales side; of a contact person, itself.
        books: the same in Books.
        whole: the record that contact persons are a part of, by side.
        items: what would bring the pair in step.
        problem: why a value cannot be translated.
    """

    sales: Record | None = None
    books: Record | None = None
    items: Sequence[PlanItem] = ()
    problem: ValueError | None = None
    whole: dict[Side, Record] = field(default_factory=dict)

    def on(self, side: Side) -> Record | None:
        """Return the record on a side."""
        return self.sales if side == "sales" else self.books


def held_of(job: Job, subject: Subject) -> Held:
    """Return what both sides hold of a record, and what would bring it in step."""
    held = Held()
    try:
        main = subject.main
        chosen = [main.sales_id] if main is not None and _both_there(job, main) else []
        for pair in linked_pairs(job, Kind(main.kind), chosen) if main is not None else ():
            held.whole["sales"], held.whole["books"], items = pair.merged(job)
            held.items = [item for item in items if _is_about(item, subject)]
    except ValueError as problem:
        held.problem = problem
    _read_alone(job, subject, held)
    for side, own_id in subject.ids.items():
        whole = held.whole.get(side)
        if whole is not None:
            people = [one for one in whole.children if one.id == own_id] if subject.is_person else [whole]
            setattr(held, side, next(iter(people), None))
    return held


def _both_there(job: Job, link: Row[Any]) -> bool:
    """Whether both records of a link are there, so that they can be merged."""
    kind = Kind(link.kind)
    with job.store.connect() as connection:
        sales = observations.by_id(connection, job.scope, "sales", job.module.entity_of(kind), [link.sales_id])
        entity = job.module.books_list.entity
        books = observations.by_id(connection, job.scope, "books", entity, [link.books_id])
    rows = [*sales.values(), *books.values()]
    return len(rows) == len(("sales", "books")) and all(row.absent is None for row in rows)


def _read_alone(job: Job, subject: Subject, held: Held) -> None:
    """Translate the record of each side by itself, where the two were not merged."""
    try:
        if subject.sales is not None and subject.is_person and "sales" not in held.whole:
            held.sales = job.module.sales_record(subject.kind, subject.sales.raw, [])
        elif subject.sales is not None and "sales" not in held.whole:
            with job.store.connect() as connection:
                seen = sales_seen(job, connection, subject.kind, [subject.sales.remote_id])
            held.whole["sales"] = seen[subject.sales.remote_id].record
    except ValueError as problem:
        held.problem = held.problem or problem
    try:
        if subject.books is not None and subject.books.detailed_at is not None and "books" not in held.whole:
            kind = job.module.kind_in_books(subject.books.raw) if subject.is_person else subject.kind
            held.whole["books"] = job.module.books_record(kind, subject.books.raw)
    except ValueError as problem:
        held.problem = held.problem or problem


def _is_about(item: PlanItem, subject: Subject) -> bool:
    """Whether an item of a pair deals with the subject: with the pair itself, or with the contact person."""
    if not subject.is_person:
        return True
    return bool(merges([item], subject))


def merges(items: Sequence[PlanItem], subject: Subject) -> dict[str, FieldMerge]:
    """Return field → what a plan does about it, of the subject."""
    found: dict[str, FieldMerge] = {}
    for item in items:
        if subject.is_person:
            parts = [(child.sales_id, child.books_id, child.fields) for child in item.children]
            if item.kind is Kind.CONTACT_PERSON:
                parts.append((item.sales_id, item.books_id, item.fields))
            fields = [one for sales_id, books_id, some in parts if _is(subject, sales_id, books_id) for one in some]
        else:
            fields = list(item.fields) if item.kind is subject.kind else []
        for one in fields:
            if one.outcome is not Outcome.SAME:
                found.setdefault(one.key, one)
    return found


def _is(subject: Subject, sales_id: str | None, books_id: str | None) -> bool:
    return (sales_id is not None and sales_id == subject.sales_id) or (
        books_id is not None and books_id == subject.books_id
    )
