"""Thousands of deliveries over HTTP, lost, repeated, out of order and forged (TXN-5), with runs in between.

``ZOHO_LONG_DELIVERIES`` says how many; their order comes from the seed, which is printed with the figures.
"""

import hashlib
import hmac
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from random import Random
from statistics import quantiles

import pytest
import requests
import uvicorn
from sqlalchemy import select

from tests.web.conftest import SIGNATURE, WEBHOOK_SECRET, Door
from zoho.store import events as journal
from zoho.store.tables import events
from zoho.web.bell import LISTS
from zoho.web.hooks import LONGEST_NOTIFICATION, LONGEST_WEBHOOK

DELIVERIES = int(os.environ.get("ZOHO_LONG_DELIVERIES", "400"))
SEED = int(os.environ.get("ZOHO_LONG_SEED", "1"))
SENDERS = 4
RECORDS = 200
"""Ids below this change for real; the others are only in what is forged."""

VICTIMS = range(RECORDS, 2 * RECORDS)
LISTS_OF_ALL = sorted({one for lists in LISTS.values() for one in lists})


@dataclass(frozen=True)
class Delivery:
    """One request.

    Attributes:
        kind: genuine, or what is wrong with it.
        side: of the endpoint.
        entity: the list of the record.
        remote_id: the record.
        body: as posted.
        headers: as posted.
    """

    kind: str
    side: str
    entity: str
    remote_id: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Zoho:
    """Makes deliveries."""

    def __init__(self, door: Door, random: Random) -> None:
        self.door, self.random, self.number = door, random, count()

    def genuine(self, kind: str = "genuine", remote_id: str | None = None, **changes: object) -> Delivery:
        """Of a record that changed."""
        remote_id = remote_id or str(self.random.randrange(RECORDS))
        if self.random.random() < 0.5:
            operation = self.random.choice(["insert", "update", "delete"])
            entity = self.random.choice(["Deals", "Quotes", "Invoices"])
            body = self.door.notification(remote_id, module=entity, operation=operation, n=next(self.number))
            return Delivery(kind, "sales", entity, remote_id, json.dumps({**body, **changes}).encode())
        key = self.random.choice(["estimate", "invoice"])
        content = {key: {f"{key}_id": remote_id, "total": next(self.number)}, **changes}
        return self.signed(kind, f"{key}s", remote_id, json.dumps(content).encode(), WEBHOOK_SECRET)

    def signed(self, kind: str, entity: str, remote_id: str, body: bytes, secret: bytes) -> Delivery:
        signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        return Delivery(kind, "books", entity, remote_id, body, {SIGNATURE: signature})

    def bad(self) -> Delivery:
        """One that must have no effect."""
        victim = str(self.random.choice(VICTIMS))
        kind = self.random.choice(["forged", "stale", "oversized", "torn"])
        if kind == "oversized":
            return self.genuine(kind, victim, filler="x" * max(LONGEST_NOTIFICATION, LONGEST_WEBHOOK))
        if kind == "stale":
            body = self.door.notification(victim)
            body["server_time"] -= 7_200_000
            return Delivery(kind, "sales", "Deals", victim, json.dumps(body).encode())
        made = self.genuine(kind, victim)
        if kind == "torn":
            return Delivery(kind, made.side, made.entity, victim, made.body[:-1], made.headers)
        if made.side == "books":
            return self.signed(kind, made.entity, victim, made.body, b"guessed")
        return Delivery(kind, "sales", made.entity, victim, made.body.replace(b'"token": "', b'"token": "x'))

    def deliveries(self, number: int) -> list[Delivery]:
        """Some are lost, some come several times, many out of order."""
        made: list[Delivery] = []
        while len(made) < number:
            luck = self.random.random()
            if luck < 0.3:
                made.append(self.bad())
            elif luck > 0.35:
                made += [self.genuine()] * self.random.choice([1, 1, 1, 2, 3])
        for place in range(0, number, 50):
            some = made[place : place + 50]
            self.random.shuffle(some)
            made[place : place + 50] = some
        return made[:number]


@pytest.fixture
def address(door: Door) -> Iterator[str]:
    """The endpoints on a port."""
    from zoho.web.app import app

    serving = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=serving.run)
    thread.start()
    until = time.monotonic() + 20
    while not serving.started and time.monotonic() < until:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    serving.should_exit = True
    thread.join()


def poster(address: str, seconds: list[float], answers: Counter[tuple[str, int]]) -> Callable[[Delivery], None]:
    """Posts deliveries, with a connection for each thread, and notes the answers and how long they took."""
    local = threading.local()

    def post(delivery: Delivery) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.trust_env = False
        begun = time.perf_counter()
        try:
            url = f"{address}/hooks/demo/{delivery.side}"
            status = local.session.post(url, data=delivery.body, headers=delivery.headers, timeout=30).status_code
        except requests.ConnectionError:  # the server hung up on what is too long to read
            status = 413
        seconds.append(time.perf_counter() - begun)
        answers[delivery.kind, status] += 1

    return post


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
