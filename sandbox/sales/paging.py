"""Page numbers and page tokens of the sales side (zoho-api 2.2)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import orjson

from sandbox.clock import crm_time
from sandbox.sales.refusals import bad_param, refuse
from sandbox.wire import Call, Json

MAX_PER_PAGE = 200
MAX_WITHOUT_TOKEN = 2_000
MAX_WITH_TOKEN = 100_000
_TOKEN_LIFETIME = 24 * 3600
_KEY = b"sandbox page token"
_UNBOUND = {"page_token", "page", "organization_id"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page starts.

    Attributes:
        page: Its number, from 1.
        per_page: Most rows on it.
        skip: Rows to pass over first (paging by number).
        after: Position of the last row already seen (paging by token).
        seen: Rows on all pages before.
    """

    page: int
    per_page: int
    skip: int
    after: int | None
    seen: int


def place_of(call: Call, *, tokens: bool, max_per_page: int = MAX_PER_PAGE) -> Place:
    """Read the paging parameters of a call.

    Args:
        call: The call.
        tokens: Whether this version of the API knows page tokens.
        max_per_page: Largest page.

    Raises:
        Refusal: A parameter is wrong, or asks for more than the limits allow.
    """
    per_page = _positive(call.query, "per_page", max_per_page)
    if per_page > max_per_page:
        raise bad_param("per_page", limit=max_per_page)
    if tokens and "page_token" in call.query:
        if "page" in call.query:
            raise ambiguous("page", "page_token")
        return _from_token(call, per_page)
    page = _positive(call.query, "page", 1)
    if page * per_page > MAX_WITHOUT_TOKEN:
        message = "You can only get the first 2000 records without using page_token param"
        raise refuse(400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", message, {"limit": MAX_WITHOUT_TOKEN})
    return Place(page, per_page, skip=(page - 1) * per_page, after=None, seen=(page - 1) * per_page)


def ambiguous(*names: str) -> Exception:
    """Two parameters were given that exclude each other."""
    details = {"ambiguity_due_to": [{"param_name": name} for name in names]}
    return refuse(400, "AMBIGUITY_DURING_PROCESSING", "ambiguity while processing the request", details)


def _positive(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 10**9:
        raise bad_param(name, expected_data_type="integer")
    return int(text)


@dataclass(frozen=True, slots=True)
class _Token:
    user: str
    bound: str
    expires: int
    page: int
    after: int
    seen: int


def _bound_to(call: Call) -> str:
    named = sorted((name, value) for name, value in call.query.items() if name not in _UNBOUND)
    since = call.headers.get("if-modified-since", "")
    return hashlib.sha256(repr((call.path, named, since)).encode()).hexdigest()[:16]


def _user(call: Call) -> str:
    return call.grant.refresh_token if call.grant else ""


def _from_token(call: Call, per_page: int) -> Place:
    token = _opened(call.query["page_token"])
    if token.user != _user(call):
        raise bad_param("page_token")
    if token.bound != _bound_to(call):
        message = "The page token is bound to other parameters"
        raise refuse(400, "TOKEN_BOUND_DATA_MISMATCH", message, {"param_name": "page_token"})
    if token.expires <= call.world.clock.now():
        details = {"api_name": "page_token", "json_path": "$.query.page_token"}
        raise refuse(400, "EXPIRED_VALUE", "Page token expired", details)
    if token.seen >= MAX_WITH_TOKEN:
        message = "You can only get upto 100000 records using page_token param"
        raise refuse(400, "PAGINATION_LIMIT_EXCEEDED", message, {"param_name": "page_token"})
    return Place(token.page, per_page, skip=0, after=token.after, seen=token.seen)


def _sealed(token: _Token) -> str:
    body = orjson.dumps({**asdict(token), "after": str(token.after)})
    return base64.urlsafe_b64encode(hmac.digest(_KEY, body, "sha256")[:12] + body).decode().rstrip("=")


def _opened(text: str) -> _Token:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise bad_param("page_token") from None
    seal, body = raw[:12], raw[12:]
    if not hmac.compare_digest(seal, hmac.digest(_KEY, body, "sha256")[:12]):
        raise bad_param("page_token")
    values = orjson.loads(body)
    return _Token(**{**values, "after": int(values["after"])})


def page_info(call: Call, place: Place, count: int, *, more: bool, last: int | None, tokens: bool) -> Json:
    """Return the ``info`` object of a list.

    Args:
        call: The call.
        place: Where the page started.
        count: Rows on the page.
        more: Whether rows follow.
        last: Position of the page's last row.
        tokens: Whether this version of the API gives page tokens.
    """
    info: Json = {"per_page": place.per_page, "count": count, "page": place.page, "more_records": more}
    if not tokens:
        return info
    info |= {"call": False, "email": False, "next_page_token": None, "previous_page_token": None}
    info["page_token_expiry"] = None
    if more and last is not None:
        expires = call.world.clock.seconds() + _TOKEN_LIFETIME
        token = _Token(_user(call), _bound_to(call), expires, place.page + 1, last, place.seen + count)
        info |= {"next_page_token": _sealed(token), "page_token_expiry": crm_time(expires)}
        info["previous_page_token"] = call.query.get("page_token")
    return info
