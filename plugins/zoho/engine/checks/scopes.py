"""Whether the connections may do what ``at_once`` asks of them (TXN-5, CON-4; zoho-api 1.5)."""

from collections.abc import Iterator
from functools import partial

from zoho.api.sales_settings import Settings as SalesClient
from zoho.api.sales_watch import Watch
from zoho.config.load import Configured
from zoho.config.settings import SalesProduct
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.gather import Remember
from zoho.engine.checks.inspection import Clients
from zoho.modules.watched import Watched
from zoho.transport.errors import NO_SCOPE, Fatal

_GROUPS = {SalesProduct.CRM: "ZohoCRM.notifications", SalesProduct.BIGIN: "ZohoBigin.notifications"}
_DEEDS = ("create", "update", "delete")
"""What is done with channels: each can be allowed on its own."""


def check_scopes(configured: Configured, clients: Clients, remember: Remember) -> Iterator[Finding]:
    """Yield a warning when the sales connection may not subscribe to notifications; the regular runs work without.

    Books has no such scope: its webhooks are made by hand.

    Args:
        configured: the integration.
        clients: the way to both organizations.
        remember: keeps what was asked for.

    Raises:
        ZohoError: the sales side cannot be asked.
    """
    settings = configured.settings
    if settings.at_once is None or not Watched(settings).subscriptions:
        return
    product, client = settings.sales.product, clients.sales()
    if not remember("may subscribe", partial(_may_subscribe, client, product)):
        text = lacking(settings.sales.connection, product)
        yield Finding(configured.file.problem(("at_once",), text), blocks=False)


def lacking(connection: str, product: SalesProduct) -> str:
    """Return what to do about a connection that may not subscribe to notifications, as a sentence."""
    return (
        f"The connection {connection} lacks the scope {_GROUPS[product]}.ALL, without which nothing is told at once; "
        "make its refresh token anew with this scope beside its others, and enter it in the connection"
    )


def _may_subscribe(client: SalesClient, product: SalesProduct) -> bool:
    """Go by the scopes that Zoho told with the token; where it told none, by whether it lets channels be listed."""
    held = {scope.casefold() for scope in client.transport.scopes()}
    if held:
        group = _GROUPS[product].casefold()
        return f"{group}.all" in held or all(f"{group}.{deed}" in held for deed in _DEEDS)
    if not isinstance(client, Watch):
        return True
    try:
        client.channels()
    except Fatal as error:
        if error.code != NO_SCOPE:
            raise
        return False
    return True
