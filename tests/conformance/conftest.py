"""What Zoho itself says about its answers: its OpenAPI files and the shapes of recorded ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conformance.tally import PROPERTY, Outcome
from tests.sandbox.client import PROJECT, Zoho, start, stop

SOURCES = PROJECT.parent / "shared" / "zoho-api"


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder with Zoho's OpenAPI files and the recorded shapes."""
    if not SOURCES.is_dir():
        pytest.skip("the data folder is absent: Zoho's OpenAPI files and recorded shapes are not in the repository")
    return SOURCES


@pytest.fixture(scope="session")
def _server() -> Iterator[Zoho]:
    process, base = start("--empty")
    client = Zoho(base)
    yield client
    client.http.close()
    assert stop(process) == 0


@pytest.fixture
def zoho(_server: Zoho) -> Zoho:
    """A sandbox without records, so that an answer shows nothing but what its own check has made."""
    _server.control("POST", "/reset", json={"data": "empty"})
    _server.forget_tokens()
    return _server


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[Outcome], None]:
    """Tells the table what a test has checked."""
    return lambda outcome: record_property(PROPERTY, list(outcome))
