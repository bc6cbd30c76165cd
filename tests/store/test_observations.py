"""Observations and cursors."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from zoho.core.observation import Observation
from zoho.store import cursors, observations
from zoho.store.cursors import Cursor
from zoho.store.scope import Scope

SCOPE = Scope("demo", "customers", "1")
THEN = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)
DETAIL = Observation("books", "contacts", "7", None, "Acme", THEN, True, "f1", {"notes": "x", "big": 1})
ROW = Observation("books", "contacts", "7", None, "Acme", THEN, False, "listed", {"contact_id": "7"})


def stored(store: Engine):
    with store.connect() as connection:
        return observations.by_id(connection, SCOPE, "books", "contacts", ["7"])["7"]


def absorb(store: Engine, *seen: Observation) -> None:
    with store.begin() as connection:
        observations.absorb(connection, SCOPE, seen)


def test_a_list_row_does_not_hide_a_detail(store: Engine):
    """BEY-8: a detail stays known as long as the record did not move, so it is not paid for twice."""
    absorb(store, DETAIL)
    absorb(store, ROW)
    row = stored(store)
    assert (row.raw, row.fingerprint, row.detailed_at) == ({"notes": "x", "big": 1}, "f1", THEN)


def test_a_newer_list_row_makes_the_detail_stale(store: Engine):
    """BEY-2: a record that moved is known to need reading again; its name is renewed at once."""
    later = THEN + timedelta(seconds=1)
    absorb(store, DETAIL)
    absorb(store, replace(ROW, modified_at=later, name="Acme Ltd"))
    row = stored(store)
    assert (row.name, row.name_key, row.modified_at, row.detailed_at) == ("Acme Ltd", "acme ltd", later, THEN)
    assert row.fingerprint == "listed"
    assert row.raw == {"notes": "x", "big": 1}


@pytest.mark.parametrize("rows", [1, 200])
def test_an_older_row_is_refused(store: Engine, rows: int):
    """BEY-2: a list that was read for minutes does not take back what was seen meanwhile, one by one or copied."""
    before = THEN - timedelta(seconds=1)
    others = [replace(DETAIL, remote_id=f"other {one}") for one in range(rows - 1)]
    absorb(store, DETAIL)
    absorb(store, replace(DETAIL, modified_at=before, fingerprint="f0", raw={"notes": "old"}), *others)
    row = stored(store)
    assert (row.modified_at, row.fingerprint, row.raw) == (THEN, "f1", {"notes": "x", "big": 1})


def test_a_record_that_is_back_is_taken_as_it_is(store: Engine):
    """OPS-7: one that comes out of the recycle bin may tell an older time than it was deleted with."""
    absorb(store, DETAIL)
    with store.begin() as connection:
        observations.mark_deleted(connection, SCOPE, "books", "contacts", ["7"])
    absorb(store, replace(DETAIL, modified_at=THEN - timedelta(days=1), fingerprint="f0"))
    row = stored(store)
    assert (row.absent, row.fingerprint) == (None, "f0")


def test_a_record_seen_twice_counts_once(store: Engine):
    """BEY-4: overlapping scans and shifted pages repeat rows; the last one holds."""
    absorb(store, ROW, replace(ROW, name="Acme Ltd", fingerprint="later"))
    assert stored(store).name == "Acme Ltd"


def test_a_cursor_of_another_question_does_not_count(store: Engine):
    """CUS-6: when the mapping asks for another field, everything is read again."""
    with store.begin() as connection:
        cursors.move(connection, SCOPE, "sales", "Accounts", "question", THEN, complete=False)
        assert cursors.read(connection, SCOPE, "sales", "Accounts", "question") == Cursor(THEN, None)
        assert cursors.read(connection, SCOPE, "sales", "Accounts", "another") is None
