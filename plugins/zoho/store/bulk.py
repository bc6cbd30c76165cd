"""Many rows at once: PostgreSQL's COPY into a table of their own, from which one statement takes them over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, FromClause, Table, column, table
from sqlalchemy.dialects.postgresql import JSONB

from zoho.transport import json


@contextmanager
def copied(
    connection: Connection, like: Table, names: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> Iterator[FromClause]:
    """Hold rows in a temporary table; gives it.

    Args:
        connection: of the store, in a transaction.
        like: the table that they are for; it has the same types, and none of the constraints.
        names: of the columns that it has.
        rows: dicts with a value for each.
    """
    structured = {one.name for one in like.columns if isinstance(one.type, JSONB)}
    name = f"incoming_{like.name}"
    parts = {
        "into": sql.Identifier(name),
        "columns": sql.SQL(", ").join(map(sql.Identifier, names)),
        "like": sql.Identifier(like.name),
    }
    make = "CREATE TEMPORARY TABLE {into} ON COMMIT DROP AS SELECT {columns} FROM {like} WITH NO DATA"
    into = sql.SQL("COPY {into} ({columns}) FROM STDIN").format(**parts)
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    driver.execute(sql.SQL(make).format(**parts))
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row([_plain(row[key], key in structured) for key in names])
    yield table(name, *(column(key, like.columns[key].type) for key in names))
    driver.execute(sql.SQL("DROP TABLE {into}").format(**parts))


def _plain(value: Any, structured: bool) -> Any:
    return json.dumps(value).decode() if structured and value is not None else value
