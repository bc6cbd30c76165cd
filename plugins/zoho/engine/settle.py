"""Settle: store that an item is carried out, all of it or nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.children import NOBODY, ChildAction, Gone, pair_children, still_unsent
from zoho.core.merge import Outcome, merge_fields
from zoho.core.observation import Observation
from zoho.core.plan import Action, RecordRules, base_after, base_of_new, in_step, plan_pair
from zoho.core.records import Base, Kind, Link, Record, Side, Values
from zoho.core.undo import base_after_undo
from zoho.engine import wording
from zoho.engine.job import Job
from zoho.engine.sides import books_seen, link_of, rules_of
from zoho.engine.work import Work
from zoho.store import claims, identities, links, observations, runs
from zoho.store.links import NewLink
from zoho.store.runs import Created

_UNSETTLED = ""
"""The fingerprint of no observation: the pair is looked at again."""


def settle_books(job: Job, work: Work, raw: Mapping[str, Any]) -> None:
    """Store link, base, contact persons, observation and outcome of an item for Books.

    Args:
        job: the run.
        work: the item, carried out.
        raw: the Books record whole, as its answer showed it or as it was last seen.

    Raises:
        sqlalchemy.exc.IntegrityError: the Books record was linked to another record meanwhile.
    """
    item, sales = work.item, work.sales
    if sales is None:
        raise ValueError(f"item {work.seq} has no sales-side record to link")
    seen = job.module.observe_books(raw, detailed=True)
    now_books = job.module.books_record(item.kind, seen.raw)
    now = job.clock()
    with job.store.begin() as connection:
        observations.absorb(connection, job.scope, [seen])
        stored = links.by_sales_id(connection, job.scope, [sales.id]).get(sales.id)
        child_links = _child_links(job, connection, stored)
        children = _persons(job, work, sales, now_books, child_links, seen.fingerprint)
        base = _base(job, work, stored, now_books.values)
        known = {**child_links, **{child.sales_id: _as_link(child) for child in children}}
        for child in item.children:
            if child.action is ChildAction.LEAVE and child.sales_id:
                known.pop(child.sales_id, None)
        row = books_seen(job, connection, [now_books.id])[now_books.id]
        gone = _moved(job, connection, stored, now_books)
        settled = _settled(work, sales, now_books, base, known, gone, rules_of(job, item.kind, row))
        link = _record_link(work, sales, now_books, base, seen.fingerprint if settled else _UNSETTLED)
        link_id = links.save(connection, job.scope, link, children, job.run_id, now)
        for child in item.children:
            if child.action is ChildAction.LEAVE and child.sales_id:
                links.retire_child(connection, job.scope, child.sales_id, link_id, now)
        claims.release(connection, job.scope, "sales", sales.id)
        claims.release(connection, job.scope, "books", now_books.id, *(child.books_id for child in children))
        _no_verdict(job, connection, item.kind, [sales.id], [now_books.id])
        after = seen.raw if item.writes else None
        runs.finish_change(connection, job.run_id, work.seq, now, books_id=now_books.id, after=after)
    wording.log_done(replace(item, books_id=now_books.id))


def settle_creates(job: Job, done: Sequence[tuple[Work, Mapping[str, Any]]]) -> None:
    """Store the same as :func:`settle_books` of records that were just created in Books, all of them at once.

    Args:
        job: the run.
        done: the items, carried out, each with the record whole.

    Raises:
        sqlalchemy.exc.IntegrityError: one of them cannot be linked; then nothing is stored of the others either.
    """
    seen = [job.module.observe_books(raw, detailed=True) for _, raw in done]
    now = job.clock()
    with job.store.begin() as connection:
        observations.absorb(connection, job.scope, seen)
        rows = books_seen(job, connection, [one.remote_id for one in seen])
        made = [_linked_new(job, work, rows[one.remote_id], one) for (work, _), one in zip(done, seen, strict=True)]
        links.save_many(connection, job.scope, made, job.run_id, now)
        claims.release(connection, job.scope, "sales", *(link.sales_id for link, _ in made))
        persons = (child.books_id for _, children in made for child in children)
        claims.release(connection, job.scope, "books", *(link.books_id for link, _ in made), *persons)
        for kind in {link.kind for link, _ in made}:
            ids = {link.sales_id: link.books_id for link, _ in made if link.kind is kind}
            _no_verdict(job, connection, kind, ids.keys(), ids.values())
        finished = [Created(work.seq, one.remote_id, one.raw) for (work, _), one in zip(done, seen, strict=True)]
        runs.finish_creates(connection, job.run_id, finished, now)
    for (work, _), one in zip(done, seen, strict=True):
        wording.log_done(replace(work.item, books_id=one.remote_id))


def _linked_new(job: Job, work: Work, row: Row[Any], seen: Observation) -> tuple[NewLink, list[NewLink]]:
    """Return the link of a record that was just created, and those of its contact persons."""
    item, sales = work.item, work.sales
    if sales is None:
        raise ValueError(f"item {work.seq} has no sales-side record to link")
    books = job.module.books_record(item.kind, seen.raw)
    children = _persons(job, work, sales, books, {}, seen.fingerprint)
    base = _base(job, work, None, books.values)
    known = {child.sales_id: _as_link(child) for child in children}
    settled = _settled(work, sales, books, base, known, NOBODY, rules_of(job, item.kind, row))
    return _record_link(work, sales, books, base, seen.fingerprint if settled else _UNSETTLED), children


def _record_link(work: Work, sales: Record, books: Record, base: Base, books_seen: str) -> NewLink:
    return NewLink("record", work.item.kind, sales.id, books.id, base, work.seen[sales.id], books_seen)


def settle_sales(job: Job, work: Work, raw: Mapping[str, Any], written_at: datetime | None) -> None:
    """Store link, base, observation and outcome of an item for a sales-side record.

    Args:
        job: the run.
        work: the item, carried out.
        raw: the record as it was read after the write.
        written_at: its modification time by our write; a later one means that somebody edited it since, and then
            what was sent counts as written.
    """
    item, books = work.item, work.books
    if books is None or item.books_id is None:
        raise ValueError(f"item {work.seq} has no Books record to link")
    seen = job.module.observe_sales(job.module.entity_of(item.kind), raw)
    untouched = written_at is None or seen.modified_at <= written_at
    if item.kind is Kind.CONTACT_PERSON:
        _settle_contact(job, work, books, seen, untouched)
        return
    rules = job.module.rules(item.kind)
    own = [seen.raw] if rules.own_child else []
    now_sales = job.module.sales_record(item.kind, seen.raw, own)
    if not rules.own_child and work.sales is not None:
        now_sales = replace(now_sales, children=work.sales.children)
    now = job.clock()
    with job.store.begin() as connection:
        observations.absorb(connection, job.scope, [seen])
        row = books_seen(job, connection, [books.id])[books.id]
        now_books = job.module.books_record(item.kind, row.raw)
        stored = links.by_sales_id(connection, job.scope, [now_sales.id]).get(now_sales.id)
        child_links = _child_links(job, connection, stored)
        base = _base(job, work, stored, _answer(item.fields, now_sales.values, untouched))
        children = _own_person(job, work, now_sales, child_links, seen, untouched)
        known = {**child_links, **{child.sales_id: _as_link(child) for child in children}}
        gone = _moved(job, connection, stored, now_books)
        settled = _settled(work, now_sales, now_books, base, known, gone, rules_of(job, item.kind, row))
        mark = row.fingerprint if settled else _UNSETTLED
        link = NewLink("record", item.kind, now_sales.id, books.id, base, seen.fingerprint, mark)
        links.save(connection, job.scope, link, children, job.run_id, now)
        claims.release(connection, job.scope, "books", books.id)
        claims.release(connection, job.scope, "sales", now_sales.id)
        _no_verdict(job, connection, item.kind, [now_sales.id], [books.id])
        runs.finish_change(connection, job.run_id, work.seq, now, sales_id=now_sales.id, after=seen.raw)
    wording.log_done(replace(item, sales_id=now_sales.id))


def _settle_contact(job: Job, work: Work, person: Record, seen: Observation, untouched: bool) -> None:
    """Store the link of a contact that was made or changed for a contact person of Books."""
    item, rules = work.item, job.module.rules(Kind.BUSINESS).children
    contact = job.module.sales_record(Kind.CONTACT_PERSON, seen.raw, [])
    now = job.clock()
    with job.store.begin() as connection:
        observations.absorb(connection, job.scope, [seen])
        parent = links.by_books_id(connection, job.scope, "record", str(work.parent_id))
        if parent is None:
            raise ValueError("its account is not linked any more; the next run looks at it again")
        stored = links.by_books_id(connection, job.scope, "child", person.id)
        answer = _answer(item.fields, contact.values, untouched)
        if item.action is Action.CREATE:
            base = base_of_new(item.fields, rules, {}, person.values, "sales", answer)
            links.retire_child_of(connection, job.scope, person.id, contact.id, now)
        else:
            sales_values = work.sales.values if work.sales else {}
            old = link_of(stored).base if stored else work.base
            base = _after(work)(old, item.fields, sales_values, person.values, "sales", answer)
        row = books_seen(job, connection, [parent.books_id])[parent.books_id]
        now_persons = {one.id: one.values for one in job.module.books_record(Kind(parent.kind), row.raw).children}
        left = merge_fields(contact.values, now_persons.get(person.id, {}), base, rules.keys, rules.merge)
        settled = all(field.outcome in (Outcome.SAME, Outcome.DRIFT) for field in left)
        mark = seen.fingerprint if settled else _UNSETTLED
        child = NewLink("child", Kind.CONTACT_PERSON, contact.id, person.id, base, mark, parent.books_seen)
        links.save_children(connection, job.scope, parent.link_id, [child], job.run_id, now)
        claims.release(connection, job.scope, "books", person.id)
        runs.finish_change(connection, job.run_id, work.seq, now, sales_id=contact.id, after=seen.raw)
    wording.log_done(replace(item, sales_id=contact.id))


def settle_skip(job: Job, work: Work) -> None:
    """Store that a record is left alone, and why."""
    item = work.item
    with job.store.begin() as connection:
        if item.target == "books":
            entity, ids = job.module.source_of(item.kind).entity, [item.sales_id]
            observations.set_verdicts(connection, job.scope, "sales", entity, {str(ids[0]): item.reason})
        else:
            entity = job.module.books_list.entity
            observations.set_verdicts(connection, job.scope, "books", entity, {str(item.books_id): item.reason})
        runs.finish_change(connection, job.run_id, work.seq, job.clock())
    wording.log_done(item)


def _base(job: Job, work: Work, stored: Row[Any] | None, answer: Values) -> Base:
    """Return the base of the record once its item is carried out."""
    item = work.item
    sales = work.sales.values if work.sales else {}
    books = work.books.values if work.books else {}
    if item.action is Action.CREATE:
        rules = job.module.rules(item.kind)
        return base_of_new(item.fields, rules, sales, books, item.target, answer, work.base)
    before = link_of(stored).base if stored else work.base
    return _after(work)(before, item.fields, sales, books, item.target, answer)


def _after(work: Work) -> Callable[..., Base]:
    """Return what tells the base once an item of this kind is carried out."""
    return base_after_undo if work.undoes else base_after


def _answer(fields: Sequence[Any], values: Values, untouched: bool) -> Values:
    """Return what the sales side holds by our write."""
    return values if untouched else {**values, **{field.key: field.new for field in fields}}


def _settled(
    work: Work,
    sales: Record,
    books: Record,
    base: Base,
    child_links: Mapping[str, Link],
    gone: Gone,
    rules: RecordRules,
) -> bool:
    """Whether nothing is left to do: no further item of the pair, and nobody edited it since it was planned."""
    if work.more:
        return False
    return in_step(plan_pair(sales, books, base, child_links, gone, rules))


def _moved(job: Job, connection: Connection, stored: Row[Any] | None, books: Record) -> Gone:
    """Return which contact persons have still to leave, since another item of this run has added them elsewhere."""
    if stored is None:
        return NOBODY
    persons = [person.id for person in books.children]
    return Gone(left=identities.moved_persons(connection, job.scope, persons, below=stored.link_id))


def _child_links(job: Job, connection: Connection, stored: Row[Any] | None) -> dict[str, Link]:
    if stored is None:
        return {}
    rows = links.children_of(connection, job.scope, [stored.link_id])[stored.link_id]
    return {row.sales_id: link_of(row) for row in rows}


def _as_link(child: NewLink) -> Link:
    return Link(child.sales_id, child.books_id, child.base)


def _no_verdict(
    job: Job, connection: Connection, kind: Kind, sales_ids: Iterable[str], books_ids: Iterable[str]
) -> None:
    lists: list[tuple[Side, str, Iterable[str]]] = [
        ("sales", job.module.source_of(kind).entity, sales_ids),
        ("books", job.module.books_list.entity, books_ids),
    ]
    for side, entity, ids in lists:
        observations.clear_verdicts(connection, job.scope, side, entity, ids)


def _own_person(
    job: Job, work: Work, sales: Record, known: Mapping[str, Link], seen: Observation, untouched: bool
) -> list[NewLink]:
    """Return the link of the contact person that a sales-side record itself is in Books."""
    rules, item = job.module.rules(work.item.kind), work.item
    persons = {person.id: person for person in work.books.children} if work.books else {}
    found = []
    for child in item.children:
        person = persons.get(child.books_id or "")
        if person is None or not sales.children:
            continue
        answer = _answer(child.fields, sales.children[0].values, untouched)
        if item.action is Action.CREATE:
            base = base_of_new(child.fields, rules.children, {}, person.values, "sales", answer)
        else:
            old = known[sales.id].base if sales.id in known else None
            before = next((one.values for one in work.sales.children if one.id == sales.id), {}) if work.sales else {}
            base = _after(work)(old, child.fields, before, person.values, "sales", answer)
        found.append(NewLink("child", Kind.CONTACT_PERSON, sales.id, person.id, base, seen.fingerprint, _UNSETTLED))
    return found


def _persons(
    job: Job, work: Work, sales: Record, books: Record, known: Mapping[str, Link], mark: str
) -> list[NewLink]:
    """Return the links of the contacts that Books now has as contact persons."""
    rules = job.module.rules(work.item.kind).children
    contacts = {contact.id: contact for contact in sales.children}
    now = {person.id: person for person in books.children}
    before = {person.id: person for person in work.books.children} if work.books else {}
    plans = {child.sales_id: child for child in work.item.children if child.sales_id}
    found = []
    for contact_id, person_id in _partners(work, sales.children, books.children).items():
        contact, child, answer = contacts[contact_id], plans[contact_id], now[person_id].values
        if child.action is ChildAction.ADD:
            base = base_of_new(child.fields, rules, contact.values, {}, "books", answer)
        else:
            old = known[contact_id].base if contact_id in known else None
            books_values = before[person_id].values if person_id in before else answer
            base = _after(work)(old, child.fields, contact.values, books_values, "books", answer)
        seen, base = work.seen[contact_id], still_unsent(base, child.unsent)
        found.append(NewLink("child", Kind.CONTACT_PERSON, contact_id, person_id, base, seen, mark))
    return found


def _partners(work: Work, contacts: Sequence[Record], persons: Sequence[Record]) -> dict[str, str]:
    """Return contact id → person id of every contact that Books now has as a contact person.

    Persons that were just added are told apart by what they hold; alike ones come in the order sent.
    """
    present = {person.id for person in persons}
    partners = {
        child.sales_id: child.books_id
        for child in work.item.children
        if child.sales_id and child.books_id in present and child.action is not ChildAction.LEAVE
    }
    added = {child.sales_id for child in work.item.children if child.action is ChildAction.ADD}
    new = [contact for contact in contacts if contact.id in added]
    known = {child.books_id for child in work.item.children}
    strangers = [person for person in persons if person.id not in known]
    matched = {contact.id: person_id for person_id, contact in pair_children(new, strangers).items()}
    left = [contact for contact in new if contact.id not in matched]
    spare = [person for person in strangers if person.id not in matched.values()]
    in_order = {contact.id: person.id for contact, person in zip(left, spare, strict=False)}
    return {**{key: value for key, value in partners.items() if value}, **matched, **in_order}
