"""Downloading files: the transport over real sockets."""

from __future__ import annotations

import io

import pytest

from tests.transport.scripted import Connect, ScriptedZoho
from zoho.transport.errors import Fatal, Retriable


def test_a_file_is_written_piece_by_piece_and_begun_anew(zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 2.10: a broken download leaves nothing of the first try behind."""
    content = bytes(range(256)) * 2000
    zoho.say(200, content, cut=True).say(200, content)
    file = io.BytesIO()
    connect().transport.download("/bulk/v8/read/1/result", file, purpose="bulk")
    assert file.getvalue() == content


def test_a_file_without_content_is_asked_for_again(zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 2.10: a success without content is an unknown answer."""
    zoho.say(200, b"").say(200, b"content")
    file = io.BytesIO()
    connect().transport.download("/bulk/v8/read/1/result", file, purpose="bulk")
    assert file.getvalue() == b"content"


def test_a_file_that_is_refused_is_an_error(zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 2.10: ten downloads a minute."""
    for _ in range(2):
        zoho.say(429, {"code": "TOO_MANY_REQUESTS", "message": "later"}, headers={"Retry-After": "61"})
    file = io.BytesIO()
    with pytest.raises(Retriable) as caught:
        connect().transport.download("/bulk/v8/read/1/result", file, purpose="bulk")
    assert caught.value.retry_after == 61
    assert file.getvalue() == b""


def test_a_file_is_not_looked_for_elsewhere(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: a download that is sent to another address ends there, and the token stays here."""
    zoho.say(302, b"", headers={"Location": f"{zoho.url.replace('127.0.0.1', 'localhost')}/elsewhere"})
    file = io.BytesIO()
    with pytest.raises(Fatal):
        connect().transport.download("/bulk/v8/read/1/result", file, purpose="bulk")
    assert len(zoho.asked) == 1
    assert file.getvalue() == b""
