"""One exchange with Zoho: what is asked, what came back, and what the call log keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


@dataclass(frozen=True)
class Request:
    """What is asked of Zoho.

    Attributes:
        product: ``crm``, ``bigin``, ``books`` or ``accounts``.
        method: HTTP method.
        path: Path below the product's origin; what errors and the call log show.
        purpose: What the call is for (``scan``, ``load`` …).
        params: Query parameters; those that are None are left out.
        body: Bytes to send.
        headers: Headers beside Authorization and User-Agent.
        about_record: True when a refusal concerns one record only, False when it must stop the run.
        cost: Units of the product's quota that the call takes (zoho-api section 2.17).
        untouched: Key of a list in the answer whose items are left as they came, as bytes.
    """

    product: str
    method: str
    path: str
    purpose: str
    params: Mapping[str, Any] | None = None
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    about_record: bool = True
    cost: int = 1
    untouched: str | None = None


@dataclass(frozen=True)
class Received:
    """What came back, as it came.

    Attributes:
        status: HTTP status.
        headers: Response headers, to be asked for in any case.
        content: The body; empty when it went into a file.
        is_stored: Whether it went into a file.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    is_stored: bool = False


@dataclass(frozen=True)
class Call:
    """One line of the call log; every try counts as a call, as it does in Zoho's quota.

    Attributes:
        product: ``crm``, ``bigin``, ``books`` or ``accounts``.
        purpose: What the call was for.
        method: HTTP method.
        path: Path without query.
        status: HTTP status, or None when no answer came.
        seconds: Time until the answer was read.
        remaining: Calls left of the organization's day, where the answer tells (Books, zoho-api 3.10).
    """

    product: str
    purpose: str
    method: str
    path: str
    status: int | None
    seconds: float
    remaining: int | None = None


def http_date(text: str | None) -> datetime | None:
    """Parse an HTTP date into aware UTC; None when it is absent or malformed."""
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and moment.tzinfo else moment and moment.replace(tzinfo=UTC)
