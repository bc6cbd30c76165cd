"""Listing contacts: filters, order and pages (zoho-api 3.1, 3.2)."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from sandbox.books import shapes
from sandbox.books.contacts import SUCCESS
from sandbox.books.refusals import invalid
from sandbox.books.store import Contact, SortKey, folded
from sandbox.books.views import CONTACT_VIEWS, view_keeps
from sandbox.clock import parse_time
from sandbox.defaults import BOOKS_TIME_ZONE
from sandbox.wire import Call, Json, Reply

MAX_PER_PAGE = 200

Keep = Callable[[Contact], bool]
"""Tells whether a contact belongs to a list."""

_SORTS: Mapping[str, SortKey] = {
    "contact_name": lambda contact: folded(contact.name),
    "first_name": lambda contact: folded(contact.primary.get("first_name", "")),
    "last_name": lambda contact: folded(contact.primary.get("last_name", "")),
    "email": lambda contact: folded(contact.primary.get("email", "")),
    "outstanding_receivable_amount": lambda _: 0,
    "created_time": lambda contact: contact.created,
    "last_modified_time": lambda contact: contact.modified,
}

_FILTERS: Mapping[str, Keep] = {
    "Status.All": lambda _: True,
    "Status.Active": lambda contact: contact.status == "active",
    "Status.Inactive": lambda contact: contact.status == "inactive",
    "Status.Customers": lambda contact: contact.contact_type == "customer",
    "Status.Vendors": lambda contact: contact.contact_type == "vendor",
    "Status.Crm": lambda contact: bool(contact.crm_ids),
    "Status.Duplicate": lambda _: False,
    "Status.PortalEnabled": lambda _: False,
    "Status.PortalDisabled": lambda _: True,
    "Status.CreditLimitExceed": lambda _: False,
    "Invoice.OverDue": lambda _: False,
    "Invoice.Unpaid": lambda _: False,
}


def _address_texts(contact: Contact) -> list[str]:
    values = contact.values
    parts = (values.get("billing_address", {}), values.get("shipping_address", {}))
    return [str(text) for part in parts for key, text in part.items() if key != "address_id"]


_TEXTS: Mapping[str, Callable[[Contact], list[str]]] = {
    "contact_name": lambda contact: [contact.name],
    "company_name": lambda contact: [contact.values.get("company_name", "")],
    "first_name": lambda contact: [contact.primary.get("first_name", "")],
    "last_name": lambda contact: [contact.primary.get("last_name", "")],
    "email": lambda contact: [contact.primary.get("email", "")],
    "phone": lambda contact: [contact.primary.get("phone", "")],
    "address": _address_texts,
    "zcrm_account_id": lambda contact: [contact.crm_ids.get("zcrm_account_id", "")],
    "zcrm_contact_id": lambda contact: [contact.crm_ids.get("zcrm_contact_id", "")],
    "zcrm_vendor_id": lambda contact: [contact.crm_ids.get("zcrm_vendor_id", "")],
}

_VARIANTS: Mapping[str, Callable[[str, str], bool]] = {
    "": lambda text, wanted: text == wanted,
    "_startswith": lambda text, wanted: text.startswith(wanted),
    "_contains": lambda text, wanted: wanted in text,
}


def list_contacts(call: Call) -> Reply:
    """Serve ``GET /contacts``."""
    page, per_page = paging(call.query)
    column = call.query.get("sort_column", "contact_name")
    if column not in _SORTS:
        raise invalid("sort_column")
    descending = sort_order(call.query) == "D"
    ordered: Iterable[Contact] = call.world.books.ordered(column, _SORTS[column])
    if descending:
        ordered = reversed(list(ordered))
    keeps = list(_keeps(call))
    kept = (contact for contact in ordered if all(keep(contact) for keep in keeps))
    start = (page - 1) * per_page
    rows = list(islice(kept, start, start + per_page + 1))
    base = call.world.settings.books_currency
    context = {
        "page": page,
        "per_page": per_page,
        "has_more_page": len(rows) > per_page,
        "report_name": "Contacts",
        "applied_filter": call.query.get("filter_by", "Status.All"),
        "custom_fields": [],
        "sort_column": column,
        "sort_order": "D" if descending else "A",
    }
    shown = [shapes.row(call.world.books, contact, base) for contact in rows[:per_page]]
    return Reply(200, {**SUCCESS, "contacts": shown, "page_context": context}, code=0)


def paging(query: Mapping[str, str]) -> tuple[int, int]:
    """Return the number of the asked page and its size.

    Raises:
        Refusal: One of them is not a positive number; a size above the maximum counts as the maximum.
    """
    found = []
    for name, default in (("page", 1), ("per_page", MAX_PER_PAGE)):
        given = query.get(name) or str(default)
        if not (given.isascii() and given.isdigit()) or not 0 < int(given) < 10**9:
            raise invalid(name)
        found.append(int(given))
    return found[0], min(found[1], MAX_PER_PAGE)


def sort_order(query: Mapping[str, str]) -> str:
    """Return ``A`` or ``D``.

    Raises:
        Refusal: Another order is asked for.
    """
    order = query.get("sort_order", "A")
    if order not in {"A", "D"}:
        raise invalid("sort_order")
    return order


def page_context(report: str, rows: list[Any], page: int, per_page: int, **more: Any) -> Json:
    """Return the ``page_context`` of a short list that fits its page."""
    return {
        "page": page,
        "per_page": per_page,
        "has_more_page": len(rows) > page * per_page,
        "report_name": report,
        **more,
    }


def _keeps(call: Call) -> Iterable[Keep]:
    query = call.query
    chosen = query.get("filter_by", "Status.All")
    if chosen not in _FILTERS:
        raise invalid("filter_by")
    yield _FILTERS[chosen]
    yield from view_keeps(call, CONTACT_VIEWS)
    kind = query.get("contact_type")
    if kind:
        if kind not in {"customer", "vendor"}:
            raise invalid("contact_type")
        yield lambda contact: contact.contact_type == kind
    for name, texts in _TEXTS.items():
        for variant, matches in _VARIANTS.items():
            wanted = query.get(name + variant)
            if wanted:
                yield _text_filter(texts, matches, folded(wanted))
    if query.get("search_text"):
        yield _search_filter(folded(query["search_text"]))
    if query.get("last_modified_time") and call.world.settings.books_contacts_modified_filter:
        yield _modified_filter(query["last_modified_time"])


def _text_filter(texts: Callable[[Contact], list[str]], matches: Callable[[str, str], bool], wanted: str) -> Keep:
    return lambda contact: any(matches(folded(text), wanted) for text in texts(contact))


def _search_filter(wanted: str) -> Keep:
    def holds(contact: Contact) -> bool:
        texts = (contact.name, contact.values.get("company_name", ""), contact.values.get("notes", ""))
        return any(wanted in folded(text) for text in texts)

    return holds


def _modified_filter(text: str) -> Keep:
    since = parse_time(text, zone=BOOKS_TIME_ZONE)
    if since is None:
        raise invalid("last_modified_time")
    return lambda contact: contact.modified >= since
