"""Whose turn it is to write: a run on demand and a regular one may meet over the same module."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select

from zoho.store.scope import Scope


@contextmanager
def turn(store: Engine, scope: Scope) -> Iterator[None]:
    """Wait until nobody else carries out a plan of the module, and keep others waiting until the end.

    PostgreSQL holds it for a connection of its own, which ends with the turn, and gives it up when the process dies.
    """
    name = f"zoho {scope.integration} {scope.module} {scope.organization_id}"
    key = func.hashtextextended(name, 0)
    with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        connection.exec_driver_sql("SET lock_timeout = 0")  # a turn lasts as long as a plan
        connection.execute(select(func.pg_advisory_lock(key)))
        yield
