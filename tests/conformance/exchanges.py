"""One call to each endpoint of the sandbox that Zoho's sources say something about."""

from collections.abc import Callable
from typing import Any

import requests

from tests.sandbox.client import Zoho

Exchange = Callable[[Zoho], requests.Response]

_ACCOUNT = {
    "Account_Name": "Conformance Ltd", "Phone": "1", "Website": "w", "Industry": "Retail", "Employees": 5,
    "Annual_Revenue": 10, "Billing_Street": "s", "Billing_City": "c", "Billing_State": "s", "Billing_Code": "1",
    "Billing_Country": "x", "Description": "d", "Account_Type": "Customer", "Ownership": "Private",
}  # fmt: skip
_CONTACT = {
    "First_Name": "A",
    "Last_Name": "B",
    "Email": "a.b@example.com",
    "Phone": "1",
    "Mobile": "2",
    "Title": "t",
}
_DEAL = {"Deal_Name": "D", "Stage": "Qualification", "Amount": 5, "Closing_Date": "2026-06-01", "Description": "d"}
_PRODUCT = {"Product_Name": "P", "Unit_Price": 1.5}
RECORDS = {"Accounts": _ACCOUNT, "Contacts": _CONTACT, "Deals": _DEAL, "Products": _PRODUCT}
_PERSON = {"first_name": "A", "last_name": "B", "email": "a@example.com", "phone": "1", "mobile": "2"}
_ITEM = {"name": "Item", "rate": 1.5, "description": "d", "unit": "pcs", "item_type": "sales"}
_numbers = iter(range(10**6))


def customer(zoho: Zoho) -> dict[str, Any]:
    """Create a Books customer with everything in it."""
    name = f"Conformance {next(_numbers)}"
    address = {"address": "a", "city": "c", "zip": "1", "country": "x", "attention": "y", "street2": "z"}
    return zoho.customer(contact_name=name, billing_address=address, contact_persons=[_PERSON], notes="n")


def _listed(module: str) -> Exchange:
    def exchange(zoho: Zoho) -> requests.Response:
        (account,) = zoho.insert("Accounts", RECORDS["Accounts"])
        (contact,) = zoho.insert("Contacts", RECORDS["Contacts"])
        zoho.insert(module, {**RECORDS[module], **_lookups(module, account, contact)})
        return zoho.crm("GET", f"/{module}", version="v2", params={"per_page": 200})

    return exchange


def _lookups(module: str, account: str, contact: str) -> dict[str, Any]:
    return {"Account_Name": {"id": account}, "Contact_Name": {"id": contact}} if module == "Deals" else {}


def _on_record(module: str, method: str, body: dict[str, Any] | None = None) -> Exchange:
    def exchange(zoho: Zoho) -> requests.Response:
        (record,) = zoho.insert(module, RECORDS[module])
        data = {"json": {"data": [body]}} if body else {}
        return zoho.crm(method, f"/{module}/{record}", version="v2", **data)

    return exchange


def _inserted(module: str) -> Exchange:
    return lambda zoho: zoho.crm("POST", f"/{module}", version="v2", json={"data": [RECORDS[module]]})


def _on_customer(method: str, body: dict[str, Any] | None = None) -> Exchange:
    def exchange(zoho: Zoho) -> requests.Response:
        path = f"/contacts/{customer(zoho)['contact_id']}"
        return zoho.books(method, path, json=body) if body else zoho.books(method, path)

    return exchange


def _on_item(method: str, body: dict[str, Any] | None = None) -> Exchange:
    def exchange(zoho: Zoho) -> requests.Response:
        made = zoho.books("POST", "/items", json=_ITEM).json()["item"]
        path = f"/items/{made['item_id']}"
        return zoho.books(method, path, json=body) if body else zoho.books(method, path)

    return exchange


def _user(zoho: Zoho) -> requests.Response:
    users = zoho.crm("GET", "/users", version="v2", params={"type": "CurrentUser"}).json()["users"]
    return zoho.crm("GET", f"/users/{users[0]['id']}", version="v2")


RECORDED: dict[str, Exchange] = {
    **{f"GET /crm/v2/{module}": _listed(module) for module in RECORDS},
    **{f"POST /crm/v2/{module}": _inserted(module) for module in RECORDS},
    **{f"GET /crm/v2/{module}/{{id}}": _on_record(module, "GET") for module in RECORDS},
    **{f"PUT /crm/v2/{module}/{{id}}": _on_record(module, "PUT", RECORDS[module]) for module in RECORDS},
    **{f"DELETE /crm/v2/{module}/{{id}}": _on_record(module, "DELETE") for module in RECORDS},
    "GET /crm/v2/users": lambda zoho: zoho.crm("GET", "/users", version="v2", params={"type": "AllUsers"}),
    "GET /crm/v2/users/{id}": _user,
    "GET /books/v3/contacts": lambda zoho: zoho.books("GET", "/contacts", params={"sort_column": "contact_name"}),
    "POST /books/v3/contacts": lambda zoho: zoho.books(
        "POST", "/contacts", json={"contact_name": f"Conformance {next(_numbers)}"}
    ),
    "GET /books/v3/contacts/{id}": _on_customer("GET"),
    "PUT /books/v3/contacts/{id}": _on_customer("PUT", {"notes": "n"}),
    "DELETE /books/v3/contacts/{id}": _on_customer("DELETE"),
    "GET /books/v3/items": lambda zoho: (zoho.books("POST", "/items", json=_ITEM), zoho.books("GET", "/items"))[1],
    "POST /books/v3/items": lambda zoho: zoho.books("POST", "/items", json=_ITEM),
    "GET /books/v3/items/{id}": _on_item("GET"),
    "PUT /books/v3/items/{id}": _on_item("PUT", {"rate": 2.5}),
    "DELETE /books/v3/items/{id}": _on_item("DELETE"),
    "GET /books/v3/organizations": lambda zoho: zoho.books("GET", "/organizations"),
    "GET /books/v3/settings/currencies": lambda zoho: zoho.books("GET", "/settings/currencies"),
    "GET /books/v3/settings/taxes": lambda zoho: zoho.books("GET", "/settings/taxes"),
}
"""Calls by the name that the recorded shapes give them."""
