"""The way in for webhooks (TXN-5): what is genuine is journalled as ids, everything else has no effect."""

import json
import logging
from pathlib import Path

import pytest

from tests.web.conftest import CHANNEL, CLIENT_SECRET, SIGNATURE, WEBHOOK_SECRET, Door, connection
from zoho.core.proof import channel_token
from zoho.web.hooks import LONGEST_NOTIFICATION, LONGEST_WEBHOOK

DEAL = "5725767000003000010"
ESTIMATE = {"estimate": {"estimate_id": "460000000012345", "status": "draft", "total": 10.5}}


def test_a_notification_is_journalled_by_its_ids(door: Door):
    """TXN-5: several ids may share one; the token of the channel is its proof."""
    assert door.sales(door.notification(DEAL, "5725767000003000011")).status_code == 200
    assert door.sales(door.notification("77", module="Quotes", operation="delete")).status_code == 200
    assert door.journal() == [
        ("sales", "Deals", DEAL),
        ("sales", "Deals", "5725767000003000011"),
        ("sales", "Quotes", "77"),
    ]


@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
def test_a_webhook_of_books_is_journalled_by_its_id(door: Door, form: bool):
    """TXN-5: signed as it came, whether JSON or a form."""
    assert door.books(ESTIMATE, form=form).status_code == 200
    assert door.books({"invoice": {"invoice_id": "9"}}, form=form).status_code == 200
    assert door.journal() == [("books", "estimates", "460000000012345"), ("books", "invoices", "9")]


def test_the_signature_may_be_in_capitals(door: Door):
    """TXN-5: hexadecimal is hexadecimal."""
    import hashlib
    import hmac

    body = json.dumps(ESTIMATE).encode()
    signature = hmac.new(WEBHOOK_SECRET, body, hashlib.sha256).hexdigest().upper()
    assert door.books(body, signature=signature).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"token": "forged"},
        {"token": ""},
        {"token": None},
        {"token": 7},
        {"token": "\u00fc\ud800"},
        {"token": channel_token(CLIENT_SECRET, "demo", "1")},
        {"token": channel_token(CLIENT_SECRET, "other", CHANNEL)},
        {"token": channel_token(b"", "demo", CHANNEL)},
        {"channel_id": "1"},
        {"channel_id": None},
        {"ids": None},
        {"ids": {"a": 1}},
        {"module": None},
        {"module": ["Deals"]},
        {"operation": {}},
        {"server_time": None},
        {"server_time": "now"},
        {"server_time": True},
        {"server_time": 10**40},
        {"server_time": 0.5},
        {"server_time": 1e300},
    ],
    ids=str,
)
def test_a_forged_notification_has_no_effect(door: Door, changes: dict[str, object]):
    """TXN-5: neither one without the proof, nor one that is none."""
    changes = {
        key: value.replace("CHANNEL", door.channel) if isinstance(value, str) else value
        for key, value in changes.items()
    }
    answer = door.sales(door.notification(DEAL, **changes))
    assert (answer.status_code, answer.json()) == (403, {"detail": "Forbidden"})
    assert door.journal() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b"\xff\xfe", b'{"a": NaN}', b"[" * 200_000, b'{"a":' * 40_000],
    ids=["nothing", "half", "list", "number", "no text", "no number", "deep", "deep objects"],
)
def test_what_is_no_json_has_no_effect(door: Door, body: bytes):
    """TXN-5: for Books even when it is signed."""
    assert door.sales(body).status_code == 403
    assert door.books(body).status_code == 403
    assert door.journal() == []


def test_a_forged_webhook_has_no_effect(door: Door):
    """TXN-5: another secret, no signature, one of another body, letters that no signature has."""
    assert door.books(ESTIMATE, secret=b"guessed").status_code == 403
    assert door.books(ESTIMATE, signature="").status_code == 403
    assert door.books(ESTIMATE, signature="caf\u00e9".encode()).status_code == 403
    body = json.dumps(ESTIMATE).encode()
    assert door.client.post("/hooks/demo/books", content=body).status_code == 403
    assert door.books(ESTIMATE, secret=b"").status_code == 403
    assert door.journal() == []


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_stale_notification_has_no_effect(door: Door, hours: int):
    """TXN-5: what somebody kept and sends again, or a time that nobody can know yet."""
    body = door.notification(DEAL)
    body["server_time"] += hours * 3_600_000
    assert door.sales(body).status_code == 403
    assert door.journal() == []


def test_what_is_too_long_is_not_read(door: Door):
    """TXN-5: whether its length is told or not; a genuine one too."""
    body = json.dumps(door.notification(DEAL, filler="x" * LONGEST_NOTIFICATION)).encode()
    assert door.sales(body).status_code == 413
    long = {**ESTIMATE, "filler": "x" * LONGEST_WEBHOOK}
    assert door.books(long).status_code == 413

    untold = (part for part in [body[:1_000], body[1_000:]])
    assert door.client.post("/hooks/demo/sales", content=untold).status_code == 413
    for length in (b"\xb2", b"-1", b"9" * 5_000, b"1e3"):
        answer = door.client.post("/hooks/demo/sales", content=b"{}", headers={b"Content-Length": length})
        assert answer.status_code in (400, 413)
    assert door.journal() == []


def test_only_integrations_that_are_told_at_once_are_there(door: Door):
    """TXN-5: all others are unknown, and nothing tells them apart."""
    for name in ("demo_bigin", "nobody", "a.b", "%0aforged"):
        answers = [door.sales(door.notification(DEAL), name), door.books(ESTIMATE, integration=name)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert len({answer.text for answer in answers}) == 1
    assert door.client.get("/hooks/demo/sales").status_code == 405
    assert door.journal() == []


def test_what_is_not_watched_is_accepted_and_forgotten(door: Door):
    """TXN-5: a channel of before may tell of more; ids are digits."""
    for body in (
        door.notification("1", module="Leads"),
        door.notification("1", module="Purchase_Orders"),
        door.notification(),
        door.notification("1' OR 1=1", "../2", "\u0663"),
    ):
        assert door.sales(body).status_code == 200
    for content in ({"contact": {"contact_id": "1"}}, {"estimate": []}, {"estimate": {"estimate_id": "x"}}, {}):
        assert door.books(content).status_code == 200
    assert door.journal() == []


def test_a_repeat_waits_once(door: Door):
    """TXN-5: the same delivery, ten times."""
    body = door.notification(DEAL)
    for _ in range(10):
        assert door.sales(body).status_code == 200
        assert door.books(ESTIMATE).status_code == 200
    assert len(door.journal()) == 2


def test_without_a_secret_nothing_is_let_in(door: Door, monkeypatch: pytest.MonkeyPatch):
    """TXN-5: an empty secret is no secret, and a connection that is not there has none."""
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_CRM_DEMO", connection("crm", b""))
    monkeypatch.delenv("AIRFLOW_CONN_ZOHO_BOOKS_DEMO")
    door.read_secrets()
    token = channel_token(b"", "demo", door.channel)
    assert door.sales(door.notification(DEAL, token=token)).status_code == 403
    assert door.books(ESTIMATE, secret=b"").status_code == 403


def test_the_sales_side_may_have_a_secret_of_its_own(door: Door, monkeypatch: pytest.MonkeyPatch):
    """TXN-5: then the client secret proves nothing."""
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_CRM_DEMO", connection("crm", CLIENT_SECRET, webhook_secret="own"))
    door.read_secrets()
    assert door.sales(door.notification(DEAL)).status_code == 403
    token = channel_token(b"own", "demo", door.channel)
    assert door.sales(door.notification(DEAL, token=token)).status_code == 200


def test_secrets_and_contents_stay_out_of_the_log(door: Door, caplog: pytest.LogCaptureFixture):
    """TXN-5, CON-1: whatever comes."""
    with caplog.at_level(logging.DEBUG):
        good = door.notification(DEAL)
        door.sales(good)
        door.sales({**good, "token": "a-forged-token"})
        door.sales(b'{"personal": "content"')
        door.books(ESTIMATE)
        door.books(ESTIMATE, signature="a-forged-signature")
    told = caplog.text
    assert "refused" in told
    for secret in (good["token"], "a-forged", "personal", WEBHOOK_SECRET.decode(), CLIENT_SECRET.decode(), "460000"):
        assert secret not in told


def test_settings_are_read_again(include: Path, door: Door):
    """TXN-5: a minute later at most; until then a webhook does not wait for that."""
    from zoho.web.gate import BELIEVED, Gates, load_gates

    seconds = [0.0]
    gates = Gates(load_gates, lambda: seconds[0])
    assert gates.get("demo")
    demo = include / "integrations" / "demo.yaml"
    demo.write_text(demo.read_text().replace("at_once:\n  notify_url:", "# "))
    assert gates.get("demo")
    seconds[0] = BELIEVED
    assert gates.get("demo") is None


def test_headers_name_the_signature(door: Door):
    """TXN-5: the header is the one of zoho-api 3.11."""
    from zoho.web import hooks

    assert hooks.SIGNATURE == SIGNATURE
