"""What the hooks of CRM and Bigin have in common."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Engine

from zoho.api.sales_settings import Settings
from zoho.hooks.base import ZohoHook
from zoho.store import organizations
from zoho.store.budget import DatabaseBudget
from zoho.store.organizations import Organization
from zoho.transport.budget import Budget
from zoho.transport.errors import Fatal
from zoho.transport.limits import limits_for

Client = TypeVar("Client", bound=Settings)

_LEARNED_LASTS = timedelta(days=1)
"""How long it is believed which organization and edition is behind some credentials."""


class ZohoSalesHook(ZohoHook[Client]):
    """Connects to one CRM or Bigin organization; see ``ZohoHook``."""

    def _introduce(self, client: Client) -> str:
        organization, user = client.organization(), client.current_user()
        edition = Organization.of(organization).plan or "unknown"
        return (
            f"Connected to {organization.get('company_name')} ({edition} edition) "
            f"as {user.get('full_name')} <{user.get('email')}>."
        )

    def _budget_of_organization(self, store: Engine) -> Budget:
        known = self._organization(store)
        limits = limits_for(self.product, self._extra, asdict(known))
        return DatabaseBudget(store, self.product, known.id, limits, reserve=self._reserve)

    def _organization(self, store: Engine) -> Organization:
        """The organization behind the credentials: connections to the same one share its budget."""
        key = self._credentials().key
        with store.connect() as connection:
            known = organizations.read(connection, key, _LEARNED_LASTS)
        if known is not None:
            return known
        transport = self._transport()
        try:
            found = Organization.of(self._make_client(transport).organization())
        except Fatal:
            # Not allowed to ask; or nothing is allowed, which the first call tells better.
            return Organization(key, "", 0)
        finally:
            transport.close()
        with store.begin() as connection:
            organizations.keep(connection, key, found)
        return found
