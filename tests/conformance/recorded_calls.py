"""One call to each endpoint of which live answers were recorded, by the recording's name."""

from collections.abc import Iterator
from typing import Any

from tests.conformance import given
from tests.conformance.crm_calls import Exchange
from tests.conformance.document_calls import RECORDED_DOCUMENTS
from tests.conformance.given import ITEM, RECORDS
from tests.sandbox.client import Zoho

_MODULES = ("Accounts", "Contacts", "Deals", "Products")
_V2 = {"version": "v2"}


def _sales(module: str) -> Iterator[tuple[str, Exchange]]:
    def listed(zoho: Zoho) -> Any:
        given.record(zoho, module)
        return zoho.crm("GET", f"/{module}", params={"per_page": 200}, **_V2)

    def on_record(method: str, **options: Any) -> Exchange:
        return lambda zoho: zoho.crm(method, f"/{module}/{given.record(zoho, module)}", **options, **_V2)

    body = {"json": {"data": [RECORDS[module]]}}
    yield f"GET /crm/v2/{module}", listed
    yield f"POST /crm/v2/{module}", lambda zoho: zoho.crm("POST", f"/{module}", **body, **_V2)
    yield f"GET /crm/v2/{module}/{{id}}", on_record("GET")
    yield f"PUT /crm/v2/{module}/{{id}}", on_record("PUT", **body)
    yield f"DELETE /crm/v2/{module}/{{id}}", on_record("DELETE")


def _listed_contacts(zoho: Zoho) -> Any:
    given.contact(zoho)
    return zoho.books("GET", "/contacts", params={"sort_column": "contact_name"})


def _listed_items(zoho: Zoho) -> Any:
    given.item(zoho)
    return zoho.books("GET", "/items")


def _contacts() -> Iterator[tuple[str, Exchange]]:
    def on_contact(method: str, **options: Any) -> Exchange:
        return lambda zoho: zoho.books(method, f"/contacts/{given.contact_id(zoho)}", **options)

    yield "GET /books/v3/contacts", _listed_contacts
    yield "POST /books/v3/contacts", lambda zoho: zoho.books("POST", "/contacts", json={"contact_name": "C"})
    yield "GET /books/v3/contacts/{id}", on_contact("GET")
    yield "PUT /books/v3/contacts/{id}", on_contact("PUT", json={"notes": "n"})
    yield "DELETE /books/v3/contacts/{id}", on_contact("DELETE")


def _items() -> Iterator[tuple[str, Exchange]]:
    def on_item(method: str, **options: Any) -> Exchange:
        return lambda zoho: zoho.books(method, f"/items/{given.item(zoho)}", **options)

    yield "GET /books/v3/items", _listed_items
    yield "POST /books/v3/items", lambda zoho: zoho.books("POST", "/items", json=ITEM)
    yield "GET /books/v3/items/{id}", on_item("GET")
    yield "PUT /books/v3/items/{id}", on_item("PUT", json={"rate": 2.5})
    yield "DELETE /books/v3/items/{id}", on_item("DELETE")


def _organization() -> Iterator[tuple[str, Exchange]]:
    yield "GET /crm/v2/users", lambda zoho: zoho.crm("GET", "/users", params={"type": "AllUsers"}, **_V2)
    yield "GET /crm/v2/users/{id}", lambda zoho: zoho.crm("GET", f"/users/{given.user(zoho)}", **_V2)
    for path in ("/organizations", "/settings/currencies", "/settings/taxes"):
        yield f"GET /books/v3{path}", lambda zoho, path=path: zoho.books("GET", path)


def _as_contacts() -> Iterator[tuple[str, Exchange]]:
    """Yield what was recorded with leads, which the sandbox does not have; every module answers in this form."""
    yield (
        "GET /crm/v2/Leads/search",
        lambda zoho: zoho.crm("GET", "/Contacts/search", params={"word": "nobody"}, **_V2),
    )
    yield (
        "POST /crm/v2/Leads/upsert",
        lambda zoho: zoho.crm("POST", "/Contacts/upsert", json={"data": [RECORDS["Contacts"]]}, **_V2),
    )


def _all() -> Iterator[tuple[str, Exchange]]:
    for module in _MODULES:
        yield from _sales(module)
    yield from _contacts()
    yield from _items()
    yield from _organization()
    yield from _as_contacts()
    yield from RECORDED_DOCUMENTS.items()


RECORDED: dict[str, Exchange] = dict(_all())
"""Calls by the name that the recorded shapes give them."""
