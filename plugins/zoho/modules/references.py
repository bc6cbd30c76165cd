"""What a transaction refers to: customers, vendors, items and deals that are other records of both sides (TXN-2)."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from zoho.core.money.document import TaxRounding


class References(Protocol):
    """Finds the counterpart of a record that a transaction refers to; through the identity map, never by name."""

    def books_party(self, entity: str, sales_id: str) -> str | None:
        """Return the Books contact of an account, contact or vendor; ``None`` when it is not synchronized yet."""

    def sales_party(self, books_id: str) -> tuple[str, str] | None:
        """Return sales-side list and id of a Books contact; ``None`` when it is not synchronized yet."""

    def item(self, product_id: str) -> str | None:
        """Return the Books item of a product; ``None`` when it is not synchronized yet."""

    def product(self, item_id: str) -> str | None:
        """Return the product of a Books item; ``None`` when it is not synchronized yet."""

    def text_product(self) -> str:
        """Return the id of the product that stands for lines without one; it is made when there is none."""

    def is_text_product(self, product_id: str) -> bool:
        """Whether a product stands for lines without one."""

    def deal(self, books_id: str) -> str | None:
        """Return the deal that a Books transaction was associated with (DEAL-1)."""

    def layout(self, entity: str) -> str:
        """Return the id of the layout that transactions of a list are shown under."""

    def tax_rounding(self) -> TaxRounding:
        """Return where Books rounds taxes, as its latest transaction of this kind tells."""

    def taxes(self) -> Sequence[Mapping[str, Any]]:
        """Return the taxes of Books, as it lists them."""

    def custom_fields(self) -> Mapping[str, str]:
        """Return API name → data type of the custom fields that Books has on transactions of this kind (TXN-4)."""

    def sales_currency(self) -> str:
        """Return the base currency of the sales side."""

    def sales_currencies(self) -> Mapping[str, int]:
        """Return ISO code → decimal places of the currencies that the sales side has."""


class Missing(ValueError):
    """A transaction cannot travel before what it refers to has."""
