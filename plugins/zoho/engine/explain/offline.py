"""A job that looks at the store and asks nobody."""

from typing import NoReturn

from sqlalchemy import Engine

from zoho.config.load import Configured
from zoho.engine.errors import NeverTold
from zoho.engine.job import Job


def offline_job(store: Engine, configured: Configured, module: str) -> Job:
    """Return a job of a module without clients: there is no way from it to Zoho.

    Args:
        store: the database.
        configured: the integration.
        module: name of the module.
    """
    return Job(
        configured=configured,
        module_name=module,
        run_id="",
        store=store,
        staging=None,
        open_sales=_nobody,
        open_books=_nobody,
        clock=_nobody,
        offline=True,
    )


def _nobody() -> NoReturn:
    raise NeverTold("only a run asks for that")
