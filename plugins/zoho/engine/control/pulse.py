"""How often a run looks whether it is to stop."""

import time

LOOK_EVERY = 1.0
"""Seconds. A look is a query by primary key; most things that a run does take longer."""


class Pulse:
    """Tells when it is time to look again."""

    def __init__(self) -> None:
        self._looked_at = float("-inf")

    def is_due(self) -> bool:
        """Whether the last look is long enough ago; then this counts as one."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        return True
