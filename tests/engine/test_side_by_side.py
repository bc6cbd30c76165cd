"""Records that are read one by one are waited for side by side (BEY-8)."""

from collections.abc import Iterator
from itertools import count, islice
from threading import Barrier, Lock

import pytest

from zoho.engine.side_by_side import CALLS_AT_ONCE, side_by_side

PATIENCE = 30


def test_several_calls_are_under_way_and_no_more() -> None:
    """BEY-8: as many as Zoho allows; what they give comes in the order in which it was asked for."""
    meeting, lock = Barrier(CALLS_AT_ONCE), Lock()
    under_way, most = 0, 0

    def read(number: int) -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        meeting.wait(PATIENCE)  # broken unless so many wait here together
        with lock:
            under_way -= 1
        return number * 10

    numbers = range(CALLS_AT_ONCE * 3)
    assert list(side_by_side(read, numbers)) == [number * 10 for number in numbers]
    assert most == CALLS_AT_ONCE


def test_nothing_is_asked_for_once_a_call_has_failed() -> None:
    """OPS-8: the error stands where the record would; those before it are given."""
    asked = []

    def read(number: int) -> int:
        asked.append(number)
        if number == 2:
            raise ValueError(str(number))
        return number

    came = side_by_side(read, range(1_000))
    assert [next(came), next(came)] == [0, 1]
    with pytest.raises(ValueError, match="2"):
        next(came)
    assert len(asked) <= 2 + CALLS_AT_ONCE


def test_nothing_is_asked_for_once_nobody_wants_more() -> None:
    """OPS-4: a run that is interrupted leaves the rest of a list unread, however long it is."""
    asked = []
    came: Iterator[None] = side_by_side(asked.append, count())
    assert len(list(islice(came, 10))) == 10
    came.close()  # type: ignore[attr-defined]
    assert len(asked) <= 10 + CALLS_AT_ONCE
