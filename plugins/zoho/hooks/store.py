"""From an Airflow connection to the sync state database."""

from __future__ import annotations

from functools import cache
from threading import Lock

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException
from sqlalchemy import URL, Engine

from zoho.store.address import STORE_CONNECTION, address

__all__ = ["STORE_CONNECTION", "store_engine", "store_if_connected", "store_url"]

_one_at_a_time = Lock()


def store_url(conn_id: str = STORE_CONNECTION) -> URL:
    """Return the address of the store.

    Args:
        conn_id: A connection of type postgres: host, port, login, password, schema as the database's name.
            Its extra goes to the driver as it is: ``sslmode``, or ``host`` with the folder of a unix socket.
    """
    connection = BaseHook.get_connection(conn_id)
    return address(
        connection.login,
        connection.password,
        connection.host,
        connection.port,
        connection.schema,
        connection.extra_dejson,
    )


def store_engine(conn_id: str = STORE_CONNECTION) -> Engine:
    """Return this process's engine on the store; it connects when first used.

    Args:
        conn_id: As ``store_url``.
    """
    url = store_url(conn_id)
    with _one_at_a_time:  # else two threads may both make one, and nobody closes the connections of the other
        return _engine(url)


def store_if_connected() -> Engine | None:
    """Return this process's engine on the store, or None where it has no connection."""
    try:
        return store_engine()
    except AirflowNotFoundException:
        return None


@cache
def _engine(url: URL) -> Engine:
    from zoho.store.database import open_store

    return open_store(url)
