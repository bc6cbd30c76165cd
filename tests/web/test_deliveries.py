"""Thousands of deliveries over HTTP, lost, repeated, out of order and forged (TXN-5), with runs in between.

``ZOHO_LONG_DELIVERIES`` says how many; their order comes from the seed, which is printed with the figures.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from statistics import quantiles

import pytest
from sqlalchemy import select

from tests.support.deliveries import VICTIMS, Zoho, on_a_port, poster
from tests.web.conftest import Door
from zoho.store import events as journal
from zoho.store.tables import events
from zoho.web.bell import LISTS

DELIVERIES = int(os.environ.get("ZOHO_LONG_DELIVERIES", "400"))
SEED = int(os.environ.get("ZOHO_LONG_SEED", "1"))
SENDERS = 4
LISTS_OF_ALL = sorted({one for lists in LISTS.values() for one in lists})


@pytest.fixture
def address(door: Door) -> Iterator[str]:
    """The endpoints on a port."""
    from zoho.web.app import app

    with on_a_port(app) as address:
        yield address


def test_deliveries_of_all_kinds(door: Door, address: str, capsys: pytest.CaptureFixture[str]):
    """TXN-5: what is genuine is looked at after it came, nothing else has an effect, and nothing is left."""
    zoho = Zoho(door, Random(SEED))
    seconds: list[float] = []
    answers: Counter[tuple[str, int]] = Counter()
    post = poster(address, seconds, answers)
    looked: set[tuple[str, str]] = set()
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        with door.store.begin() as connection:
            journal.take(connection, "demo", LISTS_OF_ALL, f"run {looks}")
            told = journal.taken(connection, "demo", LISTS_OF_ALL, f"run {looks}")
            if zoho.random.random() < 0.8:  # else the run dies, and the next one takes the same again
                journal.done(connection, f"run {looks}")
                looked.update((entity, one) for (_, entity), ids in told.items() for one in ids)

    post(zoho.genuine())  # the first one reads the settings
    seconds.clear()
    answers.clear()
    sent = zoho.deliveries(DELIVERIES)
    spent = 0.0
    with ThreadPoolExecutor(SENDERS) as pool:
        for place in range(0, DELIVERIES, 100):
            part = time.perf_counter()
            list(pool.map(post, sent[place : place + 100]))
            spent += time.perf_counter() - part
            came = {(one.entity, one.remote_id) for one in sent[place : place + 100] if one.kind == "genuine"}
            waiting = door.journal_open()
            assert came <= waiting, "each of them is still to be looked at, or again"
            look()
    while door.journal_open():
        look()

    genuine = {(one.entity, one.remote_id) for one in sent if one.kind == "genuine"}
    assert genuine <= looked
    assert not {int(one) for _, one in looked} & set(VICTIMS)
    with door.store.connect() as connection:
        assert not set(map(int, connection.scalars(select(events.c.remote_id)))) & set(VICTIMS)
    wanted = {"genuine": 200, "forged": 403, "stale": 403, "torn": 403, "oversized": 413}
    assert set(answers) == {(kind, wanted[kind]) for kind, _ in answers}

    percentile = quantiles(seconds, n=100)
    with capsys.disabled():
        kinds = ", ".join(f"{number:,} {kind}" for (kind, _), number in sorted(answers.items()))
        print(
            f"\n{DELIVERIES:,} deliveries (seed {SEED}: {kinds}), {looks} looks: {DELIVERIES / spent:,.0f} a second "
            f"from {SENDERS} senders; median {percentile[49] * 1000:.1f} ms, p95 {percentile[94] * 1000:.1f} ms, "
            f"p99 {percentile[98] * 1000:.1f} ms, longest {max(seconds) * 1000:.0f} ms"
        )
    assert percentile[49] < 0.1
