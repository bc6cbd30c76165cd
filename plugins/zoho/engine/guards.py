"""Guards: a run that would change too much of a side is held back before it writes (BEY-5)."""

from collections import Counter
from collections.abc import Iterator, Sequence
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


def guard(job: Job, plan_path: Any) -> None:
    """Let a plan pass that changes, creates, deactivates and moves no more than the settings of the module allow.

    Raises:
        HeldBack: it does more; the message names every guard that it passes.
    """
    changed: Counter[Side] = Counter()
    created: Counter[Side] = Counter()
    deactivated = 0
    money = MoneyMoved(job.module)
    for work in read_plan(plan_path):
        item = work.item
        if work.left_out:
            continue
        money.add(work)
        deactivates = item.action is Action.RETIRE and work.body is not None
        deactivated += deactivates
        if item.action is Action.UPDATE or deactivates:
            changed["books" if deactivates else item.target] += 1
        created[item.target] += item.action is Action.CREATE
    bounds = job.module.settings.guards
    with job.store.connect() as connection:
        held = {side: observations.count(connection, job.scope, side) for side in changed}
    passed = [*_passed(bounds, changed, created, deactivated, held), *_too_much(bounds, money.sums)]
    if passed:
        raise HeldBack(f"{' '.join(passed)} Nothing was written.")


def _passed(
    bounds: Guards, changed: Counter[Side], created: Counter[Side], deactivated: int, held: dict[Side, int]
) -> Iterator[str]:
    """Yield a sentence for every guard that a plan passes."""
    for side, number in changed.items():
        allowed = _allowed(bounds, held[side])
        if number > allowed:
            yield (
                f"The plan would change {number:,} of the {held[side]:,} records that {PLACE[side]} has, and "
                f"{allowed:,} are allowed (guards: {bounds.share} per cent, at least {bounds.records:,})."
            )
    for side, number in created.items():
        if bounds.creates is not None and number > bounds.creates:
            yield (
                f"The plan would create {number:,} records in {PLACE[side]}, and {bounds.creates:,} are allowed "
                "(guards: creates)."
            )
    if deactivated > bounds.deactivations:
        yield (
            f"The plan would deactivate {deactivated:,} records in Books, and {bounds.deactivations:,} are allowed "
            "(guards: deactivations)."
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
