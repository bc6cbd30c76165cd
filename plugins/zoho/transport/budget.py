"""The call budget in front of the wire: what the transport asks of it, and what is left (BEY-8)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Left:
    """What an organization may still ask of a product.

    Attributes:
        per_minute: Calls now; None where no minute is counted (CRM, Bigin).
        per_day: Calls (Books) or credits (CRM, Bigin) of the day, without those that are kept.
        day_size: How many of them a day has.
        told: Whether Zoho itself has said how much of the day is used (Books does, zoho-api 3.10; CRM and Bigin
            do not, 2.17). Otherwise it is as counted by us, and what other programs use is not in it.
        concurrent: Calls that could begin at the same time.
        paused_until: Until when Zoho refuses everything, aware UTC; None when it does not.
        resets_at: When the day's quota begins anew (Books), or the first credits come back (CRM, Bigin);
            None when nothing was spent yet.
        minute_size: Calls in any minute; None where no minute is counted.
        kept: How many more of the day are left, and kept from bulk work for what is urgent.
        kept_size: How many of them a day has.
    """

    per_minute: int | None
    per_day: int
    day_size: int
    told: bool
    concurrent: int
    paused_until: datetime | None
    resets_at: datetime | None
    minute_size: int | None = None
    kept: int = 0
    kept_size: int = 0


class Budget(Protocol):
    """The quota of one organization, shared by all workers."""

    def acquire(self, product: str, cost: int) -> AbstractContextManager[None]:
        """Wait for ``cost`` units of the quota and hold one of the concurrent calls.

        Args:
            product: Of the call; ``accounts``, whose tokens are counted elsewhere, passes at once.
            cost: Units of the quota (zoho-api section 2.17).

        Raises:
            Retriable: The wait would be longer than it is worth; ``retry_after`` tells how long.
        """
        ...

    def learn(self, product: str, headers: Mapping[str, str]) -> None:
        """Take note of what an answer's headers tell about the quota."""
        ...

    def pause(self, product: str, seconds: float, code: str) -> None:
        """Learn that Zoho refuses the whole organization for so many seconds, and why."""
        ...

    def left(self) -> Left | None:
        """Return what may still be asked, before a run plans with it; None when there is no limit."""
        ...

    def close(self) -> None:
        """Give back what is held and not used."""
        ...


class NoBudget:
    """A budget without limits."""

    def acquire(self, product: str, cost: int) -> AbstractContextManager[None]:  # noqa: ARG002
        """Let every call pass at once."""
        return nullcontext()

    def learn(self, product: str, headers: Mapping[str, str]) -> None:
        """Nothing to remember."""

    def pause(self, product: str, seconds: float, code: str) -> None:
        """Nothing to remember."""

    def left(self) -> Left | None:
        """Without limits nothing is left to tell."""
        return None

    def close(self) -> None:
        """Nothing is held."""
