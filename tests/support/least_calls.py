"""The fewest calls that any program could do with, by what Zoho's APIs give at once.

Nothing here is taken from the code that is measured: only the sizes that Zoho documents, and what has to be known or
written. A list is read to its end without losing a row that moves while it is read; what was written in the CRM is
read again, since its answers do not show what it holds (zoho-api sections 2.2 to 2.7, 3.1 to 3.4).
"""

from functools import cache

PAGE = 200
"""Rows of a list, CRM and Books."""

BATCH = 100
"""Records of a write to the CRM, and of a read by ids in it; items that Books tells whole at once."""


def crm_list(changed: int) -> int:
    """Return the pages of a CRM list that has so many rows to show; a page token keeps them together."""
    return max(1, _batches(changed, PAGE))


def crm_deleted() -> int:
    """Return the calls that tell that nothing, or little, was deleted from a list."""
    return 1


def crm_written(records: int) -> int:
    """Return the calls that write records of one list and read them again."""
    return 2 * _batches(records, BATCH)


@cache
def books_list(rows: int) -> int:
    """Return the pages of a Books list of so many rows.

    Books knows page numbers and page sizes only. When a row before the page is deleted, or edited in a list that is
    sorted by that, the others move: each page must show a row of the one before, or nobody could tell. So this is
    the fewest pages of any sizes of which each overlaps with the one before.
    """
    calls, read = 1, PAGE
    while read < rows:
        ends = (size * ((read - 1) // size + 1) for size in range(1, PAGE + 1))
        calls, read = calls + 1, max(ends)
    return calls


def books_contacts_whole(records: int) -> int:
    """Return the calls that tell contacts whole, with addresses and contact persons: one each."""
    return records


def books_items_whole(records: int) -> int:
    """Return the calls that tell items whole."""
    return _batches(records, BATCH)


def books_written(records: int) -> int:
    """Return the calls that write records in Books, whose answers show what it holds: one each."""
    return records


def _batches(records: int, size: int) -> int:
    return -(-records // size)
