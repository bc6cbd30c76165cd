"""Addresses and forms that make no sense: refused with a sentence, never with an error of the server."""

import pytest

from tests.support.visitor import Visitor

WORDS = ["%00", "%ED%A0%BD", "%FF", "%E2%80%AE", "%F0%9F%98%80", "9" * 400, "-1", "%0D%0A", "%27--", "a" * 3000]
ADDRESSES = [
    "/history?q={}",
    "/history?integration={}",
    "/history?after={}",
    "/history?since={}",
    "/history?state={}",
    "/failures?module={}",
    "/runs/{}",
    "/integrations/{}",
    "/integrations/demo/{}",
    "/integrations/demo/records?q={}",
    "/integrations/demo/actions/{}",
    "/hooks/{}/sales",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_address(visitor: Visitor, address: str) -> None:
    """OPS-4: a page, or a status of 4xx that says what is wrong."""
    visitor.login("admin")
    for word in WORDS:
        answer = visitor.get(address.replace("{}", word))
        assert answer.status_code < 500, (address, word, answer.text[:300])
