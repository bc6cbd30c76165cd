"""Guards: a run that would change too much of a side is held back before it writes (BEY-5)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zoho.config.guards import Guards
from zoho.core.merge import PLACE
from zoho.core.plan import Action
from zoho.core.records import Side
from zoho.engine.errors import HeldBack
from zoho.engine.expecting import MoneyMoved
from zoho.engine.job import Job
from zoho.engine.outlook import Money
from zoho.engine.work import read_plan
from zoho.store import observations


@dataclass(slots=True)
class Weight:
    """What a plan does, as the guards weigh it.

    Attributes:
        changed: side → records that are updated or made inactive there.
        created: side → records that are made there.
        deactivated: records of Books that are made inactive, documents that are taken out of force.
        money: what is moved, by currency.
    """

    changed: Counter[Side] = field(default_factory=Counter)
    created: Counter[Side] = field(default_factory=Counter)
    deactivated: int = 0
    money: Sequence[Money] = ()


def guard(job: Job, plan_path: Any) -> None:
    """Let a plan pass that changes, creates, deactivates and moves no more than the settings of the module allow.

    Raises:
        HeldBack: it does more; the message names every guard that it passes.
    """
    weight, money = Weight(), MoneyMoved(job.module)
    for work in read_plan(plan_path):
        item = work.item
        if work.left_out:
            continue
        money.add(work)
        deactivates = item.action is Action.RETIRE and work.body is not None
        weight.deactivated += deactivates
        if item.action is Action.UPDATE or deactivates:
            weight.changed["books" if deactivates else item.target] += 1
        weight.created[item.target] += item.action is Action.CREATE
    weight.money = money.sums
    with job.store.connect() as connection:
        held = {side: observations.count(connection, job.scope, side) for side in weight.changed}
    check(job.module.settings.guards, weight, held)


def check(bounds: Guards, weight: Weight, held: Mapping[Side, int], whose: str = "") -> None:
    """Let a plan pass that is within its bounds.

    Args:
        bounds: the settings of the module.
        weight: of the plan.
        held: side → how many records it has, of the sides where some are changed.
        whose: which of a side's records these are, such as " of deals"; empty: all of the module.

    Raises:
        HeldBack: it is not; the message names every guard that it passes.
    """
    passed = [*_passed(bounds, weight, held, whose), *_too_much(bounds, weight.money)]
    if passed:
        raise HeldBack(f"{' '.join(passed)} Nothing was written.")


def _passed(bounds: Guards, weight: Weight, held: Mapping[Side, int], whose: str) -> Iterator[str]:
    """Yield a sentence for every guard that a plan passes."""
    for side, number in weight.changed.items():
        allowed = _allowed(bounds, held[side])
        if number > allowed:
            yield (
                f"The plan would change {number:,} of the {held[side]:,} records{whose} that {PLACE[side]} has, and "
                f"{allowed:,} are allowed (guards: {bounds.share} per cent, at least {bounds.records:,})."
            )
    for side, number in weight.created.items():
        if bounds.creates is not None and number > bounds.creates:
            yield (
                f"The plan would create {number:,} records in {PLACE[side]}, and {bounds.creates:,} are allowed "
                "(guards: creates)."
            )
    if weight.deactivated > bounds.deactivations:
        yield (
            f"The plan would deactivate {weight.deactivated:,} records in Books, and {bounds.deactivations:,} are "
            "allowed (guards: deactivations)."
        )


def _too_much(bounds: Guards, moved: Sequence[Money]) -> Iterator[str]:
    """Yield a sentence for every currency in which a plan moves more than it may."""
    for money in moved:
        if bounds.money is not None and money.whole > bounds.money:
            allowed = f"{bounds.money.normalize():,f}"
            yield f"The plan would move {money.whole:,f} {money.currency}, and {allowed} are allowed (guards: money)."


def check_missing(job: Job, side: Side, entity: str, missing: int, shown: int) -> None:
    """Do not believe a list that lacks more records than one run may change: it may have been cut short.

    Args:
        job: the run.
        side: where the list is.
        entity: the list.
        missing: how many records are not in it any more.
        shown: how many are.

    Raises:
        HeldBack: too many are missing.
    """
    bounds = job.module.settings.guards
    allowed = _allowed(bounds, missing + shown)
    if missing > allowed and not job.beyond_guards:
        raise HeldBack(
            f"The list of {entity} in {PLACE[side]} lacks {missing:,} of the {missing + shown:,} records that were "
            f"there before, and {allowed:,} are believed (guards: {bounds.share} per cent, at least "
            f"{bounds.records:,}). Nothing was taken for deleted, and nothing was written. If they were deleted "
            "indeed, trigger the DAG with *Beyond the guards*."
        )


def _allowed(bounds: Guards, held: int) -> int:
    """Return how many of a side's records one run may change."""
    return max(bounds.records, held * bounds.share // 100)
