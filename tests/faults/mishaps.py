"""What goes wrong around a run: each mishap begins, lasts for one run, and is over."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event, text

from tests.long.stateful import Died, QuickLab
from zoho.transport.exchange import Call

SPOILED = ("latency", "status", "429", "html", "empty", "truncate", "drop", "commit_then_drop", "expired_token")
"""How the sandbox can spoil an answer."""

PATHS = {
    "crm": ("/(Accounts|Contacts|Vendors|Products)$", "/Accounts", None),
    "books": ("/contacts", "/contacts/[0-9]", None, None),
}
SKEW = timedelta(minutes=5)

Mishap = Callable[[QuickLab, random.Random, Counter[str]], AbstractContextManager[str]]


@contextmanager
def spoiled_answers(lab: QuickLab, choose: random.Random, struck: Counter[str]) -> Iterator[str]:
    """Some answers are late, wrong, half, or missing; some of the calls are carried out all the same."""
    rules = [_rule(choose) for _ in range(choose.randint(1, 4))]
    lab.sandbox.faults(rules)
    try:
        yield "answers: " + ", ".join(f"{rule['times']}× {rule['kind']} {rule['match']}" for rule in rules)
    finally:
        for rule in lab.sandbox.struck():
            struck[rule["kind"]] += rule["hit"]
        lab.sandbox.clear_faults()


def _rule(choose: random.Random) -> Mapping[str, Any]:
    product = choose.choice(list(PATHS))
    match = {
        "product": product,
        "path": choose.choice(PATHS[product]),
        "method": choose.choice(["GET", "POST", None]),
    }
    rule = {
        "kind": (kind := choose.choice((*SPOILED, "commit_then_drop", "commit_then_drop"))),
        "match": {name: value for name, value in match.items() if value is not None},
        "times": choose.choice([1, 1, 2, 4, 8]),
        "skip": choose.choice([0, 0, 0, 1, 2, 5]),
    }
    if kind == "latency":
        return {**rule, "seconds": 0.05}
    if kind == "status":
        return {**rule, "status": choose.choice([500, 502, 503, 504]), "commit": choose.random() < 0.5}
    return {**rule, "commit": choose.random() < 0.5} if kind in ("html", "empty") else rule


@contextmanager
def revoked(lab: QuickLab, choose: random.Random, struck: Counter[str]) -> Iterator[str]:
    """Both tokens die after some calls, and Zoho gives no new ones."""
    refusal = {"kind": "status", "status": 400, "body": {"error": "invalid_code"}, "match": {"product": "oauth"}}
    product = choose.choice(["crm", "books"])
    dead = {"kind": "expired_token", "match": {"product": product}, "skip": choose.randint(0, 8)}
    lab.sandbox.faults([refusal, dead])
    try:
        yield f"the token of {product} is revoked"
    finally:
        struck["revoked token"] += any(rule["hit"] for rule in lab.sandbox.struck())
        lab.sandbox.clear_faults()


@contextmanager
def used_up(lab: QuickLab, choose: random.Random, struck: Counter[str]) -> Iterator[str]:
    """The day's quota of Books ends somewhere in the run."""
    lab.sandbox.settings(books_calls_per_day=choose.randint(1, 12))
    try:
        yield "the quota of Books ends"
    finally:
        struck["quota"] += any(call["status"] == 429 for call in lab.sandbox.calls())
        lab.sandbox.settings(books_calls_per_day=None)


@contextmanager
def killed(lab: QuickLab, choose: random.Random, struck: Counter[str]) -> Iterator[str]:
    """The process is killed after a call, or after something was stored."""
    left = choose.randint(1, 40)

    def one_more(what: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            struck["killed"] += 1
            raise Died(what)

    def after_call(call: Call) -> None:
        one_more(call.path)

    def after_commit(_: Any) -> None:
        one_more("commit")

    lab.on_call = after_call
    event.listen(lab.store, "commit", after_commit)
    try:
        yield f"killed at effect {left}"
    finally:
        event.remove(lab.store, "commit", after_commit)
        lab.on_call = None


@contextmanager
def store_gone(lab: QuickLab, choose: random.Random, struck: Counter[str]) -> Iterator[str]:
    """PostgreSQL throws everybody out after some call; who connects anew is let in again."""
    left = choose.randint(1, 25)

    def after_call(_: Call) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            struck["store gone"] += 1
            with lab.store.connect() as connection:
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))

    lab.on_call = after_call
    try:
        yield f"the store throws everybody out after call {left}"
    finally:
        lab.on_call = None
        lab.store.dispose()


@contextmanager
def full_disk(lab: QuickLab, choose: random.Random, _: Counter[str]) -> Iterator[str]:
    """There is no room left for a file of the next run's staging; who meets it counts it."""
    name = choose.choice(
        ["sales-Accounts", "sales-Vendors", "sales-Products", "books-contacts", "books-items", "plan"]
    )
    folder = lab.folder / "staging" / f"{lab.integration}-{lab.runs + 1}"
    folder.mkdir(parents=True)
    (full := folder / f"{name}.parquet").symlink_to("/dev/full")
    try:
        yield f"no room for {name}"
    finally:
        full.unlink(missing_ok=True)


@contextmanager
def skewed(lab: QuickLab, choose: random.Random, struck: Counter[str]) -> Iterator[str]:
    """Our clock is wrong by up to five minutes."""
    before, skew = lab.ahead, SKEW * choose.uniform(-1, 1)
    lab.ahead += skew
    struck["clock skew"] += 1
    try:
        yield f"the clock is off by {skew.total_seconds():.0f} s"
    finally:
        lab.ahead = before


@contextmanager
def stale_search(lab: QuickLab, choose: random.Random, struck: Counter[str]) -> Iterator[str]:
    """Zoho's search does not know of the latest writes."""
    lab.sandbox.settings(search_lag_seconds=choose.choice([5, 60, 600]))
    struck["stale search"] += 1
    try:
        yield "search is stale"
    finally:
        lab.sandbox.settings(search_lag_seconds=0)


MISHAPS: Mapping[Mishap, int] = {
    spoiled_answers: 6,
    killed: 3,
    store_gone: 2,
    full_disk: 1,
    revoked: 1,
    used_up: 2,
    skewed: 1,
    stale_search: 2,
}
"""Mishap → how often it is chosen, beside the others."""
