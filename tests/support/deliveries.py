"""The way in for webhooks on a port, what Zoho posts there, and what others would have it believe (TXN-5)."""

import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random

import requests
import uvicorn
from fastapi import FastAPI

from tests.web.conftest import SIGNATURE, WEBHOOK_SECRET, Door
from zoho.web.hooks import LONGEST_NOTIFICATION, LONGEST_WEBHOOK

RECORDS = 200
"""Ids below this change for real; the others are only in what is forged."""

VICTIMS = range(RECORDS, 2 * RECORDS)


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
    """Makes deliveries.

    Args:
        door: whose channel they name.
        random: what decides.
        modules: of the sales side, which tell.
        documents: of Books, which tell.
    """

    def __init__(
        self,
        door: Door,
        random: Random,
        modules: Sequence[str] = ("Deals", "Quotes", "Invoices"),
        documents: Sequence[str] = ("estimate", "invoice"),
    ) -> None:
        self.door, self.random, self.number = door, random, count()
        self.modules, self.documents = modules, documents

    def genuine(self, kind: str = "genuine", remote_id: str | None = None, **changes: object) -> Delivery:
        """Of a record that changed."""
        remote_id = remote_id or str(self.random.randrange(RECORDS))
        return self.of(self.random.choice(["sales", "books"]), kind, remote_id, **changes)

    def of(self, side: str, kind: str, remote_id: str, **changes: object) -> Delivery:
        """Of a record of one side that changed."""
        if side == "sales":
            operation = self.random.choice(["insert", "update", "delete"])
            entity = self.random.choice(self.modules)
            body = self.door.notification(remote_id, module=entity, operation=operation, n=next(self.number))
            return Delivery(kind, "sales", entity, remote_id, json.dumps({**body, **changes}).encode())
        key = self.random.choice(self.documents)
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
            body = self.door.notification(victim, module=self.modules[0])
            body["server_time"] -= 7_200_000
            return Delivery(kind, "sales", self.modules[0], victim, json.dumps(body).encode())
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


@contextmanager
def on_a_port(app: FastAPI) -> Iterator[str]:
    """Serves an application as Airflow does; its address."""
    serving = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=serving.run)
    thread.start()
    until = time.monotonic() + 20
    while not serving.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    finally:
        serving.should_exit = True
        thread.join()
