"""The call budget that all workers share (BEY-8)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from zoho.store import organizations
from zoho.store.budget import DatabaseBudget, left
from zoho.store.organizations import Organization
from zoho.transport.errors import Action, Retriable
from zoho.transport.limits import Limits

START = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)
BOOKS = Limits(per_day=1_000, concurrent=5, per_minute=100)


@dataclass
class Time:
    """Moves only when somebody sleeps."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def stopwatch(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


def worker(
    store: Engine, time: Time, limits: Limits = BOOKS, product: str = "books", **options: Any
) -> DatabaseBudget:
    clocks = {"clock": time.now, "sleep": time.sleep, "stopwatch": time.stopwatch}
    return DatabaseBudget(store, product, "60001", limits, **{**clocks, **options})


def call(budget: DatabaseBudget, times: int = 1, cost: int = 1, product: str = "books") -> None:
    for _ in range(times):
        with budget.acquire(product, cost):
            pass


@contextmanager
def statements(store: Engine) -> Iterator[list[str]]:
    """The statements that are sent to the store."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(store, "before_cursor_execute", note)
    yield sent
    event.remove(store, "before_cursor_execute", note)


def test_two_workers_share_a_minute(store: Engine, time: Time) -> None:
    """BEY-8: what one has used the other has not."""
    one, other = worker(store, time), worker(store, time)
    call(one, 60)
    one.close()
    call(other, 40)
    assert time.slept == []
    call(other)
    assert 60 <= sum(time.slept) < 61


def test_a_call_costs_less_than_a_statement(store: Engine, time: Time) -> None:
    """BEY-8: a worker in full swing takes ten calls at once."""
    budget = worker(store, time)
    with statements(store) as sent:
        call(budget, 90)
    assert len(sent) < 60, f"{len(sent)} statements for 90 calls"


def test_what_is_left_is_known(store: Engine, time: Time) -> None:
    """BEY-8: to whoever plans a run, also without a connection to Zoho."""
    assert left(store, "books", "60001") is None
    budget = worker(store, time, clock=None)
    call(budget, 3)
    budget.close()
    known = budget.left()
    assert (known.per_minute, known.per_day, known.concurrent, known.paused_until) == (97, 997, 5, None)
    assert (known.day_size, known.told) == (1_000, False)
    assert left(store, "books", "60001") == known
    assert left(store, "books", "60002") is None


def test_zoho_tells_how_much_of_the_day_is_left(store: Engine, time: Time) -> None:
    """BEY-8: from the headers of any answer of Books, until the day that they name is over."""
    budget = worker(store, time)
    with budget.acquire("books", 1):
        headers = {"x-rate-limit-limit": "5000", "x-rate-limit-remaining": "641", "x-rate-limit-reset": "3600"}
        budget.learn("books", headers)
        budget.learn("books", {"x-rate-limit-limit": "many"})
        budget.learn("accounts", {**headers, "x-rate-limit-remaining": "1"})
    known = budget.left()
    assert (known.per_day, known.day_size, known.told) == (641, 5_000, True)
    assert known.resets_at == START + timedelta(seconds=3601)
    time.seconds = 3_602
    known = budget.left()
    assert (known.per_day, known.told) == (5_000, False), "of the next day Zoho has said nothing yet"


def test_a_pause_holds_for_all_workers_to_its_end(store: Engine, time: Time) -> None:
    """BEY-8: code 43 pauses the organization for an hour, and a worker that starts later knows."""
    one, other = worker(store, time), worker(store, time)
    one.pause("books", 3_600, "43")
    one.pause("accounts", 9_999, "TOO_MANY_TOKENS")
    for budget in (one, other, worker(store, time)):
        with pytest.raises(Retriable) as refused, budget.acquire("books", 1):
            pass
        error = refused.value
        assert (error.code, error.retry_after, error.action) == ("43", 3_600, Action.WAIT)
        assert not error.outcome_unknown
        assert "Organization 60001 may go on at 2026-06-09 13:00:00 UTC" in str(error)
    assert other.left().paused_until == START + timedelta(hours=1)
    assert time.slept == []
    time.seconds += 3_590
    call(other)
    assert time.slept == [10.0]


def test_a_pause_ends_a_lease_that_is_in_use(store: Engine, time: Time) -> None:
    """BEY-8: a worker that is told to pause makes none of the calls that it still holds."""
    budget = worker(store, time)
    call(budget, 2)  # the next lease is for more than one call
    with budget.acquire("books", 1):
        budget.pause("books", 10, "1070")
    call(budget)
    assert time.slept == [10.0]


def test_a_wait_that_is_too_long_is_left_to_the_scheduler(store: Engine, time: Time) -> None:
    """BEY-8: the task can be put off and holds no worker."""
    budget = worker(store, time, Limits(per_day=2, concurrent=5, per_minute=100))
    call(budget, 2)
    with pytest.raises(Retriable) as refused:
        call(budget)
    assert (refused.value.code, refused.value.retry_after) == ("DAY_SPENT", 24 * 3_600)
    assert time.slept == []


def test_bulk_work_is_told_what_it_may_use(store: Engine, time: Time) -> None:
    """BEY-8: it sees the day without the reserve; what is urgent sees all of it, and so does whoever only looks."""
    limits = Limits(per_day=200, concurrent=5, per_minute=1_000)
    bulk, urgent = worker(store, time, limits, reserve=10), worker(store, time, limits)
    call(bulk, 30)
    bulk.close()
    known = bulk.left()
    assert (known.per_day, known.day_size, known.kept, known.kept_size) == (150, 180, 20, 20)
    known = urgent.left()
    assert (known.per_day, known.day_size, known.kept, known.kept_size) == (170, 200, 0, 0)
    call(bulk, 150)
    with pytest.raises(Retriable) as refused:
        call(bulk)
    assert (refused.value.code, refused.value.action) == ("DAY_SPENT", Action.WAIT)
    assert "10 % of each day are kept for what is urgent" in str(refused.value)
    call(urgent, 15)
    urgent.close()
    assert (bulk.left().per_day, bulk.left().kept) == (0, 5)
    call(urgent, 5)
    with pytest.raises(Retriable):
        call(urgent)
    assert time.slept == []
    time.seconds += 24 * 3_600
    call(bulk)


def test_threads_never_touch_the_reserve(store: Engine) -> None:
    """BEY-8: bulk work of many workers at once leaves it whole to the call, and then it serves what is urgent."""
    limits = Limits(per_day=60, concurrent=5, per_minute=100)

    def work(_: int) -> int:
        budget, done = DatabaseBudget(store, "books", "60001", limits, reserve=25), 0
        with suppress(Retriable):
            while True:
                call(budget)
                done += 1
                budget.close()
        return done

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 45
    urgent = DatabaseBudget(store, "books", "60001", limits)
    call(urgent, 15)
    urgent.close()
    assert urgent.left().per_day == 0


def test_a_killed_worker_blocks_nobody_for_ever(store: Engine, time: Time) -> None:
    """BEY-8: a place that nobody gives back is free after the longest call."""
    single = Limits(per_day=1_000, concurrent=1, per_minute=100)
    killed = worker(store, time, single)
    endless = killed.acquire("books", 1)
    endless.__enter__()
    patient = worker(store, time, single, longest_wait=600)
    call(patient)
    assert 90 <= time.seconds <= 100
    endless.__exit__(None, None, None)


def test_credits_by_weight(store: Engine, time: Time) -> None:
    """BEY-8: a hundred records cost ten credits; tokens cost none."""
    crm = worker(store, time, Limits(per_day=50, concurrent=5, rolling=True), "crm")
    call(crm, 4, cost=10, product="crm")
    call(crm, 20, cost=10, product="accounts")
    crm.close()
    assert (crm.left().per_day, crm.left().per_minute) == (10, None)
    assert (crm.left().day_size, crm.left().told) == (50, False)
    with pytest.raises(Retriable) as refused:
        call(crm, cost=50, product="crm")
    assert refused.value.code == "DAY_SPENT"


def test_organizations_do_not_share(store: Engine, time: Time) -> None:
    """CON-2: each organization has its own quota, and each product too."""
    clocks: dict[str, Any] = {"clock": time.now, "sleep": time.sleep, "stopwatch": time.stopwatch}
    call(worker(store, time), 100)
    call(DatabaseBudget(store, "books", "60002", BOOKS, **clocks), 100)
    call(DatabaseBudget(store, "crm", "60001", Limits(5_000, 5, rolling=True), **clocks), 100, product="crm")
    assert time.slept == []


def test_an_error_of_the_call_gives_back_too(store: Engine, time: Time) -> None:
    """BEY-8: a failed call holds no place; it counts, because Zoho may have counted it."""
    budget = worker(store, time)
    with pytest.raises(ZeroDivisionError), budget.acquire("books", 1):
        1 / 0  # noqa: B018
    assert (budget.left().concurrent, budget.left().per_minute) == (5, 99)


def test_a_store_that_fails_afterwards_spoils_no_call(store: Engine, time: Time) -> None:
    """BEY-4: what Zoho has done is not reported as failed because the budget cannot be told."""
    budget = worker(store, time)
    with budget.acquire("books", 1), store.begin() as connection:
        connection.execute(text("DROP TABLE budgets"))


def test_threads_never_call_at_once_more_than_allowed(store: Engine) -> None:
    """BEY-8: by PostgreSQL's clock, with real waiting, and nobody is left out."""
    lock, running, most, done = Lock(), 0, 0, []

    def work(number: int) -> None:
        nonlocal running, most
        budget = DatabaseBudget(store, "books", "60001", Limits(1_000, 2, per_minute=100))
        for _ in range(3):
            with budget.acquire("books", 1):
                with lock:
                    running += 1
                    most = max(most, running)
                with lock:
                    running -= 1
                    done.append(number)
        budget.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert most <= 2
    assert sorted(done) == sorted([*range(6)] * 3)


def test_an_organization_is_believed_for_a_while(store: Engine) -> None:
    """BEY-8: whose budget a connection belongs to is asked once a day."""
    facts = {"zgid": "711", "license_details": {"paid_type": "enterprise", "users_license_purchased": 12}}
    found = Organization.of(facts)
    assert found == Organization("711", "enterprise", 12)
    with store.begin() as connection:
        organizations.keep(connection, "key", Organization("old", "", 0))
        organizations.keep(connection, "key", found)
        assert organizations.read(connection, "key", timedelta(days=1)) == found
        assert organizations.read(connection, "other", timedelta(days=1)) is None
        assert organizations.read(connection, "key", timedelta(0)) is None
