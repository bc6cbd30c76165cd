"""What the demo synchronizes: every module of the two integrations under ``include/integrations``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sync:
    """One module of one integration, which is one DAG.

    Attributes:
        integration: Name of the integration.
        sales: What its sales side is called on the screen.
        module: Name of the module.
    """

    integration: str
    sales: str
    module: str

    @property
    def dag(self) -> str:
        """Id of its DAG."""
        return f"zoho_{self.integration}_{self.module}"


SYNCS = (
    *(Sync("demo", "CRM", module) for module in ("customers", "vendors", "products")),
    *(Sync("demo_bigin", "Bigin", module) for module in ("customers", "products")),
)
"""The demo's syncs, in the order in which they are shown. Bigin has no vendors."""
