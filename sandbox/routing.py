"""How endpoints are described, authorised and served."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.defaults import Product
from sandbox.oauth import Grant, allows
from sandbox.wire import Call, Handler, Json, Refusal, Reply

AUTHORIZATION_SCHEME = "zoho-oauthtoken"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of a product.

    Attributes:
        method: HTTP method.
        path: Path below the product's prefix, with parameters in braces.
        handler: What serves it.
        scopes: Scopes that a token needs, without the product's prefix; ``{module}`` stands for the path's module.
            All are needed.
        needs_organization: Whether a Books call must name its organization.
        takes: Names of the query parameters and headers that it reads (`sandbox.description.parameters`).
        body: Returns the JSON Schema of its body for a product; None when it has none.
        file: Name of the form field with the file that it takes, or ``""``.
    """

    method: str
    path: str
    handler: Handler
    scopes: tuple[str, ...]
    needs_organization: bool = True
    takes: tuple[str, ...] = ()
    body: Callable[[Product], Json] | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a product refuses what is not authorised.

    Attributes:
        product: The product.
        scope_prefix: First part of its scopes.
        no_credentials: No usable Authorization header.
        bad_token: A dead or unknown token.
        missing_scope: A token without the scope.
    """

    product: Product
    scope_prefix: str
    no_credentials: Callable[[], Refusal]
    bad_token: Callable[[], Refusal]
    missing_scope: Callable[[], Refusal]
    checks: tuple[Callable[[Endpoint, Call], None], ...] = field(default=())


def serve(endpoint: Endpoint, manners: Manners, call: Call) -> Reply:
    """Authorise a call and serve it; refusals become replies."""
    try:
        call.grant = _authorised(endpoint, manners, call)
        for check in manners.checks:
            check(endpoint, call)
        return endpoint.handler(call)
    except Refusal as refusal:
        return refusal.reply


def _authorised(endpoint: Endpoint, manners: Manners, call: Call) -> Grant:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != AUTHORIZATION_SCHEME or not token:
        raise manners.no_credentials()
    grant = call.world.accounts.grant_of(token.strip())
    if grant is None or grant.product not in (None, manners.product):
        raise manners.bad_token()
    for scope in endpoint.scopes:
        name = scope.format(**call.params) if "{" in scope else scope
        wanted = name if name.startswith("Zoho") else f"{manners.scope_prefix}.{name}"
        if not allows(grant.scopes, (wanted,)):
            raise manners.missing_scope()
    return grant
