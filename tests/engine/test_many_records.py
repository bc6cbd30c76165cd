"""Many records are dealt with many at a time: planning never asks the store once for each (AIR-5)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.support.lab import Lab
from zoho.engine import lifecycle
from zoho.engine.apply import apply

NUMBER = 150
"""Records: more than the store takes over one by one."""


@contextmanager
def asked(lab: Lab) -> Iterator[list[str]]:
    """Notes what the store is asked; a statement that is played for many rows counts for each of them."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        found.extend([statement] * (len(parameters) if many else 1))

    event.listen(lab.store, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(lab.store, "before_cursor_execute", note)


def test_the_store_is_not_asked_once_per_record(empty_lab: Lab):
    """AIR-5, BEY-8: taking in, pairing and planning new records, unchanged ones, and all under new settings."""
    for start in range(0, NUMBER, 50):
        empty_lab.crm.insert("Accounts", [{"Account_Name": f"Acme {n}"} for n in range(start, start + 50)])
    job = empty_lab.job()
    lifecycle.begin(job, "test:first", False)
    with asked(empty_lab) as statements:
        path = empty_lab.plan(job)
    assert len(statements) < NUMBER / 2, Counter(statements).most_common(5)
    assert apply(job, path).done == NUMBER
    lifecycle.close(job)
    for changed in (False, True):
        if changed:
            empty_lab.map_field("Fax", "twitter")
        job = empty_lab.job(full_scan=True)
        lifecycle.begin(job, f"test:{changed}", False)
        with asked(empty_lab) as statements:
            path = empty_lab.plan(job)
        apply(job, path)
        assert len(statements) < NUMBER / 2, Counter(statements).most_common(5)
        lifecycle.close(job)
