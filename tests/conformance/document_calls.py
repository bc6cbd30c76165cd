"""One call to each endpoint of Books' documents: those Zoho's OpenAPI files describe, and the recorded ones."""

from collections.abc import Iterator
from typing import Any

from tests.conformance import given
from tests.conformance.crm_calls import Exchange
from tests.sandbox.client import Zoho

_FILES = {
    "estimates": "estimates.yml",
    "salesorders": "sales-order.yml",
    "invoices": "invoices.yml",
    "purchaseorders": "purchase-order.yml",
}
_SENT, _OPEN, _SUBMITTED = ("status/sent",), ("status/open",), ("submit",)
_ACTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "estimates": {"status/sent": (), "status/accepted": _SENT, "status/declined": _SENT},
    "salesorders": {"status/open": (), "status/void": _OPEN},
    "invoices": {
        "status/sent": (), "status/void": _SENT, "status/draft": (*_SENT, "status/void"), "writeoff": _SENT,
        "writeoff/cancel": (*_SENT, "writeoff"),
    },
    "purchaseorders": {"status/open": (), "status/billed": _OPEN, "status/cancelled": _OPEN},
}  # fmt: skip
_COMMON: dict[str, tuple[str, ...]] = {"submit": (), "approve": _SUBMITTED, "email": ()}
_MAIL = {"to_mail_ids": ["a@example.com"], "subject": "s", "body": "b"}
_UNIQUE = {"X-Unique-Identifier-Key": "cf_crm_reference", "X-Unique-Identifier-Value": "1", "X-Upsert": "true"}


def _created(kind: str) -> Exchange:
    return lambda zoho: zoho.books("POST", f"/{kind}", json=given.document_body(zoho, kind))


def _upserted(kind: str) -> Exchange:
    return lambda zoho: zoho.books("PUT", f"/{kind}", json=given.document_body(zoho, kind), headers=_UNIQUE)


def _listed(kind: str) -> Exchange:
    def exchange(zoho: Zoho) -> Any:
        given.document(zoho, kind)
        return zoho.books("GET", f"/{kind}")

    return exchange


def _on_one(kind: str, method: str, ending: str = "", before: tuple[str, ...] = (), **options: Any) -> Exchange:
    return lambda zoho: zoho.books(method, f"/{kind}/{given.document(zoho, kind, *before)}{ending}", **options)


def _custom_fields(kind: str) -> Exchange:
    fields = [{"api_name": "cf_crm_reference", "value": "7"}]
    name = kind.removesuffix("s")
    return lambda zoho: zoho.books("PUT", f"/{name}/{given.document(zoho, kind)}/customfields", json=fields)


def _of_kind(kind: str) -> Iterator[tuple[str, Exchange]]:
    file, name = _FILES[kind], kind.removesuffix("s")
    one = f"/{kind}/{{{name}_id}}"
    yield f"{file} POST /{kind}", _created(kind)
    yield f"{file} GET /{kind}", _listed(kind)
    yield f"{file} PUT /{kind}", _upserted(kind)
    yield f"{file} GET {one}", _on_one(kind, "GET")
    yield f"{file} PUT {one}", _on_one(kind, "PUT", json={"notes": "n"})
    yield f"{file} DELETE {one}", _on_one(kind, "DELETE")
    yield f"{file} PUT /{name}/{{{name}_id}}/customfields", _custom_fields(kind)
    for action, before in (_ACTIONS[kind] | _COMMON).items():
        body = _MAIL if action == "email" else {}
        yield f"{file} POST {one}/{action}", _on_one(kind, "POST", f"/{action}", before, json=body)
    for which in ("billing", "shipping") if kind != "purchaseorders" else ("billing",):
        address = {"address": "a", "city": "c"}
        yield f"{file} PUT {one}/address/{which}", _on_one(kind, "PUT", f"/address/{which}", json=address)


def _invoice_order(zoho: Zoho) -> Any:
    order = given.document(zoho, "salesorders", "status/open")
    return zoho.books("POST", "/invoices/fromsalesorder", params={"salesorder_id": order})


def _invoice_estimates(zoho: Zoho) -> Any:
    estimate = given.document(zoho, "estimates", "status/sent", "status/accepted")
    return zoho.books("POST", "/invoices/fromestimates", params={"estimate_ids": estimate})


def _many(method: str, path: str, *before: str) -> Exchange:
    return lambda zoho: zoho.books(method, path, params={"invoice_ids": given.document(zoho, "invoices", *before)})


_SPECIAL: dict[str, Exchange] = {
    "invoices.yml POST /invoices/fromsalesorder": _invoice_order,
    "invoices.yml POST /invoices/fromestimates": _invoice_estimates,
    "invoices.yml POST /invoices/status/sent": _many("POST", "/invoices/status/sent"),
    "invoices.yml POST /invoices/status/void": _many("POST", "/invoices/status/void", "status/sent"),
    "invoices.yml DELETE /invoices": _many("DELETE", "/invoices"),
    "invoices.yml GET /invoices/{invoice_id}/payments": _on_one("invoices", "GET", "/payments", _SENT),
    "sales-order.yml POST /salesorders/{salesorder_id}/substatus/{status_code}": _on_one(
        "salesorders", "POST", "/substatus/cs_shipped", _OPEN
    ),
}

DOCUMENTS: dict[str, Exchange] = {name: call for kind in _FILES for name, call in _of_kind(kind)} | _SPECIAL
"""Calls by Zoho's OpenAPI file, and the method and path in it."""


def _recorded() -> Iterator[tuple[str, Exchange]]:
    for kind in ("estimates", "invoices", "purchaseorders"):
        yield f"GET /books/v3/{kind}", _listed(kind)
        yield f"POST /books/v3/{kind}", _created(kind)
        yield f"GET /books/v3/{kind}/{{id}}", _on_one(kind, "GET")
        yield f"PUT /books/v3/{kind}/{{id}}", _on_one(kind, "PUT", json={"notes": "n"})
        yield f"DELETE /books/v3/{kind}/{{id}}", _on_one(kind, "DELETE")
    yield "POST /books/v3/invoices/{id}/status/sent", _on_one("invoices", "POST", "/status/sent")
    yield "POST /books/v3/invoices/{id}/status/void", _on_one("invoices", "POST", "/status/void", _SENT)
    yield "POST /books/v3/invoices/{id}/email", _on_one("invoices", "POST", "/email", json=_MAIL)


RECORDED_DOCUMENTS: dict[str, Exchange] = dict(_recorded())
"""Calls by the name that the recorded shapes give them."""
