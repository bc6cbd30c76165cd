"""Random calls: how many, and path parameters that name something there, to reach past the first check."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.conformance import given
from tests.sandbox.client import Zoho

EXAMPLES = 4
"""How often each operation is called."""

_DOCUMENTS = re.compile(r"/books/v3/(estimate|salesorder|invoice|purchaseorder)s?/{id}")
_CRM: Mapping[str, Callable[[Zoho], Any]] = {
    "/settings/fields/{field}": given.field,
    "/settings/custom_views/{id}": lambda z: given.first(z, "custom_views"),
    "/settings/layouts/{id}": lambda z: given.first(z, "layouts"),
    "/settings/related_lists/{id}": lambda z: given.first(z, "related_lists"),
    "/users/{id}": given.user,
    "/read/{job_id}": given.read_job,
    "/write/{job_id}": lambda z: given.write_job(z)["id"],
    "/{module}/{id}": given.account_with_contact,
}
_BOOKS: Mapping[str, Callable[[Zoho], str]] = {"contact_id": given.contact_id, "item_id": given.item}


def known(zoho: Zoho, path: str) -> dict[str, str]:
    """Return parameters for a path of the sandbox's OpenAPI, making what they name.

    Args:
        zoho: A sandbox without records.
        path: The path, with its parameters in braces.
    """
    names = re.findall(r"{(\w+)}", path)
    found = {"version": "v2" if path.startswith("/bigin") else "v8", "module": "Accounts", "related": "Contacts"}
    document = _DOCUMENTS.match(path)
    if document:
        found["id"] = given.document(zoho, f"{document[1]}s")
    elif path.startswith("/bigin") and "id" in names:
        found["id"] = _company(zoho)
    elif path.startswith("/crm"):
        ending = next((ending for ending in _CRM if ending in path), None)
        if ending:
            found[ending[ending.rindex("{") + 1 : -1]] = str(_CRM[ending](zoho))
    elif "person_id" in names:
        found["contact_id"], found["person_id"] = given.person(zoho)
    for name, make in _BOOKS.items():
        if name in names and name not in found:
            found[name] = make(zoho)
    return {name: value for name, value in found.items() if name in names}


def _company(zoho: Zoho) -> str:
    body = {"data": [{"Account_Name": "Conformance Ltd"}]}
    answer = zoho.bigin("POST", "/Accounts", json=body).json()
    return str(answer["data"][0]["details"]["id"])
