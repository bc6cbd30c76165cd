"""Linked records as the store knows both sides of them now, ready to be merged."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row

from zoho.core.children import Gone
from zoho.core.plan import PlanItem, RecordRules, plan_pair
from zoho.core.records import Kind, Link, Record
from zoho.engine.job import Job
from zoho.engine.sides import (
    SalesSeen,
    arrived_contacts,
    books_seen,
    former_contacts,
    gone_contacts,
    link_of,
    rules_of,
    sales_seen,
)
from zoho.store import identities, links


@dataclass(frozen=True, slots=True)
class LinkedPair:
    """A sales-side record and the Books record that it is linked with.

    Attributes:
        link: row of their link.
        seen: the sales-side record, with its contacts.
        row: observation of the Books record, which was read whole at least once.
        child_links: sales id → link of the contacts.
        gone: which contacts are not below the record any more, or came from another one.
        rules: how the two are merged.
    """

    link: Row[Any]
    seen: SalesSeen
    row: Row[Any]
    child_links: Mapping[str, Link]
    gone: Gone
    rules: RecordRules

    def merged(self, job: Job) -> tuple[Record, Record, list[PlanItem]]:
        """Return the record of the sales side, that of Books, and what brings the two in step.

        Raises:
            ValueError: a value cannot be translated; the text names its field.
        """
        sales, books = self.seen.record, job.module.books_record(self.seen.kind, self.row.raw)
        items = plan_pair(sales, books, link_of(self.link).base, self.child_links, self.gone, self.rules)
        return sales, books, items


def linked_pairs(
    job: Job, kind: Kind, sales_ids: Sequence[str], joining: Set[str] = frozenset()
) -> Iterator[LinkedPair]:
    """Yield linked records; one that was gone from Books before it was ever read whole is left out.

    Args:
        job: the run.
        kind: what the records are.
        sales_ids: which.
        joining: records that get their link in this very run, see :func:`~zoho.engine.sides.gone_contacts`.
    """
    with job.store.connect() as connection:
        known = links.by_sales_id(connection, job.scope, sales_ids)
        children = links.children_of(connection, job.scope, [row.link_id for row in known.values()])
        sides = sales_seen(job, connection, kind, sales_ids)
        books = books_seen(job, connection, [row.books_id for row in known.values()])
        persons = [person_id for row in books.values() for person_id in job.module.person_ids(row.raw)]
        _, elsewhere = former_contacts(job, connection, kind, persons)
        left = identities.moved_persons(connection, job.scope, persons)
        gone = gone_contacts(job, connection, kind, known, children, joining)
        arrived = arrived_contacts(job, connection, sides.values())
        gone = replace(gone, left=left, elsewhere=elsewhere, arrived=arrived)
    for sales_id in sales_ids:
        link, seen = known[sales_id], sides[sales_id]
        row = books[link.books_id]
        if row.detailed_at is not None:
            child_links = {child.sales_id: link_of(child) for child in children[link.link_id]}
            yield LinkedPair(link, seen, row, child_links, gone, rules_of(job, kind, row, seen))
