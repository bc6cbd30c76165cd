"""What the store's engine tells when something goes wrong (CON-1)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, bindparam, text
from sqlalchemy.exc import DBAPIError

from zoho.store import database
from zoho.store.database import StoreLocked, open_store
from zoho.store.migrate import upgrade
from zoho.store.scope import Scope
from zoho.store.turns import turn
from zoho.store.version import VERSION_TABLE


def test_an_error_repeats_no_values(store: Engine) -> None:
    """CON-1: they are people's data, and errors end up in logs and alerts."""
    with pytest.raises(DBAPIError) as caught, store.connect() as connection:
        connection.execute(text("SELECT CAST(:name AS text), 1 / 0").bindparams(bindparam("name", "Jane Roe")))
    assert "division by zero" in str(caught.value)
    assert "Jane Roe" not in str(caught.value)


@pytest.fixture
def impatient(store: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine on the store whose statements wait for no lock for long."""
    monkeypatch.setattr(database, "LOCK_WAIT", timedelta(milliseconds=100))
    engine = open_store(store.url)
    yield engine
    engine.dispose()


def test_a_lock_is_not_waited_for_for_ever(store: Engine, impatient: Engine) -> None:
    """BEY-4: a table that somebody locked and forgot; the error says what to do, and later all is well."""
    with store.begin() as forgotten:
        forgotten.exec_driver_sql("LOCK TABLE links")
        with pytest.raises(StoreLocked, match="waited 0 s for a lock") as told, impatient.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM links")
        assert "(zoho-sync, user postgres, idle in transaction, since " in str(told.value)
        assert "docs/runbook.md" in str(told.value)
    with impatient.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM links").scalar() == 0


def test_a_turn_is_waited_for(store: Engine, impatient: Engine) -> None:
    """OPS-3: a plan that is carried out may take hours; who is next waits for it, and not for a lock."""
    scope = Scope("demo", "customers", "1")
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

    def take() -> str:
        with turn(impatient, scope):
            return "taken"

    with ThreadPoolExecutor() as pool:
        with turn(store, scope), store.connect() as watching:
            other = pool.submit(take)
            while not watching.scalar(waiting):
                assert not other.done(), other.result()
            watching.execute(text("SELECT pg_sleep(0.3)"))
            assert not other.done()
        assert other.result() == "taken"


def test_a_migration_says_who_is_in_its_way(store: Engine, impatient: Engine) -> None:
    """BEY-4: it changes tables that somebody may look at in a transaction left open."""
    with store.begin() as forgotten:
        forgotten.exec_driver_sql(f"LOCK TABLE {VERSION_TABLE}")
        with pytest.raises(StoreLocked):
            upgrade(store.url)
