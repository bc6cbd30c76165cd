"""Limits on calls, all off until switched on (zoho-api 2.17, 3.10)."""

from collections import deque

from sandbox.books import refusals as books_refusals
from sandbox.clock import Clock, books_date, seconds_to_books_midnight
from sandbox.sales import refusals as sales_refusals
from sandbox.settings import Settings
from sandbox.wire import Reply

UNLIMITED = 1_000_000
"""Daily limit that Books' headers tell while none is switched on."""

_MINUTE = 60
_DAY = 86_400
_RECORDS_PER_CREDIT = 10


class Quotas:
    """Counts calls and says which are too many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget all calls."""
        self._minute: deque[float] = deque()
        self._blocked_until = 0.0
        self._day = ""
        self._today = 0
        self._credits: deque[tuple[float, int]] = deque()
        self._spent = 0
        self._running = {"crm": 0, "bigin": 0, "books": 0}

    def enter(self, product: str, settings: Settings) -> Reply | None:
        """Count a call that begins; return the refusal if it is one too many."""
        refusal = self._books(settings) if product == "books" else self._sales(product, settings)
        if refusal is None:
            self._running[product] += 1
        return refusal

    def leave(self, product: str, cost: int) -> None:
        """Count a call that ends, and the credits it cost."""
        self._running[product] -= 1
        if product != "books":
            self._credits.append((self._clock.now(), cost))
            self._spent += cost

    def books_left(self, settings: Settings) -> dict[str, int]:
        """Return the daily quota of Books: ``limit``, ``remaining`` and the seconds until ``reset``."""
        self._turn_day()
        limit = settings.books_calls_per_day or UNLIMITED
        reset = seconds_to_books_midnight(self._clock.now())
        return {"limit": limit, "remaining": max(0, limit - self._today), "reset": reset}

    def _turn_day(self) -> None:
        today = books_date(self._clock.seconds())
        if today != self._day:
            self._day, self._today = today, 0

    def _books(self, settings: Settings) -> Reply | None:
        now = self._clock.now()
        if now < self._blocked_until:
            return blocked(int(self._blocked_until - now) + 1)
        while self._minute and self._minute[0] <= now - _MINUTE:
            self._minute.popleft()
        if settings.books_calls_per_minute and len(self._minute) >= settings.books_calls_per_minute:
            self._blocked_until = now + settings.books_block_seconds
            return blocked(settings.books_block_seconds)
        self._turn_day()
        if settings.books_calls_per_day and self._today >= settings.books_calls_per_day:
            return _used_up(settings.books_calls_per_day)
        if settings.books_concurrent_calls and self._running["books"] >= settings.books_concurrent_calls:
            return books_refusals.refuse(
                429, 1070, "The maximum number of in process requests has been reached."
            ).reply
        self._minute.append(now)
        self._today += 1
        return None

    def _sales(self, product: str, settings: Settings) -> Reply | None:
        now = self._clock.now()
        while self._credits and self._credits[0][0] <= now - _DAY:
            self._spent -= self._credits.popleft()[1]
        if settings.crm_credits_per_day and self._spent >= settings.crm_credits_per_day:
            body = sales_refusals.problem("API_LIMIT_EXCEEDED", "You have exceeded the API credits of the day.")
            return Reply(429, body, code="API_LIMIT_EXCEEDED")
        if settings.crm_concurrent_calls and self._running[product] >= settings.crm_concurrent_calls:
            return too_many_requests(product)
        return None


def credits_of(path: str, query: str, records: int) -> int:
    """Return what a call on the sales side costs.

    Args:
        path: Path of the call.
        query: Its query string.
        records: How many records it wrote.
    """
    if "/bulk/" in path:
        return 500 if path.endswith("/write") else 50 if path.endswith("/read") else 1
    if records:
        return -(-records // _RECORDS_PER_CREDIT)
    return 3 if "cvid=" in query else 1


def blocked(seconds: int) -> Reply:
    """Return Books' answer while it blocks an organization for calling too often."""
    message = (
        "For security reasons you have been blocked for some time as you have exceeded the maximum number of "
        "requests per minute."
    )
    return Reply(429, {"code": 43, "message": message}, {"Retry-After": str(seconds)}, code=43)


def _used_up(limit: int) -> Reply:
    message = f"The API call for this organization has exceeded the maximum call rate limit of {limit:,}"
    return Reply(429, {"code": 45, "message": message}, code=45)


def too_many_requests(product: str) -> Reply:
    """Return a product's answer to too many calls in a short time."""
    if product == "books":
        return blocked(3600)
    if product == "oauth":
        return Reply(429, {"error": "Access Denied", "status": "failure"}, code="Access Denied")
    body = sales_refusals.problem("TOO_MANY_REQUESTS", "Too many requests. Please try again later.")
    return Reply(429, body, code="TOO_MANY_REQUESTS")
