"""What is left of the quotas, and whether it is enough (BEY-8)."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox import defaults
from tests.support.lab import Lab
from zoho.api.books import BooksClient
from zoho.engine.quota import affordable, done_by, left_of, sentence, shortfalls, tell
from zoho.store.budget import DatabaseBudget
from zoho.transport.budget import Left
from zoho.transport.limits import Limits
from zoho.transport.oauth import Credentials
from zoho.transport.session import Transport

NOW = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 6, 9, 18, 30, tzinfo=UTC)


def left(per_day: int, day_size: int, *, minute: int | None = 100, told: bool = True, **facts: Any) -> Left:
    times = {"paused_until": None, "resets_at": EVENING, **facts}
    return Left(minute, per_day, day_size, told, 5, **times)


def test_books_says_what_is_left() -> None:
    """BEY-8: who says so is part of it."""
    assert sentence("books", left(1_874, 2_500)) == (
        "Zoho Books: 1,874 of 2,500 calls of today left, as told by Zoho; 100 free in this minute."
    )
    assert "as counted by us, for Zoho has not said yet today" in sentence("books", left(999, 1_000, told=False))


def test_what_is_kept_is_told() -> None:
    """BEY-8: bulk work is told what it may use, and that there is more which it may not."""
    assert sentence("books", left(1_624, 2_250, kept=250, kept_size=250)) == (
        "Zoho Books: 1,624 of 2,250 calls of today left, as told by Zoho; 250 more are kept for what is urgent; "
        "100 free in this minute."
    )


def test_crm_does_not_say() -> None:
    """BEY-8: credits are counted by us alone, without a minute."""
    assert sentence("crm", left(48_210, 50_000, minute=None, told=False)) == (
        "Zoho CRM: 48,210 of 50,000 credits of the last 24 hours left, as counted by us, for Zoho does not say what "
        "others use."
    )


def test_a_pause_is_told() -> None:
    """BEY-8: nothing can be asked before its end, whatever is left."""
    paused = left(900, 1_000, paused_until=NOW + timedelta(hours=1))
    assert sentence("books", paused).endswith("; Zoho takes no calls before 2026-06-09 13:00 UTC.")


def test_enough_is_enough() -> None:
    """BEY-8: to the last call; what has no limit is never short."""
    assert shortfalls({"books": left(500, 1_000)}, {"books": 500, "crm": 10**9}, NOW) == []


@pytest.mark.parametrize(
    ("needed", "days_after_evening"),
    [(501, 0), (1_500, 0), (1_501, 1), (3_600, 3)],
)
def test_books_gives_a_days_calls_each_day(needed: int, days_after_evening: int) -> None:
    """BEY-8: 500 now, 1,000 in the evening, and so on."""
    (short,) = shortfalls({"books": left(500, 1_000)}, {"books": needed}, NOW)
    assert (short.needed, short.left, short.again) == (needed, 500, EVENING)
    assert short.done == EVENING + timedelta(days=days_after_evening)


def test_credits_are_all_back_within_a_day() -> None:
    """BEY-8: the first when the oldest are a day old, all a day from now."""
    soon = NOW + timedelta(minutes=20)
    (short,) = shortfalls({"crm": left(0, 5_000, minute=None, resets_at=soon)}, {"crm": 5_000}, NOW)
    assert (short.again, short.done) == (soon, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("needed", "done"),
    [(300, timedelta(minutes=3)), (1_000, timedelta(minutes=10)), (2_050, timedelta(days=2, seconds=30))],
)
def test_when_a_run_that_waits_will_be_done(needed: int, done: timedelta) -> None:
    """BEY-8: a hundred calls a minute from then on, as many days as it takes."""
    assert done_by("books", needed, left(0, 1_000), EVENING, NOW) == EVENING + done


def test_a_pause_ends_and_the_day_goes_on() -> None:
    """BEY-8: what is left of the day is enough once Zoho takes calls again."""
    hour = NOW + timedelta(hours=1)
    assert done_by("books", 50, left(900, 1_000, paused_until=hour), hour, NOW) == hour + timedelta(seconds=30)


def test_credits_come_back_by_themselves() -> None:
    """BEY-8: of the sales side all are back a day from now."""
    soon = NOW + timedelta(minutes=20)
    none = left(0, 5_000, minute=None, resets_at=soon)
    assert done_by("crm", 5_000, none, soon, NOW) == NOW + timedelta(days=1)


def test_more_than_an_unused_day() -> None:
    """BEY-8: the day begins with the first call."""
    unused = Left(100, 1_000, 1_000, False, 5, None, None)
    (short,) = shortfalls({"books": unused}, {"books": 2_500}, NOW)
    assert (short.again, short.done) == (NOW + timedelta(days=1), NOW + timedelta(days=2))


def test_a_job_is_warned_before_it_begins(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    """BEY-8: from the shared budget, without a call; a side without a limit has nothing to tell."""
    job = lab.job()
    budget = DatabaseBudget(lab.store, "books", defaults.BOOKS_ORGANIZATION_ID, Limits(50, 5, per_minute=100))
    job.open_books = lambda: books_with(lab, budget)
    with caplog.at_level(logging.INFO, "zoho.engine.quota"):
        assert list(left_of(job)) == list(tell(job)) == ["books"]
        assert affordable(job, {"books": 50, "crm": 9_999})
        assert [record.levelname for record in caplog.records] == ["INFO"]
        assert not affordable(job, {"books": 51})
    warning = caplog.records[-1]
    assert warning.levelname == "WARNING"
    assert "This needs 51 calls of Zoho Books and 50 are left." in warning.getMessage()
    assert lab.sandbox.calls() == []


def books_with(lab: Lab, budget: DatabaseBudget) -> BooksClient:
    ids = defaults.BOOKS_CLIENT
    url = lab.sandbox.url
    credentials = Credentials(ids.client_id, ids.client_secret, ids.refresh_token, url, url)
    return BooksClient(Transport("books", credentials, lab.tokens, budget=budget), defaults.BOOKS_ORGANIZATION_ID)
