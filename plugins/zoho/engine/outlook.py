"""What a plan takes and moves, told at its foot: calls, time under the quotas, money (BEY-1, BEY-8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from zoho.engine.report import PRODUCT_NAMES

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Cost:
    """The calls that carrying out a plan takes.

    Attributes:
        calls: product → number of calls.
        quota: product → what it takes of the quota: calls of Books, credits of the sales side.
    """

    calls: Mapping[str, int]
    quota: Mapping[str, int]

    @property
    def sentence(self) -> str:
        """The cost in words, such as *The plan costs 12 calls to Zoho Books, 4 calls to Zoho CRM*."""
        told = [
            f"{number:,} call{'s' if number > 1 else ''} to {PRODUCT_NAMES[product]}"
            for product, number in self.calls.items()
            if number
        ]
        return f"The plan costs {', '.join(told) or 'no calls'}."


@dataclass(frozen=True, slots=True)
class Money:
    """The totals of the transactions of a currency that a plan touches.

    Attributes:
        currency: ISO code.
        created: of those that are made.
        before: of those whose total changes, as it is.
        after: of the same, as it will be.
        voided: of those that are taken out of force.
    """

    currency: str
    created: Decimal = Decimal(0)
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    voided: Decimal = Decimal(0)

    def __add__(self, other: "Money") -> "Money":
        """Return both together; they are of one currency."""
        parts = ((self.created, other.created), (self.before, other.before), (self.after, other.after))
        return Money(self.currency, *(one + two for one, two in (*parts, (self.voided, other.voided))))

    @property
    def whole(self) -> Decimal:
        """How much is moved: what is created and voided, and what changed totals change by."""
        return abs(self.created) + abs(self.after - self.before) + abs(self.voided)

    @property
    def sentence(self) -> str:
        """All of it in words, such as *Money in JPY: 1,200 created, 300 changed to 350*."""
        parts = [f"{self.created:,f} created"] if self.created else []
        parts += [f"{self.before:,f} changed to {self.after:,f}"] if self.before or self.after else []
        parts += [f"{self.voided:,f} voided"] if self.voided else []
        return f"Money in {self.currency}: {', '.join(parts)}."


def summed(parts: Iterable[Money]) -> list[Money]:
    """Return what moves all in all, by currency."""
    sums: dict[str, Money] = {}
    for one in parts:
        sums[one.currency] = sums.get(one.currency, Money(one.currency)) + one
    return [sums[currency] for currency in sorted(sums)]


@dataclass(frozen=True, slots=True)
class QuotaLeft:
    """What a plan wants of a product's quota, and what was left when it was made.

    Attributes:
        product: ``crm``, ``bigin`` or ``books``.
        needed: calls of Books, credits of the sales side.
        per_day: how many were left of the day.
        day_size: how many a day has.
        minute_size: how many calls go in a minute; ``None`` where no minute is counted.
        short: why it does not end today, and when it will; ``None``: there is enough.
    """

    product: str
    needed: int
    per_day: int
    day_size: int
    minute_size: int | None
    short: str | None

    @property
    def sentence(self) -> str:
        """What is left in words."""
        units, day = ("calls", "today") if self.product == "books" else ("credits", "the last 24 hours")
        minute = f", {self.minute_size:,} a minute at most" if self.minute_size else ""
        left = f"{self.per_day:,} of {self.day_size:,} {units} of {day} are left{minute}."
        return f"{PRODUCT_NAMES[self.product]}: {left}{f' {self.short}' if self.short else ''}"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of a plan, as it was when the plan was made.

    Attributes:
        seconds: how long it takes with what the quotas allow in a minute; how long a wait for another day lasts is
            told by ``quotas``.
        quotas: of each product that has a limit and is asked.
        money: by currency; empty where no total is touched.
    """

    seconds: int
    quotas: Sequence[QuotaLeft] = ()
    money: Sequence[Money] = ()

    @property
    def minutes(self) -> int:
        """How many minutes it takes, at least one."""
        return max(ceil(self.seconds / _MINUTE), 1)

    @property
    def short(self) -> bool:
        """Whether the plan is more than the day's quotas allow."""
        return any(one.short for one in self.quotas)

    @property
    def sentences(self) -> list[str]:
        """All of it in words."""
        minutes = "less than a minute" if self.seconds < _MINUTE else f"about {self.minutes:,} minutes"
        wait = ", and waits for another day" if self.short else ""
        return [
            f"Carrying it out takes {minutes}{wait}.",
            *(one.sentence for one in self.quotas),
            *(one.sentence for one in self.money),
        ]

    def stored(self) -> dict[str, Any]:
        """Return it as the store keeps it."""
        return asdict(self)


def from_stored(content: Mapping[str, Any] | None) -> Outlook | None:
    """Return what the store keeps; ``None`` of a run from before it was kept."""
    if content is None:
        return None
    quotas = [QuotaLeft(**one) for one in content["quotas"]]
    money = [
        Money(one["currency"], *(Decimal(one[name]) for name in ("created", "before", "after", "voided")))
        for one in content["money"]
    ]
    return Outlook(int(content["seconds"]), quotas, money)
