"""What is left of the quotas, told before a run spends it (BEY-8)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from zoho.engine.job import Job
from zoho.engine.report import PRODUCT_NAMES
from zoho.transport.budget import Left
from zoho.transport.limits import CALLS_PER_MINUTE

log = logging.getLogger(__name__)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """More is wanted of a product than is left.

    Attributes:
        product: ``crm``, ``bigin`` or ``books``.
        needed: calls (Books) or credits (CRM, Bigin).
        left: what there is.
        again: when there are some again, aware UTC.
        done: when, with nobody else calling, all will have been given, aware UTC.
    """

    product: str
    needed: int
    left: int
    again: datetime
    done: datetime

    @property
    def sentence(self) -> str:
        """What is short, and when it is not any more."""
        units = _units(self.product)
        return (
            f"This needs {self.needed:,} {units} of {PRODUCT_NAMES[self.product]} and {self.left:,} are left. When "
            f"they are used up the run waits and goes on by itself at {_moment(self.again)}; if nobody else uses "
            f"any, there are enough by {_moment(self.done)}."
        )


def left_of(job: Job) -> dict[str, Left]:
    """Return product → what its organization may still ask, without those that have no limit.

    Nobody is asked for it: it is as the shared call budget knows.
    """
    transports = (job.sales.transport, job.books.transport)
    known = {transport.product: transport.budget.left() for transport in transports}
    return {product: left for product, left in known.items() if left is not None}


def tell(job: Job) -> dict[str, str]:
    """Log what is left of each product, and return it: product → sentence."""
    sentences = {product: sentence(product, left) for product, left in left_of(job).items()}
    for told in sentences.values():
        log.info("%s", told)
    return sentences


def affordable(job: Job, calls: Mapping[str, int]) -> bool:
    """Tell whether what is left is enough; if not, log a warning with when it will be.

    Args:
        job: the run.
        calls: product → how much of its quota is wanted: calls (Books) or credits (CRM, Bigin).
    """
    short = shortfalls(left_of(job), calls, job.clock())
    for shortfall in short:
        log.warning("%s", shortfall.sentence)
    return not short


def shortfalls(known: Mapping[str, Left], calls: Mapping[str, int], now: datetime) -> list[Shortfall]:
    """Return what is not enough.

    Args:
        known: product → what is left; a product that is not in it has no limit.
        calls: product → how much of its quota is wanted.
        now: the current time.
    """
    return [
        _shortfall(product, needed, known[product], now)
        for product, needed in calls.items()
        if product in known and needed > known[product].per_day
    ]


def done_by(product: str, needed: int, left: Left, until: datetime, now: datetime) -> datetime:
    """Return about when a run that waits will be done, if nobody else calls.

    Args:
        product: ``crm``, ``bigin`` or ``books``.
        needed: what it still wants: calls (Books) or credits (CRM, Bigin).
        left: what there is.
        until: when it goes on.
        now: the current time.
    """
    rest, begins = needed, until
    for shortfall in shortfalls({product: left}, {product: needed}, now):
        begins = max(until, shortfall.done)
        rest = (needed - left.per_day - 1) % max(left.day_size, 1) + 1  # of the last day
    return begins + (timedelta(minutes=rest / CALLS_PER_MINUTE) if product == "books" else timedelta())


def sentence(product: str, left: Left) -> str:
    """Return what is left in one line, and who says so.

    Args:
        product: ``crm``, ``bigin`` or ``books``.
        left: of its organization.
    """
    whole = f"{left.per_day:,} of {left.day_size:,} {_units(product)} of {_day(product)} left"
    parts = [f"{PRODUCT_NAMES[product]}: {whole}, {_source(product, left)}"]
    if left.kept:
        parts.append(f"{left.kept:,} more are kept for what is urgent")
    if left.per_minute is not None:
        parts.append(f"{left.per_minute:,} free in this minute")
    if left.paused_until is not None:
        parts.append(f"Zoho takes no calls before {_moment(left.paused_until)}")
    return "; ".join(parts) + "."


def _shortfall(product: str, needed: int, left: Left, now: datetime) -> Shortfall:
    # An unused day has no end yet: it begins with the first call.
    again = left.resets_at or now + _DAY
    further_days = -(-(needed - left.per_day) // max(left.day_size, 1))
    # Books gives a whole day's calls at its end; credits of the last 24 hours are all back a day from now.
    done = again + (further_days - 1) * _DAY if product == "books" else now + further_days * _DAY
    return Shortfall(product, needed, left.per_day, again, done)


def _source(product: str, left: Left) -> str:
    if left.told:
        return "as told by Zoho"
    if product == "books":
        return "as counted by us, for Zoho has not said yet today"
    return "as counted by us, for Zoho does not say what others use"


def _units(product: str) -> str:
    return "calls" if product == "books" else "credits"


def _day(product: str) -> str:
    return "today" if product == "books" else "the last 24 hours"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
