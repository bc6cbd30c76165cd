"""A review of many records is found and shown quickly: 10,000 creates against 10,000 others (BEY-6)."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.companies import made_up
from tests.support.settings import shipped
from zoho.config.load import Configured, integration
from zoho.core.matching.party import Party
from zoho.core.observation import Observation
from zoho.core.records import Side
from zoho.engine.review.book import Said, Wanted, decide, find, list_proposals, number_open
from zoho.store import statistics, tables
from zoho.store.observations import absorb
from zoho.store.proposals import Decision
from zoho.store.scope import Scope

MANY = 10_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FIND_SECONDS = 40.0
LIST_SECONDS = 2.0


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """The demo integration."""
    return integration("demo", shipped(tmp_path / "include"))


@pytest.fixture
def many(store: Engine, configured: Configured) -> Engine:
    """A store that has seen as many companies on either side, nearly all of them the same, none linked."""
    companies = made_up(MANY)
    scope = Scope("demo", "customers", configured.settings.books.organization_id)
    with store.begin() as connection:
        absorb(connection, scope, _seen("sales", "Accounts", "Account_Name", companies.left))
        absorb(connection, scope, _seen("books", "contacts", "contact_name", companies.right))
    statistics.renew(store, 2 * MANY, tables.observations)
    return store


def _seen(side: Side, entity: str, name: str, parties: Iterable[Party]) -> Iterable[Observation]:
    for party in parties:
        raw = {"id": party.id, name: party.name}
        yield Observation(side, entity, party.id, None, party.name, NOW, side == "sales", "x", raw)


def _took(do: Callable[[], object]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began


def test_many_are_found_and_shown_quickly(many: Engine, configured: Configured):
    """BEY-6: a look takes seconds; a page, the number beside the tab and a decision far less."""
    assert _took(lambda: find(many, configured, NOW, ["customers"])) < FIND_SECONDS
    assert number_open(many, configured, NOW) > MANY / 2
    page = list_proposals(many, configured, Wanted(), NOW)
    assert _took(lambda: list_proposals(many, configured, Wanted(), NOW, after=page.next)) < LIST_SECONDS
    assert _took(lambda: number_open(many, configured, NOW)) < LIST_SECONDS
    said = [Said((one.module, one.sales_id, one.books_id), Decision.DIFFERENT) for one in page.items]
    assert _took(lambda: decide(many, configured, said, "ann", NOW)) < LIST_SECONDS
    assert list_proposals(many, configured, Wanted(), NOW).items[0] not in page.items
