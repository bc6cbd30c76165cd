"""What a plan of deals takes and moves, told at its foot (BEY-1, BEY-8)."""

from collections.abc import Iterable
from decimal import Decimal

from zoho.core.deals import STATUS_AFTER, Step
from zoho.engine.deals.source import settings_of
from zoho.engine.deals.work import DealWork
from zoho.engine.job import Job
from zoho.engine.outlook import Cost, Money, summed

_SENT_FIRST = 2
"""Calls more of an estimate that Books wants to be sent before it is accepted or declined (zoho-api 3.4)."""


def cost_of(job: Job, works: Iterable[DealWork]) -> Cost:
    """Return the calls that carrying out a plan takes.

    A new document is a call to Books, and one to the sales side where the deal lists its documents. One that is
    there is read again first; each change of its status is read back. An invoice that Books makes of an accepted
    estimate by itself is not foreseen.
    """
    books = sales = 0
    lists = settings_of(job).shown_in.sales is not None
    for work in works:
        steps = work.decision.steps
        if Step.CREATE in steps:
            books += 1
            sales += lists
        elif steps:
            books += 1 + sum(_calls_of(step, work) for step in steps)
    product = str(job.configured.settings.sales.product)
    calls = {"books": books, product: sales}
    return Cost(calls, calls)


def _calls_of(step: Step, work: DealWork) -> int:
    if step not in STATUS_AFTER:
        return 1
    draft = work.made is not None and work.made.status == "draft"
    return 2 + (_SENT_FIRST if draft and step in (Step.ACCEPT, Step.DECLINE) else 0)


def money_of(works: Iterable[DealWork]) -> list[Money]:
    """Return the money that a plan moves, by currency.

    New documents count with the amounts of their deals, for what Books adds in taxes is not known before; one that is
    made void or declined is taken out of force, and one that is made a draft again comes back.
    """
    return summed(moved for work in works for moved in _moved(work))


def _moved(work: DealWork) -> Iterable[Money]:
    steps, deal, made = work.decision.steps, work.deal, work.made
    if made is None:
        if deal is not None and Step.CREATE in steps:
            yield Money(deal.currency, created=deal.amount or Decimal(0))
        return
    after = made.total + (_difference(work) if Step.UPDATE in steps else 0)
    if Step.VOID in steps or Step.DECLINE in steps:
        yield Money(made.currency, voided=made.total)
    elif Step.REOPEN in steps:
        yield Money(made.currency, created=after)
    elif after != made.total:
        yield Money(made.currency, before=made.total, after=after)


def _difference(work: DealWork) -> Decimal:
    """Return what the total of a document changes by, before taxes."""
    rate = next((field for field in work.item.fields if field.key == "rate"), None)
    if rate is None or work.made is None:
        return Decimal(0)
    each = Decimal(str(rate.new or 0)) - Decimal(str(rate.old or 0))
    return each * Decimal(work.made.held.get("quantity", "1"))
