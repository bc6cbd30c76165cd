"""Access tokens: made from the refresh token, kept for an hour, shared by everybody (CON-1, zoho-api 1)."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

import pendulum

from zoho.transport.data_centres import DATA_CENTRES, centre_of, checked_url, is_trusted
from zoho.transport.errors import Fatal, ZohoError
from zoho.transport.exchange import Received, Request
from zoho.transport.verdict import body_of, error_for

__all__ = [
    "DATA_CENTRES",
    "LEAD",
    "TOKENS_PER_WINDOW",
    "WINDOW",
    "Credentials",
    "MemoryTokenStore",
    "Token",
    "TokenStore",
    "api_origin",
    "obtain_token",
    "too_many_tokens",
]

LEAD = timedelta(minutes=5)
"""A token is replaced so long before it dies, so that none dies on the way."""

TOKENS_PER_WINDOW = 10
WINDOW = timedelta(minutes=10)
"""Zoho makes 10 access tokens per refresh token in 10 minutes (zoho-api section 1.3)."""

_LIFETIME = 3600
_TOKEN_REQUEST = Request("accounts", "POST", "/oauth/v2/token", "token")


@dataclass(frozen=True)
class Credentials:
    """What one connection holds.

    Attributes:
        client_id: Of the client registered at Zoho's API console.
        client_secret: Its secret.
        refresh_token: Made once for this client; lives until revoked.
        accounts_url: Where tokens are made; decides the data centre.
        api_url: Where the APIs answer, for custom domains and sandboxes; None to go where Zoho says.

    Raises:
        Fatal: Something is missing, or an address is none.
    """

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    accounts_url: str
    api_url: str | None = None

    def __post_init__(self) -> None:
        for name in ("client_id", "client_secret", "refresh_token", "accounts_url"):
            if not getattr(self, name):
                raise Fatal(f"The connection lacks its {name}.", product="accounts")
        try:
            object.__setattr__(self, "accounts_url", checked_url(self.accounts_url))
            object.__setattr__(self, "api_url", checked_url(self.api_url) if self.api_url else None)
        except ValueError as problem:
            raise Fatal(f"The connection has a wrong address. {problem}", product="accounts") from None

    @property
    def key(self) -> str:
        """A name for the token of these credentials that tells nothing about them.

        All of them are in it: with a wrong secret nobody gets the token that the right one has made.
        """
        facts = "\0".join((self.accounts_url, self.client_id, self.client_secret, self.refresh_token))
        return hashlib.sha256(facts.encode()).hexdigest()


@dataclass(frozen=True)
class Token:
    """An access token.

    Attributes:
        access_token: The secret itself.
        expires_at: When Zoho stops taking it, aware UTC.
        api_domain: Where Zoho says it is to be used (scheme and host), or empty; see ``api_origin``.
        scopes: What Zoho says that it allows (zoho-api section 1.5); empty when it does not say.
    """

    access_token: str = field(repr=False)
    expires_at: datetime
    api_domain: str
    scopes: tuple[str, ...] = ()

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether it lives longer than the lead time."""
        return now + LEAD < self.expires_at


class TokenStore(Protocol):
    """Where the tokens of all workers are kept."""

    def read(self, key: str) -> Token | None:
        """Return the stored token, fresh or not."""
        ...

    def refresh(self, key: str, seen: Token | None, obtain: Callable[[], Token]) -> Token:
        """Replace a token that is of no use any more, once, whoever asks and however many.

        Args:
            key: ``Credentials.key``.
            seen: The token the caller found useless, or None if it found none.
            obtain: Asks Zoho for a new one.

        Returns:
            The stored token if somebody has already replaced ``seen`` (compare ``access_token``); else what
            ``obtain`` gave, stored.

        Raises:
            ZohoError: From ``obtain``; or Retriable when 10 tokens were made in 10 minutes
                (``too_many_tokens``).
        """
        ...


class MemoryTokenStore:
    """Shares tokens between the threads of one process.

    Args:
        clock: Gives the present time, aware UTC.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: pendulum.now("UTC")) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self._made: defaultdict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=TOKENS_PER_WINDOW))
        self._lock = threading.Lock()

    def read(self, key: str) -> Token | None:
        """Return the stored token, fresh or not."""
        return self._tokens.get(key)

    def refresh(self, key: str, seen: Token | None, obtain: Callable[[], Token]) -> Token:
        """Replace ``seen`` once, as ``TokenStore`` tells."""
        with self._lock:
            stored = self._tokens.get(key)
            if stored is not None and (seen is None or stored.access_token != seen.access_token):
                return stored
            self._count(key)
            self._tokens[key] = obtain()
            return self._tokens[key]

    def _count(self, key: str) -> None:
        now, made = self._clock(), self._made[key]
        if len(made) == TOKENS_PER_WINDOW and now < made[0] + WINDOW:
            raise too_many_tokens((made[0] + WINDOW - now).total_seconds())
        made.append(now)


def too_many_tokens(seconds: float) -> ZohoError:
    """Make the error of a token store that has given all the tokens of the window.

    Args:
        seconds: Until the next one may be made.
    """
    waiting = Received(429, {"Retry-After": str(max(1, round(seconds)))}, b"")
    return error_for(_TOKEN_REQUEST, "TOO_MANY_TOKENS", received=waiting, said="Not asked: the limit is known.")


def obtain_token(credentials: Credentials, send: Callable[[Request, str], Received], now: datetime) -> Token:
    """Ask Zoho for a new access token (zoho-api section 1.2).

    Args:
        credentials: Whose.
        send: Sends a request to an origin, one try.
        now: The present time, aware UTC.

    Raises:
        ZohoError: Zoho gave none; the table tells why. Status 200 alone means nothing here.
    """
    form = {
        "grant_type": "refresh_token",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
    }
    request = Request(
        product="accounts",
        method="POST",
        path="/oauth/v2/token",
        purpose="token",
        body=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    received = send(request, credentials.accounts_url)
    secrets = (credentials.client_secret, credentials.refresh_token)
    answer = body_of(request, received, secrets)
    if not answer:
        raise error_for(request, "NO_TOKEN", received=received, secrets=secrets)
    return Token(
        access_token=str(answer["access_token"]),
        expires_at=now + timedelta(seconds=_lifetime(answer)),
        api_domain=str(answer.get("api_domain") or ""),
        scopes=tuple(str(answer.get("scope") or "").replace(",", " ").split()),
    )


def _lifetime(answer: dict[str, Any]) -> int:
    """Seconds; beside ``expires_in_sec`` the plain ``expires_in`` would be milliseconds."""
    for name in ("expires_in_sec", "expires_in"):
        value = answer.get(name)
        if value is not None and str(value).isdigit():
            return min(int(value), _LIFETIME)
    return _LIFETIME


def api_origin(credentials: Credentials, token: Token) -> str:
    """Return where to go with a token: as configured, else as Zoho says, else as the data centre says.

    Args:
        credentials: Of the connection.
        token: Made for them; its ``api_domain`` is followed only to Zoho's own addresses.

    Raises:
        Fatal: The domain is not one of Zoho's, or none is known.
    """
    if credentials.api_url:
        return credentials.api_url
    if token.api_domain and is_trusted(token.api_domain, [credentials.accounts_url]):
        return token.api_domain.rstrip("/")
    centre = centre_of(credentials.accounts_url)
    if token.api_domain or centre is None:
        raise error_for(_TOKEN_REQUEST, "UNKNOWN_DOMAIN", said=f"api_domain is {token.api_domain!r}.")
    return centre.api_url
