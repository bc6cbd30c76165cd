"""Zoho Books, API version 3 (zoho-api section 3)."""

from __future__ import annotations

from typing import Any

from zoho.api import books_documents
from zoho.api.books_contacts import Contacts
from zoho.api.books_items import Items
from zoho.api.books_resource import path_of
from zoho.transport.session import Transport


class BooksClient(Contacts, Items):
    """One Books organization.

    Args:
        transport: To the product ``books``.
        organization_id: Digits; None only to ask which organizations there are.

    Attributes:
        estimates: Estimates (quotes).
        sales_orders: Sales orders.
        invoices: Invoices.
        purchase_orders: Purchase orders.
    """

    def __init__(self, transport: Transport, organization_id: str | None) -> None:
        super().__init__(transport, organization_id)
        self.estimates = books_documents.estimates(self)
        self.sales_orders = books_documents.sales_orders(self)
        self.invoices = books_documents.invoices(self)
        self.purchase_orders = books_documents.purchase_orders(self)

    def organizations(self) -> list[dict[str, Any]]:
        """Return the organizations of the user: organization_id, name, currency_code, plan_type and more."""
        answer = self.transport.request("GET", path_of("organizations"), purpose="settings")
        return answer.rows("organizations")

    def organization(self) -> dict[str, Any]:
        """Return this organization: name, email, country, currency_code, price_precision, plan_type and more."""
        return self.one("organizations", str(self.organization_id), key="organization")

    def current_user(self) -> dict[str, Any]:
        """Return the user whom the refresh token belongs to."""
        return self.one("users", "me", key="user")

    def users(self) -> list[dict[str, Any]]:
        """Return the users of the organization."""
        return self.rows("users", key="users")

    def currencies(self) -> list[dict[str, Any]]:
        """Return the currencies: currency_code, is_base_currency, exchange_rate, price_precision and more."""
        return self.rows("settings", "currencies", key="currencies")

    def taxes(self) -> list[dict[str, Any]]:
        """Return the taxes: tax_id, tax_name, tax_percentage, tax_type and more.

        A group (``tax_type`` is ``tax_group``) has its own taxes under ``taxes``, which costs a call for each group.
        """
        rows = self.rows("settings", "taxes", key="taxes")
        return [{**row, "taxes": self._taxes_of(row)} if row.get("tax_type") == "tax_group" else row for row in rows]

    def _taxes_of(self, group: dict[str, Any]) -> Any:
        return self.one("settings", "taxgroups", str(group["tax_id"]), key="tax_group").get("taxes", [])

    def custom_fields(self, entity: str) -> list[dict[str, Any]]:
        """Return the custom fields of a kind of records: customfield_id, label, api_name, data_type.

        Not in Zoho's documentation, though its own pages use it (zoho-api section 3.8).

        Args:
            entity: ``contact``, ``item``, ``estimate``, ``invoice``, ``salesorder``, ``purchaseorder``.
        """
        path = path_of("settings", "customfields")
        answer = self.call("GET", path, params={"entity": entity}, purpose="settings")
        by_entity = (answer.body or {}).get("customfields")
        if not isinstance(by_entity, dict):
            raise answer.lacks(wanted="custom fields by entity")
        return list(by_entity.get(entity) or [])
