"""Guards: a run that would change too much of a side is held back before it writes (BEY-5)."""

from collections import Counter
from typing import Any

from zoho.core.merge import PLACE
from zoho.core.plan import Action
from zoho.core.records import Side
from zoho.engine.errors import HeldBack
from zoho.engine.job import Job
from zoho.engine.work import read_plan
from zoho.store import observations


def guard(job: Job, plan_path: Any) -> None:
    """Let a plan pass that changes no more of what a side has than the settings allow; what is new does not count.

    Raises:
        HeldBack: it changes more.
    """
    changed: Counter[Side] = Counter()
    for work in read_plan(plan_path):
        if work.left_out:
            continue
        deactivates = work.item.action is Action.RETIRE and work.body is not None
        if work.item.action is Action.UPDATE or deactivates:
            changed["books" if deactivates else work.item.target] += 1
    bounds = job.module.settings.guards
    for side, number in changed.items():
        with job.store.connect() as connection:
            held = observations.count(connection, job.scope, side)
        allowed = max(bounds.records, held * bounds.share // 100)
        if number > allowed:
            raise HeldBack(
                f"The plan would change {number:,} of the {held:,} records that {PLACE[side]} has, and {allowed:,} "
                f"are allowed (guards: {bounds.share} per cent, at least {bounds.records:,}). Nothing was written. "
                "A dry run shows the plan. Trigger the DAG with *Beyond the guards* to carry it out, or raise them."
            )
