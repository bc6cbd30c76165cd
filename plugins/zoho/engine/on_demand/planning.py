"""Plan a whole module without writing, and carry out just such a plan, for somebody who waits for it (BEY-1)."""

from zoho.engine import lifecycle
from zoho.engine.apply import apply, show
from zoho.engine.approved import check_approved
from zoho.engine.deals.apply import apply_deals, show_deals
from zoho.engine.deals.decide import decide_deals
from zoho.engine.deals.preflight import preflight_deals
from zoho.engine.deals.scan import scan_deals
from zoho.engine.deals.scan import take_in as take_in_deals
from zoho.engine.deals.source import MODULE as DEALS
from zoho.engine.errors import FailedInPart
from zoho.engine.job import Job
from zoho.engine.on_demand.bring import opened
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.preflight import preflight
from zoho.engine.scan import scan_books, scan_sales
from zoho.engine.undo.asked import check_undo

_TASK = "on demand"


def make_plan(job: Job, origin: str) -> str:
    """Plan a module as its next run would, keep the plan and write nothing to Zoho.

    Args:
        job: of the module, with a staging folder.
        origin: who asks, for the history.

    Returns:
        The id of the plan, which is that of its run.

    Raises:
        PreflightError, ZohoError: the run could not do its work; the history says why.
    """
    with opened(job, origin, dry_run=True):
        if job.module_name == DEALS:
            show_deals(job, _decided(job))
        else:
            show(job, _planned(job))
        _end(job)
    return job.run_id


def plan_undo(job: Job, origin: str, run_id: str) -> str:
    """Plan what takes a run back, keep the plan and write nothing to Zoho (BEY-3).

    Args:
        job: of the run's module, with a staging folder.
        origin: who asks, for the history.
        run_id: the run to take back.

    Returns:
        The id of the plan; :func:`carry_out` carries it out as any other.

    Raises:
        CannotUndo: there is no such run, it wrote nothing, or it still goes on.
        PreflightError, ZohoError: the run could not do its work; the history says why.
    """
    job.undoes = run_id
    return make_plan(job, origin)


def carry_out(job: Job, origin: str, plan_id: str) -> str:
    """Carry out a plan: what it shows, and nothing else; returns the run.

    Args:
        job: of the module, with a staging folder.
        origin: who asks, for the history.
        plan_id: of the plan.

    Raises:
        PlanGone: it cannot be carried out, or too much has changed since; nothing of it was written.
        PreflightError, ZohoError: the run could not do its work; the history says why.
    """
    job.approved = plan_id
    with opened(job, origin, dry_run=False):
        if job.module_name == DEALS:
            apply_deals(job, _decided(job))
        else:
            apply(job, _planned(job))
        _end(job)
    return job.run_id


def _planned(job: Job) -> object:
    check_approved(job)
    check_undo(job)
    preflight(job)
    take_in(job, scan_sales(job), scan_books(job))
    pairs, _ = pair(job)
    path, _ = plan(job, pairs)
    return path


def _decided(job: Job) -> object:
    check_approved(job)
    preflight_deals(job)
    take_in_deals(job, scan_deals(job))
    path, _ = decide_deals(job)
    return path


def _end(job: Job) -> None:
    lifecycle.note_calls(job, _TASK)
    try:
        lifecycle.close(job)
    except FailedInPart:
        return  # the records that failed are in the history, by their reasons
