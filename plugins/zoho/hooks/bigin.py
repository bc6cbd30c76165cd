"""The hook of Zoho Bigin."""

from __future__ import annotations

from zoho.api.bigin import BiginClient
from zoho.hooks.base import ZohoHook
from zoho.hooks.sales import introduce
from zoho.transport.session import Transport


class ZohoBiginHook(ZohoHook[BiginClient]):
    """Connects to one Bigin organization; see ``ZohoHook``."""

    conn_type = "zoho_bigin"
    hook_name = "Zoho Bigin"
    product = "bigin"
    default_conn_name = "zoho_bigin_default"

    def _make_client(self, transport: Transport) -> BiginClient:
        return BiginClient(transport)

    def _introduce(self, client: BiginClient) -> str:
        return introduce(client)
