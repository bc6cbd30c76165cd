"""What a run may plan: everything that is out of step, or just the records that somebody asked for (OPS-3)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from zoho.engine.job import Job
from zoho.engine.work import Work
from zoho.store import links


@dataclass(frozen=True)
class Focus:
    """The records that a run is limited to.

    Attributes:
        job: the run.
        sales: ids of the sales side; ``None``: all.
        books: ids of Books.
    """

    job: Job
    sales: frozenset[str] | None
    books: frozenset[str]

    def means(self, sales_id: str | None, books_id: str | None) -> bool:
        """Whether a record of either side is meant, or a pair of them."""
        return self.sales is None or sales_id in self.sales or books_id in self.books

    def linked(self, sales_ids: Sequence[str]) -> list[str]:
        """Return which of some linked records are meant."""
        return [sales_id for sales_id in sales_ids if self.means(sales_id, None)]

    def works(self, planned: Iterable[Work]) -> Iterator[Work]:
        """Yield the items of a plan that are meant; what goes along with them, such as their contacts, is."""
        for work in planned:
            alone = work.link_id is not None  # the end of a link: it is found by itself, whoever was asked for
            if not alone or self.means(work.item.sales_id, work.item.books_id):
                yield work

    def number_linked(self, connection: Connection) -> int:
        """Return how many linked records are meant."""
        if self.sales is None:
            return links.count(connection, self.job.scope)
        return len(links.by_sales_id(connection, self.job.scope, sorted(self.sales)))


def focus_of(job: Job, connection: Connection) -> Focus:
    """Return what a run may plan; a record of Books that was asked for means its counterpart too."""
    if not job.focused:
        return Focus(job, None, frozenset())
    ids: dict[str, set[str]] = {"sales": set(), "books": set()}
    for (side, _), some in (job.only or {}).items():
        ids[side] |= some
    rows = (links.by_books_id(connection, job.scope, "record", books_id) for books_id in sorted(ids["books"]))
    ids["sales"] |= {row.sales_id for row in rows if row}
    return Focus(job, frozenset(ids["sales"]), frozenset(ids["books"]))
