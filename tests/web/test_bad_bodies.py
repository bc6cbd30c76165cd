"""Bodies of webhooks and forms that make no sense: refused in a sentence, nothing is stored, the server lives."""

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.visitor import Visitor
from tests.web.conftest import SIGNATURE, WEBHOOK_SECRET, Door
from tests.web.page_routes import page_routes

QUICK = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
DEAL = "5725767000003000010"
PIECES = [
    *(b"null", b"NaN", b"Infinity", b"-Infinity", b"1e999999", b"-0", b"true", b'""', b'"\\u0000"', b'"\\ud800"'),
    *(b"{}", b"[]", b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"9" * 200_000),
    *(b'"' + b"9" * 200_000 + b'"', b'"\xff"', b'"\xed\xa0\xbd"', b'"\\', b'{"id": "1"}', b'["1", {"a": [1]}, null]'),
    b'"\xe2\x80\xaegro.live"',
]
"""What may stand in the place of any value of a body."""

VALUES = st.sampled_from(PIECES) | st.binary(max_size=20)
WHOLE = [
    *(b"", b"\0", b"\xff\xfe{\0}\0", b"{", b"}", b"[]", b"7", b'"text"', b"nul", b"{}{}", b'{"a": 1,}', b"{'a': 1}"),
    *(b"[" * 10_000, b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000, b"9" * 200_000, b"\xef\xbb\xbf"),
]
"""Bodies that are no JSON object at all."""

TYPES = [
    "",
    "text/plain",
    "application/json; charset=utf-16",
    "multipart/form-data",
    "image/png",
    "a" * 5_000,
    "\xff",
]


def spoilt(body: dict[str, Any], key: str, piece: bytes) -> bytes:
    """A body of which one value is another."""
    written = json.dumps({**body, key: "@@"}).encode()
    return written.replace(b'"@@"', piece)


@QUICK
@given(st.data())
def test_any_notification(door: Door, data: st.DataObject) -> None:
    """TXN-5, OPS-4: whatever stands where, it is refused or names nothing; only the ids themselves may be odd."""
    good = door.notification(DEAL)
    key = data.draw(st.sampled_from(sorted(good)))
    answer = door.sales(spoilt(good, key, data.draw(VALUES)))
    assert answer.status_code in (200, 403)
    if answer.status_code == 403:
        assert answer.json() == {"detail": "Forbidden"}
    assert all(one[:2] == ("sales", "Deals") and re.fullmatch("[0-9]{1,20}", one[2]) for one in door.journal())


@QUICK
@given(key=st.sampled_from(["estimate", "invoice", "estimate_id"]), piece=VALUES, form=st.booleans())
def test_any_webhook_of_books(door: Door, key: str, piece: bytes, form: bool) -> None:
    """TXN-5, OPS-4: signed, so only its sense is in question."""
    inner = {"estimate_id": "@@"} if key == "estimate_id" else {}
    whole = {"estimate": inner} if inner else {"estimate": {"estimate_id": "x"}, key: "@@"}
    body = json.dumps(whole).encode().replace(b'"@@"', piece)
    assert door.books(b"JSONString=" + body if form else body, form=False).status_code in (200, 403)
    assert all(one[0] == "books" and re.fullmatch("[0-9]{1,20}", one[2]) for one in door.journal())


@pytest.mark.parametrize("body", WHOLE, ids=lambda body: f"{len(body)} bytes, {body[:8]!r}")
def test_what_is_no_object(door: Door, body: bytes) -> None:
    """TXN-5: on either way in, as JSON and as a form, signed or not."""
    assert door.sales(body).status_code == 403
    for kind in ("application/json", "application/x-www-form-urlencoded", *TYPES):
        signed = hmac.new(WEBHOOK_SECRET, body, hashlib.sha256).hexdigest()
        headers = {SIGNATURE: signed.encode(), "Content-Type": kind.encode("latin-1")}
        answer = door.client.post("/hooks/demo/books", content=body, headers=headers)
        assert answer.status_code == 403, (kind, answer.status_code, answer.text[:200])
    assert door.journal() == []


def test_ten_megabytes_and_repeated_keys(door: Door) -> None:
    """TXN-5: a body is not read beyond its limit; of a key that is given twice the last counts, and is proven."""
    assert door.sales(b'{"a": "' + b"x" * 10_000_000 + b'"}').status_code == 413
    assert door.books(b'{"a": "' + b"x" * 10_000_000 + b'"}').status_code == 413
    twice = json.dumps(door.notification(DEAL)).encode()[:-1] + b', "token": "forged"}'
    assert door.sales(twice).status_code == 403
    assert door.journal() == []
    assert door.sales(door.notification(DEAL)).status_code == 200, "the server lives"
    assert len(door.journal()) == 1


FIELDS = (
    *("text", "why", "way", "from", "until", "record", "side", "module", "sales_id", "entity", "document", "number"),
    *("deal", "customer", "one", "pair", "decision", "days", "file", "name", "schedule", "modules.customers.feed"),
)
"""What forms of the page are filled in with; an address takes what it knows."""

ODD = [
    "",
    " ",
    "x" * 100_000,
    "\u202e",
    "\U0001f600",
    "-1",
    "9" * 5_000,
    "0000-00-00",
    "99999-01-01",
    "NaN",
    "\r\n\x1b",
]


def files(include: Path) -> dict[Path, bytes]:
    """All settings as they are."""
    return {path: path.read_bytes() for path in sorted(include.rglob("*")) if path.is_file()}


def test_any_form(visitor: Visitor, include: Path) -> None:
    """OPS-4, CON-1: empty, odd, given twice, a file instead of a text: no error of the server, no file changed."""
    visitor.login("admin")
    token, before = visitor.token, files(include)
    for method, path in sorted(set(page_routes())):
        if method != "POST":
            continue
        forms: list[dict[str, Any]] = [{}, *(dict.fromkeys(FIELDS, word) for word in ODD)]
        forms += [{name: ["a", "b"] for name in FIELDS}]
        for filled in forms:
            answer = visitor.post(path, token=token, **filled)
            assert answer.status_code < 500, (path, answer.text[:300])
        headers = {"Accept": "text/html", "Origin": "http://testserver"}
        uploads = dict.fromkeys(FIELDS, ("\u202e\x00.csv", b"\xff\xfe\x00", "image/png"))
        answer = visitor.client.post(path, data={"token": token}, files=uploads, headers=headers)
        assert answer.status_code < 500, (path, answer.text[:300])
    assert files(include) == before


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"token=%00", 403),
        ("application/x-www-form-urlencoded", b"token=TOKEN&why=%00", 422),
        ("application/x-www-form-urlencoded", b"%ff%fe=%ff", 403),
        ("application/x-www-form-urlencoded", b"=" * 10_000, 403),
        ("application/x-www-form-urlencoded", b"token=TOKEN&" + b"a=1&" * 6_000, 400),
        ("application/json", b'{"token": "TOKEN"}', 403),
        ("multipart/form-data", b"", 400),
        ("multipart/form-data; boundary=x", b"--y\r\n", 400),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\nTOKEN', 403),
        ("", b"token=TOKEN", 403),
    ],
)
def test_what_is_no_form(visitor: Visitor, kind: str, body: bytes, status: int) -> None:
    """CON-1: refused, and what it asks for is not done."""
    visitor.login("admin")
    headers = {"Origin": "http://testserver", "Content-Type": kind, "Accept": "text/html"}
    filled = body.replace(b"TOKEN", visitor.token.encode())
    path = "/integrations/demo/actions/pause"
    answer = visitor.client.post(path, content=filled, headers=headers, follow_redirects=False)
    assert answer.status_code == status, (answer.status_code, answer.text[:500])
    assert answer.text.strip()
    assert "/actions/pause" in visitor.see("/integrations/demo"), "it was not paused"
