"""The hook of Zoho Bigin."""

from __future__ import annotations

from zoho.api.bigin import BiginClient
from zoho.hooks.sales import ZohoSalesHook
from zoho.transport.session import Transport


class ZohoBiginHook(ZohoSalesHook[BiginClient]):
    """Connects to one Bigin organization; see ``ZohoHook``."""

    conn_type = "zoho_bigin"
    hook_name = "Zoho Bigin"
    product = "bigin"
    default_conn_name = "zoho_bigin_default"

    def _make_client(self, transport: Transport) -> BiginClient:
        return BiginClient(transport)
