"""What Zoho itself says about its answers: its OpenAPI files and the shapes of recorded ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.client import PROJECT, Zoho, start, stop

SOURCES = PROJECT.parent / "shared" / "zoho-api"


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder with Zoho's OpenAPI files and the recorded shapes."""
    if not SOURCES.is_dir():
        pytest.skip("Zoho's OpenAPI files and recorded shapes are not beside the project")
    return SOURCES


@pytest.fixture(scope="session")
def zoho() -> Iterator[Zoho]:
    """A sandbox with the built-in data set, shared by the whole suite."""
    process, base = start()
    client = Zoho(base)
    yield client
    client.http.close()
    assert stop(process) == 0
