"""A sandbox in a process of its own, reset for each test."""

from collections.abc import Iterator

import pytest

from tests.sandbox.client import Zoho, start, stop
from tests.sandbox.receiver import Receiver


@pytest.fixture(scope="session")
def _server() -> Iterator[Zoho]:
    process, base = start("--empty")
    zoho = Zoho(base)
    yield zoho
    zoho.http.close()
    assert stop(process) == 0


@pytest.fixture
def empty(_server: Zoho) -> Zoho:
    """Two organizations without records."""
    _server.control("POST", "/reset", json={"data": "empty"})
    _server.forget_tokens()
    return _server


@pytest.fixture
def zoho(_server: Zoho) -> Zoho:
    """Two organizations with the built-in data set."""
    _server.control("POST", "/reset", json={"data": "builtin"})
    _server.forget_tokens()
    return _server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A web server that the sandbox can post to."""
    made = Receiver()
    yield made
    made.close()
