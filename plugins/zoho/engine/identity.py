"""Which unlinked records belong together whatever their names: by a person's word, Zoho's own links, unique ids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy import Connection, Row

from zoho.core.pairing import Told
from zoho.engine.focus import focus_of
from zoho.engine.job import Job
from zoho.modules.identity import NATIVE, TELLING, UNIQUE, UNTOLD
from zoho.modules.module import Module
from zoho.store import identities, proposals
from zoho.store.scope import Scope

ToldBy = Literal["person", "native", "unique"]

TOLD_BY: Sequence[ToldBy] = ("person", "native", "unique")
"""What tells, the surest first."""


class OfModule(Protocol):
    """All of a job that it takes to tell which records belong together, when nobody is to be asked for anything."""

    @property
    def module(self) -> Module:
        """The rules of the module."""

    @property
    def scope(self) -> Scope:
        """Whose rows of the store are meant."""


@dataclass(frozen=True, slots=True)
class AllTold:
    """What the unlinked records of a module tell.

    Attributes:
        books: id → name of the Books records that tell, or that are told of.
        person: what a person said in the review (BEY-6), of any list.
        native: sales-side list → what Zoho's own integration tells of its records.
        unique: what the unique ids tell, of any list.
    """

    books: Mapping[str, str]
    person: Sequence[Told]
    native: Mapping[str, Sequence[Told]]
    unique: Sequence[Told]

    def of(self, told_by: ToldBy, entity: str) -> Sequence[Told]:
        """Return what is told of the records of a sales-side list."""
        by: Mapping[ToldBy, Sequence[Told]] = {
            "person": self.person,
            "native": self.native.get(entity, ()),
            "unique": self.unique,
        }
        return by[told_by]


def untold(job: Job) -> list[str]:
    """Return the Books records that have to be read whole, since their list row does not tell all.

    A call each for contacts, one for a hundred items, and only once: then the observation holds what is told.
    """
    with job.store.connect() as connection:
        found = identities.telling(connection, job.scope, job.module.books_list.entity, [UNTOLD])
        focus = focus_of(job, connection)
    return sorted(books_id for books_id in found if focus.means(None, books_id))


def told(job: OfModule, connection: Connection, in_sales: Mapping[str, str]) -> AllTold:
    """Return what the unlinked records of both sides tell, and what was said of them.

    Args:
        job: the run, or the module of one.
        connection: to the store.
        in_sales: sales id → Books id, of the unlinked records of the sales side that hold a unique id.
    """
    entity = job.module.books_list.entity
    said = proposals.to_link(connection, job.scope)
    named = {*in_sales.values(), *(row.books_id for row in said)}
    books = identities.telling(connection, job.scope, entity, TELLING, named)
    ordered = sorted(books.values(), key=lambda row: (len(row.remote_id), row.remote_id))
    unique = [
        Told(str(row.raw[UNIQUE]), row.remote_id, "linked by its unique id in Books")
        for row in ordered
        if UNIQUE in row.raw
    ]
    unique += [
        Told(sales_id, books_id, "linked by its unique id on the sales side")
        for sales_id, books_id in sorted(in_sales.items())
    ]
    native = {entity: list(_native(ordered, entity)) for entity in job.module.identity.native}
    person = [Told(row.sales_id, row.books_id, f"linked in review by {row.decided_by}") for row in said]
    return AllTold({row.remote_id: row.name for row in ordered}, person, native, unique)


def _native(rows: Iterable[Row[Any]], entity: str) -> Iterator[Told]:
    for row in rows:
        sales_id = row.raw.get(NATIVE, {}).get(entity)
        if sales_id:
            yield Told(sales_id, row.remote_id, "linked by Zoho's own integration")
