"""Which DAGs synchronize an integration, and in which order."""

from dataclasses import dataclass

from zoho.config.load import Configured
from zoho.config.settings import TRANSACTIONS

SYNC_ALL = "sync_all"
"""The part that runs all the others."""

APPROVAL = "approval"
"""The part that asks a person about plans that a guard holds back."""

_STAGES = (("products", "vendors", "customers"), ("transactions",), ("deals",))
"""What comes later refers to what comes before; what is in one stage does not depend on each other."""


@dataclass(frozen=True, slots=True)
class SyncDag:
    """A DAG that synchronizes a part of an integration.

    Attributes:
        integration: its name.
        part: a module, or ``transactions`` for all of their kinds.
        stage: when its turn is, from 0.
    """

    integration: str
    part: str
    stage: int

    @property
    def dag_id(self) -> str:
        """What Airflow calls it."""
        return dag_id_of(self.integration, self.part)

    @property
    def has_windows(self) -> bool:
        """Whether its runs can be limited to a span of time; deals are decided about as they are now."""
        return self.part != "deals"


def dag_id_of(integration: str, part: str) -> str:
    """Return what Airflow calls the DAG of a part of an integration."""
    return f"zoho_{integration}_{part}"


def dags_of(configured: Configured) -> tuple[SyncDag, ...]:
    """Return the DAGs of all that is synchronized, in the order in which one refers to another (OPS-2)."""
    return tuple(
        SyncDag(configured.name, part, stage)
        for stage, parts in enumerate(_STAGES)
        for part in parts
        if _is_on(configured, part)
    )


def part_of(configured: Configured, module: str) -> SyncDag | None:
    """Return the DAG that synchronizes a module; ``None`` when it is not on.

    Args:
        configured: the integration.
        module: its name, or a part such as ``transactions``.
    """
    part = "transactions" if module in TRANSACTIONS else module
    found = (one for one in dags_of(configured) if one.part == part)
    is_on = module not in TRANSACTIONS or getattr(configured.settings.modules, module) is not None
    return next(found, None) if is_on else None


def _is_on(configured: Configured, part: str) -> bool:
    modules = configured.settings.modules
    if part == "transactions":
        return any(getattr(modules, kind) is not None for kind in TRANSACTIONS)
    if part == "deals":
        return modules.deals is not None and modules.deals.make is not None
    return getattr(modules, part) is not None
