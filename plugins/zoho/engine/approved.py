"""Carry out a plan that a dry run showed: what it says, and nothing else (BEY-1).

The run plans anew from what both sides hold by then, and keeps of that what the plan shows: the records of which the
same would be written, in place of the same old values. One that has changed since is left out and named; what has
become due since is left to the next regular run.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Engine, Row
from sqlalchemy.exc import NoResultFound

from zoho.core.plan import Action, PlanItem
from zoho.core.texts import one_line
from zoho.engine import lifecycle
from zoho.engine.errors import PlanGone
from zoho.engine.job import Job
from zoho.engine.staging import dump
from zoho.engine.undo.asked import note_undoes
from zoho.engine.work import Planned
from zoho.store import runs
from zoho.store.runs import ChangeState
from zoho.transport import json

log = logging.getLogger(__name__)

FEW = 10
FEW_SHARE = 20
"""So many records of a plan, or one in twenty, may have changed since; with more of them it is not carried out."""

_ITEM = TypeAdapter(PlanItem)
_Work = TypeVar("_Work", bound=Planned)


def check_approved(job: Job) -> None:
    """Let a run begin that carries out a plan, if there is one that it can carry out.

    Raises:
        PlanGone: there is no such plan, it was carried out, or it was made by other settings; nothing was written.
    """
    if job.approved is not None:
        plan = _run_of(job, job.approved)
        lifecycle.note_about(job, about(job.approved))
        if plan.undoes:
            note_undoes(job, plan.undoes)


def begins_anew(row: Row[Any], work: Planned) -> bool:  # noqa: ARG001 - as any other
    """Whether an item that was begun may go on as another one than the plan shows: it may not."""
    return False


def only_approved(
    job: Job,
    works: Iterable[_Work],
    left_out: Callable[[PlanItem], _Work],
    goes_on: Callable[[Row[Any], _Work], bool] = begins_anew,
) -> Iterator[_Work]:
    """Pass on what a plan shows, and after that, as left out, what it shows and what would not be written so now.

    What belongs to one pair of records is carried out together or not at all.

    Args:
        job: the run; one without a plan to carry out passes everything on.
        works: what would be done now.
        left_out: makes of an item what only tells that it is left out.
        goes_on: tells whether what would be done now is the rest of an item that an earlier try began.

    Raises:
        PlanGone: it cannot be carried out, or more than a few of its records have changed since.
    """
    if job.approved is None:
        yield from works
        return
    plan_id = job.approved
    if _run_of(job, plan_id).module != job.module_name:
        return
    with job.store.connect() as connection:
        waiting = {_key(row): row for row in runs.changes_in(connection, plan_id, ChangeState.PLANNED)}
        begun = {_key(row) for row in runs.begun_about(connection, about(plan_id))}
    whole = len(waiting)
    for pair in _pairs(works):
        known = [(waiting.get(_key(work.item)), work) for work in pair]
        if all(row and (_says(row, work) or (_key(row) in begun and goes_on(row, work))) for row, work in known):
            for work in pair:
                del waiting[_key(work.item)]
            yield from pair
    for done in begun & waiting.keys():  # by an earlier try that died
        del waiting[done]
    if len(waiting) > max(FEW, whole // FEW_SHARE):
        raise PlanGone(
            f"{len(waiting):,} of the {whole:,} records of the plan {plan_id} have changed since it was made, so "
            "nothing of it was written. Make a new plan."
        )
    for row in waiting.values():
        log.warning("Left out, since it has changed after the plan was made: %s.", one_line(row.name))
        yield left_out(_ITEM.validate_python(row.item))


def _run_of(job: Job, plan_id: str) -> Row[Any]:
    """Return the run that made a plan."""
    try:
        with job.store.connect() as connection:
            run = runs.get(connection, plan_id)
            done_by = runs.applied_about(connection, about(plan_id), job.run_id)
    except NoResultFound:
        raise PlanGone(f"There is no plan {plan_id}.") from None
    if run.integration != job.configured.name or not run.dry_run or run.applied_at is None:
        raise PlanGone(f"{plan_id} is no finished dry run of {job.configured.name}, so it cannot be carried out.")
    if run.settings_hash != job.configured.hash:
        raise PlanGone(f"The settings or a mapping have changed since the plan {plan_id} was made. Make a new plan.")
    if done_by is not None:
        raise PlanGone(f"The plan {plan_id} has been carried out already, by the run {done_by}.")
    return run


def about(plan_id: str) -> str:
    """Return what a run is limited to that carries out a plan."""
    return f"the plan {plan_id}"


def plan_for(store: Engine, module: str, plans: str | None) -> str | None:
    """Return which of some plans is one of a module.

    Args:
        store: the database.
        module: name.
        plans: their ids with blanks between them, since a run of several modules makes a plan of each.

    Returns:
        A plan of the module; if there is none, one of another, so that nothing is done; ``None`` without plans.
    """
    ids = (plans or "").split()
    if not ids:
        return None
    with store.connect() as connection:
        modules = runs.modules_of(connection, ids)
    return next((plan_id for plan_id in ids if modules.get(plan_id) == module), ids[0])


def _pairs(works: Iterable[_Work]) -> Iterator[list[_Work]]:
    """Yield what belongs together."""
    pair: list[_Work] = []
    for work in works:
        pair.append(work)
        if not work.more:
            yield pair
            pair = []


def _says(row: Row[Any], work: Planned) -> bool:
    """Whether a plan shows just what would be done now."""
    return bool(_changes(row.item) == _changes(json.loads(dump(_ITEM.dump_python(work.item)))))


def _changes(item: Mapping[str, Any]) -> Any:
    children = [(child["action"], child["sales_id"], child["books_id"], _writes(child)) for child in item["children"]]
    return _writes(item), children


def _writes(part: Mapping[str, Any]) -> list[Any]:
    return [
        (field["key"], field["target"], field["old"], field["new"])
        for field in part["fields"]
        if field["outcome"] == "write"
    ]


def _key(item: Any) -> tuple[Any, ...]:
    """Return what tells an item of a plan from the others, whether it is planned now, stored or carried out."""
    made = item.action == Action.CREATE  # a create that was carried out knows both ids
    to_books = item.direction == "sales_to_books"
    ids = (None if made and not to_books else item.sales_id, None if made and to_books else item.books_id)
    return item.action, item.direction, item.kind, *ids
