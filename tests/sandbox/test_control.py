"""The control paths: clock, faults, calls, dump, reset."""

from typing import Any

import pytest
import requests

from tests.sandbox.client import Zoho


def _fault(zoho: Zoho, **rule: Any) -> None:
    zoho.control("POST", "/faults", json=[rule])


def test_clock_rules_the_date_header(empty: Zoho) -> None:
    """TXN-5: the Date header is the sandbox's time, which tests can move."""
    empty.control("POST", "/clock", json={"now": "2026-01-01T00:00:00Z"})
    empty.control("POST", "/clock", json={"advance": 90})
    assert empty.crm("GET", "/org").headers["date"] == "Thu, 01 Jan 2026 00:01:30 GMT"
    assert empty.control("GET", "/clock") == {"now": "2026-01-01T00:01:30+00:00", "mode": "frozen"}
    assert empty.control("POST", "/clock", json={"real": True})["mode"] == "real"


def test_dropped_connection_before_and_after_the_write(empty: Zoho) -> None:
    """BEY-4: a lost call wrote nothing; a lost answer did."""
    empty.books("GET", "/users/me")
    _fault(empty, kind="drop", match={"method": "POST", "product": "books"}, times=1)
    with pytest.raises(requests.ConnectionError):
        empty.books("POST", "/contacts", json={"contact_name": "Lost"})
    assert empty.control("GET", "/dump")["books"]["contacts"] == []
    _fault(empty, kind="commit_then_drop", match={"method": "POST", "path": "/contacts$"}, times=1)
    with pytest.raises(requests.ConnectionError):
        empty.books("POST", "/contacts", json={"contact_name": "Kept"})
    assert [row["values"]["contact_name"] for row in empty.control("GET", "/dump")["books"]["contacts"]] == ["Kept"]
    assert empty.control("GET", "/calls")["calls"][-1]["status"] == 0


def test_broken_answers(empty: Zoho) -> None:
    """BEY-4: half an answer, an HTML page, an empty 200."""
    empty.crm("GET", "/org")
    _fault(empty, kind="truncate", times=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        empty.crm("GET", "/org")
    _fault(empty, kind="html", times=1)
    page = empty.crm("GET", "/org")
    assert (page.status_code, page.headers["content-type"][:9]) == (502, "text/html")
    _fault(empty, kind="empty", times=1)
    blank = empty.crm("GET", "/org")
    assert (blank.status_code, blank.content) == (200, b"")
    assert empty.crm("GET", "/org").status_code == 200


def test_each_product_refuses_too_many_calls_in_its_own_words(empty: Zoho) -> None:
    """BEY-8: 429 bodies (zoho-api 2.17, 3.10)."""
    empty.crm("GET", "/org")
    empty.books("GET", "/users/me")
    _fault(empty, kind="429")
    assert empty.crm("GET", "/org").json()["code"] == "TOO_MANY_REQUESTS"
    books = empty.books("GET", "/users/me")
    assert (books.status_code, books.json()["code"], books.headers["retry-after"]) == (429, 43, "3600")
    _fault(empty, kind="expired_token")
    assert empty.crm("GET", "/org").json()["code"] == "INVALID_TOKEN"
    assert empty.books("GET", "/users/me").json()["code"] == 57


def test_skip_and_times(empty: Zoho) -> None:
    """BEY-4: a rule can pass over calls first and ends after its count; it tells how often it hit."""
    empty.crm("GET", "/org")
    _fault(empty, kind="status", status=503, skip=1, times=2, match={"product": "crm"})
    assert [empty.crm("GET", "/org").status_code for _ in range(4)] == [200, 503, 503, 200]
    assert empty.control("GET", "/faults")["faults"][0]["hit"] == 2
    empty.control("DELETE", "/faults")
    assert empty.control("GET", "/faults") == {"faults": []}


def test_wrong_rules_are_refused(empty: Zoho) -> None:
    """BEY-4: a misspelt rule is an error, not a test that passes for nothing."""
    for rule in ({"kind": "explode"}, {"kind": "drop", "match": {"path": "("}}, {"kind": "drop", "tmies": 1}):
        assert empty.http.post(f"{empty.base}/_sandbox/faults", json=[rule]).status_code == 422
    assert empty.http.put(f"{empty.base}/_sandbox/settings", json={"nope": 1}).status_code == 422


def test_calls_are_logged_without_secrets(empty: Zoho) -> None:
    """CON-1: the log has every call and no token or secret."""
    empty.control("DELETE", "/calls")
    empty.http.post(f"{empty.base}/oauth/v2/token", params={"refresh_token": "hush", "client_id": "x"})
    empty.crm("GET", "/Nope", params={"fields": "id"})
    empty.books("GET", "/contacts", params={"page": 1})
    calls = empty.control("GET", "/calls")["calls"]
    last = calls[-1]
    assert (last["product"], last["method"], last["path"], last["status"], last["code"]) == (
        "books", "GET", "/books/v3/contacts", 200, "0",
    )  # fmt: skip
    assert last["query"] == "organization_id=60001234567&page=1"
    refused = next(call for call in calls if call["path"] == "/crm/v8/Nope")
    assert (refused["status"], refused["code"]) == (400, "INVALID_MODULE")
    assert "hush" not in str(calls)
    assert empty.control("GET", f"/calls?since={last['n']}")["calls"] == []


def test_reset_gives_the_same_data_again(zoho: Zoho) -> None:
    """AIR-2: a reset is exact, ids and times included."""
    before = zoho.control("GET", "/dump")
    zoho.insert("Accounts", {"Account_Name": "X"})
    zoho.customer(contact_name="Y")
    zoho.control("PUT", "/settings", json={"crm_edition": "free"})
    zoho.control("POST", "/reset", json={"data": "builtin"})
    assert zoho.control("GET", "/dump") == before
    assert zoho.control("GET", "/settings")["crm_edition"] == "enterprise"
