"""What passes between a client and the sandbox's handlers: a call in, a reply out.

Handlers are plain functions from :class:`Call` to :class:`Reply`. They know nothing of ASGI, which keeps them
easy to read, and lets one call be made of several (composite requests).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from sandbox.defaults import Product

if TYPE_CHECKING:
    from sandbox.oauth import Grant
    from sandbox.world import World

JSON_TYPE = "application/json;charset=UTF-8"
"""Content type of Zoho's answers (zoho-api 2.1)."""

Json = dict[str, Any]
"""A JSON object."""


@dataclass(slots=True)
class Call:
    """One request to a product.

    Attributes:
        world: Everything the sandbox holds.
        product: The product that is called.
        method: HTTP method.
        path: Path as called, without the host.
        version: API version in the path, such as ``v8``.
        params: Path parameters.
        query: Query parameters; of a repeated one the last counts.
        headers: Request headers with lower-case names.
        body: Raw body.
        base_url: Scheme, host and port as the client called them, without a trailing slash.
        grant: The access token's grant, set once the call is authorised.
    """

    world: "World"
    product: Product
    method: str
    path: str
    version: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    grant: "Grant | None" = None

    def form(self) -> dict[str, str]:
        """Return the fields of a form-encoded body, whatever its declared content type."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(slots=True)
class Reply:
    """The answer to a call.

    Attributes:
        status: HTTP status.
        body: A JSON value, ready bytes, or None for an answer without a body (204, 304).
        headers: Further headers.
        media_type: Content type of the body.
        code: Zoho's own result code, for the log of calls.
        records: How many records the call wrote, which its price in credits depends on.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON_TYPE
    code: str | int = ""
    records: int = 0

    def payload(self) -> bytes:
        """Return the bytes to send."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


Handler = Callable[[Call], Reply]
"""What serves one endpoint."""


class Refusal(Exception):
    """A call that is answered with an error of the product.

    Attributes:
        reply: The answer to send.
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply
