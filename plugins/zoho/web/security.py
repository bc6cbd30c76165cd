"""Who may see what, and who may do what: Airflow's own logins and permissions.

Reading takes the permission to see the DAGs of an integration. Acting takes the permission to trigger them, and what
changes how they run, the permission to edit them. A form is believed only with the token that this page gave to the
same login, and from the same origin.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData, MutableHeaders

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.base_auth_manager import BaseAuthManager
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION = "zoho_sync_session"
"""The cookie to which the tokens of forms are bound, beside the user."""

TOKEN_FIELD = "token"  # noqa: S105 - a name
TOKEN_HEADER = "X-Zoho-Sync-Token"  # noqa: S105

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_LONGEST_SESSION = 100


class Right(StrEnum):
    """What a user may do with an integration."""

    SEE = "see"
    RUN = "run"
    """Trigger its DAGs: sync, fetch, import, retry, associate."""
    EDIT = "edit"
    """Edit its DAGs: pause, resume, disable, remove, settings."""


@dataclass
class Rights:
    """What a user may do. Airflow is asked when it matters, once for each right over an integration.

    Attributes:
        user: as Airflow knows them.
        dags: integration → its DAGs.
    """

    user: BaseUser
    dags: Mapping[str, frozenset[str]]
    _known: dict[tuple[Right, str], bool] = field(default_factory=dict, repr=False)

    def may(self, right: Right, integration: str) -> bool:
        """Whether the user has a right over every DAG of an integration; without any, over all that there are."""
        key = right, integration
        if key not in self._known:
            self._known[key] = _authorized(self.user, right, self.dags.get(integration, frozenset()))
        return self._known[key]

    def require(self, right: Right, integration: str) -> None:
        """Refuse a user without a right.

        Raises:
            HTTPException: 404 for an integration that they may not see, 403 for what they may not do with it.
        """
        if not self.may(Right.SEE, integration):
            raise HTTPException(404)
        if not self.may(right, integration):
            raise HTTPException(403, f"You may not {right} the integration {integration}.")

    def seen(self, integrations: Iterable[str]) -> list[str]:
        """Return the integrations that the user may see, in the order given."""
        return [name for name in integrations if self.may(Right.SEE, name)]


def _authorized(user: BaseUser, right: Right, dags: Collection[str]) -> bool:
    from airflow.api_fastapi.auth.managers.models.batch_apis import IsAuthorizedDagRequest
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails

    asked: dict[Right, IsAuthorizedDagRequest] = {
        Right.SEE: {"method": "GET"},
        Right.RUN: {"method": "POST", "access_entity": DagAccessEntity.RUN},
        Right.EDIT: {"method": "PUT"},
    }
    each: list[IsAuthorizedDagRequest] = [
        {**asked[right], "details": DagDetails(id=dag_id)} for dag_id in sorted(dags)
    ]
    return _auth_manager().batch_is_authorized_dag(each or [asked[right]], user=user)


def login_address(back: str) -> str:
    """Return where Airflow lets users log in.

    Args:
        back: the address to go on with.
    """
    return _auth_manager().get_url_login(next_url=back)


def _auth_manager() -> BaseAuthManager[Any]:
    from airflow.api_fastapi.app import get_auth_manager

    return get_auth_manager()


def new_session() -> str:
    """Return a session that nobody can guess."""
    return secrets.token_urlsafe(32)


def session_of(request: Request) -> str | None:
    """Return the session that a browser shows."""
    shown = request.cookies.get(SESSION, "")
    return shown if 0 < len(shown) <= _LONGEST_SESSION else None


def form_token(user: BaseUser, session: str) -> str:
    """Return the token of the forms that a user gets in a session."""
    from airflow.configuration import conf

    key = hashlib.sha256(b"zoho-sync forms " + conf.get_mandatory_value("api", "secret_key").encode()).digest()
    return hmac.new(key, f"{user.get_id()}\n{session}".encode(), hashlib.sha256).hexdigest()


async def believed_form(request: Request, user: GetUserDep) -> AsyncIterator[FormData]:
    """Give a form that this page gave to this user, filled in; files that came with it last as long as the request.

    Raises:
        HTTPException: 403, it comes from elsewhere or without the token.
    """
    if not _from_here(request):
        raise HTTPException(403, "The form comes from another site.")
    session = session_of(request)
    async with request.form(max_fields=5000) as form:
        shown = request.headers.get(TOKEN_HEADER) or form.get(TOKEN_FIELD)
        if session is None or not isinstance(shown, str):
            raise HTTPException(403, "The form has no token; open the page again.")
        if not hmac.compare_digest(shown.encode(), form_token(user, session).encode()):
            raise HTTPException(403, "The form is not of this login any more; open the page again.")
        if any("\0" in value for value in form.values() if isinstance(value, str)):
            raise HTTPException(422, "A text holds a null character.")
        yield form


BelievedForm = Annotated[FormData, Depends(believed_form)]


def _from_here(request: Request) -> bool:
    """Whether the browser says that the form is from this server, as it is addressed or as Airflow is configured."""
    from airflow.configuration import conf

    origin = request.headers.get("Origin")
    if not origin:
        return False
    base = urlsplit(conf.get("api", "base_url", fallback="") or "")
    here = {f"{request.url.scheme}://{request.url.netloc}", f"{base.scheme}://{base.netloc}"}
    return origin in here


class SecureHeaders:
    """Adds to every answer what keeps a browser from doing more with it than it should."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the headers that it does not set itself."""
        await self._app(scope, receive, _adding(send) if scope["type"] == "http" else send)


def _adding(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with
