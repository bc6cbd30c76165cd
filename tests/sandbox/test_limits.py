"""Quotas, concurrency and search lag, each behind its switch (zoho-api 2.8, 2.17, 3.10)."""

from concurrent.futures import ThreadPoolExecutor

from tests.sandbox.client import Zoho


def test_books_blocks_for_an_hour_after_too_many_calls_in_a_minute(empty: Zoho) -> None:
    """BEY-8: code 43 with Retry-After, for every call of the organization, until the hour is over."""
    empty.control("POST", "/clock", json={"now": "2026-05-01T10:00:00Z"})
    empty.control("PUT", "/settings", json={"books_calls_per_minute": 5})
    assert [empty.books("GET", "/users/me").status_code for _ in range(5)] == [200] * 5
    refused = empty.books("GET", "/users/me")
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, 43, "3600")
    empty.control("POST", "/clock", json={"advance": 3599})
    assert empty.books("GET", "/contacts").json()["code"] == 43
    empty.control("POST", "/clock", json={"advance": 2})
    empty.forget_tokens()
    assert empty.books("GET", "/contacts").json()["code"] == 0


def test_books_allows_a_steady_pace(empty: Zoho) -> None:
    """BEY-8: calls spread over minutes are never blocked."""
    empty.control("POST", "/clock", json={"now": "2026-05-01T10:00:00Z"})
    empty.control("PUT", "/settings", json={"books_calls_per_minute": 5})
    for _ in range(12):
        assert empty.books("GET", "/users/me").status_code == 200
        empty.control("POST", "/clock", json={"advance": 12})


def test_books_daily_quota(empty: Zoho) -> None:
    """BEY-8: the headers count down; then code 45 until the organization's midnight."""
    empty.control("POST", "/clock", json={"now": "2026-05-01T23:00:00-04:00"})
    empty.control("PUT", "/settings", json={"books_calls_per_day": 2})
    first = empty.books("GET", "/users/me").headers
    assert (first["x-rate-limit-limit"], first["x-rate-limit-remaining"], first["x-rate-limit-reset"]) == (
        "2",
        "1",
        "3600",
    )
    assert empty.books("GET", "/users/me").headers["x-rate-limit-remaining"] == "0"
    refused = empty.books("GET", "/users/me")
    assert (refused.status_code, refused.json()["code"]) == (429, 45)
    empty.control("POST", "/clock", json={"advance": 3601})
    empty.forget_tokens()
    assert empty.books("GET", "/users/me").status_code == 200


def test_calls_at_once(empty: Zoho) -> None:
    """BEY-8: more calls at once than allowed are refused with code 1070, or TOO_MANY_REQUESTS in the CRM."""
    empty.crm("GET", "/org")
    empty.books("GET", "/users/me")
    empty.control("PUT", "/settings", json={"books_concurrent_calls": 2, "crm_concurrent_calls": 2})
    empty.control("POST", "/faults", json=[{"kind": "latency", "seconds": 0.4}])

    with ThreadPoolExecutor(3) as pool:
        crm = sorted(pool.map(lambda _: empty.crm("GET", "/org").status_code, range(3)))
        books = sorted(pool.map(lambda _: empty.books("GET", "/users/me").status_code, range(3)))
    assert crm == books == [200, 200, 429]


def test_crm_credits(empty: Zoho) -> None:
    """BEY-8: a write costs a credit per ten records, a list by view three, most calls one."""
    empty.control("PUT", "/settings", json={"crm_credits_per_day": 10})
    empty.insert("Accounts", *[{"Account_Name": f"A{n}"} for n in range(55)])
    view = empty.crm("GET", "/settings/custom_views", params={"module": "Accounts"}).json()["info"]["default"]
    assert empty.crm("GET", "/Accounts", params={"fields": "id", "cvid": view}).status_code == 200
    refused = empty.crm("GET", "/org")
    assert (refused.status_code, refused.json()["code"]) == (429, "API_LIMIT_EXCEEDED")


def test_search_lag(empty: Zoho) -> None:
    """BEY-4: with the switch on, search knows a record only as it was some seconds ago."""
    empty.control("PUT", "/settings", json={"search_lag_seconds": 20})
    empty.control("POST", "/clock", json={"now": "2026-05-01T10:00:00Z"})
    (account,) = empty.insert("Accounts", {"Account_Name": "Before"})

    def finds(name: str) -> bool:
        return (
            empty.crm("GET", "/Accounts/search", params={"criteria": f"(Account_Name:equals:{name})"}).status_code
            == 200
        )

    assert not finds("Before")
    empty.control("POST", "/clock", json={"advance": 30})
    assert finds("Before")
    empty.crm("PUT", f"/Accounts/{account}", json={"data": [{"Account_Name": "After"}]})
    assert (finds("Before"), finds("After")) == (True, False)
    empty.control("POST", "/clock", json={"advance": 30})
    assert (finds("Before"), finds("After")) == (False, True)


def test_unique_account_names(empty: Zoho) -> None:
    """CUS-4: the CRM takes a second account of the same name unless the switch is on."""
    empty.insert("Accounts", {"Account_Name": "A"}, {"Account_Name": "A"})
    empty.control("PUT", "/settings", json={"unique_account_names": True})
    block = empty.crm("POST", "/Accounts", json={"data": [{"Account_Name": "a"}]}).json()["data"][0]
    assert block["code"] == "DUPLICATE_DATA"
