"""A lab: the engine, a fresh store and a fresh sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from tests.support.transactions import set_up_firm
from zoho.store.database import open_store


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The demo integration on the built-in data."""
    engine = open_store(store_url)
    yield Lab(sandbox, engine, tmp_path)
    engine.dispose()


@pytest.fixture
def empty_lab(lab: Lab) -> Lab:
    """The demo integration on two empty organizations."""
    lab.sandbox.reset("empty")
    return lab


@pytest.fixture
def firm(empty_lab: Lab) -> Lab:
    """All transactions on; a customer, a vendor and two products are on both sides."""
    set_up_firm(empty_lab)
    return empty_lab
