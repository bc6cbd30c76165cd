"""The guards of deals: a run that would make, change or move too much waits for a person's approval (BEY-5)."""

from collections.abc import Iterator
from typing import Any

from zoho.core.deals import Step
from zoho.core.plan import Action
from zoho.engine.approvals import passes
from zoho.engine.deals.apply import show_deals
from zoho.engine.deals.foot import money_of
from zoho.engine.deals.source import scope_of, settings_of
from zoho.engine.deals.work import DealWork, telling
from zoho.engine.guards import Weight, check
from zoho.engine.job import Job
from zoho.store import associations


def may_be_carried_out(job: Job, path: Any) -> bool:
    """Return whether the guards let a staged plan of deals pass; see ``zoho.engine.approvals.may_be_carried_out``.

    Args:
        job: the run.
        path: the staged plan.
    """
    return passes(
        job,
        lambda: guard(job, path),
        lambda: (work.item for work in telling(path)),
        lambda: show_deals(job, path),
    )


def guard(job: Job, path: Any) -> None:
    """Let a plan pass that makes, changes, takes out of force and moves no more than the settings allow.

    Raises:
        HeldBack: it does more; the message names every guard that it passes.
    """
    works = list(_doing(path))
    weight = Weight(money=money_of(works))
    for work in works:
        weight.created["books"] += work.item.action is Action.CREATE
        weight.changed["books"] += work.item.action is Action.UPDATE
        weight.deactivated += bool({Step.VOID, Step.DECLINE} & {*work.decision.steps})
    scope = scope_of(job)
    with job.store.connect() as connection:
        made = associations.number_made(connection, scope.integration, scope.organization_id)
    check(settings_of(job).guards, weight, {"books": made}, " of deals")


def _doing(path: Any) -> Iterator[DealWork]:
    return (work for work in telling(path) if not work.left_out)
