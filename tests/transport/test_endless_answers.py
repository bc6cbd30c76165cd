"""Answers without an end, and packed ones that unpack without one: given up before they fill the memory."""

from __future__ import annotations

import gzip
import io
import tracemalloc

import pytest

from tests.transport.scripted import Connect, ScriptedZoho
from zoho.transport.errors import Retriable
from zoho.transport.wire import LONGEST_ANSWER

TRIES = 10


def bomb(megabytes: int) -> bytes:
    """A small answer that unpacks to so many megabytes of JSON."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        file.write(b'{"data": "')
        for _ in range(megabytes):
            file.write(b"x" * (1 << 20))
        file.write(b'"}')
    return packed.getvalue()


def test_a_bomb_is_not_unpacked(zoho: ScriptedZoho, connect: Connect) -> None:
    """OPS-4: it ends at the limit with a sentence, and takes no more memory than that."""
    content = bomb(512)
    assert len(content) < 1 << 20
    for _ in range(TRIES):
        zoho.say(200, content, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    with pytest.raises(Retriable, match="longer than 64 MB"):
        connect().transport.request("GET", "/v8/Accounts", purpose="scan")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * LONGEST_ANSWER


def test_a_refusal_may_be_no_bomb_either(zoho: ScriptedZoho, connect: Connect) -> None:
    """OPS-4: what comes in the place of a file is read no further."""
    content = bomb(128)
    for _ in range(TRIES):
        zoho.say(500, content, headers={"Content-Encoding": "gzip"})
    with pytest.raises(Retriable, match="longer than 64 MB"):
        connect().transport.download("/bulk/v8/read/1/result", io.BytesIO(), purpose="bulk")


def test_a_large_answer_is_read(zoho: ScriptedZoho, connect: Connect) -> None:
    """OPS-4: the limit is far beyond any page."""
    zoho.say(200, bomb(20), headers={"Content-Encoding": "gzip"})
    answer = connect().transport.request("GET", "/v8/Accounts", purpose="scan")
    assert answer.body is not None
    assert len(answer.body["data"]) == 20 << 20
