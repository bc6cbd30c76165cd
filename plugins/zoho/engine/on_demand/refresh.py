"""The Books customers and vendors that came from the sales side: list them, and renew them all at once (SRCH-1)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row

from zoho.config.load import Configured
from zoho.engine.errors import NotThere
from zoho.engine.history.paging import MOST_PER_PAGE, PER_PAGE, HistoryPage, limited, mark, place
from zoho.engine.job import Job
from zoho.engine.on_demand.subject import Subject, many
from zoho.modules.registry import module_of
from zoho.store import linked, observations
from zoho.store.linked import LinkedFilter
from zoho.store.scope import Scope

__all__ = [
    "CrmContact",
    "CrmMark",
    "LinkedFilter",
    "crm_contacts",
    "every_crm_contact",
    "marked_in_books",
    "number_of",
    "whole",
]

MODULES = ("customers", "vendors")
"""The modules whose records can have come from the sales side."""

_FROM_SALES = LinkedFilter()


@dataclass(frozen=True, slots=True)
class CrmContact:
    """A Books customer or vendor that belongs to a record of the sales side.

    Attributes:
        kind: ``business``, ``individual`` or ``vendor``.
        books_id: its id.
        books_name: as last seen in Books.
        entity: the list of its counterpart; ``None`` when that was never seen.
        sales_id: of its counterpart.
        sales_name: as last seen on the sales side.
        origin: ``sales``: made in Books for the other one; ``books``: the other way round; ``both``: both were there.
        linked_at: when they were linked.
        run_id: the run that last changed it.
        gone: why it is not kept in step at the moment, such as ``left the view``; ``None``: it is.
    """

    kind: str
    books_id: str
    books_name: str | None
    entity: str | None
    sales_id: str
    sales_name: str | None
    origin: str
    linked_at: datetime
    run_id: str
    gone: str | None


def crm_contacts(
    store: Engine,
    configured: Configured,
    module: str,
    wanted: LinkedFilter = _FROM_SALES,
    *,
    after: str | None = None,
    per_page: int = PER_PAGE,
) -> HistoryPage[CrmContact]:
    """Return a page of the records that came from the sales side, the latest link first; asks nobody.

    Args:
        store: the database.
        configured: the integration.
        module: ``customers`` or ``vendors``; ``products`` works too.
        wanted: which of them.
        after: the mark that the page before gave.
        per_page: how many.

    Raises:
        BadMarkError: no page gave the mark.
        LookupError: the integration has the module not on.
    """
    number, last = limited(per_page), place(after, int)[0] if after else None
    with store.connect() as connection:
        rows = linked.pairs(connection, *_whose(configured, module), wanted, number + 1, last)
    shown = rows[:number]
    more = len(rows) > number
    return HistoryPage([_contact(row) for row in shown], mark(shown[-1].link_id) if more else None)


def number_of(store: Engine, configured: Configured, module: str, wanted: LinkedFilter = _FROM_SALES) -> int:
    """Return how many there are; see :func:`crm_contacts`."""
    with store.connect() as connection:
        return linked.number(connection, *_whose(configured, module), wanted)


def every_crm_contact(
    store: Engine, configured: Configured, module: str, wanted: LinkedFilter = _FROM_SALES
) -> Iterator[CrmContact]:
    """Yield all of them, a page in memory at a time."""
    page = crm_contacts(store, configured, module, wanted, per_page=MOST_PER_PAGE)
    yield from page.items
    while page.next:
        page = crm_contacts(store, configured, module, wanted, after=page.next, per_page=MOST_PER_PAGE)
        yield from page.items


def whole(job: Job) -> Subject:
    """Return as one subject all records of a module that came from the sales side, with their contacts.

    They are read in hundreds on the sales side; Books' list is read up to its cursor.

    Raises:
        NotThere: there is none.
    """
    ids: dict[str, set[str]] = defaultdict(set)
    chosen = [one for one in every_crm_contact(job.store, job.configured, job.module_name) if one.entity]
    for one in chosen:
        ids[str(one.entity)].add(one.sales_id)
    if not chosen:
        raise NotThere(f"No {job.module_name} have come from the sales side yet.")
    for source in job.module.sources:
        if source.child_entity is not None:
            with job.store.connect() as connection:
                below = observations.by_parent(connection, job.scope, source.child_entity, ids[source.entity])
            ids[source.child_entity] |= {str(row.remote_id) for rows in below.values() for row in rows}
    return many(job, f"all {len(chosen)} {job.module_name} that came from the sales side", ids)


@dataclass(frozen=True, slots=True)
class CrmMark:
    """A Books customer or vendor that Zoho's own integration has linked with the CRM.

    Attributes:
        books_id: its id.
        name: in Books.
    """

    books_id: str
    name: str


def marked_in_books(job: Job) -> Sequence[CrmMark]:
    """Return the customers or vendors that Books itself marks as the CRM's; a call for two hundred (zoho-api 3.2).

    They are those that Zoho's own integration has linked, and may be others than ours.
    """
    books_list = job.module.books_list
    kind = books_list.filters["contact_type"]
    pages = job.books.contacts(contact_type=kind, filter_by="Status.Crm", purpose="search")
    rows = (row for page in pages for row in page.records)
    return [CrmMark(str(row[books_list.id_field]), str(row[books_list.name_field])) for row in rows]


def _whose(configured: Configured, module: str) -> tuple[Scope, str]:
    """Return whose links are meant, and their list in Books."""
    scope = Scope(configured.name, module, configured.settings.books.organization_id)
    return scope, module_of(configured, module).books_list.entity


def _contact(row: Row[Any]) -> CrmContact:
    absent = row.sales_absent or row.books_absent
    return CrmContact(
        kind=row.kind,
        books_id=row.books_id,
        books_name=row.books_name,
        entity=row.entity,
        sales_id=row.sales_id,
        sales_name=row.sales_name,
        origin=row.origin,
        linked_at=row.linked_at,
        run_id=row.run_id,
        gone=absent,
    )
