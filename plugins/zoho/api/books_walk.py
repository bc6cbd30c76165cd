"""Walking a Books list, which knows only page numbers, without losing rows that shift.

A row deleted before the page that is being read moves every later row up by one, and the first row of the
next page slips through. So each window of rows begins before the end of the one before it: page size and page
number are chosen so that they overlap by a row or more (a tenth more calls on a long list, none on a short
one). Where nothing overlaps, rows have moved, and the walk steps back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from zoho.api.paging import PER_PAGE, Page, Unseen
from zoho.transport.answer import Answer

_SMALLEST = 150
_STEPS_BACK = 50


class Window(NamedTuple):
    """The rows ``(page - 1) * per_page`` up to ``page * per_page`` of a list."""

    page: int
    per_page: int

    @property
    def start(self) -> int:
        """Number of the first row, counted from 0."""
        return (self.page - 1) * self.per_page

    @property
    def end(self) -> int:
        """Number of the row after the last one."""
        return self.page * self.per_page


def window_after(end: int) -> Window:
    """Return the window that reaches furthest and still holds row ``end - 1``.

    Args:
        end: How many rows were read; 0 for none.
    """
    if end < 1:
        return Window(1, PER_PAGE)
    sizes = range(PER_PAGE, _SMALLEST, -1)
    return max((Window((end - 1) // size + 1, size) for size in sizes), key=lambda window: window.end)


def calls_for(rows: int) -> int:
    """Return how many calls a walk through so many rows takes when nothing moves.

    Args:
        rows: Length of the list.
    """
    calls, end = 1, PER_PAGE
    while end < rows:
        calls, end = calls + 1, window_after(end).end
    return calls


def walk(read: Callable[[Window], Answer], key: str, id_key: str) -> Iterator[Page]:
    """Walk a list to its end, each row once; the caller may stop at any page.

    Args:
        read: Fetches a window.
        key: Where the answer holds the rows.
        id_key: What identifies a row.

    Yields:
        Pages of at most 200 rows; one empty page when there are none.

    Raises:
        Retriable: The list changes faster than it can be read, or a row has no id.
    """
    unseen = Unseen(id_key)
    window, number, steps_back, even = window_after(0), 1, 0, False
    while True:
        answer = read(window)
        rows, context = answer.rows_by(id_key, key, number), _context(answer)
        if not even and context.get("per_page") not in (window.per_page, None):
            even = True  # This list has page sizes of its own: go on without overlap.
            window = Window(window.start // PER_PAGE + 1, PER_PAGE)
            continue
        if window.start and not even and not unseen.knows_any(rows):
            steps_back += 1
            if steps_back > _STEPS_BACK:
                raise answer.lacks(wanted="a list that holds still")
            window = window_after(window.start - PER_PAGE + 1)
            continue
        fresh = unseen.of(rows)
        if fresh or number == 1:
            yield Page(fresh, number, answer.received_at)
            number += 1
        if not rows or not context.get("has_more_page"):
            return
        window = Window(window.page + 1, PER_PAGE) if even else window_after(window.end)


def _context(answer: Answer) -> dict[str, Any]:
    context = (answer.body or {}).get("page_context")
    return context if isinstance(context, dict) else {}
