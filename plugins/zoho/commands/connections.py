"""From the Airflow connections that settings name to clients, outside of any task.

Importing it imports Airflow, which takes seconds; so it is imported only when Zoho is asked.
"""

import logging
import os
from collections.abc import Callable
from typing import TypeVar

# As Airflow's own command line does it: connections are looked for in Airflow's database too, not only in the
# environment and in secrets backends.
os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")

from airflow.sdk.exceptions import AirflowNotFoundException
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.api.sales_settings import Settings as SalesClient
from zoho.config.errors import Problem
from zoho.config.load import Configured
from zoho.engine.checks.inspection import Clients
from zoho.hooks.bigin import ZohoBiginHook
from zoho.hooks.books import ZohoBooksHook
from zoho.hooks.crm import ZohoCrmHook
from zoho.hooks.store import STORE_CONNECTION, store_engine, store_if_connected, store_url
from zoho.store.migrate import upgrade
from zoho.store.version import NewerStore
from zoho.transport.errors import Fatal

Client = TypeVar("Client")


def connect(configured: Configured) -> Clients:
    """Return the way to the organizations of an integration."""
    sales, books = configured.settings.sales, configured.settings.books

    def open_sales() -> SalesClient:
        if str(sales.product) == "bigin":
            return ZohoBiginHook(sales.connection).client
        return ZohoCrmHook(sales.connection).client

    return Clients(
        sales=lambda: _found(open_sales, str(sales.product)),
        books=lambda: _found(
            lambda: ZohoBooksHook(books.connection, organization_id=books.organization_id).client,
            "books",
        ),
    )


def open_all(configured: Configured) -> tuple[Engine, CrmClient, BooksClient]:
    """Return the store, the CRM and Books of an integration.

    Raises:
        Fatal: Airflow lacks a connection.
    """
    sales, books = configured.settings.sales, configured.settings.books
    crm = _found(lambda: ZohoCrmHook(sales.connection).client, "crm")
    own = _found(lambda: ZohoBooksHook(books.connection, organization_id=books.organization_id).client, "books")
    return _found(store_engine, "store"), crm, own


def ready_store() -> list[Problem]:
    """Bring the store to this code's version, as every run does: tokens and call budgets are shared through it.

    Returns:
        Why it cannot be used; nothing when it can, or when it has no connection yet.
    """
    # Airflow logs to where the result is printed; whatever matters comes as a problem.
    logging.disable(logging.ERROR)
    try:
        if store_if_connected() is not None:
            upgrade(store_url())
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        return [Problem(f"connection {STORE_CONNECTION}", None, "", f"the store cannot be used: {reason}")]
    except NewerStore as error:
        return [Problem(f"connection {STORE_CONNECTION}", None, "", str(error))]
    return []


def _found(opened: Callable[[], Client], product: str) -> Client:
    try:
        return opened()
    except AirflowNotFoundException:
        raise Fatal("Airflow has none of this name; make it, or correct the name.", product=product) from None
