"""The arithmetic of the call budget, without a clock (BEY-8)."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho.transport import json
from zoho.transport.ledger import DAY, HOUR, LONGEST_CALL, MARGIN, MINUTE, SECOND, TERM, Lease, Ledger, Told, Wait
from zoho.transport.limits import Limits

BOOKS = Limits(per_day=1_000, concurrent=5, per_minute=100)
CRM = Limits(per_day=5_000, concurrent=5, rolling=True)
START = 1_800_000_000_000
PATIENT = 10 * DAY


def opened(limits: Limits = BOOKS, at: int = START) -> Ledger:
    ledger = Ledger.load({}, limits)
    ledger.advance(at)
    return ledger


def leased(ledger: Ledger, ticket: str, cost: int = 1, calls: int = 1) -> Lease:
    turn = ledger.take(ticket, cost, calls, PATIENT)
    assert isinstance(turn, Lease), turn
    return turn


def waiting(ledger: Ledger, ticket: str, cost: int = 1, patience: int = PATIENT, reserve: int = 0) -> Wait:
    turn = ledger.take(ticket, cost, 1, patience, reserve)
    assert isinstance(turn, Wait), turn
    return turn


def made(ledger: Ledger, calls: int, cost: int = 1) -> None:
    """So many calls that end at once."""
    for number in range(calls):
        lease = leased(ledger, f"made-{number}", cost)
        ledger.give_back(lease.ticket, [(0, cost)])


def test_the_hundred_and_first_call_waits_for_the_first() -> None:
    """BEY-8: a minute from the end of the first, whatever part of a minute the calendar shows."""
    ledger = opened()
    made(ledger, 40)
    ledger.advance(START + 20 * SECOND)
    made(ledger, 60)
    assert waiting(ledger, "next") == Wait(40 * SECOND + MARGIN, "NO_TURN")
    ledger.advance(START + MINUTE + MARGIN)
    assert leased(ledger, "next").units == 1
    assert ledger.minute_left == 39


def test_a_call_counts_until_a_minute_after_its_end() -> None:
    """BEY-8: Zoho may have counted it at any moment of its way."""
    ledger = opened(Limits(1_000, 5, per_minute=1))
    lease = leased(ledger, "slow")
    ledger.advance(START + 30 * SECOND)
    ledger.give_back(lease.ticket, [(10 * SECOND, 1)])
    assert waiting(ledger, "next") == Wait(50 * SECOND + MARGIN, "NO_TURN")


def test_what_is_not_used_is_free_again() -> None:
    """BEY-8: a lease of ten with three calls made leaves seven to others."""
    ledger = opened()
    assert leased(ledger, "a", calls=10).units == 10
    assert (ledger.minute_left, ledger.day_left, ledger.seats_left) == (90, 990, 4)
    ledger.give_back("a", [(0, 1)] * 3)
    assert (ledger.minute_left, ledger.day_left, ledger.seats_left) == (97, 997, 5)


def test_what_others_may_give_back_is_looked_for_soon() -> None:
    """BEY-8: nobody sleeps a minute while calls lie idle that another worker did not need."""
    ledger = opened(Limits(1_000, 5, per_minute=10))
    made(ledger, 5)
    leased(ledger, "a", calls=5)
    assert waiting(ledger, "b") == Wait(SECOND, "NO_TURN")
    ledger.give_back("a", [(0, 1)])
    assert leased(ledger, "b")


def test_a_lease_is_no_more_than_a_fair_share() -> None:
    """BEY-8: who comes late finds something left."""
    ledger = opened(Limits(1_000, 5, per_minute=20))
    assert [leased(ledger, name, calls=10).units for name in "abcd"] == [10, 5, 1, 1]


def test_no_more_at_once_than_allowed() -> None:
    """BEY-8: the sixth waits until one of five has ended."""
    ledger = opened()
    for name in "abcde":
        leased(ledger, name)
    assert waiting(ledger, "f").code == "NO_TURN"
    ledger.give_back("c", [(0, 1)])
    assert leased(ledger, "f")


def test_first_come_first_served() -> None:
    """BEY-8: who has just finished does not overtake who waits; a sleeper that never wakes loses its place."""
    ledger = opened(Limits(1_000, 1, per_minute=100))
    leased(ledger, "a")
    waiting(ledger, "b")
    ledger.give_back("a", [(0, 1)])
    waiting(ledger, "a")
    assert leased(ledger, "b")
    ledger.give_back("b", [(0, 1)])
    assert leased(ledger, "a")
    waiting(ledger, "dead")
    ledger.give_back("a", [(0, 1)])
    waiting(ledger, "a")
    ledger.advance(START + 10 * SECOND)
    assert leased(ledger, "a")


def test_who_will_not_wait_holds_nobody_up() -> None:
    """BEY-8: a task that is put off gives up its place."""
    ledger = opened(Limits(1_000, 1, per_minute=100))
    leased(ledger, "a")
    waiting(ledger, "b", patience=0)
    assert ledger.waiting == []


def test_a_dead_worker_holds_its_place_for_a_while_only() -> None:
    """BEY-8: its calls count as made; somebody who gives back too late changes nothing."""
    ledger = opened(Limits(1_000, 1, per_minute=100))
    leased(ledger, "dead", calls=10)
    ledger.advance(START + TERM + LONGEST_CALL - 1)
    waiting(ledger, "next")
    ledger.advance(START + TERM + LONGEST_CALL)
    assert (ledger.seats_left, ledger.minute_left, ledger.used) == (1, 90, 10)
    ledger.give_back("dead", [(0, 1)] * 10)
    assert ledger.used == 10


def test_a_pause_is_for_everybody_and_the_longer_one_counts() -> None:
    """BEY-8: codes 43, 44, 45 and 1070 of Books, 429 of the CRM."""
    ledger = opened()
    ledger.pause(HOUR, "43")
    ledger.pause(SECOND, "1070")
    assert waiting(ledger, "a") == Wait(HOUR, "43")
    ledger.advance(START + HOUR)
    assert leased(ledger, "a")


def test_the_day_of_books_begins_when_zoho_says() -> None:
    """BEY-8: Zoho counts the calls of others too; ours on the way are taken off."""
    ledger = opened()
    made(ledger, 3)
    ledger.told(Told(limit=5_000, remaining=2, reset=HOUR, age=0))
    assert ledger.day_left == 2
    made(ledger, 2)
    assert waiting(ledger, "next") == Wait(HOUR + SECOND, "DAY_SPENT")
    ledger.advance(START + HOUR + SECOND)
    assert (ledger.day_left, ledger.refills) == (5_000, None)


def test_an_older_word_of_zoho_gives_nothing_back() -> None:
    """BEY-8: answers of several workers are told out of order."""
    ledger = opened()
    ledger.told(Told(5_000, 100, HOUR, 0))
    ledger.told(Told(5_000, 140, HOUR + SECOND, SECOND))
    assert ledger.day_left == 100
    ledger.told(Told(10_000, 5_100, HOUR, 0))
    assert ledger.day_left == 5_100, "somebody bought a larger plan"


def test_days_without_a_call_are_days() -> None:
    """BEY-8: the day begins anew at Zoho's hour, however long nobody asked."""
    ledger = opened()
    ledger.told(Told(5_000, 0, HOUR, 0))
    ledger.advance(START + 3 * DAY)
    assert ledger.day_left == 5_000
    assert ledger.resets == START + HOUR + SECOND + 3 * DAY


def test_a_cap_leaves_the_rest_to_others() -> None:
    """BEY-8: ``calls_per_day`` in the connection."""
    ledger = opened(Limits(1_000, 5, per_minute=100, cap=300))
    ledger.told(Told(5_000, 4_800, HOUR, 0))
    assert ledger.day_left == 100


def test_bulk_work_leaves_the_reserve_alone() -> None:
    """BEY-8: 10 per cent of 20 calls: after 18 of any kind only what is urgent goes on, to the last one."""
    ledger = opened(Limits(20, 5, per_minute=100))
    made(ledger, 15)
    lease = ledger.take("bulk", 1, 10, PATIENT, 10)
    assert isinstance(lease, Lease)
    assert lease.units == 3, "no more than the reserve leaves"
    assert waiting(ledger, "more", reserve=10, patience=0).code == "NO_TURN", "somebody may give calls back"
    ledger.give_back("bulk", [(0, 1)] * 3)
    assert waiting(ledger, "more", reserve=10, patience=0) == Wait(DAY, "DAY_SPENT")
    made(ledger, 2)
    assert waiting(ledger, "urgent") == Wait(DAY, "DAY_SPENT")


def test_bulk_work_waits_for_credits_beyond_the_reserve() -> None:
    """BEY-8: where the day is any 24 hours, until so many have come back that the reserve stays whole."""
    ledger = opened(Limits(100, 5, rolling=True))
    made(ledger, 30)
    ledger.advance(START + HOUR)
    made(ledger, 60)
    wait = waiting(ledger, "bulk", reserve=10)
    assert wait.code == "DAY_SPENT"
    assert 23 * HOUR <= wait.span <= 23 * HOUR + 15 * MINUTE
    made(ledger, 10)
    assert waiting(ledger, "more", cost=30, reserve=10).span > wait.span, "those that what is urgent took, too"


def test_what_is_urgent_goes_before_bulk_work() -> None:
    """BEY-8: a webhook does not wait behind thousands of records, neither for a place nor for its call."""
    ledger = opened(Limits(1_000, 1, per_minute=100))
    leased(ledger, "a")
    waiting(ledger, "bulk", reserve=10)
    waiting(ledger, "urgent")
    waiting(ledger, "second")
    ledger.give_back("a", [(0, 1)])
    waiting(ledger, "bulk", reserve=10)
    assert leased(ledger, "urgent")
    ledger.give_back("urgent", [(0, 1)])
    assert leased(ledger, "second")
    ledger.give_back("second", [(0, 1)])
    assert isinstance(ledger.take("bulk", 1, 1, PATIENT, 10), Lease)


def test_who_waits_for_the_day_holds_up_nothing_urgent() -> None:
    """BEY-8: bulk work that waits for the next day keeps its place, and the reserve is for others all the same."""
    ledger = opened(Limits(20, 5, per_minute=100))
    made(ledger, 18)
    waiting(ledger, "bulk", cost=2, reserve=10)
    assert leased(ledger, "urgent")


def test_credits_come_back_after_24_hours() -> None:
    """BEY-8: booked by quarters of an hour, and never too early."""
    ledger = opened(CRM)
    made(ledger, 400, cost=10)
    ledger.advance(START + 5 * HOUR)
    made(ledger, 100, cost=10)
    wait = waiting(ledger, "next")
    assert wait.code == "DAY_SPENT"
    assert 19 * HOUR <= wait.span <= 19 * HOUR + 15 * MINUTE
    ledger.advance(START + 5 * HOUR + wait.span)
    assert ledger.day_left == 4_000
    assert ledger.minute_left is None


@pytest.mark.parametrize("limits", [BOOKS, CRM])
def test_the_book_survives_being_written_down(limits: Limits) -> None:
    """BEY-8: JSON and back."""
    ledger = opened(limits)
    made(ledger, 3)
    leased(ledger, "a")
    ledger.pause(HOUR, "43")
    waiting(ledger, "b")
    waiting(ledger, "c", reserve=10)
    assert Ledger.load(json.loads(json.dumps(ledger.dump())), limits) == ledger


def test_time_never_runs_backwards() -> None:
    """BEY-8: after a change of the database's server its clock may be behind."""
    ledger = opened()
    made(ledger, 100)
    ledger.advance(START - HOUR)
    assert ledger.at == START
    assert waiting(ledger, "next").span == MINUTE + MARGIN


@dataclass
class Worker:
    """Somebody who takes leases and makes calls, at any pace.

    Attributes:
        lease: What is held.
        left: Calls of it.
        began: When the call that is under way began.
        ended: When the calls of the lease ended.
    """

    lease: Lease | None = None
    left: int = 0
    began: int | None = None
    ended: list[int] = field(default_factory=list)


LONGEST = 60 * SECOND
"""How long a call takes at most."""

steps = st.lists(
    st.tuples(
        st.integers(0, 8 * SECOND),  # time that passes before
        st.integers(0, 3),  # whose turn it is
        st.sampled_from(["on", "on", "on", "on", "back", "die"]),
        st.floats(0, 1),  # where on its way a call is counted by Zoho
    ),
    min_size=20,
    max_size=120,
)


@given(steps)
def test_whatever_workers_do_zoho_never_counts_too_many(plan: list[tuple[int, int, str, float]]) -> None:
    """BEY-8: in no minute and at no moment, though calls are under way for any time and workers die."""
    limits = Limits(per_day=10_000, concurrent=2, per_minute=7)
    now, ledger = START, opened(limits)
    workers = [Worker() for _ in range(4)]
    counted: list[int] = []
    spans: list[tuple[int, int]] = []

    def end(worker: Worker, way: float) -> None:
        if worker.began is not None:
            over = min(now, worker.began + LONGEST)
            spans.append((worker.began, over))
            counted.append(worker.began + int((over - worker.began) * way))
            worker.ended.append(over)
            worker.began = None

    for number, (passes, who, what, way) in enumerate(plan):
        now += passes
        ledger.advance(now)
        worker = workers[who]
        if what == "die":
            end(worker, way)
            workers[who] = Worker()
        elif worker.lease is None:
            turn = ledger.take(f"ticket-{number}", 1, 5, 0)
            if isinstance(turn, Lease):
                workers[who] = Worker(turn, turn.units)
        elif worker.began is not None:
            end(worker, way)
        elif what == "on" and worker.left and now < worker.lease.use_by:
            worker.left, worker.began = worker.left - 1, now
        else:
            ledger.give_back(worker.lease.ticket, [(now - moment, 1) for moment in worker.ended])
            workers[who] = Worker()
    for worker in workers:
        end(worker, 1.0)

    counted.sort()
    assert all(last - first >= MINUTE for first, last in zip(counted, counted[7:], strict=False))
    assert all(sum(began <= at < over for began, over in spans) <= 2 for at, _ in spans)
