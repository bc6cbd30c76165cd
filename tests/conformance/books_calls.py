"""One call to each Books endpoint that Zoho's OpenAPI files describe."""

from typing import Any

from tests.conformance import given
from tests.conformance.crm_calls import Exchange
from tests.conformance.document_calls import DOCUMENTS
from tests.conformance.given import ITEM
from tests.sandbox.client import Zoho

_UNIQUE = {"X-Unique-Identifier-Key": "cf_crm_id", "X-Unique-Identifier-Value": "1", "X-Upsert": "true"}
_PERSON = "/contacts/contactpersons/{contact_person_id}"


def _new_person(zoho: Zoho) -> Any:
    body = {"contact_id": given.contact_id(zoho), "first_name": "x"}
    return zoho.books("POST", "/contacts/contactpersons", json=body)


def _on_person(method: str, ending: str = "") -> Exchange:
    def exchange(zoho: Zoho) -> Any:
        contact, person = given.person(zoho)
        body = {"json": {"contact_id": contact, "first_name": "y"}} if method == "PUT" else {}
        return zoho.books(method, f"/contacts/contactpersons/{person}{ending}", **body)

    return exchange


def _one_person(zoho: Zoho) -> Any:
    contact, person = given.person(zoho)
    return zoho.books("GET", f"/contacts/{contact}/contactpersons/{person}")


def _on_contact(method: str, ending: str = "", **options: Any) -> Exchange:
    return lambda zoho: zoho.books(method, f"/contacts/{given.contact_id(zoho)}{ending}", **options)


def _on_item(method: str, ending: str = "", **options: Any) -> Exchange:
    return lambda zoho: zoho.books(method, f"/items/{given.item(zoho)}{ending}", **options)


def _listed(path: str, make: Exchange) -> Exchange:
    def exchange(zoho: Zoho) -> Any:
        make(zoho)
        return zoho.books("GET", path)

    return exchange


def _on_inactive(exchange_path: str) -> Exchange:
    def exchange(zoho: Zoho) -> Any:
        path = f"/{exchange_path}/{given.contact_id(zoho) if exchange_path == 'contacts' else given.item(zoho)}"
        zoho.books("POST", f"{path}/inactive")
        return zoho.books("POST", f"{path}/active")

    return exchange


_CONTACTS: dict[str, Exchange] = {
    "contacts.yml POST /contacts": lambda z: z.books("POST", "/contacts", json={"contact_name": "OpenAPI"}),
    "contacts.yml GET /contacts": _listed("/contacts", given.contact_id),
    "contacts.yml PUT /contacts": lambda z: z.books("PUT", "/contacts", json={"contact_name": "U"}, headers=_UNIQUE),
    "contacts.yml DELETE /contacts": lambda z: z.books(
        "DELETE", "/contacts", params={"contact_ids": given.contact_id(z)}
    ),
    "contacts.yml GET /contacts/{contact_id}": _on_contact("GET"),
    "contacts.yml PUT /contacts/{contact_id}": _on_contact("PUT", json={"notes": "x"}),
    "contacts.yml DELETE /contacts/{contact_id}": _on_contact("DELETE"),
    "contacts.yml POST /contacts/{contact_id}/active": _on_inactive("contacts"),
    "contacts.yml POST /contacts/{contact_id}/inactive": _on_contact("POST", "/inactive"),
    "contacts.yml GET /contacts/contactpersons/{contactperson_id}": _on_person("GET"),
    "contact-persons.yml POST /contacts/contactpersons": _new_person,
    f"contact-persons.yml PUT {_PERSON}": _on_person("PUT"),
    f"contact-persons.yml DELETE {_PERSON}": _on_person("DELETE"),
    f"contact-persons.yml POST {_PERSON}/primary": _on_person("POST", "/primary"),
    "contact-persons.yml GET /contacts/{contact_id}/contactpersons": _on_contact("GET", "/contactpersons"),
    "contact-persons.yml GET /contacts/{contact_id}/contactpersons/{contact_person_id}": _one_person,
}
_ITEMS: dict[str, Exchange] = {
    "items.yml POST /items": lambda z: z.books("POST", "/items", json=ITEM),
    "items.yml GET /items": _listed("/items", given.item),
    "items.yml PUT /items": lambda z: z.books(
        "PUT", "/items", json=ITEM, headers=_UNIQUE | {"X-Unique-Identifier-Key": "cf_crm_product_id"}
    ),
    "items.yml GET /itemdetails": lambda z: z.books("GET", "/itemdetails", params={"item_ids": given.item(z)}),
    "items.yml GET /items/{item_id}": _on_item("GET"),
    "items.yml PUT /items/{item_id}": _on_item("PUT", json={"rate": 2.5}),
    "items.yml DELETE /items/{item_id}": _on_item("DELETE"),
    "items.yml POST /items/{item_id}/active": _on_inactive("items"),
    "items.yml POST /items/{item_id}/inactive": _on_item("POST", "/inactive"),
    "items.yml PUT /item/{item_id}/customfields": lambda z: z.books(
        "PUT", f"/item/{given.item(z)}/customfields", json=[{"api_name": "cf_crm_product_id", "value": "7"}]
    ),
}
_ORGANIZATION: dict[str, Exchange] = {
    "organizations.yml GET /organizations": lambda z: z.books("GET", "/organizations"),
    "organizations.yml GET /organizations/{organization_id}": lambda z: z.books(
        "GET", f"/organizations/{_organization(z)}"
    ),
    "users.yml GET /users": lambda z: z.books("GET", "/users"),
    "users.yml GET /users/me": lambda z: z.books("GET", "/users/me"),
    "users.yml GET /users/{user_id}": lambda z: z.books("GET", f"/users/{_user(z)}"),
    "currency.yml GET /settings/currencies": lambda z: z.books("GET", "/settings/currencies"),
    "taxes.yml GET /settings/taxes": lambda z: z.books("GET", "/settings/taxes"),
    "taxes.yml GET /settings/taxes/{tax_id}": lambda z: z.books("GET", f"/settings/taxes/{_tax(z, 'tax')}"),
    "taxes.yml GET /settings/taxgroups/{tax_group_id}": lambda z: z.books(
        "GET", f"/settings/taxgroups/{_tax(z, 'tax_group')}"
    ),
}


def _organization(zoho: Zoho) -> str:
    return str(zoho.books("GET", "/organizations").json()["organizations"][0]["organization_id"])


def _tax(zoho: Zoho, kind: str) -> str:
    taxes = zoho.books("GET", "/settings/taxes").json()["taxes"]
    return next(str(tax["tax_id"]) for tax in taxes if tax["tax_type"] == kind)


def _user(zoho: Zoho) -> str:
    return str(zoho.books("GET", "/users/me").json()["user"]["user_id"])


BOOKS = {**_CONTACTS, **_ITEMS, **_ORGANIZATION, **DOCUMENTS}
"""Calls by Zoho's OpenAPI file, and the method and path in it."""
