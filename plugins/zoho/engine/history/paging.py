"""A page of something long, and the mark of where the next one begins."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from zoho.transport import json

Item = TypeVar("Item")

PER_PAGE = 50
"""Rows of a page, unless somebody asks for more or fewer."""

MOST_PER_PAGE = 500
"""Rows of a page at most."""


@dataclass(frozen=True, slots=True)
class HistoryPage(Generic[Item]):
    """Some rows of a longer list.

    Attributes:
        items: the rows.
        next: the mark to ask for the next page with; ``None``: this is the last one.
    """

    items: Sequence[Item]
    next: str | None = None


class BadMarkError(ValueError):
    """A mark that no page gave; an address was cut or made up."""


def mark(*place: str | int | datetime) -> str:
    """Return the mark of a row: text that an address can hold."""
    parts = [part.isoformat() if isinstance(part, datetime) else part for part in place]
    return base64.urlsafe_b64encode(json.dumps(parts)).decode().rstrip("=")


def moment_and(text: str, *kinds: type) -> tuple[Any, ...]:
    """Return the place that a mark stands for: a time, then values of the given kinds.

    Raises:
        BadMarkError: it stands for no such place.
    """
    values = place(text, str, *kinds)
    try:
        moment = datetime.fromisoformat(values[0])
    except ValueError:
        raise BadMarkError(f"{text!r} is no mark of a page") from None
    if moment.tzinfo is None:
        raise BadMarkError(f"{text!r} is no mark of a page")
    return (moment, *values[1:])


def place(text: str, *kinds: type) -> tuple[Any, ...]:
    """Return the values that a mark stands for.

    Raises:
        BadMarkError: it does not stand for values of these kinds.
    """
    try:
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        values = None
    fits = isinstance(values, list) and len(values) == len(kinds)
    if not fits or not all(type(value) is kind for value, kind in zip(values, kinds, strict=True)):
        raise BadMarkError(f"{text!r} is no mark of a page")
    return tuple(values)


def limited(per_page: int) -> int:
    """Return how many rows a page gets."""
    return max(1, min(per_page, MOST_PER_PAGE))
