"""What the three Zoho hooks have in common (CON-1)."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from airflow.sdk import BaseHook, Connection
from airflow.sdk.log import mask_secret
from sqlalchemy import Engine

from zoho.hooks.store import store_if_connected
from zoho.hooks.tokens import shared_tokens
from zoho.transport.budget import Budget, NoBudget
from zoho.transport.errors import Fatal, ZohoError
from zoho.transport.exchange import Call
from zoho.transport.oauth import DATA_CENTRES, Credentials
from zoho.transport.session import Transport

Client = TypeVar("Client")


class ZohoHook(BaseHook, Generic[Client]):
    """Builds an API client out of an Airflow connection, when it is first needed.

    The connection: login is the client id, password the client secret; extra holds ``refresh_token``,
    ``data_center`` (``com``, ``eu`` …) and, for custom domains and sandboxes, ``accounts_url`` and ``api_url``;
    ``plan``, ``users`` and the other settings of ``limits_for`` say how much Zoho gives the organization.

    Args:
        zoho_conn_id: Of the connection; the hook's default one when None.
        on_call: Told of every API call.
        budget: The call budget in front of Zoho. By default that of the organization, shared by all workers;
            none when there is no connection to the store.
        reserve: Per cent of each day that this client leaves to what is urgent, for bulk work (BEY-8).
    """

    conn_name_attr = "zoho_conn_id"
    product: ClassVar[str]
    default_conn_name: ClassVar[str]

    def __init__(
        self,
        zoho_conn_id: str | None = None,
        *,
        on_call: Callable[[Call], None] = lambda _: None,
        budget: Budget | None = None,
        reserve: int = 0,
    ) -> None:
        super().__init__()
        self.zoho_conn_id = zoho_conn_id or self.default_conn_name
        self._on_call = on_call
        self._budget = budget
        self._reserve = reserve

    def get_conn(self) -> Client:
        """Return the API client."""
        return self.client

    @cached_property
    def client(self) -> Client:
        """The API client; one per hook.

        Raises:
            Fatal: The connection lacks something.
        """
        transport = self._transport(self._budget or self._shared_budget())
        client = self._make_client(transport)
        # Nobody closes a client, and what it holds of the budget keeps others waiting.
        weakref.finalize(client, transport.close)
        return client

    def test_connection(self) -> tuple[bool, str]:
        """Ask Zoho who we are.

        Returns:
            Whether that worked, and a sentence for the user.
        """
        try:
            return True, self._introduce(self.client)
        except ZohoError as error:
            return False, str(error)

    def _make_client(self, transport: Transport) -> Client:
        raise NotImplementedError

    def _budget_of_organization(self, store: Engine) -> Budget:
        """The call budget that all workers share."""
        raise NotImplementedError

    def _introduce(self, client: Client) -> str:
        """One sentence about the organization behind the connection."""
        raise NotImplementedError

    @cached_property
    def _connection(self) -> Connection:
        return self.get_connection(self.zoho_conn_id)

    @property
    def _extra(self) -> dict[str, Any]:
        return self._connection.extra_dejson

    def _shared_budget(self) -> Budget:
        store = store_if_connected()
        return NoBudget() if store is None else self._budget_of_organization(store)

    def _transport(self, budget: Budget | None = None) -> Transport:
        return Transport(
            self.product,
            self._credentials(),
            shared_tokens(),
            on_call=self._on_call,
            budget=budget,
            mask=mask_secret,
        )

    def _credentials(self) -> Credentials:
        connection, extra = self._connection, self._extra
        try:
            return Credentials(
                client_id=connection.login or "",
                client_secret=connection.password or "",
                refresh_token=extra.get("refresh_token") or "",
                accounts_url=extra.get("accounts_url") or self._accounts_url(extra.get("data_center")),
                api_url=extra.get("api_url") or None,
            )
        except Fatal as error:
            error.message = f"Connection {self.zoho_conn_id}: {error.message}"
            raise

    def _accounts_url(self, code: str | None) -> str:
        wanted = (code or "com").strip().lower().removeprefix(".")
        if wanted not in DATA_CENTRES:
            known = ", ".join(DATA_CENTRES)
            raise Fatal(f"data_center is {code!r}; it must be one of {known}.", product="accounts")
        return DATA_CENTRES[wanted].accounts_url
