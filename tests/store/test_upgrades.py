"""A store of any earlier version keeps what it holds when it is migrated; one of a later version is left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, Date, DateTime, LargeBinary, MetaData, Numeric, Table, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Float, Integer

from stack.postgres import Postgres
from zoho.store import migrate
from zoho.store.database import open_store
from zoho.store.migrate import upgrade
from zoho.store.version import VERSION_TABLE, NewerStore

VERSIONS = sorted(path.name.split("_")[0] for path in Path(migrate.__file__).parent.glob("migrations/versions/0*.py"))
LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ROWS = 3
ORGANIZATION = "60001234567"
SETTINGS = {"integration": {"books": {"organization_id": ORGANIZATION}}, "mappings": {}, "transforms": {}}
FIXED = {"module": "customers", "organization_id": ORGANIZATION, "settings": SETTINGS}

Rows = list[dict[str, Any]]


def value(column: Column[Any], number: int) -> Any:
    """Returns what a column may hold, another thing for each row."""
    if column.name in FIXED:
        return FIXED[column.name]
    if column.name == "integration":
        return f"demo_{number % ROWS}"
    match column.type:
        case JSONB():
            return {"a": [Decimal("1.10"), None, "ü"], "number": number}
        case ARRAY():
            return []
        case Boolean():
            return number % 2 == 0
        case DateTime():
            return LONG_AGO + timedelta(minutes=number)
        case Date():
            return LONG_AGO.date()
        case Integer() | Float() | Numeric():
            return number
        case LargeBinary():
            return b"sealed %d" % number
        case _:
            return f"{column.name} {number} \u202e\U0001f600"


def filled(connection: Connection) -> dict[str, Rows]:
    """Puts rows into every table that there is, those that others refer to first; returns what was put."""
    there, numbers = MetaData(), count(1)
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name == VERSION_TABLE:
            continue
        for _ in range(ROWS):
            number = next(numbers)
            given = [one for one in table.columns if one.identity is None and one.computed is None]
            row = {one.name: value(one, number) for one in given}
            for key in table.foreign_keys:
                target = key.column
                row[key.parent.name] = connection.scalar(target.table.select().with_only_columns(target).limit(1))
            connection.execute(table.insert().values(row))
    return {table.name: rows(connection, table) for table in there.sorted_tables if table.name != VERSION_TABLE}


def rows(connection: Connection, table: Table) -> Rows:
    """Returns the rows of a table in the order of their content."""
    return sorted((dict(row) for row in connection.execute(table.select()).mappings()), key=repr)


@pytest.fixture
def url(postgres: Postgres) -> Iterator[Any]:
    """The address of an empty database."""
    postgres.create_database("store_of_old")
    yield postgres.url("store_of_old")
    postgres.drop_database("store_of_old")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_store_of_any_version_keeps_what_it_holds(url: Any, version: str) -> None:
    """AIR-4: every row of every table, and every column that is still there."""
    upgrade(url, version)
    engine = open_store(url)
    try:
        with engine.begin() as connection:
            before = filled(connection)
        assert before
        upgrade(url)
        now = MetaData()
        with engine.connect() as connection:
            now.reflect(connection)
            for name, old in before.items():
                table = now.tables[name]
                shared = [one.name for one in table.columns if one.name in old[0]]
                new = [{column: row[column] for column in shared} for row in rows(connection, table)]
                kept = [{column: row[column] for column in shared} for row in old]
                assert sorted(new, key=repr) == sorted(kept, key=repr), name
    finally:
        engine.dispose()


def test_a_newer_store_is_left_alone(store_url: str) -> None:
    """AIR-4: code that was put back says so in a sentence, with what to do, and changes nothing."""
    engine = open_store(store_url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(NewerStore, match=r"version 9999.* newer one\. Install that version here"):
        upgrade(store_url)
    with engine.connect() as connection:
        assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == "9999"
    engine.dispose()
