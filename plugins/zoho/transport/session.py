"""The one way to Zoho's APIs: authorised, repeated where that is safe, reported, understood."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

import pendulum

from zoho.transport import json
from zoho.transport.answer import Answer
from zoho.transport.budget import Budget, NoBudget
from zoho.transport.errors import Action, Fatal, Retriable
from zoho.transport.exchange import Call, Received, Request
from zoho.transport.oauth import Credentials, Token, TokenStore, api_origin, obtain_token
from zoho.transport.redaction import hide
from zoho.transport.retry import retrying
from zoho.transport.verdict import body_of
from zoho.transport.wire import CONNECT_SECONDS, READ_SECONDS, Wire

BASE_PATHS = {"crm": "/crm", "bigin": "/bigin", "books": "/books/v3"}
_REPEATABLE = ("GET", "PUT", "DELETE")


class Transport:
    """Calls one product of one Zoho organization.

    Args:
        product: ``crm``, ``bigin`` or ``books``.
        credentials: Of the connection.
        tokens: Shares access tokens with everybody else.
        base_path: Put before every path; the product's own by default.
        clock: Gives the present time, aware UTC.
        on_call: Told of every call, tries included.
        sleep: Waits for so many seconds between tries.
        timeout: Seconds to connect and seconds between two bytes of the answer.
        budget: The call budget in front of Zoho.
        mask: Told of every secret, so that logs can hide it.
    """

    def __init__(
        self,
        product: str,
        credentials: Credentials,
        tokens: TokenStore,
        *,
        base_path: str | None = None,
        clock: Callable[[], datetime] = lambda: pendulum.now("UTC"),
        on_call: Callable[[Call], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        budget: Budget | None = None,
        mask: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.product = product
        self._credentials = credentials
        self._tokens = tokens
        self._base_path = BASE_PATHS[product] if base_path is None else base_path
        self._clock = clock
        self.sleep = sleep
        self.budget = budget or NoBudget()
        self._mask = mask
        self._wire = Wire(on_call=on_call, budget=self.budget, timeout=timeout)
        self._held: Token | None = None
        self._keep_secret(credentials.client_secret)
        self._keep_secret(credentials.refresh_token)

    @property
    def key(self) -> str:
        """A name for the credentials that tells nothing about them; others have another one."""
        return self._credentials.key

    def __repr__(self) -> str:
        return f"Transport({self.product!r}, {self._credentials.client_id!r})"

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        purpose: str,
        repeatable: bool | None = None,
        about_record: bool | None = None,
        cost: int = 1,
        untouched: str | None = None,
    ) -> Answer:
        """Ask Zoho and wait for its answer; a try that failed is repeated where that is safe.

        Args:
            method: GET, POST, PUT, PATCH or DELETE.
            path: Below the base path, beginning with a slash.
            params: Query parameters; those that are None are left out.
            body: Sent as JSON; None sends none.
            headers: Further headers.
            purpose: What the call is for, for the call log.
            repeatable: Whether sending twice does no harm. By default true for GET, PUT and DELETE. Otherwise
                it is sent again only when it certainly had no effect (429, 401, no connection).
            about_record: Whether a refusal concerns one record only (``RecordError``) and not the whole run
                (``Fatal``). By default true for writes.
            cost: Units of the product's quota that the call takes.
            untouched: Key of a list in the answer whose items are only to be kept: see ``Answer.raw_rows``.

        Raises:
            Fatal: Nothing will work until somebody changes something.
            Retriable: Zoho cannot now; ``outcome_unknown`` tells whether a write may have been done.
            RecordError: Zoho refuses this record.
        """
        request = Request(
            product=self.product,
            method=method,
            path=self._base_path + path,
            purpose=purpose,
            params=params,
            body=None if body is None else json.dumps(body),
            headers={**({} if body is None else {"Content-Type": "application/json"}), **(headers or {})},
            about_record=method != "GET" if about_record is None else about_record,
            cost=cost,
            untouched=untouched,
        )
        again = method in _REPEATABLE if repeatable is None else repeatable
        return self._until_done(request, self._wire.send, repeatable=again)

    def download(self, path: str, target: BinaryIO, *, purpose: str, cost: int = 1) -> Answer:
        """Write what is behind a path into a file, piece by piece; the file is begun anew for each try.

        Args:
            path: Below the base path.
            target: A binary file that can be rewound.
            purpose: What the call is for, for the call log.
            cost: Units of the product's quota that the call takes.

        Raises:
            ZohoError: As ``request``.
        """
        request = Request(self.product, "GET", self._base_path + path, purpose, about_record=False, cost=cost)

        def send(request: Request, origin: str, access_token: str) -> Received:
            target.seek(0)
            target.truncate()
            received = self._wire.download(request, origin, access_token, target)
            # A success without content is none: let it be understood, and repeated, like any other answer.
            return received if target.tell() else replace(received, is_stored=False)

        return self._until_done(request, send, repeatable=True)

    def scopes(self) -> tuple[str, ...]:
        """Return what the access token allows, as Zoho said with it; empty when it does not say.

        Raises:
            ZohoError: Zoho gives no token.
        """
        return self._token().scopes

    def close(self) -> None:
        """Close the pooled connections and give back what is held of the budget."""
        self._wire.close()

    def _until_done(
        self, request: Request, send: Callable[[Request, str, str], Received], *, repeatable: bool
    ) -> Answer:
        """Try until it works, it cannot work, or it has taken too long."""

        def with_token(token: Token) -> Answer:
            received = send(request, api_origin(self._credentials, token), token.access_token)
            return Answer.of(request, received, self._understood(request, received, token))

        def one_try() -> Answer:
            token = self._token()
            try:
                return with_token(token)
            except Fatal as refused:
                if refused.action is not Action.REFRESH:
                    raise
            return with_token(self._renewed(token))

        return retrying(repeatable=repeatable, sleep=self.sleep)(one_try)

    def _understood(self, request: Request, received: Received, token: Token) -> Any:
        if received.is_stored:
            return None
        secrets = (self._credentials.client_secret, self._credentials.refresh_token, token.access_token)
        try:
            return body_of(request, received, secrets)
        except Retriable as error:
            if error.action is Action.WAIT and error.retry_after:
                self.budget.pause(self.product, error.retry_after, error.code)
            raise

    def _token(self) -> Token:
        now = self._clock()
        if self._held is not None and self._held.is_fresh(now):
            return self._held
        stored = self._tokens.read(self._credentials.key)
        if stored is not None and stored.is_fresh(now):
            return self._hold(stored)
        return self._renewed(stored)

    def _renewed(self, seen: Token | None) -> Token:
        return self._hold(self._tokens.refresh(self._credentials.key, seen, self._obtain))

    def _obtain(self) -> Token:
        return obtain_token(self._credentials, self._wire.send, self._clock())

    def _hold(self, token: Token) -> Token:
        self._keep_secret(token.access_token)
        self._held = token
        return token

    def _keep_secret(self, secret: str) -> None:
        hide(secret)
        self._mask(secret)
