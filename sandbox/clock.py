"""The sandbox's clock: real, shifted or frozen, and how Zoho's products write the times it shows."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.defaults import BOOKS_TIME_ZONE, CRM_TIME_ZONE

_CRM_ZONE = ZoneInfo(CRM_TIME_ZONE)
_BOOKS_ZONE = ZoneInfo(BOOKS_TIME_ZONE)


_YEARS = range(1000, 9999)
"""Years whose days exist in every time zone."""


class Clock:
    """Tells the time for everything in the sandbox, so that a test can move it without waiting."""

    def __init__(self) -> None:
        self._frozen: float | None = None
        self._shift = 0.0

    def now(self) -> float:
        """Return the sandbox's time in seconds since the epoch."""
        return self._frozen if self._frozen is not None else time.time() + self._shift

    def seconds(self) -> int:
        """Return the time in whole seconds, as finely as Zoho stores it."""
        return int(self.now())

    def freeze(self, at: float) -> None:
        """Stop the clock at ``at`` (seconds since the epoch)."""
        self._frozen = at

    def advance(self, seconds: float) -> None:
        """Move the clock by ``seconds``; a frozen clock stays frozen at the new time."""
        if self._frozen is not None:
            self._frozen += seconds
        else:
            self._shift += seconds

    def run_real(self) -> None:
        """Go back to the machine's own time."""
        self._frozen = None
        self._shift = 0.0

    def describe(self) -> dict[str, Any]:
        """Return ``{"now": ISO 8601 in UTC, "mode": "real" | "shifted" | "frozen"}``."""
        mode = "frozen" if self._frozen is not None else "shifted" if self._shift else "real"
        return {"now": datetime.fromtimestamp(self.now(), UTC).isoformat(), "mode": mode}


@lru_cache(maxsize=65536)
def crm_time(at: int) -> str:
    """Write a time as CRM and Bigin do: ``2026-05-10T01:10:47-07:00`` (zoho-api 2.1)."""
    return datetime.fromtimestamp(at, _CRM_ZONE).isoformat()


@lru_cache(maxsize=65536)
def books_time(at: int) -> str:
    """Write a time as Books does, its offset without a colon: ``2026-06-09T13:16:32-0400`` (zoho-api 3.1)."""
    return datetime.fromtimestamp(at, _BOOKS_ZONE).strftime("%Y-%m-%dT%H:%M:%S%z")


@lru_cache(maxsize=65536)
def books_time_formatted(at: int) -> str:
    """Write a time as the ``*_formatted`` fields of Books show it: ``09 Jun 2026 01:16 PM``."""
    return datetime.fromtimestamp(at, _BOOKS_ZONE).strftime("%d %b %Y %I:%M %p")


def books_date(at: int) -> str:
    """Return the calendar day in the Books organization: ``2026-06-09``."""
    return datetime.fromtimestamp(at, _BOOKS_ZONE).strftime("%Y-%m-%d")


def seconds_to_books_midnight(at: float) -> int:
    """Return the seconds until the Books organization's next day, when its daily quota starts again."""
    local = datetime.fromtimestamp(at, _BOOKS_ZONE)
    return 86_400 - (local.hour * 3600 + local.minute * 60 + local.second)


def http_date(at: float) -> str:
    """Write a time as the HTTP ``Date`` header does."""
    return format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True)


def parse_time(text: str, *, zone: str = CRM_TIME_ZONE) -> int | None:
    """Read a time written as ISO 8601 or as an HTTP date, both of which clients send (zoho-api 2.2).

    Args:
        text: The time. Without an offset it is taken to be in ``zone``.
        zone: Time zone of an undated offset.

    Returns:
        Seconds since the epoch, or None when the text is not a time.
    """
    try:
        moment = datetime.fromisoformat(text.strip().replace(" 00:00", "+00:00"))
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
    if moment.year not in _YEARS:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp())
