"""Which records somebody asked for, on either side, with what belongs to them (OPS-3, SRCH-3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zoho.core.names import name_key
from zoho.engine.errors import NotThere
from zoho.engine.job import Job
from zoho.modules.customers import ACCOUNTS, CONTACTS
from zoho.store import links, observations
from zoho.store.events import RecordList, Told

_NOUNS = {
    "Accounts": "account",
    "Contacts": "contact",
    "Vendors": "vendor",
    "Products": "product",
    "Quotes": "quote",
    "Sales_Orders": "sales order",
    "Invoices": "invoice",
    "Purchase_Orders": "purchase order",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What somebody asked for.

    Attributes:
        title: in words, for the history: ``account Acme (123)``.
        told: the records to read, by list: those that were asked for, and what belongs to them.
        sales_ids: ids of the sales-side records that were asked for themselves.
        books_ids: ids of the Books records that were asked for themselves.
        all_of_books: whether Books' list is read up to its cursor, which for many records costs fewer calls than
            reading each of them.
    """

    title: str
    told: Told
    sales_ids: tuple[str, ...] = ()
    books_ids: tuple[str, ...] = ()
    all_of_books: bool = False


def of_sales(job: Job, sales_id: str, entity: str | None = None) -> Subject:
    """Return the subject of one record of the sales side.

    An account comes with the contacts below it, a contact with its account where that is the customer. With them
    comes their counterpart in Books; of a record that has none yet, the namesakes there, so that it is paired as in
    any run. Costs up to four calls.

    Args:
        job: the run.
        sales_id: of the record.
        entity: its list; ``None``: whichever list of the module has it.

    Raises:
        NotThere: the module reads no such list, or the sales side has no such record.
    """
    entity, raw = _found(job, sales_id, entity)
    name = str(raw.get(job.module.named.get(entity, "")) or sales_id)
    told: dict[RecordList, set[str]] = defaultdict(set)
    told["sales", entity].add(sales_id)
    main_id, main_name = sales_id, name
    account = _account_of(job, entity, raw)
    if account is not None:
        main_id, main_name = str(account["id"]), str(account.get("name") or "")
        told["sales", ACCOUNTS].add(main_id)
    elif entity == ACCOUNTS and CONTACTS in job.module.sales_lists():
        told["sales", CONTACTS] |= set(_contacts_below(job, sales_id))
    told["books", job.module.books_list.entity] |= set(_counterparts(job, main_id, main_name))
    return Subject(f"{_noun(entity)} {name} ({sales_id})", _frozen(told), (main_id,))


def of_books(job: Job, books_id: str) -> Subject:
    """Return the subject of one record of Books: its pair, or where Books may send, the record alone.

    Raises:
        NotThere: it has no counterpart, and the module sends nothing to the sales side.
    """
    with job.store.connect() as connection:
        link = links.by_books_id(connection, job.scope, "record", books_id)
    if link is not None:
        source = next(source for source in job.module.sources if str(source.kind) == link.kind)
        return of_sales(job, str(link.sales_id), source.entity)
    if not job.module.two_way:
        raise NotThere(
            f"The Books record {books_id} belongs to no record of the sales side, and with direction: from_sales "
            f"Books sends none there. Search for it on the sales side and import it."
        )
    told = {("books", job.module.books_list.entity): frozenset({books_id})}
    return Subject(f"Books record {books_id}", told, books_ids=(books_id,))  # type: ignore[arg-type]


def many(job: Job, title: str, sales_ids: Mapping[str, Collection[str]]) -> Subject:
    """Return the subject of many records of the sales side, read in hundreds.

    Args:
        job: the run.
        title: in words.
        sales_ids: list → ids.
    """
    told: Told = {("sales", entity): frozenset(ids) for entity, ids in sales_ids.items() if ids}
    main = [source.entity for source in job.module.sources]
    chosen = sorted({one for entity in main for one in sales_ids.get(entity, ())})
    return Subject(title, told, tuple(chosen), all_of_books=True)


def _found(job: Job, sales_id: str, entity: str | None) -> tuple[str, Mapping[str, Any]]:
    """Return the list of a record, and its name and account."""
    lists = job.module.sales_lists()
    if entity is not None and entity not in lists:
        raise NotThere(f"The module {job.module_name} reads no {entity}; it reads {', '.join(lists)}.")
    for one in [entity] if entity else lists:
        fields = {"id", job.module.named.get(one, "id"), *({"Account_Name"} if one == CONTACTS else ())}
        pages = job.sales.records(one, fields=sorted(fields), ids=[sales_id], purpose="look up")
        for page in pages:
            for row in page.records:
                return one, row
    known = _last_seen(job, sales_id, [entity] if entity else lists)
    if known is not None:  # deleted since: that is what the run finds out, and the link ends
        return known
    places = " nor ".join(_noun(one) for one in ([entity] if entity else lists))
    raise NotThere(f"The sales side has no {places} of the id {sales_id}.")


def _last_seen(job: Job, sales_id: str, lists: Iterable[str]) -> tuple[str, Mapping[str, Any]] | None:
    with job.store.connect() as connection:
        if not links.linked_sales_ids(connection, job.scope, [sales_id]):
            return None
        for entity in lists:
            row = observations.by_id(connection, job.scope, "sales", entity, [sales_id]).get(sales_id)
            if row is not None:
                return entity, row.raw
    return None


def _account_of(job: Job, entity: str, raw: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the account that is the customer of a contact, if it is no customer itself."""
    if entity != CONTACTS or ACCOUNTS not in job.module.sales_lists():
        return None
    with job.store.connect() as connection:
        if links.by_sales_id(connection, job.scope, [str(raw["id"])]):
            return None  # an individual customer stays one, whatever account it is put under (CUS-8)
    account = raw.get("Account_Name")
    return account if isinstance(account, Mapping) else None


def _contacts_below(job: Job, account_id: str) -> Iterable[str]:
    """Return the contacts of an account, those that were below it when last seen among them.

    Where a view of their own limits the contacts, only those that it has shown come along: the account was asked
    for, not they.
    """
    with job.store.connect() as connection:
        known = observations.by_parent(connection, job.scope, CONTACTS, [account_id])[account_id]
    seen = [str(row.remote_id) for row in known]
    if job.module.view_of(CONTACTS) is not None:
        return seen
    pages = job.sales.related(ACCOUNTS, account_id, CONTACTS, fields=["id"], purpose="look up")
    return [*seen, *(str(row["id"]) for page in pages for row in page.records)]


def _counterparts(job: Job, sales_id: str, name: str) -> Iterable[str]:
    """Return the Books record that a sales-side record is linked with; of one that is not, its namesakes."""
    with job.store.connect() as connection:
        link = links.by_sales_id(connection, job.scope, [sales_id]).get(sales_id)
    if link is not None:
        return [str(link.books_id)]
    if not name or not job.module.pairs_by_name:
        return []
    books_list = job.module.books_list
    rows = (row for page in job.books_side.named(name) for row in page.records)
    same = (row for row in rows if name_key(str(row[books_list.name_field])) == name_key(name))
    return [str(row[books_list.id_field]) for row in same]


def _noun(entity: str) -> str:
    return _NOUNS.get(entity, entity)


def _frozen(told: Mapping[RecordList, set[str]]) -> Told:
    return {one: frozenset(ids) for one, ids in told.items() if ids}
