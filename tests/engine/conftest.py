"""A lab: the engine, a fresh store and a fresh sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lab import Lab
from tests.support.pairs import use_unique_ids
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


@pytest.fixture
def one_way(empty_lab: Lab) -> Lab:
    """Two empty organizations, records from the CRM to Books only."""
    for module in ("customers", "vendors", "products"):
        empty_lab.module_on(module)
        empty_lab.settings_add("direction: from_sales", module)
    return empty_lab


@pytest.fixture
def two_way(empty_lab: Lab) -> Lab:
    """Two empty organizations, customers both ways."""
    empty_lab.settings(direction="two_way")
    return empty_lab


@pytest.fixture
def unique(two_way: Lab) -> Lab:
    """The same, with unique ids on both sides."""
    use_unique_ids(two_way)
    return two_way
