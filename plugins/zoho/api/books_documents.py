"""Estimates, sales orders, invoices and purchase orders (zoho-api sections 3.4 to 3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zoho.api.books_resource import BooksApi, Kind, Resource, path_of
from zoho.transport.errors import Fatal


class Documents(Resource):
    """Business papers of one kind, which have a status.

    Args:
        api: Of the organization.
        kind: Of the papers.
        statuses: Those that Books has an address for.
    """

    def __init__(self, api: BooksApi, kind: Kind, statuses: Sequence[str]) -> None:
        super().__init__(api, kind)
        self.statuses = tuple(statuses)

    def mark(self, id: str, status: str, *, purpose: str = "load") -> None:
        """Set the status.

        Args:
            id: The paper's id.
            status: One of ``statuses``.
            purpose: For the call log.

        Raises:
            Fatal: Books has no such status for this kind.
            RecordError: Books does not allow the change, also when the paper is already so.
        """
        if status not in self.statuses:
            message = f"{self.kind.path} can be marked {', '.join(self.statuses)}, not {status}."
            raise Fatal(message, product="books")
        self.act(id, "status", status, purpose=purpose)


class Invoices(Documents):
    """Invoices can be made from estimates."""

    def create_from_estimates(self, estimate_ids: Sequence[str], *, purpose: str = "load") -> dict[str, Any]:
        """Make invoices from estimates; never repeated by itself when the outcome is unknown.

        Args:
            estimate_ids: Of the estimates.
            purpose: For the call log.

        Returns:
            Books' whole answer.
        """
        params = {"estimate_ids": ",".join(estimate_ids)}
        path = path_of(self.kind.path, "fromestimates")
        return self._api.call("POST", path, params=params, purpose=purpose).body or {}


def estimates(api: BooksApi) -> Documents:
    """Estimates, which Books' pages call quotes."""
    return Documents(api, Kind("estimates", "estimate", "created_time"), ("sent", "accepted", "declined"))


def sales_orders(api: BooksApi) -> Documents:
    """Sales orders."""
    return Documents(api, Kind("salesorders", "salesorder", "created_time"), ("open", "void"))


def invoices(api: BooksApi) -> Invoices:
    """Invoices."""
    return Invoices(api, Kind("invoices", "invoice", "created_time"), ("sent", "void", "draft"))


def purchase_orders(api: BooksApi) -> Documents:
    """Purchase orders."""
    kind = Kind("purchaseorders", "purchaseorder", "created_time")
    return Documents(api, kind, ("open", "billed", "cancelled"))
