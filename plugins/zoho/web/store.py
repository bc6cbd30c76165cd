"""The sync state database as the page reaches it."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from fastapi import HTTPException

if TYPE_CHECKING:
    from sqlalchemy import Engine

log = logging.getLogger(__name__)


def ready_store() -> Engine:
    """Return this process's engine on the store, which is at this code's version.

    Raises:
        HTTPException: 503, there is no connection to it, it does not answer, or is newer than this code.
    """
    from airflow.sdk.exceptions import AirflowNotFoundException
    from sqlalchemy.exc import SQLAlchemyError

    from zoho.hooks.store import STORE_CONNECTION, store_engine
    from zoho.store.version import NewerStore

    try:
        _upgrade_once()
        return store_engine()
    except AirflowNotFoundException:
        raise HTTPException(503, f"Airflow has no connection {STORE_CONNECTION}; make it first.") from None
    except NewerStore as error:
        raise HTTPException(503, str(error)) from None
    except SQLAlchemyError as error:
        log.exception("The store cannot be used.")
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise HTTPException(503, f"The database of {STORE_CONNECTION} cannot be used: {reason}") from None


@cache
def _upgrade_once() -> None:
    from zoho.hooks.store import store_url
    from zoho.store.migrate import upgrade

    upgrade(store_url())
