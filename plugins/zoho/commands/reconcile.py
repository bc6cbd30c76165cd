"""``zoho-sync reconcile``: what the transactions of both sides come to, and where they differ (TXN-6)."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine

from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.config.load import Configured, survey
from zoho.config.settings import TRANSACTIONS
from zoho.engine.reconcile import Reconciliation, reconcile
from zoho.transport.errors import ZohoError

Open = Callable[[Configured], tuple[Engine, CrmClient, BooksClient]]
"""Returns the store and the way to both organizations of an integration."""


class CannotReconcileError(Exception):
    """Nothing can be compared; the message says why."""


def reconcile_all(include: Path, names: Sequence[str], opened: Open) -> Iterator[Reconciliation]:
    """Yield the transactions of integrations, compared one integration after the other.

    Args:
        include: the folder with ``integrations/`` and ``mappings/``.
        names: of the integrations; all that synchronize transactions when empty.
        opened: gives the store and both clients.

    Raises:
        CannotReconcileError: an integration is not there, cannot be read, or synchronizes no transactions; or Zoho
            cannot be asked.
    """
    for configured in _chosen(include, names):
        try:
            store, crm, books = opened(configured)
            yield reconcile(configured, store, crm, books)
        except ZohoError as error:
            raise CannotReconcileError(f"{configured.settings.name}: {error}") from error


def _chosen(include: Path, names: Sequence[str]) -> list[Configured]:
    found = {one.name: one for one in survey(include)}
    for name in names:
        if name not in found:
            raise CannotReconcileError(f"there is no integration {name!r}; there are: {', '.join(sorted(found))}")
    chosen = []
    for one in found.values():
        if one.configured is not None and _has_transactions(one.configured) and (not names or one.name in names):
            chosen.append(one.configured)
        elif one.name in names:
            why = [str(problem) for problem in one.problems] or [f"{one.name} synchronizes no transactions"]
            raise CannotReconcileError("; ".join(why))
    if not chosen:
        raise CannotReconcileError("no integration that can be used synchronizes transactions")
    return chosen


def _has_transactions(configured: Configured) -> bool:
    return any(getattr(configured.settings.modules, module) is not None for module in TRANSACTIONS)
