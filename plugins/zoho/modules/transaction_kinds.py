"""The four kinds of transactions, and what sets them apart on both sides (TXN-2; zoho-api 2.15, 3.4 to 3.6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from zoho.core.records import Kind


@dataclass(frozen=True, slots=True)
class TransactionKind:
    """One kind of transaction.

    Attributes:
        module: its name in the settings.
        kind: what its records are.
        books: its list in Books, such as ``salesorders``.
        books_key: key of one record in Books' answers.
        sales: its list in the CRM.
        lines: the field of the CRM that holds its lines.
        party: ``customer`` or ``vendor``.
        voided: the status that takes it out of force without deleting it; ``None`` where Books has none.
        takes_deal: whether Books documents that a deal can be written (zoho-api 3.9).
    """

    module: str
    kind: Kind
    books: str
    books_key: str
    sales: str
    lines: str
    party: str
    voided: str
    takes_deal: bool = False

    @property
    def id_field(self) -> str:
        """Field of Books that holds its id."""
        return f"{self.books_key}_id"

    @property
    def number_field(self) -> str:
        """Field of Books that holds its number."""
        return f"{self.books_key}_number"

    @property
    def party_field(self) -> str:
        """Field of Books that holds the id of its customer or vendor."""
        return f"{self.party}_id"


TRANSACTION_KINDS: Mapping[str, TransactionKind] = {
    one.module: one
    for one in (
        TransactionKind(
            "estimates", Kind.ESTIMATE, "estimates", "estimate", "Quotes", "Quoted_Items", "customer", "declined"
        ),
        TransactionKind(
            "sales_orders",
            Kind.SALES_ORDER,
            "salesorders",
            "salesorder",
            "Sales_Orders",
            "Ordered_Items",
            "customer",
            "void",
            takes_deal=True,
        ),
        TransactionKind(
            "invoices", Kind.INVOICE, "invoices", "invoice", "Invoices", "Invoiced_Items", "customer", "void"
        ),
        TransactionKind(
            "purchase_orders",
            Kind.PURCHASE_ORDER,
            "purchaseorders",
            "purchaseorder",
            "Purchase_Orders",
            "Purchase_Items",
            "vendor",
            "cancelled",
        ),
    )
}
"""Module → kind."""
