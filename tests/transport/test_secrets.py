"""No secret shows anywhere (CON-1)."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from tests.transport.scripted import CLIENT_SECRET, NOW, REFRESH_TOKEN, Connect, Reply, ScriptedZoho
from zoho.api.crm import CrmClient
from zoho.transport.errors import RecordError, ZohoError
from zoho.transport.oauth import Token
from zoho.transport.redaction import redact

ACCESS_TOKEN = "1000.aaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbb"
SECRETS = (CLIENT_SECRET, REFRESH_TOKEN, ACCESS_TOKEN)


def _clean(text: str) -> None:
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, {"code": "INVALID_DATA", "message": ACCESS_TOKEN, "details": {"x": REFRESH_TOKEN}}),
        Reply(403, {"code": "NO_PERMISSION", "message": f"token {ACCESS_TOKEN} may not", "details": {}}),
        Reply(500, f"<html>{CLIENT_SECRET} {ACCESS_TOKEN}</html>".encode()),
        Reply(401, {"code": "INVALID_TOKEN", "message": f"Zoho-oauthtoken {ACCESS_TOKEN}"}),
        Reply(drop=True),
    ],
    ids=["record", "permission", "html", "token", "dropped"],
)
def test_errors_and_logs_hide_what_an_answer_repeats(
    reply: Reply, zoho: ScriptedZoho, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """CON-1: even when Zoho or a proxy repeats a secret."""
    caplog.set_level(logging.DEBUG)
    zoho.token_replies.extend([Reply(200, {"access_token": ACCESS_TOKEN, "api_domain": zoho.url})] * 3)
    zoho.answer = lambda asked: reply
    line = connect()
    with pytest.raises(ZohoError) as caught:
        line.transport.request("POST", "/v8/Accounts", body={}, purpose="load")
    _clean(str(caught.value))
    _clean(repr(caught.value))
    _clean("".join(traceback.format_exception(caught.value)))
    assert caught.value.__cause__ is None, "the cause would carry the request with its headers"
    _clean(caplog.text)
    _clean(repr(line.calls))
    _clean(repr(line.transport))


def test_the_token_request_shows_nothing_when_it_fails(
    zoho: ScriptedZoho, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """CON-1."""
    caplog.set_level(logging.DEBUG)
    refusal = {"error": "invalid_client_secret", "error_description": f"{CLIENT_SECRET} is wrong"}
    zoho.token_replies.append(Reply(200, refusal))
    with pytest.raises(ZohoError) as caught:
        connect().transport.request("GET", "/v8/org", purpose="settings")
    _clean("".join(traceback.format_exception(caught.value)) + caplog.text)


def test_every_secret_is_given_to_the_mask(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: Airflow hides in its logs what it was told of."""
    zoho.token_replies.append(Reply(200, {"access_token": ACCESS_TOKEN, "api_domain": zoho.url}))
    zoho.say(200, {"org": []})
    line = connect()
    line.transport.request("GET", "/v8/org", purpose="settings")
    assert line.masked == [CLIENT_SECRET, REFRESH_TOKEN, ACCESS_TOKEN]


def test_the_log_tells_calls_and_no_queries(
    zoho: ScriptedZoho, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """CON-1: at DEBUG only, without parameters."""
    caplog.set_level(logging.DEBUG, logger="zoho.transport")
    zoho.say(200, {"data": []})
    connect().transport.request("GET", "/v8/Accounts", params={"word": "hidden"}, purpose="search")
    ours = [record for record in caplog.records if record.name.startswith("zoho.")]
    assert {record.levelno for record in ours} == {logging.DEBUG}
    assert "GET /crm/v8/Accounts for search: 200" in ours[-1].getMessage()
    assert not [record for record in ours if "hidden" in record.getMessage()]


@pytest.mark.parametrize("shown", [repr, str])
def test_what_holds_secrets_does_not_show_them(shown: Any, connect: Connect) -> None:
    """CON-1."""
    _clean(shown(Token(ACCESS_TOKEN, NOW, "https://www.zohoapis.com")))
    _clean(shown(connect().transport._credentials))


def test_what_zoho_says_of_a_record_shows_no_secret(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: also a secret that does not look like one, in the words that go into the history."""
    zoho.say(400, {"code": "INVALID_DATA", "message": f"not {CLIENT_SECRET}", "details": {"api_name": "Phone"}})
    with pytest.raises(RecordError) as whole:
        connect().transport.request("POST", "/v8/Accounts", body={}, purpose="load")
    block = {"code": "INVALID_DATA", "message": f"not {CLIENT_SECRET}", "details": {}, "status": "error"}
    zoho.say(400, {"data": [block]})
    (result,) = CrmClient(connect().transport).insert("Accounts", [{}])
    assert "not ***" in str(whole.value)
    assert "not ***" in str(result.error)
    _clean(str(whole.value) + str(result.error) + repr(result) + traceback.format_exc())


def test_whatever_looks_like_a_token_is_hidden() -> None:
    """CON-1: also a token of somebody else."""
    assert redact(f"a {ACCESS_TOKEN} b", ()) == "a *** b"
    assert redact("order 1000.50 of 1000.1", ()) == "order 1000.50 of 1000.1"
