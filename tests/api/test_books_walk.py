"""Walking a Books list that changes underneath: Books knows only page numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoho.api.books_walk import Window, calls_for, walk, window_after
from zoho.api.paging import PER_PAGE
from zoho.transport.answer import Answer
from zoho.transport.errors import Retriable
from zoho.transport.exchange import Request

REQUEST = Request("books", "GET", "/books/v3/contacts", "scan")


class Contacts:
    """A list in Books; between two calls it may change.

    Args:
        length: Rows in the beginning.
        changes: What happens before each call: a number deletes the row at that place, ``"new"`` appends one.
        fixed_size: A page size that the list keeps to whatever it is asked.
    """

    def __init__(self, length: int, changes: list[Any] | None = None, fixed_size: int | None = None) -> None:
        self.rows = list(range(length))
        self.next_id = length
        self.deleted: set[int] = set()
        self.calls = 0
        self._changes = list(changes or [])
        self._fixed_size = fixed_size

    def read(self, window: Window) -> Answer:
        """Answers as Books does."""
        self.calls += 1
        self._change()
        size = self._fixed_size or window.per_page
        start, end = (window.page - 1) * size, window.page * size
        rows = [{"contact_id": str(row)} for row in self.rows[start:end]]
        context = {"page": window.page, "per_page": size, "has_more_page": end < len(self.rows)}
        return Answer(200, {"contacts": rows, "page_context": context}, {}, None, REQUEST)

    def _change(self) -> None:
        change = self._changes.pop(0) if self.calls > 1 and self._changes else None
        if change == "new":
            self.rows.append(self.next_id)
            self.next_id += 1
        elif change is not None and self.rows:
            self.deleted.add(self.rows.pop(change % len(self.rows)))


def _ids(contacts: Contacts) -> list[int]:
    pages = walk(contacts.read, "contacts", "contact_id")
    return [int(row["contact_id"]) for page in pages for row in page.records]


@pytest.mark.parametrize("length", [0, 1, 199, 200, 201, 398, 399, 1000, 5000])
def test_every_row_is_given_once(length: int) -> None:
    """BEY-8: and for as many calls as were reckoned beforehand."""
    contacts = Contacts(length)
    assert _ids(contacts) == list(range(length))
    assert contacts.calls == calls_for(length)


@given(
    length=st.integers(0, 1500),
    changes=st.lists(st.none() | st.just("new") | st.integers(0, 1500), max_size=15),
)
@settings(max_examples=150, deadline=None)
def test_no_row_is_lost_or_doubled_while_others_are_deleted(length: int, changes: list[Any]) -> None:
    """OPS-7: a row that only slipped between two pages must not look deleted."""
    contacts = Contacts(length, changes)
    given_ids = _ids(contacts)
    assert len(given_ids) == len(set(given_ids))
    assert set(range(length)) - contacts.deleted <= set(given_ids)


def test_a_whole_window_may_vanish() -> None:
    """OPS-7: more rows gone than two windows share."""
    contacts = Contacts(1000)
    pages = walk(contacts.read, "contacts", "contact_id")
    seen = {int(row["contact_id"]) for row in next(pages).records}
    contacts.rows = contacts.rows[150:]
    assert contacts.rows[199] not in range(200)
    seen |= {int(row["contact_id"]) for page in pages for row in page.records}
    assert seen == set(range(1000))


def test_the_list_may_end_before_the_window_begins() -> None:
    """OPS-7: so many rows gone that the next window is empty."""
    contacts = Contacts(250)
    pages = walk(contacts.read, "contacts", "contact_id")
    seen = {int(row["contact_id"]) for row in next(pages).records}
    contacts.rows = contacts.rows[60:]
    seen |= {int(row["contact_id"]) for page in pages for row in page.records}
    assert seen == set(range(250))


def test_a_list_that_never_holds_still_is_an_error() -> None:
    """No endless walk."""

    def read(window: Window) -> Answer:
        read.calls += 1  # type: ignore[attr-defined]
        rows = [{"contact_id": f"{read.calls}-{n}"} for n in range(window.per_page)]  # type: ignore[attr-defined]
        context = {"per_page": window.per_page, "has_more_page": True}
        return Answer(200, {"contacts": rows, "page_context": context}, {}, None, REQUEST)

    read.calls = 0  # type: ignore[attr-defined]
    with pytest.raises(Retriable, match="holds still"):
        list(walk(read, "contacts", "contact_id"))


def test_a_list_with_page_sizes_of_its_own_is_walked_all_the_same() -> None:
    """Were Books to round page sizes, nothing would be lost."""
    assert _ids(Contacts(1234, fixed_size=PER_PAGE)) == list(range(1234))


def test_every_window_overlaps_the_one_before_and_moves_on() -> None:
    """Wherever a walk stands, also after steps back, the next window shares a row and brings new ones."""
    for end in range(PER_PAGE, 20_000):
        window = window_after(end)
        assert window.start < end < window.end
        assert 1 <= window.per_page <= PER_PAGE
        assert window.end - end > 90


def test_the_overlap_costs_a_tenth() -> None:
    """BEY-8: Books' calls are scarce."""
    assert [calls_for(rows) for rows in (200, 1000, 10_000)] == [1, 6, 55]
