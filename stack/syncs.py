"""What the demo synchronizes: every module of the two integrations under ``include/integrations``."""

from dataclasses import dataclass

from zoho.config.settings import TRANSACTIONS


@dataclass(frozen=True)
class Sync:
    """One DAG of one integration.

    Attributes:
        integration: Name of the integration.
        sales: What its sales side is called on the screen.
        name: What the DAG is called after: its module, ``transactions`` or ``channels``.
        needs: Names of those of the integration that have to end before it begins.
    """

    integration: str
    sales: str
    name: str
    needs: tuple[str, ...] = ()

    @property
    def dag(self) -> str:
        """Id of its DAG."""
        return f"zoho_{self.integration}_{self.name}"

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that it synchronizes."""
        return {"transactions": TRANSACTIONS, "channels": ()}.get(self.name, (self.name,))

    def origin(self, run_id: str, module: str) -> str:
        """Return what the history says that one of its modules was begun by."""
        return ":".join(("airflow", self.dag, run_id, *((module,) if len(self.modules) > 1 else ())))


SYNCS = (
    *(Sync("demo", "CRM", name) for name in ("customers", "vendors", "products")),
    # A deal's estimate is made for its customer; a transaction names customer or vendor, products and deal.
    Sync("demo", "CRM", "deals", needs=("customers",)),
    Sync("demo", "CRM", "transactions", needs=("customers", "vendors", "products", "deals")),
    *(Sync("demo_bigin", "Bigin", name) for name in ("customers", "products")),
)
"""The demo's syncs, in the order in which they are shown. Bigin has no vendors and no transactions."""

CHANNELS = Sync("demo", "CRM", "channels", needs=("transactions",))
"""Has the CRM tell of changes at once; last, so that it does not tell of what the others write."""
