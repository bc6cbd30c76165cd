"""Settle: store that an item is carried out, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zoho.core.children import ChildAction, pair_children
from zoho.core.observation import Observation
from zoho.core.plan import base_after
from zoho.core.records import Kind, Record
from zoho.engine import wording
from zoho.engine.job import Job
from zoho.engine.work import Work
from zoho.store import links, observations, runs
from zoho.store.links import NewLink


def settle(job: Job, work: Work, raw: Mapping[str, Any]) -> None:
    """Store link, base, children, observation and outcome of an item in one transaction.

    Args:
        job: the run.
        work: the item, carried out.
        raw: the Books customer whole, as its answer showed it or as it was last seen.

    Raises:
        sqlalchemy.exc.IntegrityError: the Books customer was linked to another record meanwhile.
    """
    item, sales = work.item, work.sales
    if sales is None:
        raise ValueError(f"item {work.seq} has no sales-side record to link")
    observation = job.module.observe_books(raw, detailed=True)
    books = job.module.books_record(item.kind, observation.raw)
    now = job.clock()
    with job.store.begin() as connection:
        observations.absorb(connection, job.scope, [observation])
        link = NewLink(
            "record",
            item.kind,
            sales.id,
            books.id,
            base_after(work.base, item.fields, sales.values, books.values),
            work.seen[sales.id],
            observation.fingerprint,
        )
        children = _children(work, sales, books, observation)
        link_id = links.save(connection, job.scope, link, children, job.run_id, now)
        for child in item.children:
            if child.action is ChildAction.LEAVE and child.sales_id:
                links.retire_child(connection, job.scope, child.sales_id, link_id, now)
        links.release(connection, job.scope, sales.id)
        entity = job.module.source_of(item.kind).entity
        observations.set_verdicts(connection, job.scope, entity, {sales.id: None})
        after = observation.raw if item.writes else None
        runs.finish_change(connection, job.run_id, work.seq, now, books_id=books.id, after=after)
    wording.log_done(replace(item, books_id=books.id))


def _children(work: Work, sales: Record, books: Record, observation: Observation) -> list[NewLink]:
    contacts = {contact.id: contact for contact in sales.children}
    persons = {person.id: person for person in books.children}
    found = []
    for contact_id, person_id in _partners(work, sales.children, books.children).items():
        contact, person = contacts[contact_id], persons[person_id]
        fields = next(child.fields for child in work.item.children if child.sales_id == contact_id)
        base = base_after(work.child_bases.get(contact_id), fields, contact.values, person.values)
        seen = work.seen[contact_id]
        found.append(
            NewLink(
                "child",
                Kind.CONTACT_PERSON,
                contact_id,
                person_id,
                base,
                seen,
                observation.fingerprint,
            )
        )
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


def settle_skip(job: Job, work: Work) -> None:
    """Store that a record is left alone, and why."""
    item = work.item
    with job.store.begin() as connection:
        entity = job.module.source_of(item.kind).entity
        observations.set_verdicts(connection, job.scope, entity, {item.sales_id: item.reason})
        runs.finish_change(connection, job.run_id, work.seq, job.clock())
    wording.log_done(item)
