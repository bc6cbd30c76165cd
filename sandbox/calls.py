"""The log of API calls: what was asked, and what was answered. Never a token or a secret."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.defaults import Product

_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One call.

    Attributes:
        n: Its number since the start, from 1.
        time: When it came, ISO 8601 in UTC by the sandbox's clock.
        product: ``crm``, ``bigin``, ``books`` or ``oauth``.
        method: HTTP method.
        path: Path without query.
        query: Query string; empty for OAuth, whose query may hold secrets.
        status: HTTP status, 0 when the connection was dropped.
        code: Zoho's own result code, such as ``SUCCESS`` or ``0``.
        duration_ms: How long it took.
    """

    n: int
    time: str
    product: Product | str
    method: str
    path: str
    query: str
    status: int
    code: str
    duration_ms: float


class CallLog:
    """Remembers the most recent calls."""

    def __init__(self) -> None:
        self._calls: deque[LoggedCall] = deque(maxlen=_KEPT)
        self._count = 0

    def add(self, **facts: Any) -> None:
        """Log a call with the attributes of :class:`LoggedCall` other than its number."""
        self._count += 1
        self._calls.append(LoggedCall(n=self._count, **facts))

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the calls after the one with that number, oldest first."""
        return [asdict(call) for call in self._calls if call.n > number]

    def latest(self, count: int) -> list[LoggedCall]:
        """Return the most recent calls, newest first."""
        return list(reversed(self._calls))[:count]

    def clear(self) -> None:
        """Forget all calls and count from 1 again."""
        self._calls.clear()
        self._count = 0
