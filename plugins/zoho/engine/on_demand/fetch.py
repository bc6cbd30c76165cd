"""Fetch one record, by its id or its name, from the sales side or from Books (OPS-3, SRCH-3)."""

from collections.abc import Callable

from zoho.core.names import name_key
from zoho.core.records import Side
from zoho.engine.errors import NotThere
from zoho.engine.job import Job
from zoho.engine.on_demand.search import Hit, search
from zoho.engine.on_demand.subject import Subject, of_books, of_sales

Find = Callable[[Job], Subject]

MODULES = ("customers", "vendors", "products")
"""The modules whose records can be looked for by name."""

_LISTED = 20


def by_id(record_id: str, *, side: Side = "sales", entity: str | None = None) -> Find:
    """Return what finds a record by its id.

    Args:
        record_id: digits.
        side: whose id it is.
        entity: the list of the sales side; ``None``: whichever has it.
    """
    if side == "books":
        return lambda job: of_books(job, record_id)
    return lambda job: of_sales(job, record_id, entity)


def by_name(name: str) -> Find:
    """Return what finds the one record of a name: exactly that name, or the only one that contains it."""
    return lambda job: _named(job, name)


def by_hit(hit: Hit) -> Find:
    """Return what finds a hit of a search: a person picked it, so it is sent whether or not a view shows it."""
    return by_id(hit.sales_id, entity=hit.entity)


def find(asked: str, *, side: Side = "sales") -> Find:
    """Return what finds what somebody typed: an id, or a name."""
    text = asked.strip()
    if not text:
        raise NotThere("Name a record: its id, or its name.")
    if text.isascii() and text.isdigit() and len(text) > _SHORTEST_ID:
        return by_id(text, side=side)
    if side == "books":
        raise NotThere(f"{text!r} is no id of a Books record; by name records are looked for on the sales side.")
    return by_name(text)


_SHORTEST_ID = 5


def _named(job: Job, name: str) -> Subject:
    page = search(job, name, per_page=_LISTED)
    exact = [hit for hit in page.hits if name_key(hit.name) == name_key(name)]
    hits = exact or list(page.hits)
    if not hits:
        raise NotThere(f"The sales side has nothing in {job.module_name} whose name contains {name!r}.")
    if len(hits) > 1:
        listed = "; ".join(f"{hit.name} ({hit.sales_id})" for hit in hits)
        more = ", and more" if page.next and not exact else ""
        raise NotThere(f"{name!r} is not one record but several; name one by its id: {listed}{more}.")
    return of_sales(job, hits[0].sales_id, hits[0].entity)
