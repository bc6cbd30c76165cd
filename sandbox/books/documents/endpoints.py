"""The endpoints of documents, most specific first, made from the table of kinds (zoho-api 3.4 to 3.6)."""

from collections.abc import Iterator

from sandbox.books.documents import actions, bodies
from sandbox.books.documents.handlers import Handlers
from sandbox.books.documents.kinds import INVOICE, KINDS, SALES_ORDER, Kind
from sandbox.books.documents.lists import listing
from sandbox.routing import Endpoint

_UNIQUE = ("X-Unique-Identifier-Key", "X-Unique-Identifier-Value", "X-Upsert")
_LISTED = (
    "page",
    "per_page",
    "sort_column",
    "sort_order",
    "filter_by",
    "search_text",
    "status",
    "last_modified_time",
)
_CREATED = ("send", "ignore_auto_number_generation")
_OWN_NUMBER = ("ignore_auto_number_generation",)
_UNDER_STATUS = frozenset({"sent", "accepted", "declined", "open", "void", "draft", "billed", "cancelled"})


def _of_kind(kind: Kind) -> Iterator[Endpoint]:
    handlers, base = Handlers(kind), f"/{kind.resource}"
    read, create = (f"{kind.resource}.READ",), (f"{kind.resource}.CREATE",)
    update, delete = (f"{kind.resource}.UPDATE",), (f"{kind.resource}.DELETE",)
    body = bodies.document(kind)
    yield from _special(kind)
    for name in kind.moves:
        path = f"{base}/{{id}}/status/{name}" if name in _UNDER_STATUS else f"{base}/{{id}}/{name}"
        yield Endpoint("POST", path, actions.moving(handlers, name), create)
    yield Endpoint("POST", f"{base}/{{id}}/email", actions.emailing(handlers), create)
    yield Endpoint("PUT", f"{base}/{{id}}/address/{{which}}", handlers.set_address, update, body=bodies.address)
    yield Endpoint(
        "PUT", f"/{kind.name}/{{id}}/customfields", handlers.custom_fields, update, body=bodies.custom_fields(kind)
    )
    yield Endpoint("GET", f"{base}/{{id}}", handlers.get, read)
    yield Endpoint("PUT", f"{base}/{{id}}", handlers.update, update, takes=_OWN_NUMBER, body=body)
    yield Endpoint("DELETE", f"{base}/{{id}}", handlers.delete, delete)
    yield Endpoint("GET", base, listing(kind), read, takes=(*_LISTED, kind.party_key, *_linked(kind)))
    yield Endpoint("POST", base, handlers.create, create, takes=_CREATED, body=body)
    yield Endpoint("PUT", base, handlers.by_unique_field, update, takes=_UNIQUE, body=body)


def _linked(kind: Kind) -> tuple[str, ...]:
    deal = ("zcrm_potential_id",) if kind.party == "customer" else ()
    return (*deal, "customview_id") if kind is SALES_ORDER else deal


def _special(kind: Kind) -> Iterator[Endpoint]:
    create = (f"{kind.resource}.CREATE",)
    if kind is INVOICE:
        yield Endpoint("POST", "/invoices/fromestimates", actions.invoice_estimates, create, takes=("estimate_ids",))
        yield Endpoint("POST", "/invoices/fromsalesorder", actions.invoice_order, create, takes=("salesorder_id",))
        yield Endpoint("POST", "/invoices/status/{name}", actions.move_many, create, takes=("invoice_ids",))
        yield Endpoint("POST", "/invoices/{id}/writeoff", actions.write_off, create)
        yield Endpoint("POST", "/invoices/{id}/writeoff/cancel", actions.cancel_write_off, create)
        yield Endpoint("GET", "/invoices/{id}/payments", actions.list_payments, ("invoices.READ",))
        delete = ("invoices.DELETE",)
        yield Endpoint("DELETE", "/invoices", Handlers(INVOICE).delete_many, delete, takes=("invoice_ids",))
    if kind is SALES_ORDER:
        yield Endpoint("POST", "/salesorders/{id}/substatus/{code}", actions.set_sub_status, create)


DOCUMENT_ENDPOINTS = tuple(endpoint for kind in KINDS.values() for endpoint in _of_kind(kind))
"""Endpoints of all four kinds."""
