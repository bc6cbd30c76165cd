"""Both sides at once, with a network that loses, repeats and reverses what Zoho tells (TXN-5)."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pendulum
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.support.deliveries import VICTIMS, Delivery, Zoho, on_a_port, poster
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from tests.support.transactions import contact, in_books, in_crm, items, line, made_in_crm, with_transactions
from tests.web.conftest import CLIENT_SECRET, WEBHOOK_SECRET, Door
from zoho.core.proof import channel_id
from zoho.engine import lifecycle
from zoho.engine.at_once import lists_of, sync_told
from zoho.engine.channels import Subscriber
from zoho.engine.errors import FailedInPart
from zoho.store import events
from zoho.store.database import open_store
from zoho.store.tables import events as journal

CHANGES = int(os.environ.get("ZOHO_LONG_CHANGES", "12"))
DELIVERIES = int(os.environ.get("ZOHO_LONG_DELIVERIES", "400"))
SEED = int(os.environ.get("ZOHO_LONG_SEED", "1"))
PATIENCE = 20.0


@pytest.fixture
def lab(
    sandbox: Sandbox,
    connections: None,
    store_url: str,
    airflow_database: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Lab]:
    """Estimates are on, a customer and two products are on both sides, and Zoho tells of what happens to them."""
    from zoho.hooks.store import store_engine
    from zoho.web.app import app
    from zoho.web.bell import airflow_bell
    from zoho.web.gate import gates

    store = open_store(store_url)
    lab = Lab(sandbox, store, tmp_path)
    sandbox.reset("empty")
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(lab.include))
    root = FastAPI()
    root.mount("/zoho", app)
    with on_a_port(root) as address:
        with_transactions(lab)
        lab.settings_file.write_text(f"at_once:\n  notify_url: {address}\n{lab.settings_file.read_text()}")
        gates.cache_clear()
        lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
        lab.crm.insert(
            "Products", [{"Product_Name": "Tea", "Unit_Price": 10}, {"Product_Name": "Cup", "Unit_Price": 4}]
        )
        for module in ("products", "customers", "estimates"):
            assert lab.run(module).state == "success"
        settings = lab.configured.settings
        Subscriber(settings, store, lambda *_: lab.crm, CLIENT_SECRET, lambda: pendulum.now("UTC")).keep()
        sandbox.books_webhook("estimate", f"{address}/zoho/hooks/demo/books", WEBHOOK_SECRET.decode())
        yield lab
    airflow_bell(store_engine()).close()
    airflow_bell.cache_clear()
    gates.cache_clear()
    store_engine().dispose()
    store.dispose()


def within_patience(look: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def told(lab: Lab) -> set[tuple[str, str]]:
    """Records that are still to be looked at."""
    query = select(journal.c.entity, journal.c.remote_id).where(journal.c.done_at.is_(None))
    with lab.store.connect() as connection:
        return {(row.entity, row.remote_id) for row in connection.execute(query)}


def drain(lab: Lab) -> None:
    """What the DAG does when the bell rings."""
    with lab.store.connect() as connection:
        if not events.undone(connection, "demo", lists_of("estimates")):
            return
    job = lab.job(module="estimates")
    lifecycle.begin(job, f"test:{job.run_id}", False)
    with suppress(FailedInPart):  # a record that changed under the run's hands; it is work for the next
        sync_told(job)


def quote(lab: Lab, price: str) -> str:
    made = made_in_crm(lab, "Quotes")
    reprice(lab, made, price)
    return made


def reprice(lab: Lab, quote_id: str, price: str) -> None:
    record = lab.crm.record("Quotes", quote_id)
    assert record
    rows = [{"id": row["id"], "List_Price": Decimal(price)} for row in record["Quoted_Items"]]
    lab.crm.update("Quotes", [{"id": quote_id, "Quoted_Items": rows}])


def totals(lab: Lab) -> tuple[list[Decimal], list[Decimal]]:
    quotes = [Decimal(one["Grand_Total"]) for one in in_crm(lab, "Quotes")]
    estimates = [Decimal(one["total"]) for one in in_books(lab, "estimates")]
    return sorted(quotes), sorted(estimates)


def test_a_change_of_either_side_is_seen_on_the_other(lab: Lab):
    """TXN-5: told by Zoho, looked at alone, written."""
    made = made_in_crm(lab, "Quotes")
    assert within_patience(lambda: ("Quotes", made) in told(lab))
    drain(lab)
    (estimate,) = in_books(lab, "estimates")
    books_id = str(estimate["estimate_id"])
    lab.books.estimates.update(books_id, {"line_items": [{**estimate["line_items"][0], "rate": Decimal("7.5")}]})
    assert within_patience(lambda: ("estimates", books_id) in told(lab))
    drain(lab)
    (mirror,) = in_crm(lab, "Quotes")
    assert mirror["Grand_Total"] == Decimal("22.5")


class Liar:
    """Posts in Zoho's name besides: repeats of what is true, and what is forged, stale, torn or far too long."""

    def __init__(self, lab: Lab, random: Random) -> None:
        at_once = lab.configured.settings.at_once
        assert at_once is not None
        channel = channel_id("demo", at_once.notify_url)
        with TestClient(FastAPI()) as nobody:
            self.zoho = Zoho(Door(nobody, lab.store, channel), random, modules=("Quotes",), documents=("estimate",))
        self.answers: Counter[tuple[str, int]] = Counter()
        self.seconds: list[float] = []
        self.post = poster(f"{at_once.notify_url}/zoho", self.seconds, self.answers)

    def tell(self, pool: ThreadPoolExecutor, number: int, records: Mapping[str, Sequence[str]]) -> None:
        """Posts so many deliveries; ``records``: the side → ids of what is there."""
        made: list[Delivery] = []
        for _ in range(number):
            side = self.zoho.random.choice(["sales", "books"])
            if records[side] and self.zoho.random.random() < 0.5:
                made.append(self.zoho.of(side, "repeated", self.zoho.random.choice(records[side])))
            else:
                made.append(self.zoho.bad())
        list(pool.map(self.post, made))


def test_a_bad_network_loses_and_doubles_nothing(lab: Lab, capsys: pytest.CaptureFixture[str]):
    """TXN-5: every third message is lost, the others come twice, newest first, among lies; a run finds the rest."""
    lab.sandbox.settings(notifications_lose_every=3, notifications_times=2, notifications_reversed=True)
    random, ids = Random(SEED), items(lab)
    liar = Liar(lab, Random(SEED))
    quotes: dict[str, Decimal] = {}
    estimates: dict[str, Decimal] = {}
    customer = contact(lab, "customer")
    with ThreadPoolExecutor(4) as pool:
        for number in range(CHANGES):
            price = str(Decimal(random.randint(1, 9999)) / 100)
            kind = random.choice(["quote", "estimate", "edit"])
            if kind == "quote" or (kind == "edit" and not quotes):
                quotes[quote(lab, price)] = 3 * Decimal(price)
            elif kind == "estimate":
                lines = [line(ids["Cup"], price, "2")]
                made = lab.books.estimates.create({"customer_id": customer, "line_items": lines})
                estimates[str(made["estimate_id"])] = 2 * Decimal(price)
            else:
                chosen = random.choice(list(quotes))
                quotes[chosen] = 3 * Decimal(price)
                reprice(lab, chosen, price)
            liar.tell(pool, DELIVERIES // CHANGES, {"sales": list(quotes), "books": list(estimates)})
            if number % 3 == 2:
                drain(lab)
    lab.sandbox.clock(advance=5)
    assert lab.run("estimates").state == "success"
    wanted = sorted([*quotes.values(), *estimates.values()])
    assert totals(lab) == (wanted, wanted)
    lab.sandbox.clock(advance=5)
    lab.run("estimates")
    lab.sandbox.clear_calls()
    lab.sandbox.clock(advance=5)
    drain(lab)
    assert lab.run("estimates").state == "success"
    assert lab.writes() == []
    refused = {kind for (kind, status), _ in liar.answers.items() if status != 200}
    assert refused <= {"forged", "stale", "torn", "oversized"}
    assert {kind for (kind, status), _ in liar.answers.items() if status == 200} == {"repeated"}
    with lab.store.connect() as connection:
        told_of = set(connection.scalars(select(journal.c.remote_id)))
    assert not told_of & set(map(str, VICTIMS))
    with capsys.disabled():
        kinds = ", ".join(f"{number:,} {kind}" for (kind, _), number in sorted(liar.answers.items()))
        print(f"\n{CHANGES} changes (seed {SEED}) among {sum(liar.answers.values()):,} deliveries of others: {kinds}")


def test_the_forger_changes_nothing(lab: Lab):
    """TXN-5: what it tells of is not even looked at."""
    import requests

    at_once = lab.configured.settings.at_once
    assert at_once is not None
    made = made_in_crm(lab, "Quotes")
    assert within_patience(lambda: told(lab))
    drain(lab)
    body = json.dumps({"estimate": {"estimate_id": "1"}}).encode()
    answer = requests.post(f"{at_once.notify_url}/zoho/hooks/demo/books", data=body, timeout=10)
    assert answer.status_code == 403
    assert {one for one in told(lab) if one[1] == "1"} == set()
    assert made
