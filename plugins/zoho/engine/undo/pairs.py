"""The pairs of records that a run touched, with what both sides hold by now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.records import Kind, Link
from zoho.engine.job import Job
from zoho.engine.sides import SalesSeen, books_seen, link_of, read_books, sales_seen
from zoho.engine.undo.done import Done
from zoho.store import links
from zoho.store.observations import Absence, by_id, chunked

_CHUNK = 500


@dataclass
class Pair:
    """Two records that belong together, or did when the run wrote one of them.

    Attributes:
        kind: what they are.
        sales_id: the one.
        books_id: the other.
        done: what the run did with them and with the contacts below.
        link: between just these two; ``None`` when it ended.
        children: sales id → link of their contact persons.
        sales: as last seen.
        books: observation of the Books record.
        sales_gone: whether the sales-side record is not there.
        books_gone: whether the Books record is not there.
    """

    kind: Kind
    sales_id: str
    books_id: str
    done: list[Done] = field(default_factory=list)
    link: Row[Any] | None = None
    children: Mapping[str, Link] = field(default_factory=dict)
    sales: SalesSeen | None = None
    books: Row[Any] | None = None
    sales_gone: bool = True
    books_gone: bool = True

    @property
    def lacks(self) -> str | None:
        """Why nothing can be put back in it, if so."""
        if self.kind is Kind.CONTACT_PERSON:
            return "the two do not belong together any more"
        if self.sales_gone:
            return "deleted on the sales side since"
        if self.books_gone:
            return "deleted in Books since"
        if self.link is None:
            return "the two do not belong together any more"
        return None


def pairs_of(job: Job, done: Iterable[Done]) -> Iterator[Pair]:
    """Yield the pairs that a run touched, whole as both sides hold them now; reads what Books edited since."""
    found: dict[tuple[Kind, str, str], Pair] = {}
    for one, home in _homes(job, list(done)):
        found.setdefault(home, Pair(*home)).done.append(one)
    for some in chunked(found.values(), _CHUNK):
        _read_anew(job, some)
        with job.store.connect() as connection:
            for kind in {pair.kind for pair in some}:
                _know(job, connection, kind, [pair for pair in some if pair.kind is kind])
        yield from some


def _homes(job: Job, done: Sequence[Done]) -> Iterator[tuple[Done, tuple[Kind, str, str]]]:
    """Yield what was done with the pair that it belongs to: a contact to its account, if it still has one."""
    contacts = [one.item.sales_id for one in done if one.item.kind is Kind.CONTACT_PERSON and one.item.sales_id]
    with job.store.connect() as connection:
        homes = {row.sales_id: row for row in links.homes(connection, job.scope, contacts)}
    for one in done:
        item, home = one.item, homes.get(one.item.sales_id or "")
        if item.kind is not Kind.CONTACT_PERSON:
            yield one, (item.kind, str(item.sales_id), str(item.books_id))
        elif home is not None and home.books_id == item.books_id:
            yield one, (Kind(home.home_kind), home.home_sales, home.home_books)
        else:
            yield one, (Kind.CONTACT_PERSON, str(item.sales_id), str(item.books_id))


def _read_anew(job: Job, pairs: Sequence[Pair]) -> None:
    ids = sorted({pair.books_id for pair in pairs if pair.kind is not Kind.CONTACT_PERSON})
    with job.store.connect() as connection:
        rows = books_seen(job, connection, ids)
    read_books(job, [key for key in ids if key in rows and rows[key].detailed_at != rows[key].modified_at])


def _know(job: Job, connection: Connection, kind: Kind, pairs: Sequence[Pair]) -> None:
    if kind is Kind.CONTACT_PERSON:
        return  # a contact that is not linked any more
    ids = [pair.sales_id for pair in pairs]
    known = links.by_sales_id(connection, job.scope, ids)
    children = links.children_of(connection, job.scope, [row.link_id for row in known.values()])
    sides = sales_seen(job, connection, kind, ids)
    there = by_id(connection, job.scope, "sales", job.module.source_of(kind).entity, ids)
    books = books_seen(job, connection, [pair.books_id for pair in pairs])
    for pair in pairs:
        link = known.get(pair.sales_id)
        if link is not None and link.books_id == pair.books_id:
            pair.link = link
            pair.children = {row.sales_id: link_of(row) for row in children[link.link_id]}
        pair.sales, pair.books = sides.get(pair.sales_id), books.get(pair.books_id)
        pair.sales_gone = pair.sales_id not in there or there[pair.sales_id].absent is not None
        pair.books_gone = pair.books is None or pair.books.absent == Absence.DELETED or pair.books.detailed_at is None
