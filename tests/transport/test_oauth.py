"""Access tokens: made, understood, shared, and never sent elsewhere (CON-1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.transport.scripted import CLIENT_SECRET, NOW, REFRESH_TOKEN, Connect, Reply, ScriptedZoho
from zoho.transport.data_centres import DATA_CENTRES, checked_url, is_trusted
from zoho.transport.errors import Action, Fatal, Retriable, ZohoError
from zoho.transport.oauth import Credentials, MemoryTokenStore, Token, api_origin

THROTTLED = {
    "error_description": "You have made too many requests continuously. Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


def _credentials(accounts_url: str = "https://accounts.zoho.eu", api_url: str | None = None) -> Credentials:
    return Credentials("1000.CLIENT", CLIENT_SECRET, REFRESH_TOKEN, accounts_url, api_url)


def _token(text: str = "t", api_domain: str = "https://www.zohoapis.eu") -> Token:
    return Token(text, NOW + timedelta(hours=1), api_domain)


def test_the_refresh_token_goes_into_the_body_and_not_into_the_address(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: addresses end up in logs of proxies."""
    zoho.say(200, {"org": []})
    connect().transport.request("GET", "/v8/org", purpose="settings")
    (asked,) = zoho.tokens_asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/oauth/v2/token", {})
    assert asked.form == {
        "grant_type": "refresh_token",
        "client_id": "1000.CLIENT",
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
    }
    assert "authorization" not in asked.headers


@pytest.mark.parametrize("status", [200, 400, 401, 500])
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("invalid_code", "refresh token is wrong"),
        ("invalid_client", "does not know this client id"),
        ("invalid_client_secret", "client secret is wrong"),
        ("general_error", "gives no access token|Zoho is not able"),
    ],
)
def test_a_refusal_is_understood_whatever_its_status(
    status: int, error: str, sentence: str, zoho: ScriptedZoho, connect: Connect
) -> None:
    """zoho-api 1.2: Zoho refuses with status 200; what counts is whether there is a token."""
    zoho.token_replies.extend([Reply(status, {"error": error})] * 5)
    with pytest.raises(ZohoError, match=sentence) as caught:
        connect().transport.request("GET", "/v8/org", purpose="settings")
    assert caught.value.product == "accounts"
    assert zoho.asked == []


@pytest.mark.parametrize("status", [200, 400])
def test_too_many_tokens_is_waited_for(status: int, zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 1.3: ten minutes."""
    zoho.token_replies.append(Reply(status, THROTTLED))
    line = connect()
    with pytest.raises(Retriable) as caught:
        line.transport.request("POST", "/v8/Accounts", body={}, purpose="load")
    assert caught.value.retry_after == 600
    assert caught.value.action is Action.WAIT
    assert not caught.value.outcome_unknown
    assert line.slept == []


def test_an_answer_without_token_and_without_error_is_told(zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 1.2."""
    zoho.token_replies.append(Reply(200, {"expires_in": 3600}))
    with pytest.raises(Fatal, match="no access token"):
        connect().transport.request("GET", "/v8/org", purpose="settings")


def test_a_breakdown_of_the_accounts_server_is_waited_for(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-4: a create waits too, because nothing was sent yet."""
    zoho.token_replies.append(Reply(502, b"<html>Bad Gateway</html>"))
    zoho.say(201, {"data": []})
    line = connect()
    line.transport.request("POST", "/v8/Accounts", body={}, purpose="load")
    assert len(line.slept) == 1


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": 1800}, 1800),
        ({"expires_in": 1800000, "expires_in_sec": 1800}, 1800),
        ({"expires_in": 3600000}, 3600),
        ({}, 3600),
        ({"expires_in": "soon"}, 3600),
    ],
)
def test_the_lifetime_is_read_in_the_right_unit(
    answer: dict[str, Any], seconds: int, zoho: ScriptedZoho, connect: Connect
) -> None:
    """zoho-api 1.2: beside expires_in_sec, expires_in is in milliseconds; no token lives longer than an hour."""
    zoho.token_replies.append(Reply(200, {"access_token": "a", "api_domain": zoho.url, **answer}))
    store = MemoryTokenStore(lambda: NOW)
    zoho.say(200, {"org": []})
    connect(tokens=store).transport.request("GET", "/v8/org", purpose="settings")
    stored = store.read(_credentials(zoho.url).key)
    assert stored is not None
    assert stored.expires_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("answer", "scopes"),
    [
        ({"scope": "ZohoCRM.modules.ALL ZohoCRM.org.READ"}, ("ZohoCRM.modules.ALL", "ZohoCRM.org.READ")),
        ({"scope": "ZohoCRM.modules.ALL,ZohoCRM.org.READ"}, ("ZohoCRM.modules.ALL", "ZohoCRM.org.READ")),
        ({}, ()),
    ],
)
def test_what_a_token_allows(
    answer: dict[str, Any], scopes: tuple[str, ...], zoho: ScriptedZoho, connect: Connect
) -> None:
    """CON-4, zoho-api 1.2: as Zoho says with the token; it may say nothing."""
    zoho.token_replies.append(Reply(200, {"access_token": "a", "api_domain": zoho.url, "expires_in": 3600, **answer}))
    assert connect().transport.scopes() == scopes


def test_the_domain_that_zoho_names_is_used(zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 1.2: api_domain."""
    assert api_origin(_credentials(), _token(api_domain="https://www.zohoapis.in")) == "https://www.zohoapis.in"


def test_a_configured_address_wins() -> None:
    """CON-1: custom domains and Zoho's sandbox organizations."""
    credentials = _credentials(api_url="https://sandbox.zohoapis.eu/")
    assert api_origin(credentials, _token()) == "https://sandbox.zohoapis.eu"


@pytest.mark.parametrize("code", DATA_CENTRES)
def test_each_data_centre_has_its_addresses(code: str) -> None:
    """CON-1: any Zoho data centre."""
    centre = DATA_CENTRES[code]
    assert centre.accounts_url.startswith("https://accounts.zoho")
    assert api_origin(_credentials(centre.accounts_url), _token(api_domain="")) == centre.api_url
    assert is_trusted(centre.api_url, [])


def test_all_the_required_data_centres_are_there() -> None:
    """CON-1."""
    assert set(DATA_CENTRES) == {"com", "eu", "in", "com.au", "jp", "ca", "sa", "uk", "com.cn"}
    assert DATA_CENTRES["ca"].accounts_url == "https://accounts.zohocloud.ca"


@pytest.mark.parametrize(
    "domain",
    [
        "https://evil.example.com",
        "http://www.zohoapis.eu",
        "https://zohoapis.eu.evil.example",
        "https://evilzohoapis.eu",
        "https://www.zohoapis.eu:8443",
        "https://www.zohoapis.eu@evil.example",
        "https://user:pass@www.zohoapis.eu",
        "//www.zohoapis.eu",
        "ftp://www.zohoapis.eu",
        "http://169.254.169.254",
        "http://127.0.0.1:2",
        "https://[::1",
        "",
    ],
)
def test_a_foreign_domain_never_gets_the_token(domain: str, zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: a forged OAuth answer cannot lead the token elsewhere."""
    zoho.token_replies.append(Reply(200, {"access_token": "a", "expires_in": 3600, "api_domain": domain}))
    with pytest.raises(Fatal, match="not one of its own"):
        connect().transport.request("GET", "/v8/org", purpose="settings")
    assert zoho.asked == []


def test_the_origin_of_the_accounts_server_is_trusted() -> None:
    """A local sandbox answers everything at one address."""
    assert is_trusted("http://127.0.0.1:8085", ["http://127.0.0.1:8085"])
    assert not is_trusted("http://127.0.0.1:8086", ["http://127.0.0.1:8085"])


@pytest.mark.parametrize(
    "url", ["", "accounts.zoho.eu", "http://accounts.zoho.eu", "https://a:b@x.example", "https://x.example?a=1"]
)
def test_a_wrong_address_in_the_connection_is_told(url: str) -> None:
    """CON-4: in one sentence, before anything is sent."""
    with pytest.raises(Fatal) as caught:
        _credentials(url)
    assert CLIENT_SECRET not in str(caught.value)


def test_plain_http_is_for_hosts_that_are_not_zohos() -> None:
    """The sandbox in a container of its own has no certificate."""
    assert checked_url("http://sandbox:8085/") == "http://sandbox:8085"


def test_credentials_that_lack_something_say_what() -> None:
    """CON-4."""
    with pytest.raises(Fatal, match="lacks its refresh_token"):
        Credentials("c", "s", "", "https://accounts.zoho.com")


def test_the_key_tells_connections_apart_and_tells_nothing_else() -> None:
    """CON-1."""
    keys = {_credentials().key, _credentials("https://accounts.zoho.in").key, _credentials().key}
    assert len(keys) == 2
    assert all(len(key) == 64 and REFRESH_TOKEN not in key for key in keys)


def test_a_token_somebody_has_replaced_is_not_replaced_again() -> None:
    """CON-1."""
    store = MemoryTokenStore(lambda: NOW)
    first = store.refresh("k", None, lambda: _token("first"))
    second = store.refresh("k", first, lambda: _token("second"))
    assert store.refresh("k", first, lambda: _token("third")) is second
    assert store.refresh("k", None, lambda: _token("third")) is second
    assert store.read("k") is second
    assert store.read("other") is None


def test_the_eleventh_token_in_ten_minutes_is_not_asked_for() -> None:
    """CON-1: Zoho would lock the client out; the store waits."""
    now = [NOW]
    store = MemoryTokenStore(lambda: now[0])
    seen = None
    for number in range(10):
        seen = store.refresh("k", seen, lambda n=number: _token(f"t{n}"))
        now[0] += timedelta(seconds=30)
    with pytest.raises(Retriable) as caught:
        store.refresh("k", seen, lambda: pytest.fail("asked"))
    assert caught.value.retry_after == 300
    now[0] += timedelta(seconds=300)
    assert store.refresh("k", seen, lambda: _token("t10")).access_token == "t10"


def test_a_failed_attempt_counts_too() -> None:
    """Zoho counts requests whose answer was lost; better one too few than a lock-out."""
    store = MemoryTokenStore(lambda: NOW)

    def lost() -> Token:
        raise Retriable("lost", product="accounts")

    for _ in range(10):
        with pytest.raises(Retriable, match="lost"):
            store.refresh("k", None, lost)
    with pytest.raises(Retriable, match="10 access tokens"):
        store.refresh("k", None, lost)
