"""A run of many records leaves a store that answers quickly (BEY-8)."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.support.lab import Lab
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.job import Job
from zoho.store.statistics import MANY
from zoho.transport.errors import Retriable

BLOCKED = {
    "kind": "status",
    "status": 429,
    "body": {"code": 44, "message": "blocked"},
    "match": {"method": "POST", "path": "/books/v3/contacts$"},
}

COUNTED = text("SELECT relname, reltuples FROM pg_class WHERE relname IN ('observations', 'links')")


def counted(lab: Lab) -> dict[str, int]:
    """How many rows PostgreSQL takes each table to have."""
    with lab.store.connect() as connection:
        return {row.relname: int(row.reltuples) for row in connection.execute(COUNTED)}


def planned(lab: Lab, number: int) -> tuple[Job, Any]:
    """A run whose plan creates so many customers."""
    with lab.store.begin() as connection:
        for table in ("observations", "links"):  # else PostgreSQL may count them by itself within the minute
            connection.exec_driver_sql(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
    for start in range(0, number, 100):
        names = [{"Account_Name": f"Acme {one}"} for one in range(start, min(start + 100, number))]
        lab.crm.insert("Accounts", names)
    job = lab.job()
    lifecycle.begin(job, "test", False)
    return job, lab.plan(job)


@pytest.mark.parametrize("number", [MANY, MANY - 1])
def test_many_new_rows_are_counted_at_once(empty_lab: Lab, number: int):
    """BEY-8: before they are paired, and before the next run looks for work; few of them are not worth it."""
    job, path = planned(empty_lab, number)
    large = number if number >= MANY else -1
    assert counted(empty_lab) == {"observations": large, "links": -1}
    apply(job, path)
    assert counted(empty_lab) == {"observations": 2 * large if large > 0 else -1, "links": large}


def test_a_table_that_grows_is_counted_while_it_grows(empty_lab: Lab):
    """BEY-8: a first sync fills tables that were empty; unless they are counted, each lookup reads all of them."""
    empty_lab.sandbox.faults([{**BLOCKED, "skip": MANY * 2 + 10}])
    job, path = planned(empty_lab, MANY * 3)
    with pytest.raises(Retriable):
        apply(job, path)
    assert counted(empty_lab) == {"observations": MANY * 5, "links": MANY * 2}
