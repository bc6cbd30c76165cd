"""Where the hooks of this machine find access tokens that other workers have made (CON-1)."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Engine

from zoho.hooks.store import store_if_connected
from zoho.transport.oauth import MemoryTokenStore, TokenStore


def shared_tokens() -> TokenStore:
    """Return the token store: the sync state database, sealed with Airflow's Fernet key.

    Without the connection to that database (somebody only tests a Zoho connection) the tokens are shared
    within this process.
    """
    store = store_if_connected()
    return _in_memory() if store is None else _in_database(store)


@cache
def _in_memory() -> TokenStore:
    return MemoryTokenStore()


@cache
def _in_database(store: Engine) -> TokenStore:
    from airflow.sdk.crypto import get_fernet

    from zoho.store.tokens import DatabaseTokenStore

    return DatabaseTokenStore(store, get_fernet())
