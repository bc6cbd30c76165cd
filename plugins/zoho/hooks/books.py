"""The hook of Zoho Books."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import Engine

from zoho.api.books import BooksClient
from zoho.hooks.base import ZohoHook
from zoho.store.budget import DatabaseBudget
from zoho.transport.budget import Budget
from zoho.transport.errors import Fatal
from zoho.transport.limits import limits_for
from zoho.transport.session import Transport


class ZohoBooksHook(ZohoHook[BooksClient]):
    """Connects to one Books organization; see ``ZohoHook``.

    Args:
        zoho_conn_id: Of the connection; ``zoho_books_default`` when None.
        organization_id: Of the organization. When None, that of the connection's extra; when it names none
            either, the only organization of the user.
        options: As ``ZohoHook``.
    """

    conn_type = "zoho_books"
    hook_name = "Zoho Books"
    product = "books"
    default_conn_name = "zoho_books_default"

    def __init__(
        self, zoho_conn_id: str | None = None, *, organization_id: str | None = None, **options: Any
    ) -> None:
        super().__init__(zoho_conn_id, **options)
        self._organization_id = organization_id

    def _make_client(self, transport: Transport) -> BooksClient:
        return BooksClient(transport, self._organization)

    def _budget_of_organization(self, store: Engine) -> Budget:
        limits = limits_for(self.product, self._extra)
        return DatabaseBudget(store, self.product, self._organization, limits, reserve=self._reserve)

    @cached_property
    def _organization(self) -> str:
        wanted = self._organization_id or self._extra.get("organization_id")
        return str(wanted) if wanted else self._only_organization()

    def _only_organization(self) -> str:
        # Which budget the question belongs to is known only with its answer.
        found = BooksClient(self._transport(), None).organizations()
        if len(found) != 1:
            choice = "; ".join(f"{row.get('organization_id')} {row.get('name')}" for row in found) or "none"
            raise Fatal(
                f"Set organization_id in connection {self.zoho_conn_id}. Its user belongs to: {choice}.",
                product="books",
            )
        return str(found[0]["organization_id"])

    def _introduce(self, client: BooksClient) -> str:
        organization = client.organization()
        return (
            f"Connected to {organization.get('name')} (organization {client.organization_id}, "
            f"{organization.get('currency_code')}, {organization.get('plan_name') or 'plan unknown'})."
        )
