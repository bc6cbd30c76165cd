"""What is bulk work, and leaves a reserve of each day's quota to what is urgent (BEY-8).

Urgent are transactions and deals, what webhooks tell of, and what somebody waits for: a record that is fetched or
imported, a search, a small plan that is carried out.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from zoho.config.settings import Integration
from zoho.core.plan import Action
from zoho.store import runs

BULK = ("customers", "vendors", "products")
"""The modules whose runs are bulk work: their first runs write thousands of records, and all can wait for a night."""

FEW = 20
"""So many records are a small plan."""

_WRITES_NOTHING = (Action.SKIP, Action.DRIFT, Action.HOLD)


def reserve_of(settings: Integration, module: str, *, waited_for: bool) -> int:
    """Return the per cent of each day that a run leaves to what is urgent; 0 when it is urgent itself.

    Args:
        settings: of the integration.
        module: of the run.
        waited_for: whether somebody waits for just a few records.
    """
    return 0 if waited_for or module not in BULK else settings.quota.reserve


def is_small(store: Engine, plan_id: str) -> bool:
    """Whether carrying out a plan is a matter of a few records, for which somebody may wait."""
    with store.connect() as connection:
        rows = runs.tally(connection, plan_id)
    return int(sum(row.n for row in rows if row.action not in _WRITES_NOTHING)) <= FEW


def is_waited_for(store: Engine, params: Mapping[str, Any]) -> bool:
    """Whether the run of a DAG is urgent by what it was triggered with: it carries out small plans."""
    plans = str(params.get("plan") or "").split()
    return bool(plans) and all(is_small(store, plan_id) for plan_id in plans)
