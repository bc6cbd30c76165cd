"""Which unlinked records tell of each other, whatever their names: by Zoho's own links, then by unique ids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row

from zoho.core.pairing import Told
from zoho.core.records import Kind
from zoho.engine.focus import focus_of
from zoho.engine.job import Job
from zoho.modules.identity import NATIVE, TELLING, UNIQUE, UNTOLD
from zoho.store import identities

ToldBy = Literal["native", "unique"]

TOLD_BY: Sequence[ToldBy] = ("native", "unique")
"""What tells, the surest first."""


@dataclass(frozen=True, slots=True)
class AllTold:
    """What the unlinked records of a module tell.

    Attributes:
        books: id → name of the Books records that tell, or that are told of.
        native: sales-side list → what Zoho's own integration tells of its records.
        unique: what the unique ids tell, of any list.
    """

    books: Mapping[str, str]
    native: Mapping[str, Sequence[Told]]
    unique: Sequence[Told]

    def of(self, told_by: ToldBy, entity: str) -> Sequence[Told]:
        """Return what is told of the records of a sales-side list."""
        return self.native.get(entity, ()) if told_by == "native" else self.unique


def untold(job: Job) -> list[str]:
    """Return the Books records that have to be read whole, since their list row does not tell all.

    A call each for contacts, one for a hundred items, and only once: then the observation holds what is told.
    """
    with job.store.connect() as connection:
        found = identities.telling(connection, job.scope, job.module.books_list.entity, [UNTOLD])
        focus = focus_of(job, connection)
    return sorted(books_id for books_id in found if focus.means(None, books_id))


def told(job: Job, connection: Connection, sales: Mapping[Kind, Iterable[Row[Any]]]) -> AllTold:
    """Return what the unlinked records of both sides tell.

    Args:
        job: the run.
        connection: to the store.
        sales: kind → unlinked records of the sales side.
    """
    field = job.module.identity.unique.sales
    in_sales = {row.remote_id: str(row.raw[field]) for rows in sales.values() for row in rows if _holds(row, field)}
    entity = job.module.books_list.entity
    books = identities.telling(connection, job.scope, entity, TELLING, set(in_sales.values()))
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
    return AllTold({row.remote_id: row.name for row in ordered}, native, unique)


def _holds(row: Row[Any], field: str | None) -> bool:
    return field is not None and bool(row.raw.get(field))


def _native(rows: Iterable[Row[Any]], entity: str) -> Iterator[Told]:
    for row in rows:
        sales_id = row.raw.get(NATIVE, {}).get(entity)
        if sales_id:
            yield Told(sales_id, row.remote_id, "linked by Zoho's own integration")
