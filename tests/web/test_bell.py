"""The bell (TXN-5): at once, not too often, and never without the last one."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from zoho.modules.watched import DEALS, TRANSACTIONS
from zoho.store import events
from zoho.store.database import open_store
from zoho.store.events import Event
from zoho.web.bell import EVERY, LISTS, Bell

PATIENCE = 10.0


class Runs:
    """What the bell begins: each run takes what waits, as the DAG does."""

    def __init__(self, store: Engine) -> None:
        self.store = store
        self.began: list[float] = []
        self.refusals = 0
        self.rung = threading.Semaphore(0)

    def ring(self, integration: str, module: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError("Airflow's database is away")
        self.began.append(time.monotonic())
        self.rung.release()

    def take(self) -> None:
        with self.store.begin() as connection:
            events.take(connection, "demo", LISTS[DEALS], "run")

    def await_ring(self) -> bool:
        return self.rung.acquire(timeout=PATIENCE)


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def runs(store: Engine) -> Runs:
    return Runs(store)


@pytest.fixture
def new_bell(store: Engine, runs: Runs) -> Iterator[Callable[[], Bell]]:
    made: list[Bell] = []

    def make() -> Bell:
        made.append(Bell(store, runs.ring))
        return made[-1]

    yield make
    for bell in made:
        bell.close()


def tell(store: Engine, remote_id: str = "1") -> None:
    with store.begin() as connection:
        events.record(connection, "demo", [Event("sales", "Deals", remote_id, "update")])


def test_the_first_rings_at_once_and_the_last_is_not_lost(store: Engine, runs: Runs, new_bell):
    """TXN-5: what came after a run took its events rings again, a second later."""
    bell = new_bell()
    for number in range(20):
        tell(store, str(number))
        bell.ask("demo", DEALS)
    assert len(runs.began) == 1
    assert runs.await_ring()
    runs.take()
    tell(store, "late")
    bell.ask("demo", DEALS)
    assert runs.await_ring()
    first, second = runs.began
    assert second - first >= EVERY.total_seconds() * 0.9


def test_what_a_run_has_taken_rings_no_more(store: Engine, runs: Runs, new_bell):
    """TXN-5: the bell that was to be rung later finds nothing waiting, so no run looks at nothing."""
    bell = new_bell()
    tell(store)
    bell.ask("demo", DEALS)
    bell.ask("demo", DEALS)
    runs.take()
    time.sleep(EVERY.total_seconds() * 1.5)  # what is to be seen is that nothing happens
    assert len(runs.began) == 1


def test_many_servers_ring_as_one(store: Engine, runs: Runs, new_bell):
    """TXN-5: each API server has its bell; together they ring once, and once more for what came after."""
    bells = [new_bell() for _ in range(4)]

    def deliver(number: int) -> None:
        tell(store, str(number))
        bells[number % 4].ask("demo", DEALS)

    with ThreadPoolExecutor(4) as pool:
        begun = time.monotonic()
        list(pool.map(deliver, range(40)))
        span = time.monotonic() - begun
    assert 1 <= len(runs.began) <= 1 + span / EVERY.total_seconds()


def test_a_ring_that_fails_is_tried_again(store: Engine, runs: Runs, new_bell, monkeypatch: pytest.MonkeyPatch):
    """TXN-5, BEY-4: nobody has rung until it is done; the journal keeps what waits meanwhile."""
    monkeypatch.setattr("zoho.web.bell.AFTER_FAILURE", timedelta(milliseconds=50))
    runs.refusals = 2
    tell(store)
    new_bell().ask("demo", DEALS)
    assert runs.await_ring()
    assert len(runs.began) == 1


def test_each_run_has_its_own_bell(store: Engine, runs: Runs, new_bell):
    """TXN-5: deals do not keep transactions waiting."""
    bell = new_bell()
    tell(store)
    bell.ask("demo", DEALS)
    bell.ask("demo", TRANSACTIONS)
    bell.ask("other", DEALS)
    assert len(runs.began) == 3


def test_a_ring_that_nobody_hears_is_repeated(store: Engine, runs: Runs, new_bell):
    """TXN-5: Airflow holds an event back that comes as a run ends; what still waits is rung for again."""
    tell(store)
    new_bell().ask("demo", DEALS)
    assert runs.await_ring()
    assert runs.await_ring()
    runs.take()
