"""Count what a task asks of Zoho, by system and purpose (BEY-8)."""

from collections.abc import Mapping
from decimal import Decimal
from threading import Lock

from zoho.transport.exchange import Call


class CallMeter:
    """Counts calls; given to the clients, which report every one they make. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: dict[tuple[str, str], tuple[int, Decimal]] = {}

    def __call__(self, call: Call) -> None:
        """Count one call."""
        key = (call.product, call.purpose)
        with self._lock:
            number, seconds = self._calls.get(key, (0, Decimal(0)))
            self._calls[key] = (number + 1, seconds + Decimal(str(round(call.seconds, 3))))

    @property
    def number(self) -> int:
        """How many calls were counted since they were last taken."""
        with self._lock:
            return sum(number for number, _ in self._calls.values())

    @property
    def paces(self) -> dict[str, Decimal]:
        """Product → seconds that a call took on average, of the calls since they were last taken."""
        sums: dict[str, tuple[int, Decimal]] = {}
        with self._lock:
            for (product, _), (number, seconds) in self._calls.items():
                known, taken = sums.get(product, (0, Decimal(0)))
                sums[product] = (known + number, taken + seconds)
        return {product: seconds / number for product, (number, seconds) in sums.items()}

    def take(self) -> Mapping[tuple[str, str], tuple[int, Decimal]]:
        """Return (product, purpose) → (number, seconds) so far, and begin anew."""
        with self._lock:
            taken, self._calls = self._calls, {}
        return taken
