"""Webhooks of Books' workflows (TXN-5; zoho-api 3.11)."""

import hashlib
import hmac
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import pytest

from sandbox.defaults import SECOND_BOOKS_ORGANIZATION
from tests.sandbox.client import Zoho, start, stop
from tests.sandbox.receiver import Receiver

SECRET = "not much of a secret"


def _hook(zoho: Zoho, receiver: Receiver, module: str, **more: Any) -> dict[str, Any]:
    order = {"module": module, "url": receiver.url, "secret": SECRET, **more}
    shown: dict[str, Any] = zoho.control("PUT", "/books_webhooks", json=order)
    return shown


def test_a_signed_object_for_each_write(empty: Zoho, receiver: Receiver) -> None:
    """zoho-api 3.11: making, changing and deleting a record each post it whole under its resource key."""
    _hook(empty, receiver, "contact")
    contact = empty.customer(contact_name="Tanaka")
    contact_id = contact["contact_id"]
    delivery = receiver.delivery()
    assert delivery.json() == {"contact": contact}
    assert delivery.headers["Content-Type"].startswith("application/json")
    signature = hmac.new(SECRET.encode(), delivery.body, hashlib.sha256).hexdigest()
    assert delivery.headers["X-Zoho-Webhook-Signature"] == signature
    empty.books("PUT", f"/contacts/{contact_id}", json={"notes": "changed"})
    assert receiver.next()["contact"]["notes"] == "changed"
    empty.books("DELETE", f"/contacts/{contact_id}")
    assert receiver.next()["contact"]["contact_id"] == contact_id
    assert empty.books("GET", f"/contacts/{contact_id}").status_code == 404


def test_the_form_variant(empty: Zoho, receiver: Receiver) -> None:
    """zoho-api 3.11: the same object in the form field JSONString; the signature is that of the raw body."""
    _hook(empty, receiver, "item", body="form")
    made = empty.books("POST", "/items", json={"name": "緑茶 & 紅茶", "rate": 4.5}).json()["item"]
    delivery = receiver.delivery()
    assert delivery.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert hmac.new(SECRET.encode(), delivery.body, hashlib.sha256).hexdigest() in delivery.headers.values()
    (text,) = parse_qs(delivery.body.decode())["JSONString"]
    assert '"name":"緑茶 & 紅茶"' in text
    assert made["item_id"] in text


@pytest.mark.parametrize(
    ("kind", "move", "status"),
    [("estimate", "sent", "sent"), ("salesorder", "open", "open"), ("invoice", "sent", "sent"),
     ("purchaseorder", "open", "open")],
)  # fmt: skip
def test_documents(empty: Zoho, receiver: Receiver, kind: str, move: str, status: str) -> None:
    """TXN-5: every kind of document, at its creation, at a change of status and at its deletion."""
    party = "vendor" if kind == "purchaseorder" else "customer"
    contact = empty.customer(contact_name="C", contact_type=party)["contact_id"]
    _hook(empty, receiver, kind)
    body = {f"{party}_id": contact, "line_items": [{"name": "Tea", "rate": 1, "account_id": "600012300000000703"}]}
    made = empty.books("POST", f"/{kind}s", json=body).json()[kind]
    assert receiver.next() == {kind: made}
    empty.books("POST", f"/{kind}s/{made[f'{kind}_id']}/status/{move}")
    assert receiver.next()[kind]["status"] == status
    empty.books("DELETE", f"/{kind}s/{made[f'{kind}_id']}")
    assert receiver.next()[kind][f"{kind}_id"] == made[f"{kind}_id"]


def test_payments_are_told(empty: Zoho, receiver: Receiver) -> None:
    """TXN-7: what a person pays on the screen changes the invoice's balance, which is told."""
    contact = empty.customer(contact_name="C")["contact_id"]
    body = {"customer_id": contact, "line_items": [{"name": "Tea", "rate": 10}]}
    made = empty.books("POST", "/invoices", json=body, params={"send": "true"}).json()["invoice"]
    _hook(empty, receiver, "invoice")
    empty.control("POST", "/payments", json={"invoice_id": made["invoice_id"], "amount": "4"})
    told = receiver.next()["invoice"]
    assert (told["balance"], told["payment_made"], told["status"]) == (6, 4, "partially_paid")


def test_the_network_loses_repeats_reverses_and_delays(empty: Zoho, receiver: Receiver) -> None:
    """TXN-5: webhooks suffer what the CRM's notifications do."""
    _hook(empty, receiver, "contact", secret="")
    empty.control("PUT", "/settings", json={"notifications_times": 2, "notifications_reversed": True})
    empty.control("PUT", "/settings", json={"notifications_delay_seconds": 0.3})
    began = monotonic()
    for name in "AB":
        empty.customer(contact_name=name)
    told = [receiver.delivery() for _ in range(4)]
    assert [delivery.json()["contact"]["contact_name"] for delivery in told] == ["B", "B", "A", "A"]
    assert monotonic() - began >= 0.3
    assert "X-Zoho-Webhook-Signature" not in told[0].headers
    empty.control("PUT", "/settings", json={"notifications_delay_seconds": 0, "notifications_times": 1})
    empty.control("PUT", "/settings", json={"notifications_lose_every": 1})
    empty.customer(contact_name="C")
    empty.control("PUT", "/settings", json={"notifications_lose_every": None})
    empty.customer(contact_name="D")
    assert receiver.next()["contact"]["contact_name"] == "D"


def test_a_webhook_is_one_organizations(empty: Zoho, receiver: Receiver) -> None:
    """CON-2: another organization's records are its own; a module without a webhook is silent."""
    second = SECOND_BOOKS_ORGANIZATION.id
    _hook(empty, receiver, "contact", organization_id=second)
    empty.customer(contact_name="first")
    empty.books("POST", "/items", json={"name": "x", "rate": 1}, params={"organization_id": second})
    empty.books("POST", "/contacts", json={"contact_name": "second"}, params={"organization_id": second})
    assert receiver.next()["contact"]["contact_name"] == "second"
    assert receiver.received.empty()


def test_setting_up_and_taking_away(empty: Zoho, receiver: Receiver) -> None:
    """zoho-api 3.11: the secret is shown nowhere; what does not fit is refused."""
    shown = _hook(empty, receiver, "invoice")
    assert shown == {"module": "invoice", "url": receiver.url, "signed": True, "body": "json"}
    assert empty.control("GET", "/books_webhooks") == {"webhooks": [shown]}
    for path in ("/books_webhooks", "/dump", "/settings", "/calls"):
        assert SECRET not in empty.http.get(f"{empty.base}/_sandbox{path}").text
    for wrong in ({"module": "bill"}, {"url": "ftp://x"}, {"organization_id": "1"}):
        order = {"module": "invoice", "url": receiver.url, **wrong}
        assert empty.http.put(f"{empty.base}/_sandbox/books_webhooks", json=order).status_code in {404, 422}
    assert empty.control("DELETE", "/books_webhooks/invoice") == {"removed": "invoice"}
    assert empty.http.delete(f"{empty.base}/_sandbox/books_webhooks/invoice").status_code == 404
    assert empty.control("GET", "/books_webhooks") == {"webhooks": []}


def test_webhooks_survive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    """TXN-5: a webhook is kept with the organization's data, its secret too."""
    data = tmp_path / "zoho.db"
    process, base = start("--empty", "--data", str(data))
    _hook(Zoho(base), receiver, "contact")
    assert stop(process) == 0
    process, base = start("--empty", "--data", str(data))
    zoho = Zoho(base)
    zoho.customer(contact_name="after")
    delivery = receiver.delivery()
    assert delivery.json()["contact"]["contact_name"] == "after"
    signature = hmac.new(SECRET.encode(), delivery.body, hashlib.sha256).hexdigest()
    assert delivery.headers["X-Zoho-Webhook-Signature"] == signature
    assert stop(process) == 0
