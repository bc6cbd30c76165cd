"""A run of many records leaves a store that answers quickly (BEY-8)."""

import pytest
from sqlalchemy import text

from tests.support.lab import Lab
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.store.statistics import MANY

COUNTED = text("SELECT relname, reltuples FROM pg_class WHERE relname IN ('observations', 'links')")


def counted(lab: Lab) -> dict[str, int]:
    """How many rows PostgreSQL takes each table to have."""
    with lab.store.connect() as connection:
        return {row.relname: int(row.reltuples) for row in connection.execute(COUNTED)}


@pytest.mark.parametrize("number", [MANY, MANY - 1])
def test_many_new_rows_are_counted_at_once(empty_lab: Lab, number: int):
    """BEY-8: before they are paired, and before the next run looks for work; few of them are not worth it."""
    with empty_lab.store.begin() as connection:
        for table in ("observations", "links"):  # else PostgreSQL may count them by itself within the minute
            connection.exec_driver_sql(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
    for start in range(0, number, 100):
        names = [{"Account_Name": f"Acme {one}"} for one in range(start, min(start + 100, number))]
        empty_lab.crm.insert("Accounts", names)
    job = empty_lab.job()
    lifecycle.begin(job, "test", False)
    path = empty_lab.plan(job)
    large = number if number >= MANY else -1
    assert counted(empty_lab) == {"observations": large, "links": -1}
    apply(job, path)
    assert counted(empty_lab) == {"observations": large, "links": large}
