"""The book of one organization's quota: what was spent, who holds what, whose turn it is.

Pure arithmetic: time comes in as a number, and whoever keeps the book sees to it that one worker at a time
writes in it. All times are whole milliseconds since 1970, all amounts whole units: calls of Books, credits of
CRM and Bigin.

A worker takes a *lease* on a few calls at once, makes them one after the other, and gives the lease back with
how long ago each call ended. A call counts in the minute from its end and not from its beginning: it reaches
Zoho somewhere in between, so no minute as Zoho sees it can hold more than one as counted here. A worker that
dies keeps its lease until ``expires``; then all of its calls count as made.

Bulk work leaves a *reserve* of the day to what is urgent, and lets it go first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from zoho.transport.limits import Limits

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MARGIN = SECOND // 10
"""How much longer than a minute a call is remembered."""

TERM = 5 * SECOND
"""The calls of a lease begin within this time or not at all."""

LONGEST_CALL = 90 * SECOND
"""After this a call is over: 10 seconds to connect, 60 without a byte, and some."""

GLANCE = SECOND // 4
"""How long to sleep when nobody can tell how long others will need."""

GRACE = 5 * SECOND
"""How late a sleeper may come back without losing its place."""

_CALLS_TOGETHER = SECOND // 5
_CREDITS_TOGETHER = 15 * MINUTE
"""What is spent within these times is booked as one, at their end: a book has few entries, whatever the limits."""


@dataclass
class Lease:
    """Calls that somebody may make, one at a time.

    Attributes:
        ticket: Who.
        units: How much of the quota they take.
        use_by: When the last of them may begin.
        expires: When the last of them is over, come what may.
    """

    ticket: str
    units: int
    use_by: int
    expires: int


@dataclass
class Waiter:
    """Somebody who has to wait and keeps a place in the queue.

    Attributes:
        ticket: Who.
        cost: Units that are wanted.
        until: When the place is lost because nobody came back.
        reserve: Per cent of the day that it leaves to others; 0 for what is urgent.
    """

    ticket: str
    cost: int
    until: int
    reserve: int = 0


@dataclass(frozen=True)
class Wait:
    """Not yet.

    Attributes:
        span: Milliseconds until it is worth asking again.
        code: Why: ``NO_TURN``, ``DAY_SPENT``, or Zoho's code that paused the organization.
    """

    span: int
    code: str


@dataclass(frozen=True)
class Told:
    """What Zoho says of the day (zoho-api section 3.10).

    Attributes:
        limit: Calls a day.
        remaining: Of those.
        reset: Milliseconds until the next day begins.
        age: Milliseconds since it said so.
    """

    limit: int
    remaining: int
    reset: int
    age: int


@dataclass
class Ledger:
    """The book; ``advance`` comes first after it was opened.

    Attributes:
        limits: Of the organization.
        at: The present time.
        ended: ``[when, units]`` of the calls that ended within the last minute.
        booked: ``[when they come back, credits]``, where the day is any 24 hours.
        used: Calls of the day, where Zoho begins it.
        limit: Calls a day as Zoho told; None before it did.
        resets: When Zoho begins the next day; 0 before the first call.
        leases: In force.
        waiting: The queue, first come first.
        paused_until: When Zoho takes calls again; in the past when it does.
        pause_code: Why it did not.
    """

    limits: Limits
    at: int = 0
    ended: list[list[int]] = field(default_factory=list)
    booked: list[list[int]] = field(default_factory=list)
    used: int = 0
    limit: int | None = None
    resets: int = 0
    leases: list[Lease] = field(default_factory=list)
    waiting: list[Waiter] = field(default_factory=list)
    paused_until: int = 0
    pause_code: str = ""

    @classmethod
    def load(cls, kept: Mapping[str, Any], limits: Limits) -> Ledger:
        """Open a book.

        Args:
            kept: What ``dump`` gave; empty for a new one.
            limits: Of the organization, as known today.
        """
        facts = {name: value for name, value in kept.items() if name != "limits"}
        facts["leases"] = [Lease(**lease) for lease in kept.get("leases", ())]
        facts["waiting"] = [Waiter(**waiter) for waiter in kept.get("waiting", ())]
        return cls(limits, **facts)

    def dump(self) -> dict[str, Any]:
        """Return the book as JSON values."""
        return asdict(self)

    def advance(self, now: int) -> None:
        """Strike out what is over; time that seems to run backwards stands still.

        Args:
            now: The present time.
        """
        self.at = max(self.at, now)
        for lease in [lease for lease in self.leases if lease.expires <= self.at]:
            self._close(lease, [(self.at - lease.expires, lease.units)])
        self.ended = [entry for entry in self.ended if entry[0] + MINUTE + MARGIN > self.at]
        self.booked = [entry for entry in self.booked if entry[0] > self.at]
        self.waiting = [waiter for waiter in self.waiting if waiter.until > self.at]
        if not self.limits.rolling and self.resets <= self.at:
            # Before Zoho has told when its day begins, ours begins with the first call.
            self.resets = (
                self.at + DAY if not self.resets else self.resets + DAY * (1 + (self.at - self.resets) // DAY)
            )
            self.used = 0

    def take(self, ticket: str, cost: int, calls: int, patience: int, reserve: int = 0) -> Lease | Wait:
        """Give a lease to whom it is the turn of; others keep a place in the queue.

        What is urgent does not wait for bulk work that came before it.

        Args:
            ticket: Who asks; the same one when it asks again.
            cost: Units of one call.
            calls: How many would be welcome. One is given at least, more only as a fair share of what is free.
            patience: Milliseconds that the asker would wait; the place of one who will not wait is given up.
            reserve: Per cent of the day that the asker leaves to what is urgent; 0 when it is urgent itself.
        """
        wait = self._hindrance(ticket, cost, reserve)
        if wait is None:
            others = len(self.leases) + sum(waiter.ticket != ticket for waiter in self.waiting)
            share = self._free(reserve) // cost // (others + 1)
            units = cost * max(1, min(calls, share))
            self._leave(ticket)
            lease = Lease(ticket, units, self.at + TERM, self.at + TERM + LONGEST_CALL)
            self.leases.append(lease)
            return lease
        if wait.span > patience:
            self._leave(ticket)
        else:
            self._keep_place(Waiter(ticket, cost, self.at + wait.span + GRACE, reserve))
        return wait

    def give_back(self, ticket: str, spent: Sequence[tuple[int, int]]) -> None:
        """End a lease; what was not spent is free again at once.

        Args:
            ticket: Whose. One that has expired already was closed then.
            spent: ``(milliseconds ago, units)`` for the end of each call.
        """
        for lease in [lease for lease in self.leases if lease.ticket == ticket]:
            self._close(lease, spent)

    def told(self, told: Told) -> None:
        """Take over what Zoho says of its day: it counts the calls of others too."""
        if self.limits.rolling:
            return
        resets, used = self.at - told.age + told.reset + SECOND, told.limit - told.remaining
        same_day = abs(resets - self.resets) < HOUR and told.limit == self.limit
        self.used = max(self.used, used) if same_day else used
        self.limit, self.resets = told.limit, resets

    def pause(self, span: int, code: str) -> None:
        """Let nobody call for a time.

        Args:
            span: Milliseconds; a pause that ends later already stays.
            code: Zoho's reason.
        """
        if self.at + span > self.paused_until:
            self.paused_until, self.pause_code = self.at + span, code

    def kept(self, reserve: int) -> int:
        """Units of a day that bulk work leaves alone.

        Args:
            reserve: Per cent of the day.
        """
        return self.day_size * reserve // 100

    @property
    def minute_left(self) -> int | None:
        """Calls that are free in this minute."""
        if self.limits.per_minute is None:
            return None
        return self.limits.per_minute - sum(units for _, units in self.ended) - self._leased

    @property
    def day_size(self) -> int:
        """Units that a day has, spent or not."""
        if self.limits.rolling:
            return self.limits.per_day
        given = self.limit or self.limits.per_day
        return min(given, self.limits.cap or given)

    @property
    def day_left(self) -> int:
        """Units that are free of the day."""
        return self._day_unspent - self._leased

    @property
    def is_told(self) -> bool:
        """Whether Zoho has said how much of this day is used; a day of which nothing is used has said nothing."""
        return self.limit is not None and self.used > 0

    @property
    def seats_left(self) -> int:
        """Calls that may begin beside those in progress."""
        return self.limits.concurrent - len(self.leases)

    @property
    def refills(self) -> int | None:
        """When the day's quota grows again; None when it is whole."""
        if self.limits.rolling:
            return min((back for back, _ in self.booked), default=None)
        return self.resets if self.used else None

    @property
    def _leased(self) -> int:
        return sum(lease.units for lease in self.leases)

    @property
    def _day_unspent(self) -> int:
        return self.day_size - (sum(units for _, units in self.booked) if self.limits.rolling else self.used)

    def _free(self, reserve: int) -> int:
        minute, day = self.minute_left, self.day_left - self.kept(reserve)
        return day if minute is None else min(minute, day)

    def _hindrance(self, ticket: str, cost: int, reserve: int) -> Wait | None:
        """What keeps an asker waiting; of several things the one that lasts longest."""
        before = self._before(ticket, reserve)
        wanted = cost + sum(waiter.cost for waiter in before)
        waits = [self._until_resumed(), self._until_day(wanted + self.kept(reserve)), self._until_minute(wanted)]
        if self.seats_left <= len(before):
            waits.append(Wait(GLANCE, "NO_TURN"))
        return max((wait for wait in waits if wait), key=lambda wait: wait.span, default=None)

    def _until_resumed(self) -> Wait | None:
        return Wait(self.paused_until - self.at, self.pause_code) if self.paused_until > self.at else None

    def _until_day(self, wanted: int) -> Wait | None:
        missing = wanted - self.day_left
        if missing <= 0:
            return None
        if wanted <= self._day_unspent:
            return Wait(GLANCE, "NO_TURN")
        if not self.limits.rolling:
            return Wait(self.resets - self.at, "DAY_SPENT")
        return Wait(_when(sorted(self.booked), missing, DAY + self.at) - self.at, "DAY_SPENT")

    def _until_minute(self, wanted: int) -> Wait | None:
        free = self.minute_left
        if free is None or wanted <= free:
            return None
        when = _when(sorted(self.ended), wanted - free, 0) + MINUTE + MARGIN
        # What others hold they may give back unused, and then it should not lie idle for a minute.
        soon = SECOND if wanted <= free + self._leased else MINUTE + MARGIN
        return Wait(max(min(when - self.at, soon), GLANCE), "NO_TURN")

    def _before(self, ticket: str, reserve: int) -> list[Waiter]:
        """Those whose turn it is before somebody: who came first and leaves no more of the day to others.

        All of them came first when the asker is not in the queue.
        """
        queue = sorted(self.waiting, key=lambda waiter: waiter.reserve)
        tickets = [waiter.ticket for waiter in queue]
        if ticket in tickets:
            return queue[: tickets.index(ticket)]
        return [waiter for waiter in queue if waiter.reserve <= reserve]

    def _keep_place(self, place: Waiter) -> None:
        tickets = [waiter.ticket for waiter in self.waiting]
        if place.ticket in tickets:
            self.waiting[tickets.index(place.ticket)] = place
        else:
            self.waiting.append(place)

    def _leave(self, ticket: str) -> None:
        self.waiting = [waiter for waiter in self.waiting if waiter.ticket != ticket]

    def _close(self, lease: Lease, spent: Sequence[tuple[int, int]]) -> None:
        self.leases.remove(lease)
        for age, units in spent:
            self._book(self.at - age, units)

    def _book(self, when: int, units: int) -> None:
        if self.limits.per_minute is not None:
            _add(self.ended, -(-when // _CALLS_TOGETHER) * _CALLS_TOGETHER, units)
        if self.limits.rolling:
            _add(self.booked, -(-when // _CREDITS_TOGETHER) * _CREDITS_TOGETHER + DAY, units)
        else:
            self.used += units


def _add(entries: list[list[int]], when: int, units: int) -> None:
    for entry in entries:
        if entry[0] == when:
            entry[1] += units
            return
    entries.append([when, units])


def _when(entries: Sequence[Sequence[int]], units: int, otherwise: int) -> int:
    """The time of the entry with which so many units are reached, the earliest entries first."""
    for when, amount in entries:
        units -= amount
        if units <= 0:
            return when
    return otherwise
