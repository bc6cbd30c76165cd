"""What goes wrong around a run: each mishap begins, lasts for one run, and is over."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from tests.long.stateful import Died, QuickLab
from zoho.transport.exchange import Call

SPOILED = ("latency", "status", "429", "html", "empty", "truncate", "drop", "commit_then_drop", "expired_token")
"""How the sandbox can spoil an answer."""

Paths = Mapping[str, Sequence[str | None]]
"""Product → paths, of which each is as likely to be struck; ``None`` is any."""

PATHS: Paths = {
    "crm": ("/(Accounts|Contacts|Vendors|Products)$", "/Accounts", None),
    "books": ("/contacts", "/contacts/[0-9]", None, None),
}
STAGED = ("sales-Accounts", "sales-Vendors", "sales-Products", "books-contacts", "books-items", "plan")
SKEW = timedelta(minutes=5)
LOCKABLE = ("observations", "links", "claims", "changes", "runs", "cursors")
LOCKED_SECONDS = 0.2

Mishap = Callable[[QuickLab, random.Random, Counter[str]], AbstractContextManager[str]]
Around = Mapping[str, Mishap]
"""What goes wrong around a run, by kind."""


@contextmanager
def spoiled_answers(
    lab: QuickLab, choose: random.Random, struck: Counter[str], paths: Paths = PATHS
) -> Iterator[str]:
    """Some answers are late, wrong, half, or missing; some of the calls are carried out all the same."""
    rules = [_rule(choose, paths) for _ in range(choose.randint(1, 4))]
    lab.sandbox.faults(rules)
    try:
        yield "answers: " + ", ".join(f"{rule['times']}× {rule['kind']} {rule['match']}" for rule in rules)
    finally:
        for rule in lab.sandbox.struck():
            struck[rule["kind"]] += rule["hit"]
        lab.sandbox.clear_faults()


def _rule(choose: random.Random, paths: Paths) -> Mapping[str, Any]:
    product = choose.choice(list(paths))
    match = {
        "product": product,
        "path": choose.choice(paths[product]),
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
    lab.sandbox.settings(books_calls_per_day=choose.randint(1, 6))
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
    left = choose.randint(1, 10)

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
def full_disk(lab: QuickLab, choose: random.Random, _: Counter[str], staged: Sequence[str] = STAGED) -> Iterator[str]:
    """There is no room left for a file of the next run's staging; who meets it counts it."""
    name = choose.choice(staged)
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


@contextmanager
def locked(lab: QuickLab, choose: random.Random, struck: Counter[str]) -> Iterator[str]:
    """Somebody locks a table of the store after some call, and lets it go a moment after the run has met that."""
    table, left, over = choose.choice(LOCKABLE), choose.randint(1, 6), threading.Event()
    holders: list[threading.Thread] = []

    def after_call(_: Call) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            is_held = threading.Event()
            holders.append(threading.Thread(target=_hold, args=(lab.store, table, is_held, over, struck)))
            holders[0].start()
            is_held.wait()

    lab.on_call = after_call
    try:
        yield f"{table} is locked after call {left}"
    finally:
        lab.on_call = None
        over.set()
        for holder in holders:
            holder.join()


def _hold(store: Engine, table: str, is_held: threading.Event, over: threading.Event, struck: Counter[str]) -> None:
    """Locks a table unless somebody is at work in it, until a moment after somebody waits for it, or all is over."""
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass(:table)")
    try:
        with store.begin() as connection:
            connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE NOWAIT")
            is_held.set()
            while not over.wait(0.01):
                if connection.scalar(waits, {"table": table}):
                    struck["locked store"] += 1
                    over.wait(LOCKED_SECONDS)
                    return
    except OperationalError:
        is_held.set()


AROUND: Around = {
    "spoiled answers": spoiled_answers,
    "killed": killed,
    "store gone": store_gone,
    "full disk": full_disk,
    "revoked token": revoked,
    "quota": used_up,
    "clock skew": skewed,
    "stale search": stale_search,
    "locked store": locked,
}
"""What goes wrong around a run of customers, vendors or products."""
