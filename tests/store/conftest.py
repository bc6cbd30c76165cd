"""An open store."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from zoho.store.database import open_store


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """An empty store."""
    engine = open_store(store_url)
    yield engine
    engine.dispose()
