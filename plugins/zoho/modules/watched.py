"""Which records are synchronized at once, as events tell of them (TXN-5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from zoho.config.settings import Integration, SalesProduct
from zoho.modules.transaction_kinds import TRANSACTION_KINDS

TRANSACTIONS, DEALS = "transactions", "deals"
"""The runs that events begin, by the last part of their DAG's id."""

DEAL_LISTS: Mapping[SalesProduct, str] = {SalesProduct.CRM: "Deals", SalesProduct.BIGIN: "Pipelines"}
"""Product of the sales side → its list of deals (zoho-api section 4)."""


def asset_uri(integration: str, run: str) -> str:
    """Return the address of the asset whose events begin a run, which is its name too.

    Args:
        integration: its name.
        run: ``TRANSACTIONS`` or ``DEALS``.
    """
    return f"zoho://{integration}/{run}"


@dataclass(frozen=True)
class Watched:
    """What is watched for one integration.

    Attributes:
        settings: of the integration.
    """

    settings: Integration

    @cached_property
    def sales(self) -> Mapping[str, str]:
        """Sales-side list → the run that it begins."""
        modules, product = self.settings.modules, self.settings.sales.product
        kinds = self._kinds if product is SalesProduct.CRM else ()
        lists = {TRANSACTION_KINDS[name].sales: TRANSACTIONS for name in kinds}
        return lists if modules.deals is None else {**lists, DEAL_LISTS[product]: DEALS}

    @cached_property
    def books(self) -> Mapping[str, tuple[str, str]]:
        """Key of a record in Books' answers → its list, and the field that holds its id; all begin transactions."""
        kinds = (TRANSACTION_KINDS[name] for name in self._kinds)
        return {kind.books_key: (kind.books, kind.id_field) for kind in kinds}

    @property
    def _kinds(self) -> tuple[str, ...]:
        modules = self.settings.modules
        return tuple(name for name in TRANSACTION_KINDS if getattr(modules, name) is not None)

    @property
    def subscriptions(self) -> list[str]:
        """What to subscribe to on the sales side, such as ``Quotes.all``."""
        return [f"{entity}.all" for entity in self.sales]
