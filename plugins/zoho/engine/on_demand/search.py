"""Search the sales side by name, synchronized or not, and tell what is linked already (SRCH-2).

The CRM is asked with a query, which sees a record at once. Bigin is searched through its index, which lags 10 to 20
seconds behind (zoho-api 2.8); what was edited in the last minutes is read besides, so that nothing is missed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from zoho.api.crm import CrmClient
from zoho.api.paging import Page, batches
from zoho.api.sales_records import criterion
from zoho.engine.errors import NotThere
from zoho.engine.job import Job
from zoho.modules.customers import ACCOUNTS, CONTACTS
from zoho.store import linked

PER_SEARCH = 10
"""Hits of a page, unless somebody asks for more or fewer."""

FRESH = timedelta(minutes=2)
"""How far back Bigin's list is read besides its index."""

_IDS_PER_QUERY = 50
_CONTACT_FIELDS = ("First_Name", "Last_Name", "Email")


@dataclass(frozen=True, slots=True)
class LinkedWith:
    """The Books record that a hit belongs to.

    Attributes:
        books_id: its id.
        name: as last seen; ``None`` when it never was.
        since: when they were linked.
        as_person: whether the hit is a contact person of it.
    """

    books_id: str
    name: str | None
    since: datetime
    as_person: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A record of the sales side that was found.

    Attributes:
        entity: its list: ``Accounts``, ``Contacts``, ``Vendors`` or ``Products``.
        sales_id: its id.
        name: its name.
        email: of a contact.
        linked: the Books record that it belongs to; ``None``: it is not in Books yet, as far as is known.
        contacts: those below an account.
    """

    entity: str
    sales_id: str
    name: str
    email: str | None
    linked: LinkedWith | None
    contacts: Sequence["Hit"] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of hits.

    Attributes:
        hits: by name.
        next: how many to skip for the next page; ``None``: this is the last one.
        calls: how many API calls the search took.
    """

    hits: Sequence[Hit]
    next: int | None
    calls: int


def search(job: Job, text: str, *, skip: int = 0, per_page: int = PER_SEARCH) -> SearchPage:
    """Search for records whose name contains a text, in either case.

    Accounts come with all contacts below them where these are synchronized; with ``feed: contacts`` contacts are
    found by first and last name, in either order. The module's views limit nothing here.

    Args:
        job: of the module; it needs no run.
        text: what the name contains.
        skip: how many hits to leave out.
        per_page: how many at most.

    Raises:
        NotThere: there is nothing to search for, or the module's records have no names.
        ZohoError: the sales side cannot be asked.
    """
    wanted = " ".join(text.split())
    if not wanted:
        raise NotThere("Name at least a part of what you look for.")
    entity = job.module.sources[0].entity
    if entity not in _SOUGHT:
        raise NotThere(f"Records of {job.module_name} are not looked for by name; give the id.")
    sales, before = job.sales, job.meter.number
    rows = _queried(sales, entity, wanted) if isinstance(sales, CrmClient) else _fresh_first(job, entity, wanted)
    found = list(islice(rows, skip, skip + per_page + 1))
    shown = found[:per_page]
    below = _below(job, [str(row["id"]) for row in shown]) if _has_contacts(job, entity) else {}
    everybody = [str(row["id"]) for row in chain(shown, *below.values())]
    with job.store.connect() as connection:
        known = linked.names(connection, job.scope, job.module.books_list.entity, everybody)
    hits = [_hit(entity, row, known, below.get(str(row["id"]), ())) for row in shown]
    following = skip + per_page if len(found) > per_page else None
    return SearchPage(hits, following, job.meter.number - before)


def _hit(entity: str, row: Mapping[str, Any], known: Mapping[str, Any], below: Sequence[Mapping[str, Any]]) -> Hit:
    sales_id, link = str(row["id"]), known.get(str(row["id"]))
    return Hit(
        entity=entity,
        sales_id=sales_id,
        name=_name(entity, row) or sales_id,
        email=str(row["Email"]) if row.get("Email") else None,
        linked=LinkedWith(link.books_id, link.books_name, link.linked_at, link.role == "child") if link else None,
        contacts=[_hit(CONTACTS, contact, known, ()) for contact in below],
    )


def _name(entity: str, row: Mapping[str, Any]) -> str:
    if entity == CONTACTS:
        return " ".join(str(row[part]) for part in ("First_Name", "Last_Name") if row.get(part))
    return str(row.get(_FIELDS[entity]) or "")


_FIELDS = {ACCOUNTS: "Account_Name", "Vendors": "Vendor_Name", "Products": "Product_Name"}
_SOUGHT = {*_FIELDS, CONTACTS}


def _columns(entity: str) -> tuple[str, ...]:
    return _CONTACT_FIELDS if entity == CONTACTS else (_FIELDS[entity],)


def _has_contacts(job: Job, entity: str) -> bool:
    return entity == ACCOUNTS and CONTACTS in job.module.sales_lists()


def _queried(crm: CrmClient, entity: str, text: str) -> Iterator[Mapping[str, Any]]:
    """Yield rows of the CRM by name: a call for two hundred."""
    columns = ", ".join(("id", *_columns(entity)))
    condition = _either(_like(*pair) for pair in _parts(entity, text))
    order = _FIELDS.get(entity, "Last_Name")
    for page in crm.coql(" ".join(("select", columns, "from", entity, "where", condition, "order by", order))):
        yield from page.records


def _parts(entity: str, text: str) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield what has to hold, each of them enough: field and text that it contains."""
    if entity != CONTACTS:
        yield ((_FIELDS[entity], text),)
        return
    yield (("Last_Name", text),)
    yield (("First_Name", text),)
    words = text.split()
    for place in range(1, len(words)):
        one, other = " ".join(words[:place]), " ".join(words[place:])
        yield ("First_Name", one), ("Last_Name", other)
        yield ("First_Name", other), ("Last_Name", one)


def _like(*conditions: tuple[str, str]) -> str:
    written = [f"({field} like '%{_quoted(text)}%')" for field, text in conditions]
    return written[0] if len(written) == 1 else f"({' and '.join(written)})"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _either(conditions: Iterable[str]) -> str:
    """Join conditions by *or*, bracketed in pairs, as the query language wants them (zoho-api 2.9)."""
    first, *others = conditions
    return f"({first} or {_either(others)})" if others else first


def _fresh_first(job: Job, entity: str, text: str) -> Iterator[Mapping[str, Any]]:
    """Yield rows of Bigin: what was edited a moment ago, then what its index has."""
    given = set()
    since = job.clock() - FRESH
    edited = job.sales.records(entity, fields=_columns(entity), modified_since=since, purpose="search")
    fresh = [row for page in edited for row in page.records if _matches(entity, row, text)]
    for row in chain(sorted(fresh, key=lambda row: _name(entity, row)), _indexed(job, entity, text)):
        if str(row["id"]) not in given:
            given.add(str(row["id"]))
            yield row


def _matches(entity: str, row: Mapping[str, Any], text: str) -> bool:
    held = {field: str(row.get(field) or "").casefold() for field in _columns(entity)}
    return any(all(part.casefold() in held[field] for field, part in parts) for parts in _parts(entity, text))


def _indexed(job: Job, entity: str, text: str) -> Iterator[Mapping[str, Any]]:
    criteria = "or".join(_criteria(parts) for parts in islice(_parts(entity, text), _PARTS_PER_SEARCH))
    pages: Iterable[Page] = job.sales.search(entity, criteria=f"({criteria})", fields=_columns(entity))
    for page in pages:
        yield from (row for row in page.records if _matches(entity, row, text))


_PARTS_PER_SEARCH = 5
"""A search takes ten conditions, and a part has two at most (zoho-api 2.8)."""


def _criteria(parts: Sequence[tuple[str, str]]) -> str:
    written = [criterion(field, "equals", text) for field, text in parts]
    return written[0] if len(written) == 1 else f"({'and'.join(written)})"


def _below(job: Job, account_ids: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Return account → its contacts; the CRM tells in a call for fifty accounts, Bigin in one for each."""
    found: dict[str, list[Mapping[str, Any]]] = {account_id: [] for account_id in account_ids}
    sales = job.sales
    if not isinstance(sales, CrmClient):
        for account_id in account_ids:
            pages = sales.related(ACCOUNTS, account_id, CONTACTS, fields=_CONTACT_FIELDS, purpose="search")
            found[account_id] = [row for page in pages for row in page.records]
        return found
    columns = ", ".join(("id", *_CONTACT_FIELDS, "Account_Name"))
    for some in batches(account_ids, _IDS_PER_QUERY):
        ids = ", ".join(f"'{account_id}'" for account_id in some)
        condition = f"Account_Name in ({ids})"
        for page in sales.coql(" ".join(("select", columns, "from Contacts where", condition, "order by Last_Name"))):
            for row in page.records:
                found[str(row["Account_Name"]["id"])].append(row)
    return found
