"""Runs over a span of the past: backfilling what changed while nothing ran (OPS-5, AIR-2)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.lab import Lab
from zoho.engine.job import Window
from zoho.store import cursors

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hour(number: int) -> Window:
    return Window(START + number * HOUR, START + (number + 1) * HOUR)


@pytest.fixture
def paused(empty_lab: Lab) -> Lab:
    """A first run, then an hour apart: a new account, a new customer of Books, an edit on each side."""
    lab = empty_lab
    lab.settings(direction="two_way")
    lab.sandbox.clock(now=START - HOUR)
    (first,) = lab.crm.insert("Accounts", [{"Account_Name": "First", "Phone": "1"}])
    lab.run()
    for number in range(4):
        lab.sandbox.clock(now=START + number * HOUR + timedelta(minutes=20))
        if number == 0:
            lab.crm.insert("Accounts", [{"Account_Name": "Second"}])
        elif number == 1:
            lab.books.create_contact({"contact_name": "Third", "company_name": "Third"})
        elif number == 2:
            lab.crm.update("Accounts", [{"id": first.id, "Phone": "2"}])
        else:
            lab.books.update_contact(lab.customers()["First"]["contact_id"], {"notes": "new"})
    lab.sandbox.clock(now=START + 5 * HOUR)
    return lab


def seen_until(lab: Lab) -> list[datetime | None]:
    job = lab.job()
    with lab.store.connect() as connection:
        lists = [("sales", "Accounts"), ("sales", "Contacts"), ("books", "contacts")]
        return [cursors.seen_until(connection, job.scope, side, entity) for side, entity in lists]


def test_a_pause_is_backfilled_window_by_window(paused: Lab):
    """OPS-5: each window brings what changed in it; the cursors stay where they are."""
    before = seen_until(paused)
    paused.run(window=hour(0))
    assert sorted(paused.customers()) == ["First", "Second", "Third"]
    assert sorted(one["Account_Name"] for one in paused.accounts()) == ["First", "Second"]
    paused.run(window=hour(1))
    assert sorted(one["Account_Name"] for one in paused.accounts()) == ["First", "Second", "Third"]
    assert paused.customers()["First"]["billing_address"]["phone"] == "1"
    paused.run(window=hour(2))
    assert paused.customers()["First"]["billing_address"]["phone"] == "2"
    assert seen_until(paused) == before


def test_a_second_backfill_changes_nothing(paused: Lab):
    """OPS-5: the same windows once more, and then the ordinary run: nothing is written."""
    for number in range(4):
        paused.run(window=hour(number))
    paused.sandbox.clear_calls()
    for number in range(4):
        assert paused.run(window=hour(number)).state == "success"
    assert paused.run().state == "success"
    assert paused.writes() == []
    assert {one["Account_Name"]: one["Description"] for one in paused.accounts()}["First"] == "new"


def test_the_first_run_reads_everything(empty_lab: Lab):
    """OPS-5: before anything was read, a window would hide the names that Books has already."""
    empty_lab.settings(duplicates="overwrite")
    empty_lab.sandbox.clock(now=START - HOUR)
    empty_lab.books.create_contact({"contact_name": "Acme"})
    empty_lab.sandbox.clock(now=START)
    empty_lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    report = empty_lab.run(window=hour(0))
    assert (report.state, report.directions[0].added, report.directions[0].updated) == ("success", 0, 1)
