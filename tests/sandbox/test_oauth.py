"""Tokens (zoho-api 1)."""

import requests

from sandbox.defaults import BOOKS_CLIENT, CRM_CLIENT, SELF_CLIENT
from tests.sandbox.client import Zoho

FORM = {
    "grant_type": "refresh_token",
    "client_id": CRM_CLIENT.client_id,
    "client_secret": CRM_CLIENT.client_secret,
    "refresh_token": CRM_CLIENT.refresh_token,
}


def _token(zoho: Zoho, **options: object) -> requests.Response:
    return zoho.http.post(f"{zoho.base}/oauth/v2/token", **options)  # type: ignore[arg-type]


def test_refresh_in_body_or_query(empty: Zoho) -> None:
    """CON-1: parameters are read from either place, and api_domain is the sandbox itself."""
    for options in ({"data": FORM}, {"params": FORM}):
        answer = _token(empty, **options)
        body = answer.json()
        assert answer.status_code == 200
        assert body["access_token"].startswith("1000.")
        assert body["expires_in"] == 3600
        assert body["api_domain"] == empty.base
        assert "refresh_token" not in body
        assert "expires_in_sec" not in body


def test_errors_come_with_200(empty: Zoho) -> None:
    """CON-1: wrong credentials are told apart by the body alone."""
    wrong = {
        "invalid_client": {"client_id": "1000.NOBODY"},
        "invalid_client_secret": {"client_secret": "wrong"},
        "invalid_code": {"refresh_token": "1000.other"},
    }
    for error, change in wrong.items():
        answer = _token(empty, data={**FORM, **change})
        assert (answer.status_code, answer.json()) == (200, {"error": error})


def test_refresh_token_of_another_client_is_refused(empty: Zoho) -> None:
    """CON-1: a refresh token works only with its own client."""
    answer = _token(empty, data={**FORM, "refresh_token": BOOKS_CLIENT.refresh_token})
    assert answer.json() == {"error": "invalid_code"}


def test_grant_code_is_used_once(empty: Zoho) -> None:
    """CON-1: a grant code gives a refresh token, once, with the scopes it was made for."""
    order = {"client_id": CRM_CLIENT.client_id, "scope": "ZohoCRM.modules.accounts.READ"}
    code = empty.control("POST", "/grant_code", json=order)["code"]
    form = {**FORM, "grant_type": "authorization_code", "code": code, "redirect_uri": "https://example.com"}
    body = _token(empty, data=form).json()
    assert body["refresh_token"]
    assert _token(empty, data=form).json() == {"error": "invalid_code"}

    headers = {"Authorization": f"Zoho-oauthtoken {body['access_token']}"}
    read = empty.http.get(f"{empty.base}/crm/v8/Accounts?fields=id", headers=headers)
    assert read.status_code == 204
    write = empty.http.post(f"{empty.base}/crm/v8/Accounts", headers=headers, json={"data": [{"Account_Name": "A"}]})
    assert (write.status_code, write.json()["code"]) == (401, "OAUTH_SCOPE_MISMATCH")


def test_client_credentials(empty: Zoho) -> None:
    """CON-1: client credentials give an access token with the asked scopes."""
    form = {**FORM, "grant_type": "client_credentials", "scope": "ZohoCRM.org.READ", "soid": "ZohoCRM.1"}
    body = _token(empty, data=form).json()
    assert body["scope"] == "ZohoCRM.org.READ"


def test_revoked_token_stops_working(empty: Zoho) -> None:
    """CON-9: revoking a refresh token kills its access tokens too."""
    headers = {"Authorization": f"Zoho-oauthtoken {_token(empty, data=FORM).json()['access_token']}"}
    revoke = empty.http.post(f"{empty.base}/oauth/v2/token/revoke", data={"token": FORM["refresh_token"]})
    assert revoke.json() == {"status": "success"}
    assert _token(empty, data=FORM).json() == {"error": "invalid_code"}
    assert empty.http.get(f"{empty.base}/crm/v8/org", headers=headers).json()["code"] == "INVALID_TOKEN"


def test_token_dies_after_an_hour(empty: Zoho) -> None:
    """CON-1: an access token lives for 3600 seconds of the sandbox's clock."""
    assert empty.crm("GET", "/org").status_code == 200
    empty.control("POST", "/clock", json={"advance": 3601})
    answer = empty.crm("GET", "/org")
    assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN")


def test_one_client_serves_every_product(empty: Zoho) -> None:
    """CON-1: what a self client's token opens, its scopes alone decide."""
    order = {"client_id": SELF_CLIENT.client_id, "scope": "ZohoBooks.settings.READ,ZohoCRM.org.READ"}
    code = empty.control("POST", "/grant_code", json=order)["code"]
    secret = {"client_id": SELF_CLIENT.client_id, "client_secret": SELF_CLIENT.client_secret}
    body = _token(empty, data={**secret, "grant_type": "authorization_code", "code": code}).json()
    headers = {"Authorization": f"Zoho-oauthtoken {body['access_token']}"}

    def asked(path: str) -> int:
        return empty.http.get(f"{empty.base}{path}", headers=headers).status_code

    assert [asked(path) for path in ("/crm/v8/org", "/books/v3/organizations")] == [200, 200]
    assert [asked(path) for path in ("/crm/v8/users", "/bigin/v2/org")] == [401, 401]


def test_each_product_refuses_in_its_own_words(empty: Zoho) -> None:
    """CON-1: no, dead and foreign tokens (zoho-api 1.4)."""
    get = empty.http.get
    crm, books = f"{empty.base}/crm/v8/org", f"{empty.base}/books/v3/users?organization_id=60001234567"
    bad = {"Authorization": "Zoho-oauthtoken 1000.a.b"}
    assert (get(crm).status_code, get(crm).json()["code"]) == (401, "AUTHENTICATION_FAILURE")
    assert (get(crm, headers=bad).status_code, get(crm, headers=bad).json()["code"]) == (401, "INVALID_TOKEN")
    assert (get(books).status_code, get(books).json()["code"]) == (401, 14)
    assert (get(books, headers=bad).status_code, get(books, headers=bad).json()["code"]) == (401, 57)
    foreign = {"Authorization": f"Zoho-oauthtoken {empty.token(CRM_CLIENT)}"}
    assert get(books, headers=foreign).json()["code"] == 57


def test_token_throttle(empty: Zoho) -> None:
    """CON-1: with the switch on, the eleventh token in ten minutes is refused (zoho-api 1.3)."""
    empty.control("PUT", "/settings", json={"token_throttle": True})
    for _ in range(10):
        assert "access_token" in _token(empty, data=FORM).json()
    refused = _token(empty, data=FORM)
    assert (refused.status_code, refused.json()["error"]) == (400, "Access Denied")
    empty.control("POST", "/clock", json={"advance": 601})
    assert "access_token" in _token(empty, data=FORM).json()


def test_sixteenth_token_kills_the_first(empty: Zoho) -> None:
    """CON-1: a refresh token has at most fifteen live access tokens (zoho-api 1.3)."""
    tokens = [_token(empty, data=FORM).json()["access_token"] for _ in range(16)]

    def works(token: str) -> bool:
        headers = {"Authorization": f"Zoho-oauthtoken {token}"}
        return empty.http.get(f"{empty.base}/crm/v8/org", headers=headers).status_code == 200

    assert not works(tokens[0])
    assert works(tokens[1])
