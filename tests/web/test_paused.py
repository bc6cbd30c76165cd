"""Webhooks of an integration that is paused or disabled (OPS-5, CON-7, TXN-5)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from tests.web.conftest import Door
from zoho.engine.control import state
from zoho.modules.watched import DEALS
from zoho.store import events
from zoho.store.controls import Pause
from zoho.store.database import open_store
from zoho.store.events import Event
from zoho.web.bell import Bell

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("how", [Pause.DRAIN, Pause.INTERRUPT])
def test_a_paused_one_journals_and_does_not_ring(store: Engine, how: Pause):
    """OPS-5: else a run would be begun and skipped every few seconds; resumed, what waits is rung for again."""
    rung: list[str] = []
    bell = Bell(store, lambda integration, module: rung.append(f"{integration} {module}"))
    with store.begin() as connection:
        events.record(connection, "demo", [Event("sales", "Deals", "1", "update")])
    state.pause(store, "demo", how, "anna", "", NOW)

    bell.ask("demo", DEALS)
    assert rung == []

    state.resume(store, "demo", "anna", NOW)
    bell.ask("demo", DEALS)
    bell.close()
    assert rung == ["demo deals"]


def test_what_is_told_in_a_pause_is_journalled(door: Door):
    """OPS-5: the first run after it looks at what was told meanwhile."""
    state.pause(door.store, "demo", Pause.DRAIN, "anna", "", NOW)
    assert door.sales(door.notification("1")).status_code == 200
    assert door.journal() == [("sales", "Deals", "1")]


def test_what_is_told_to_a_disabled_one_has_no_effect(door: Door):
    """CON-7: it is answered, so that Zoho does not try for hours, and forgotten; enabled, it has effect again."""
    state.disable(door.store, "demo", "anna", "", NOW)
    assert door.sales(door.notification("1")).status_code == 200
    assert door.journal() == []
    state.enable(door.store, "demo", "anna", NOW)
    assert door.sales(door.notification("1")).status_code == 200
    assert door.journal() == [("sales", "Deals", "1")]
