"""The call budget of one organization, shared by all workers through the store (BEY-8).

Whose turn it is, is arithmetic (``zoho.transport.ledger``); here one worker at a time gets to do it, under the
lock of the organization's row. The clock is PostgreSQL's: one for all workers, and pauses and days are counted
in it from the seconds that Zoho names. A worker's own clock only ever measures how long ago something was.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from zoho.store.tables import budgets
from zoho.transport.budget import Left
from zoho.transport.error_table import find_rule
from zoho.transport.errors import Retriable
from zoho.transport.ledger import SECOND, TERM, Lease, Ledger, Told, Wait
from zoho.transport.limits import Limits
from zoho.transport.verdict import seconds_in

LONGEST_WAIT = 90.0
"""Seconds that a call waits for its turn: the rest of a minute, and some. A longer wait is left to the scheduler."""

CALLS_AT_ONCE = 10
"""Calls that a worker takes in one go when it makes one after the other."""

_STREAK = 2.0
"""Seconds between two calls that still belong together."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_HEADERS = ("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset")

logger = logging.getLogger(__name__)


@dataclass
class _Held:
    """A lease as its worker holds it, in seconds of the stopwatch."""

    ticket: str
    units: int
    taken: float
    spent: list[tuple[float, int]] = field(default_factory=list)

    def allows(self, cost: int, now: float) -> bool:
        """Tell whether a call may still begin."""
        return self.units >= cost and now < self.taken + TERM / SECOND


class DatabaseBudget:
    """Lets calls pass as the organization's quota allows; safe to use from several threads.

    Args:
        store: The sync state database.
        product: ``crm``, ``bigin`` or ``books``.
        organization: Whose quota it is: Zoho's id of it.
        limits: Of the organization.
        clock: Gives the present time, aware; PostgreSQL's by default.
        sleep: Waits for so many seconds.
        stopwatch: Seconds since whenever, for measuring how long ago something was.
        longest_wait: Seconds that a call waits at most.
        reserve: Per cent of each day that the calls leave to what is urgent, since they are bulk work; 0 when they
            are urgent themselves.
    """

    def __init__(
        self,
        store: Engine,
        product: str,
        organization: str,
        limits: Limits,
        *,
        clock: Callable[[], datetime] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        stopwatch: Callable[[], float] = time.monotonic,
        longest_wait: float = LONGEST_WAIT,
        reserve: int = 0,
    ) -> None:
        self._store = store
        self._product = product
        self._organization = organization
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._stopwatch = stopwatch
        self._longest_wait = longest_wait
        self._reserve = reserve
        self._lock = Lock()
        self._idle: list[_Held] = []
        self._told: tuple[float, int, int, int] | None = None
        self._paused = float("-inf")
        self._next_calls, self._last_end = 1, float("-inf")

    @contextmanager
    def acquire(self, product: str, cost: int) -> Iterator[None]:
        """Wait for the turn of a call; see ``Budget``."""
        if product != self._product:
            yield
            return
        held = self._held(cost) or self._take(cost)
        try:
            yield
        finally:
            self._done(held, cost)

    def learn(self, product: str, headers: Mapping[str, str]) -> None:
        """Remember what Books says of its day, for when the store is asked next."""
        values = [seconds_in(headers.get(name)) for name in _DAY_HEADERS]
        if product == self._product == "books" and None not in values:
            limit, remaining, reset = (int(value or 0) for value in values)
            self._told = (self._stopwatch(), limit, remaining, reset)

    def pause(self, product: str, seconds: float, code: str) -> None:
        """Let nobody call for so many seconds from now; survives every worker."""
        if product != self._product:
            return
        with self._lock:
            self._paused = self._stopwatch()
        with self._ledger(everything=True) as ledger:
            ledger.pause(round(seconds * SECOND), code)
        logger.warning(
            "%s organization %s: Zoho takes no calls for %d seconds (%s).",
            self._product.capitalize(),
            self._organization,
            seconds,
            code,
        )

    def left(self) -> Left:
        """Return what the organization may still ask, before a run plans with it."""
        with self._ledger() as ledger:
            return _left(ledger, self._reserve)

    def close(self) -> None:
        """Give back what is held and not used; a later call takes anew."""
        if self._idle:
            self._try_to_give_back(everything=True)

    def _held(self, cost: int) -> _Held | None:
        now = self._stopwatch()
        with self._lock:
            for held in self._idle:
                if held.allows(cost, now):
                    self._idle.remove(held)
                    return held
        return None

    def _take(self, cost: int) -> _Held:
        """Take a lease, waiting for it if need be."""
        ticket, waited = uuid.uuid4().hex, 0.0
        calls = self._next_calls if self._stopwatch() - self._last_end < _STREAK else 1
        while True:
            taken = self._stopwatch()
            with self._ledger() as ledger:
                patience = round((self._longest_wait - waited) * SECOND)
                turn = ledger.take(ticket, cost, calls, patience, self._reserve)
            if isinstance(turn, Lease):
                self._next_calls = min(2 * turn.units // cost, CALLS_AT_ONCE)
                return _Held(ticket, turn.units, taken)
            seconds = turn.span / SECOND
            if waited + seconds > self._longest_wait:
                raise self._later(turn, ledger.at + turn.span)
            self._sleep(seconds)
            waited += seconds

    def _done(self, held: _Held, cost: int) -> None:
        now = self._stopwatch()
        held.units -= cost
        held.spent.append((now, cost))
        with self._lock:
            self._last_end = now
            self._idle.append(held)
            paused = held.taken <= self._paused
        if paused or not held.allows(1, now):
            self._try_to_give_back(everything=paused)

    def _try_to_give_back(self, *, everything: bool) -> None:
        """Give back at the end of a call, which must not fail because of that: leases expire by themselves."""
        try:
            with self._ledger(everything=everything):
                pass
        except SQLAlchemyError as error:
            logger.info("The call budget could not be told of finished calls: %s", type(error).__name__)

    @contextmanager
    def _ledger(self, *, everything: bool = False) -> Iterator[Ledger]:
        """Open the book under its lock, enter what is known here, and write it back.

        Args:
            everything: Whether leases are given back too that could still be used.
        """
        with self._store.begin() as connection:
            ledger, now = _opened(connection, self._product, self._organization, self._limits)
            ledger.advance(_milliseconds(self._clock() if self._clock else now))
            self._enter(ledger, everything)
            yield ledger
            kept = update(budgets).where(_is(self._product, self._organization))
            connection.execute(kept.values(ledger=ledger.dump()))

    def _enter(self, ledger: Ledger, everything: bool) -> None:
        with self._lock:
            now = self._stopwatch()
            over = [held for held in self._idle if everything or not held.allows(1, now)]
            self._idle = [held for held in self._idle if held not in over]
            told, self._told = self._told, None
        for held in over:
            ledger.give_back(held.ticket, [(_age(now - end), units) for end, units in held.spent])
        if told is not None:
            at, limit, remaining, reset = told
            ledger.told(Told(limit, remaining, reset * SECOND, _age(now - at)))

    def _later(self, wait: Wait, until: int) -> Retriable:
        rule = find_rule(self._product, 429, wait.code)
        when = f"{_moment(until):%Y-%m-%d %H:%M:%S} UTC"
        kept = f"; {self._reserve} % of each day are kept for what is urgent" if self._reserve else ""
        return Retriable(
            rule.sentence,
            product=self._product,
            code=wait.code,
            detail=f"Organization {self._organization} may go on at {when}{kept}.",
            page=rule.page,
            # Never so short that the same call would be tried again at once and hold its worker on.
            retry_after=max(wait.span / SECOND, self._longest_wait),
            action=rule.action,
        )


def left(store: Engine, product: str, organization: str) -> Left | None:
    """Return what an organization may still ask; None when nobody has asked anything for it yet.

    Args:
        store: The sync state database.
        product: ``crm``, ``bigin`` or ``books``.
        organization: Zoho's id of it.
    """
    wanted = select(budgets.c.ledger, func.clock_timestamp()).where(_is(product, organization))
    with store.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None or not row.ledger:
        return None
    ledger = Ledger.load(row.ledger, Limits(**row.ledger["limits"]))
    ledger.advance(_milliseconds(row[1]))
    return _left(ledger, reserve=0)


def _opened(connection: Connection, product: str, organization: str, limits: Limits) -> tuple[Ledger, datetime]:
    """Lock an organization's book; returns it with the database's time."""
    wanted = select(budgets.c.ledger, func.clock_timestamp()).where(_is(product, organization)).with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is None:
        first = insert(budgets).values(product=product, organization=organization, ledger={})
        connection.execute(first.on_conflict_do_nothing())
        row = connection.execute(wanted).one()
    return Ledger.load(row.ledger, limits), row[1]


def _is(product: str, organization: str) -> ColumnElement[bool]:
    return and_(budgets.c.product == product, budgets.c.organization == organization)


def _left(ledger: Ledger, reserve: int) -> Left:
    minute, refills = ledger.minute_left, ledger.refills
    day, kept = max(ledger.day_left, 0), ledger.kept(reserve)
    return Left(
        per_minute=None if minute is None else max(minute, 0),
        per_day=max(day - kept, 0),
        day_size=ledger.day_size - kept,
        told=ledger.is_told,
        concurrent=max(ledger.seats_left, 0),
        paused_until=_moment(ledger.paused_until) if ledger.paused_until > ledger.at else None,
        resets_at=None if refills is None else _moment(refills),
        minute_size=ledger.limits.per_minute,
        kept=min(day, kept),
        kept_size=kept,
    )


def _age(seconds: float) -> int:
    """Whole milliseconds, rounded towards the present: a call that ended later is remembered longer."""
    return max(int(seconds * SECOND), 0)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
