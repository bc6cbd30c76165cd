"""What PostgreSQL knows of the sizes of our tables."""

from sqlalchemy import Engine, Table

MANY = 200
"""New rows from which on it matters: without knowing of them PostgreSQL joins two tables row by row."""


def renew(store: Engine, rows: int, *tables: Table) -> None:
    """Have PostgreSQL count tables that have just grown much; it does so by itself too, but a minute too late.

    Args:
        store: the database.
        rows: how many rows are new or changed; few are passed over.
        tables: which.
    """
    if rows < MANY:
        return
    for table in tables:
        with store.begin() as connection:
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def renew_as_doubled(store: Engine, rows: int, *tables: Table) -> None:
    """Have PostgreSQL count tables that grow row by row, whenever they have as many new rows again.

    A table that was empty when it was last counted is taken for an empty one: each lookup would read all of it.

    Args:
        store: the database.
        rows: how many rows are new by now; to be told of each number.
        tables: which.
    """
    times, between = divmod(rows, MANY)
    if times and not between and times & (times - 1) == 0:
        renew(store, rows, *tables)
