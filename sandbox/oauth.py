"""The OAuth accounts server: tokens for every product (zoho-api 1.2 to 1.5)."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.clock import Clock
from sandbox.defaults import CLIENTS, Client, Product
from sandbox.journal import Journal
from sandbox.wire import Call, Reply

TOKEN_LIFETIME = 3600
TOKEN_FORM = ("grant_type", "client_id", "client_secret", "refresh_token", "code", "redirect_uri", "scope", "soid")
REVOCATION_FORM = ("token",)
_LIVE_TOKENS_PER_REFRESH_TOKEN = 15
_CODE_LIFETIME = 180
_THROTTLE_WINDOW = 600
_THROTTLE_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token allows.

    Attributes:
        token: The access token.
        product: The product its client is registered for; None for any.
        refresh_token: Refresh token it came from, ``""`` for client credentials.
        scopes: Its scopes.
        issued: When it was given, in seconds since the epoch.
        expires: When it dies, in seconds since the epoch.
    """

    token: str
    product: Product | None
    refresh_token: str
    scopes: tuple[str, ...]
    issued: int
    expires: int


@dataclass(frozen=True, slots=True)
class _Code:
    client_id: str
    scopes: tuple[str, ...]
    expires: int


def refused(error: str) -> Reply:
    """Return an OAuth error, which Zoho sends with HTTP 200 (zoho-api 1.2)."""
    return Reply(200, {"error": error}, code=error)


def throttled() -> Reply:
    """Return the answer to more than ten tokens in ten minutes (zoho-api 1.2, 1.3)."""
    description = "You have made too many requests continuously. Please try again after some time."
    body = {"error_description": description, "error": "Access Denied", "status": "failure"}
    return Reply(400, body, code="Access Denied")


class Accounts:
    """Issues, remembers and revokes tokens."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self._clock = clock
        self._journal = journal
        self._clients = {client.client_id: client for client in CLIENTS}
        self._refresh: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._grants: dict[str, Grant] = {}
        self._codes: dict[str, _Code] = {}
        self._issued: dict[str, list[float]] = {}
        self.throttle = False
        self.reset()

    def reset(self) -> None:
        """Forget every token; the built-in refresh tokens work again."""
        granted = (client for client in CLIENTS if client.refresh_token)
        self._refresh = {client.refresh_token: (client.client_id, client.scopes) for client in granted}
        self._grants, self._codes, self._issued = {}, {}, {}
        self._save()

    def restore(self, saved: dict[str, Any]) -> None:
        """Take over tokens from the data file, so that clients stay logged in through a restart."""
        self._refresh = {token: (client, tuple(scopes)) for token, (client, scopes) in saved["refresh"].items()}
        for grant in saved["grants"]:
            self._grants[grant["token"]] = Grant(**{**grant, "scopes": tuple(grant["scopes"])})

    def grant_of(self, token: str) -> Grant | None:
        """Return the live grant of an access token, or None when it is unknown or expired."""
        grant = self._grants.get(token)
        return grant if grant and grant.expires > self._clock.now() else None

    def expire_all(self) -> int:
        """Kill every access token and return how many there were."""
        count = len(self._grants)
        self._grants.clear()
        self._save()
        return count

    def authorize(self, client_id: str, scopes: tuple[str, ...]) -> str:
        """Give a grant code for a client, as a person would in the API console."""
        code = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._codes[code] = _Code(client_id, scopes, self._clock.seconds() + _CODE_LIFETIME)
        return code

    def token(self, call: Call) -> Reply:
        """Serve ``POST /oauth/v2/token``; parameters may come in the body or in the query."""
        given = {**call.form(), **call.query}
        client = self._clients.get(given.get("client_id", ""))
        if client is None:
            return refused("invalid_client")
        if not secrets.compare_digest(given.get("client_secret", "").encode(), client.client_secret.encode()):
            return refused("invalid_client_secret")
        grant_type = given.get("grant_type")
        if grant_type == "refresh_token":
            return self._refreshed(call, client, given.get("refresh_token", ""))
        if grant_type == "authorization_code":
            return self._exchanged(call, client, given.get("code", ""))
        if grant_type == "client_credentials":
            scopes = tuple(given.get("scope", "").replace(",", " ").split()) or client.scopes
            return self._issue(call, client, "", scopes)
        return refused("unsupported_grant_type")

    def revoke(self, call: Call) -> Reply:
        """Serve ``POST /oauth/v2/token/revoke``."""
        token = {**call.form(), **call.query}.get("token", "")
        if self._refresh.pop(token, None) is None and self._grants.pop(token, None) is None:
            return refused("invalid_token")
        self._grants = {key: grant for key, grant in self._grants.items() if grant.refresh_token != token}
        self._save()
        return Reply(200, {"status": "success"}, code="success")

    def _refreshed(self, call: Call, client: Client, refresh_token: str) -> Reply:
        known = self._refresh.get(refresh_token)
        if known is None or known[0] != client.client_id:
            return refused("invalid_code")
        return self._issue(call, client, refresh_token, known[1])

    def _exchanged(self, call: Call, client: Client, code: str) -> Reply:
        granted = self._codes.pop(code, None)
        if granted is None or granted.client_id != client.client_id or granted.expires <= self._clock.now():
            return refused("invalid_code")
        refresh_token = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._refresh[refresh_token] = (client.client_id, granted.scopes)
        reply = self._issue(call, client, refresh_token, granted.scopes)
        reply.body["refresh_token"] = refresh_token
        return reply

    def _issue(self, call: Call, client: Client, refresh_token: str, scopes: tuple[str, ...]) -> Reply:
        now = self._clock.now()
        recent = [at for at in self._issued.get(refresh_token, []) if at > now - _THROTTLE_WINDOW]
        if self.throttle and len(recent) >= _THROTTLE_LIMIT:
            return throttled()
        self._issued[refresh_token] = [*recent[-_THROTTLE_LIMIT:], now]
        token = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        grant = Grant(token, client.product, refresh_token, scopes, int(now), int(now) + TOKEN_LIFETIME)
        self._grants[token] = grant
        self._drop_stale(refresh_token, now)
        self._save()
        body = {
            "access_token": token,
            "scope": " ".join(scopes),
            "api_domain": call.base_url,
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFETIME,
        }
        return Reply(200, body, code="success")

    def _drop_stale(self, refresh_token: str, now: float) -> None:
        self._grants = {key: grant for key, grant in self._grants.items() if grant.expires > now}
        siblings = [key for key, grant in self._grants.items() if grant.refresh_token == refresh_token]
        for key in siblings[:-_LIVE_TOKENS_PER_REFRESH_TOKEN]:
            del self._grants[key]

    def _save(self) -> None:
        self._journal.put("oauth", self._snapshot)

    def _snapshot(self) -> dict[str, Any]:
        return {"refresh": dict(self._refresh), "grants": [asdict(grant) for grant in list(self._grants.values())]}


def allows(scopes: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Tell whether a token's scopes cover an endpoint's.

    Args:
        scopes: Granted scopes, such as ``ZohoCRM.modules.ALL`` or ``ZohoCRM.modules.accounts.READ``.
        wanted: Scopes any one of which suffices.
    """
    granted = {scope.casefold() for scope in scopes}
    return any(_covering(scope.casefold()) & granted for scope in wanted)


def _covering(scope: str) -> set[str]:
    *group, operation = scope.split(".")
    names = {scope, f"{group[0]}.fullaccess.all"}
    for depth in range(2, len(group) + 1):
        prefix = ".".join(group[:depth])
        names |= {f"{prefix}.all", f"{prefix}.{operation}"}
        if operation in {"create", "update"}:
            names.add(f"{prefix}.write")
    return names
