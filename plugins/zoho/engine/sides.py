"""What the store knows of both sides of a pair, ready to be merged."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.children import Former, Gone, edited_in_books
from zoho.core.lines import from_stored
from zoho.core.plan import RecordRules
from zoho.core.records import Base, Kind, Link, Record, Side
from zoho.engine.books_view import NOT_SHOWN
from zoho.engine.control.points import heeding
from zoho.engine.job import Job
from zoho.store import identities, links, observations
from zoho.store.observations import Absence


@dataclass(frozen=True, slots=True)
class SalesSeen:
    """A sales-side record as last seen, with its contacts.

    It is translated only when asked for, since a value of it may not be translatable.

    Attributes:
        kind: what it is.
        sales_id: its id.
        name: as a person would call it.
        modified_at: sales id → when it was edited last, of itself and its contacts.
        raw: sales id → raw record, of itself and its contacts.
        marks: sales id → fingerprint of the same.
        read: translates it.
    """

    kind: Kind
    sales_id: str
    name: str
    modified_at: Mapping[str, datetime]
    raw: Mapping[str, Mapping[str, Any]]
    marks: Mapping[str, str]
    read: Callable[[], Record]

    @property
    def record(self) -> Record:
        """The record in canonical terms.

        Raises:
            ValueError: a value cannot be translated; the text names its field.
        """
        return self.read()


def sales_seen(job: Job, connection: Connection, kind: Kind, sales_ids: Sequence[str]) -> dict[str, SalesSeen]:
    """Return sales id → record as last seen, with the contacts that belong to it and to no customer of their own."""
    source = job.module.source_of(kind)
    rows = observations.by_id(connection, job.scope, "sales", source.entity, sales_ids)
    contacts: Mapping[str, Sequence[Row[Any]]] = {}
    if source.child_entity is not None:
        contacts = observations.by_parent(connection, job.scope, source.child_entity, sales_ids)
        own = links.by_sales_id(connection, job.scope, [c.remote_id for group in contacts.values() for c in group])
        contacts = {
            parent: [contact for contact in group if contact.remote_id not in own]
            for parent, group in contacts.items()
        }
    found = {}
    for sales_id, row in rows.items():
        family = [row, *contacts.get(sales_id, ())]
        found[sales_id] = SalesSeen(
            kind,
            sales_id,
            row.name,
            {one.remote_id: one.modified_at for one in family},
            {one.remote_id: one.raw for one in family},
            {one.remote_id: one.fingerprint for one in family},
            partial(job.module.sales_record, kind, row.raw, [contact.raw for contact in family[1:]]),
        )
    return found


def books_seen(job: Job, connection: Connection, books_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Return Books id → observation of the given records of the module's list."""
    return observations.by_id(connection, job.scope, "books", job.module.books_list.entity, books_ids)


def read_books(job: Job, books_ids: Sequence[str]) -> None:
    """Read Books records whole and store what was seen; one that is gone is left as it was last seen."""
    entity = job.module.books_list.entity
    for raws in heeding(job, job.books_side.read_many(books_ids)):
        with job.store.begin() as connection:
            seen = [job.module.seen("books", entity, raw) for raw in raws]
            observations.absorb(connection, job.scope, seen)


def newer_sides(sales: SalesSeen, books: Row[Any]) -> dict[str, Side]:
    """Return sales id → the side whose record was edited last, of a record and its contacts."""
    return {key: "sales" if at >= books.modified_at else "books" for key, at in sales.modified_at.items()}


def rules_of(job: Job, kind: Kind, books: Row[Any], sales: SalesSeen | None = None) -> RecordRules:
    """Return how a pair is merged: what the Books view does not show is not sent to the sales side (CUS-5).

    Args:
        job: the run.
        kind: what the pair is.
        books: its Books record.
        sales: its sales-side record, where it matters who was edited last.
    """
    rules = job.module.rules(kind)
    if sales is not None:
        newer = newer_sides(sales, books)
        rules = rules.with_newer(newer[sales.sales_id], newer)
    return rules.barring_sales(NOT_SHOWN) if books.in_view is False else rules


def link_of(row: Row[Any]) -> Link:
    """Return a link row as the core knows it."""
    return Link(row.sales_id, row.books_id, base_of(row))


def base_of(row: Row[Any]) -> Base:
    """Return the base of a link row."""
    return Base(from_stored(row.base_sales), from_stored(row.base_books))


def former_contacts(
    job: Job, connection: Connection, kind: Kind, person_ids: Collection[str]
) -> tuple[dict[str, Row[Any]], set[str]]:
    """Return what became of the contacts that contact persons were until their account was deleted (CUS-8).

    Args:
        job: the run.
        connection: to the store.
        kind: what the customer is.
        person_ids: its contact persons.

    Returns:
        Person id → contact, of those that have no account since; and the ids of the persons whose contact goes on
        elsewhere.
    """
    entity = job.module.source_of(kind).child_entity
    if entity is None:
        return {}, set()
    found = identities.former_contacts(connection, job.scope, entity, person_ids)
    free = {person_id: row for person_id, row in found.items() if row.free}
    return free, set(found) - set(free)


def arrived_contacts(job: Job, connection: Connection, sales: Iterable[SalesSeen]) -> dict[str, Former]:
    """Return the contacts that came from another customer and whose person there was edited since (CUS-8).

    Args:
        job: the run.
        connection: to the store.
        sales: the records that they are below by now, or that they are themselves.
    """
    if Kind.CONTACT_PERSON not in job.module.maps:
        return {}
    owner = {contact: seen for seen in sales for contact in seen.raw}
    known = links.homes(connection, job.scope, owner)
    moved = [row for row in known if row.home_sales != owner[row.sales_id].sales_id]
    books = books_seen(job, connection, sorted({row.home_books for row in moved}))
    found: dict[str, Former] = {}
    for row in moved:
        kind = Kind(row.home_kind)
        with suppress(ValueError):  # whatever cannot be translated stays where it is, and is told there
            persons = job.module.books_record(kind, books[row.home_books].raw).children
            base, rules = base_of(row), job.module.rules(kind).children
            person = next((one for one in persons if one.id == row.books_id), None)
            if person is not None and edited_in_books(person, base, rules):
                edited_at = owner[row.sales_id].modified_at[row.sales_id]
                newer: Side = "sales" if edited_at >= books[row.home_books].modified_at else "books"
                found[row.sales_id] = Former(person, base, newer)
    return found


def gone_contacts(
    job: Job,
    connection: Connection,
    kind: Kind,
    known: Mapping[str, Row[Any]],
    children: Mapping[int, Sequence[Row[Any]]],
    joining: Set[str],
) -> Gone:
    """Return the linked contacts that are not below their account any more.

    One that moved to an account outside the view stays where it is in Books, since it would be added nowhere else.

    Args:
        job: the run.
        connection: to the store.
        kind: what the accounts are.
        known: sales id → link of the accounts.
        children: link id → links of their contacts.
        joining: records that get their link in this very run: accounts that contacts may move to, and contacts that
            have no account any more.
    """
    entity = job.module.source_of(kind).child_entity
    if entity is None:
        return Gone()
    parent_of = {row.link_id: sales_id for sales_id, row in known.items()}
    linked = [child for group in children.values() for child in group]
    contacts = observations.by_id(connection, job.scope, "sales", entity, [child.sales_id for child in linked])
    deleted = {key for key, contact in contacts.items() if contact.absent == Absence.DELETED}
    alone = {key for key, contact in contacts.items() if contact.absent is None and contact.parent_id is None}
    elsewhere = {
        child.sales_id: contacts[child.sales_id].parent_id
        for child in linked
        if child.sales_id in contacts
        and contacts[child.sales_id].absent is None
        and contacts[child.sales_id].parent_id not in (None, parent_of[child.parent_link_id])
    }
    accounts = links.by_sales_id(connection, job.scope, sorted(set(elsewhere.values())))
    source = job.module.source_of(kind)
    seen = observations.by_id(connection, job.scope, "sales", source.entity, list(accounts))
    in_reach = joining | {account for account, row in seen.items() if row.absent is None}
    moved = {child for child, account in elsewhere.items() if account in in_reach} | (alone & joining)
    return Gone(moved, deleted)
