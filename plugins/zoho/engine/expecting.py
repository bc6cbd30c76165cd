"""Work out what is to be expected of a plan while it is made: how long it takes, which money it moves (BEY-1)."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from math import ceil

from zoho.core.plan import Action
from zoho.engine import quota
from zoho.engine.job import Job
from zoho.engine.outlook import Cost, Money, Outlook, QuotaLeft, summed
from zoho.engine.work import Work
from zoho.modules.module import Module
from zoho.modules.raw import written
from zoho.transport.budget import Left

USUAL_PACE = Decimal("0.5")
"""Seconds of a call, where the run has made none to that product yet."""


class MoneyMoved:
    """Adds up the totals of the transactions that pass, by currency."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._parts: list[Money] = []

    def add(self, work: Work) -> None:
        """Count an item; one whose amounts cannot be told is not carried out either."""
        with suppress(ValueError):
            self._add(work)

    def _add(self, work: Work) -> None:
        item = work.item
        record = work.books if item.target == "books" else work.sales
        values, money_of = written(item.fields, item.target), self._module.money_of
        if item.action is Action.CREATE:
            self._note(money_of(values), "created")
        elif item.action is Action.RETIRE and work.body and work.before and "line_items" in work.before:
            self._note(money_of(self._module.books_record(item.kind, work.before).values), "voided")
        elif item.action is Action.UPDATE and record is not None:
            before, after = money_of(record.values), money_of({**record.values, **values})
            if before != after:
                self._note(before, "before")
                self._note(after, "after")

    def _note(self, moved: tuple[str, Decimal] | None, what: str) -> None:
        if moved is not None:
            currency, total = moved
            self._parts = summed([*self._parts, Money(currency, **{what: total})])

    @property
    def sums(self) -> list[Money]:
        """What has passed, by currency."""
        return self._parts


def outlook_of(job: Job, cost: Cost, money: Sequence[Money]) -> Outlook:
    """Return what is to be expected of a plan; nobody is asked for it.

    Args:
        job: the run, which has read both sides and so knows how long an answer takes.
        cost: of the plan.
        money: what it moves, by currency.
    """
    known, paces = quota.left_of(job), job.meter.paces
    asked = {product: number for product, number in cost.calls.items() if number}
    seconds = sum(
        _seconds(number, paces.get(product, USUAL_PACE), known.get(product)) for product, number in asked.items()
    )
    short = {one.product: one.sentence for one in quota.shortfalls(known, cost.quota, job.clock())}
    quotas = [_left(product, cost.quota, known[product], short.get(product)) for product in asked if product in known]
    return Outlook(ceil(seconds), quotas, money)


def _seconds(calls: int, pace: Decimal, left: Left | None) -> Decimal:
    """Return how long calls take one after the other, where a minute takes no more of them than its quota."""
    taken = calls * pace
    if left is None or left.minute_size is None or left.per_minute is None:
        return taken
    waits = ceil(Decimal(max(calls - left.per_minute, 0)) / left.minute_size)
    return max(taken, Decimal(60 * waits))


def _left(product: str, needed: Mapping[str, int], left: Left, short: str | None) -> QuotaLeft:
    return QuotaLeft(product, needed[product], left.per_day, left.day_size, left.minute_size, short)
