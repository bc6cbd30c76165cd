"""From an integration's Airflow connections to a job, for what is asked outside of a regular run."""

import uuid
from typing import Any

import pendulum

from zoho.config.load import Configured
from zoho.config.settings import SalesProduct
from zoho.engine.calls import CallMeter
from zoho.engine.job import Job, SalesClient
from zoho.engine.urgency import reserve_of
from zoho.hooks.bigin import ZohoBiginHook
from zoho.hooks.books import ZohoBooksHook
from zoho.hooks.crm import ZohoCrmHook
from zoho.hooks.store import store_engine


def open_sales(product: str, connection: str) -> SalesClient:
    """Return the client of a sales side.

    Args:
        product: ``crm`` or ``bigin``.
        connection: the Airflow connection.
    """
    hook = ZohoBiginHook if SalesProduct(product) is SalesProduct.BIGIN else ZohoCrmHook
    return hook(connection).client


def open_job(configured: Configured, module: str, *, bulk: bool = False) -> Job:
    """Return a job that stages nothing; its clients connect when first used.

    Args:
        configured: the integration.
        module: what the history calls it.
        bulk: whether it leaves the reserve of the quotas to what is urgent; what somebody waits for does not.
    """
    sales, books, meter = configured.settings.sales, configured.settings.books, CallMeter()
    hook = ZohoBiginHook if sales.product is SalesProduct.BIGIN else ZohoCrmHook
    reserve = reserve_of(configured.settings, module, waited_for=not bulk)
    options: dict[str, Any] = {"on_call": meter, "reserve": reserve}
    return Job(
        configured=configured,
        module_name=module,
        run_id=str(uuid.uuid4()),
        store=store_engine(),
        staging=None,
        open_sales=lambda: hook(sales.connection, **options).client,
        open_books=lambda: ZohoBooksHook(books.connection, organization_id=books.organization_id, **options).client,
        clock=lambda: pendulum.now("UTC"),
        meter=meter,
    )
