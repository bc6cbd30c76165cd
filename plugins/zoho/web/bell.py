"""Rings for a run: an asset event, which begins the DAG that waits for the asset (TXN-5).

An event says only that there is something to look at; what, is in the journal. Airflow may hold it back while a run
is going, or put several into one, and nothing is lost by it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache

from sqlalchemy import Engine

from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.modules.watched import DEAL_LISTS, DEALS, TRANSACTIONS, asset_uri
from zoho.store import controls, events
from zoho.store.events import RecordList

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=1)
"""At most one ring for a run in this time, of all API servers together."""

AFTER_FAILURE = timedelta(seconds=10)

HEARD_WITHIN = timedelta(seconds=5)
"""By then a run has taken what waited, as a rule. Airflow holds an event back that comes while a run of the DAG is
about to end, until another one comes; so it is rung again."""

LISTS: Mapping[str, tuple[RecordList, ...]] = {
    TRANSACTIONS: tuple(
        one for kind in TRANSACTION_KINDS.values() for one in ((("sales", kind.sales)), ("books", kind.books))
    ),
    DEALS: tuple(("sales", entity) for entity in DEAL_LISTS.values()),
}
"""The run → the lists that it looks at."""


class Bell:
    """Rings as soon as it may, and once more when something came in between: the last ring is never lost.

    Args:
        store: the sync state database.
        ring: begins a run of an integration and a module.
    """

    def __init__(self, store: Engine, ring: Callable[[str, str], None]) -> None:
        self._store, self._ring = store, ring
        self._lock = threading.Lock()
        self._later: set[tuple[str, str, timedelta]] = set()
        self._timers: list[threading.Timer] = []
        self._closed = False

    def ask(self, integration: str, module: str) -> None:
        """Ring, or see to it that it is rung; what there is to look at is in the journal by now.

        A paused integration is not rung for: what resumes it begins a run that looks into the journal (OPS-5).
        """
        wait = EVERY
        try:
            with self._store.begin() as connection:
                if not controls.read(connection, integration).may_run:
                    return
                if events.may_ring(connection, integration, module, EVERY):
                    self._ring(integration, module)
                    wait = HEARD_WITHIN
        except Exception:  # whatever Airflow raises: it is tried again
            log.exception("No run of %s %s could be begun; it is tried again.", integration, module)
            wait = AFTER_FAILURE
        self._ask_later(integration, module, wait)

    def close(self) -> None:
        """Ring no more; returns when nothing is under way."""
        with self._lock:
            self._closed = True
        for timer in self._timers:
            timer.cancel()
            timer.join()

    def _ask_later(self, integration: str, module: str, wait: timedelta) -> None:
        key = integration, module, wait
        with self._lock:
            if key in self._later or self._closed:
                return
            self._later.add(key)
            timer = threading.Timer(wait.total_seconds(), self._ask_again, key)
            timer.daemon = True
            timer.start()
            self._timers = [timer, *(one for one in self._timers if one.is_alive())]

    def _ask_again(self, integration: str, module: str, waited: timedelta) -> None:
        with self._lock:
            self._later.discard((integration, module, waited))
        try:
            with self._store.connect() as connection:
                waiting = events.pending(connection, integration, LISTS[module])
        except Exception:
            log.exception("The journal of %s %s could not be read; it is tried again.", integration, module)
            self._ask_later(integration, module, AFTER_FAILURE)
            return
        if waiting:
            self.ask(integration, module)


def ring_airflow(integration: str, module: str) -> None:
    """Register an event of the asset that the DAG waits for; without such a DAG nothing happens."""
    from airflow.assets.manager import asset_manager
    from airflow.models.asset import AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    name = asset_uri(integration, module)
    with create_session() as session:
        asset = session.scalar(select(AssetModel).where(AssetModel.name == name))
        if asset is None:
            log.warning("No DAG waits for %s, so its regular run will look.", name)
            return
        asset_manager.register_asset_change(asset=asset, extra={}, session=session)


@cache
def airflow_bell(store: Engine) -> Bell:
    """Return this process's bell."""
    return Bell(store, ring_airflow)
