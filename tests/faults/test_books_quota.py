"""Several processes share the quota of one Books organization, to the last call (BEY-8)."""

from dataclasses import dataclass
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import Engine

from sandbox import defaults
from tests.faults.bench import Bench
from tests.support.sandbox import Sandbox
from tests.support.virtual_time import SPAWN, VirtualTime
from zoho.api.books import BooksClient
from zoho.store.budget import DatabaseBudget
from zoho.store.database import open_store
from zoho.transport.errors import Retriable
from zoho.transport.limits import Limits
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

PROCESSES, WRITES, PER_MINUTE = 4, 500, 100
LIMITS = Limits(per_day=5_000, concurrent=5, per_minute=PER_MINUTE)
LEAST_SECONDS = (WRITES / PER_MINUTE - 1) * 60
"""A hundred writes at once, a minute later the next hundred, and so on: 240 seconds."""


@dataclass(frozen=True)
class Place:
    """Where the writers find everything."""

    sandbox_url: str
    store_url: str
    time: VirtualTime


def write(place: Place, number: int) -> None:
    """One process: creates its share of the customers, and nothing but the budget slows it down."""
    store = open_store(place.store_url)
    sleep = place.time.sleeper(number)
    ids = defaults.BOOKS_CLIENT
    url = place.sandbox_url
    transport = Transport(
        "books",
        Credentials(ids.client_id, ids.client_secret, ids.refresh_token, url, url),
        MemoryTokenStore(place.time.now),
        clock=place.time.now,
        sleep=sleep,
        budget=DatabaseBudget(
            store,
            "books",
            defaults.BOOKS_ORGANIZATION_ID,
            LIMITS,
            clock=place.time.now,
            sleep=sleep,
            stopwatch=place.time.seconds,
        ),
    )
    try:
        books = BooksClient(transport, defaults.BOOKS_ORGANIZATION_ID)
        for n in range(WRITES // PROCESSES):
            books.create_contact({"contact_name": f"Writer {number}, customer {n}"})
    finally:
        transport.close()
        place.time.leave(number)
        store.dispose()


def test_500_writes_from_4_processes(sandbox: Sandbox, store_url: str, store: Engine) -> None:
    """BEY-8: no refusal of any kind, and hardly longer than the quota itself demands."""
    sandbox.reset("empty")
    sandbox.settings(books_calls_per_minute=PER_MINUTE, books_calls_per_day=5_000, books_concurrent_calls=5)
    time = VirtualTime(SPAWN, PROCESSES, sandbox.url)
    place = Place(sandbox.url, store_url, time)

    writers: list[BaseProcess] = [SPAWN.Process(target=write, args=(place, n)) for n in range(PROCESSES)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)

    assert [writer.exitcode for writer in writers] == [0] * PROCESSES
    calls = [call for call in sandbox.calls() if call["product"] == "books"]
    assert {call["status"] for call in calls} == {201}
    assert len(calls) == WRITES == len(sandbox.dump()["books"]["contacts"])
    assert time.seconds() <= LEAST_SECONDS * 1.05, f"{time.seconds()} s"
    assert (
        DatabaseBudget(store, "books", defaults.BOOKS_ORGANIZATION_ID, LIMITS, clock=time.now).left().concurrent == 5
    )


def test_the_sandbox_would_have_refused(sandbox: Sandbox) -> None:
    """BEY-8: what the test above proves is not for lack of a limit."""
    sandbox.settings(books_calls_per_minute=PER_MINUTE)
    books = Bench(sandbox).books
    for _ in range(PER_MINUTE):
        books.current_user()
    with pytest.raises(Retriable) as refused:
        books.current_user()
    assert refused.value.code == "43"
