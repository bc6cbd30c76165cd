"""The hook of Zoho CRM."""

from __future__ import annotations

from zoho.api.crm import CrmClient
from zoho.hooks.sales import ZohoSalesHook
from zoho.transport.session import Transport


class ZohoCrmHook(ZohoSalesHook[CrmClient]):
    """Connects to one CRM organization; see ``ZohoHook``."""

    conn_type = "zoho_crm"
    hook_name = "Zoho CRM"
    product = "crm"
    default_conn_name = "zoho_crm_default"

    def _make_client(self, transport: Transport) -> CrmClient:
        return CrmClient(transport)
