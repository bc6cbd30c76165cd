"""The journal of webhooks (TXN-5): repeats, order and deaths lose nothing and double nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine, select, text

from zoho.store import events
from zoho.store.events import Event
from zoho.store.tables import events as journal

QUOTES, ESTIMATES = ("sales", "Quotes"), ("books", "estimates")
LISTS = (QUOTES, ESTIMATES)


def quote(remote_id: str = "1", digest: str | None = None, operation: str = "update") -> Event:
    return Event("sales", "Quotes", remote_id, operation, digest)


def record(store: Engine, *told: Event, integration: str = "demo") -> bool:
    with store.begin() as connection:
        return events.record(connection, integration, told)


def take(store: Engine, run_id: str) -> events.Told:
    with store.begin() as connection:
        events.take(connection, "demo", LISTS, run_id)
        return events.taken(connection, "demo", LISTS, run_id)


def done(store: Engine, run_id: str) -> None:
    with store.begin() as connection:
        events.done(connection, run_id)


def pending(store: Engine, integration: str = "demo") -> int:
    with store.connect() as connection:
        return events.pending(connection, integration, LISTS)


def later(store: Engine, seconds: float) -> None:
    """Lets everything in the journal have happened earlier."""
    with store.begin() as connection:
        for column in ("received_at", "taken_at", "done_at"):
            connection.execute(text(f"UPDATE events SET {column} = {column} - make_interval(secs => {seconds})"))


def test_what_waits_is_taken_once(store: Engine):
    """TXN-5: a run gets what waits, by list; once done with, nobody gets it again."""
    record(store, quote("1"), quote("2"), Event("books", "estimates", "9", "changed"))
    record(store, quote("7"), integration="other")
    assert pending(store) == 3
    assert take(store, "run") == {QUOTES: {"1", "2"}, ESTIMATES: {"9"}}
    assert pending(store) == 0
    done(store, "run")
    assert take(store, "next") == {}
    assert pending(store, "other") == 1


def test_events_of_one_record_that_wait_are_one(store: Engine):
    """TXN-5: however often and in whatever order a record is told, it is looked at once."""
    for operation in ("delete", "insert", "update", "update"):
        assert record(store, quote(operation=operation))
    assert pending(store) == 1
    with store.connect() as connection:
        assert connection.scalar(select(journal.c.times)) == 4


def test_what_is_told_during_the_look_waits_for_the_next(store: Engine):
    """TXN-5: the run may have read the record before it changed again."""
    record(store, quote())
    take(store, "run")
    assert record(store, quote())
    done(store, "run")
    assert take(store, "next") == {QUOTES: {"1"}}


def test_a_repeat_is_left_out_once_the_record_was_looked_at_later(store: Engine):
    """TXN-5: a second or more between arrival and look, the finest time of Zoho's bodies; and only the same body."""
    record(store, quote(digest="a"))
    later(store, 2)
    take(store, "run")
    assert not record(store, quote(digest="a"))
    done(store, "run")
    assert not record(store, quote(digest="a"))
    assert record(store, quote(digest="b"))


def test_a_repeat_right_after_the_look_is_looked_at_again(store: Engine):
    """TXN-5: a body equal to the second may tell of an edit after the look."""
    record(store, quote(digest="a"))
    take(store, "run")
    assert record(store, quote(digest="a"))


def test_a_body_that_may_come_twice_is_never_a_repeat(store: Engine):
    """TXN-5: a delete in Books carries what the last edit carried."""
    record(store, quote())
    later(store, 60)
    take(store, "run")
    done(store, "run")
    assert record(store, quote())


def test_a_run_that_died_leaves_its_events_to_the_next(store: Engine):
    """TXN-5, BEY-4: and what it says afterwards does not touch them."""
    record(store, quote("1"))
    take(store, "dead")
    record(store, quote("1"), quote("2"))
    assert take(store, "next") == {QUOTES: {"1", "2"}}
    done(store, "dead")
    with store.connect() as connection:
        assert events.taken(connection, "demo", LISTS, "next") == {QUOTES: {"1", "2"}}


def test_what_is_given_back_waits_again_once(store: Engine):
    """TXN-5: also where the record was told again meanwhile, or twice before."""
    record(store, quote("1"), quote("2"))
    take(store, "dead")
    record(store, quote("2"))
    take(store, "stopped")
    record(store, quote("1"))
    with store.begin() as connection:
        events.give_back(connection, "stopped")
    assert pending(store) == 2
    assert take(store, "next") == {QUOTES: {"1", "2"}}


def test_many_servers_journal_the_same_records_at_once(store: Engine):
    """TXN-5: no deadlock, no double."""
    forth = [quote(str(number)) for number in range(50)]

    def tell(turn: int) -> bool:
        return record(store, *(forth if turn % 2 else reversed(forth)))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(tell, range(24)))
    assert pending(store) == 50


def test_one_of_many_rings(store: Engine):
    """TXN-5: at most one bell in a span; another module has its own; a ring that failed does not count."""
    second = timedelta(seconds=1)

    def may_ring(module: str = "transactions") -> bool:
        with store.begin() as connection:
            return events.may_ring(connection, "demo", module, second)

    with store.connect() as connection:
        assert events.may_ring(connection, "demo", "transactions", second)
        connection.rollback()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: may_ring(), range(12))) == 1
    assert may_ring("deals")
    with store.begin() as connection:
        connection.execute(text("UPDATE bells SET rung_at = rung_at - interval '1 second'"))
    assert may_ring()


def test_old_events_are_forgotten(store: Engine):
    """TXN-5: only those that are done with."""
    record(store, quote("1"), quote("2"))
    take(store, "run")
    done(store, "run")
    record(store, quote("3"))
    later(store, timedelta(days=8).total_seconds())
    record(store, quote("4"))
    with store.begin() as connection:
        assert events.prune(connection, "demo") == 2
    assert pending(store) == 2
