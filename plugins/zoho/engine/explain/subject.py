"""The record that is explained: its rows on both sides, its link, and the record above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.records import Kind, Side
from zoho.engine.errors import NotThere
from zoho.engine.explain.find import lists_of
from zoho.engine.job import Job
from zoho.engine.sides import books_seen
from zoho.store import observations, traces


@dataclass(frozen=True, slots=True)
class Subject:
    """What the store has of a record.

    Attributes:
        kind: what it is.
        sales_id: its id on the sales side, if it is or was there.
        books_id: the same in Books.
        sales: its observation there; ``None``: it was never seen.
        books: the same of Books; a contact person is a part of its customer's.
        link: that holds, or the latest that ended.
        main: link of the record itself, or of the customer that it is a contact person of, if that holds.
    """

    kind: Kind
    sales_id: str | None
    books_id: str | None
    sales: Row[Any] | None
    books: Row[Any] | None
    link: Row[Any] | None
    main: Row[Any] | None

    @property
    def is_person(self) -> bool:
        """Whether it is a contact person of a customer."""
        return self.kind is Kind.CONTACT_PERSON

    @property
    def ids(self) -> dict[Side, str]:
        """Its id on each side where it is, or was."""
        ids: dict[Side, str | None] = {"sales": self.sales_id, "books": self.books_id}
        return {side: one for side, one in ids.items() if one is not None}

    @property
    def rows(self) -> dict[Side, Row[Any]]:
        """Its observation on each side where it was seen; of a person in Books that of the customer."""
        rows: dict[Side, Row[Any] | None] = {"sales": self.sales, "books": self.books}
        return {side: row for side, row in rows.items() if row is not None}

    @property
    def holds(self) -> bool:
        """Whether it is linked."""
        return self.link is not None and self.link.retired_at is None


def subject_of(job: Job, connection: Connection, record_id: str) -> Subject:
    """Return what the store has of a record.

    Args:
        job: of the module.
        connection: of the store.
        record_id: its id on either side.

    Raises:
        NotThere: no run has seen it.
    """
    rows = {row.side: row for row in traces.of_id(connection, job.scope, lists_of(job.module), record_id)}
    sales, books = rows.get("sales"), rows.get("books")
    ids = {"sales_ids": [record_id]} if sales is not None else {"books_ids": [record_id]}
    if not rows:
        ids = {"sales_ids": [record_id], "books_ids": [record_id]}
    known = traces.links_of(connection, job.scope, **ids)
    link = _of_its_own(known, sales)
    if link is None and not rows:
        raise NotThere(f"No run has seen a record of the id {record_id} in {job.module_name}.")
    if link is None:
        return _unlinked(job, connection, sales, books)
    kind = Kind(link.kind)
    entity = job.module.entity_of(kind)
    sales = observations.by_id(connection, job.scope, "sales", entity, [link.sales_id]).get(link.sales_id)
    if link.role == "child":
        main = traces.link(connection, link.parent_link_id)
        books = books_seen(job, connection, [main.books_id]).get(main.books_id) if main is not None else None
        holds = main is not None and main.retired_at is None
        return Subject(kind, link.sales_id, link.books_id, sales, books, link, main if holds else None)
    books = books_seen(job, connection, [link.books_id]).get(link.books_id)
    holds = link.retired_at is None
    return Subject(kind, link.sales_id, link.books_id, sales, books, link, link if holds else None)


def _of_its_own(known: Sequence[Row[Any]], sales: Row[Any] | None) -> Row[Any] | None:
    """Return the link that tells most; one that ended says nothing of a contact that is below another account now."""
    if not known:
        return None
    first = known[0]
    moved = first.retired_at is not None and first.role == "child" and sales is not None
    return None if moved else first


def _unlinked(job: Job, connection: Connection, sales: Row[Any] | None, books: Row[Any] | None) -> Subject:
    module = job.module
    if sales is None:
        if books is None:
            raise ValueError("neither side has a record to explain")
        return Subject(module.kind_in_books(books.raw), None, books.remote_id, None, books, None, None)
    sources = [source for source in module.sources if source.entity == sales.entity]
    above = [source for source in module.sources if source.child_entity == sales.entity]
    if above and (sales.parent_id is not None or not sources):
        main = next(iter(traces.links_of(connection, job.scope, sales_ids=[str(sales.parent_id)])), None)
        holds = main is not None and main.retired_at is None and main.role == "record"
        return Subject(Kind.CONTACT_PERSON, sales.remote_id, None, sales, None, None, main if holds else None)
    return Subject(sources[0].kind, sales.remote_id, None, sales, None, None, None)


def kind_above(job: Job, subject: Subject) -> Kind:
    """Return the kind whose rules say how the subject merges, where its customer is not known."""
    if not subject.is_person:
        return subject.kind
    return next((source.kind for source in job.module.sources if source.child_entity), job.module.sources[0].kind)
