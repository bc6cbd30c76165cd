"""Plans that a guard holds back: kept, shown to a person, and carried out when they approve (BEY-5)."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row

from zoho.config.settings import Modules
from zoho.core.merge import PLACE
from zoho.core.plan import Action, PlanItem
from zoho.engine import wording
from zoho.engine.apply import show
from zoho.engine.approved import about
from zoho.engine.errors import HeldBack
from zoho.engine.guards import guard
from zoho.engine.job import Job
from zoho.engine.outlook import Cost, from_stored
from zoho.engine.staging import dump
from zoho.engine.work import read_plan
from zoho.store import approvals, runs
from zoho.store.approvals import Answer
from zoho.store.runs import ChangeState

log = logging.getLogger(__name__)

SHOWN = 20
"""How many records of a plan are shown to who is asked; the history has all of them."""

_ITEM = TypeAdapter(PlanItem)


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked about one plan.

    Attributes:
        run_id: the plan.
        module: of which module.
        why: which guards hold it back.
        plan: what it would do, in numbers.
        cost: what it takes and which money it moves, in sentences.
        records: its first records: what it would do with each, and a line for every field.
        more: how many records it has besides.
        until: how long the answer is waited for, aware.
    """

    run_id: str
    module: str
    why: str
    plan: str
    cost: str
    records: Sequence[tuple[str, Sequence[str]]]
    more: int
    until: datetime


def may_be_carried_out(job: Job, plan_path: Any) -> bool:
    """Return whether the guards let a plan pass; if they do not, it is kept as that of a dry run (BEY-1).

    It can be carried out when a person has approved it. Nobody is asked twice: not while an earlier plan of the
    module waits for its answer, and not about a plan that would write just what was rejected before.

    Args:
        job: the run; one that carries a plan out passes, for somebody saw what it does.
        plan_path: the staged plan.
    """
    return passes(
        job,
        lambda: guard(job, plan_path),
        lambda: (work.item for work in read_plan(plan_path)),
        lambda: show(job, plan_path),
    )


def passes(
    job: Job, check: Callable[[], None], items: Callable[[], Iterable[PlanItem]], keep: Callable[[], object]
) -> bool:
    """Return whether the guards let a plan of any kind pass; see :func:`may_be_carried_out`.

    Args:
        job: the run.
        check: raises :class:`HeldBack` when it does not pass.
        items: gives the plan's items.
        keep: keeps the plan as that of a dry run.
    """
    if not job.beyond_guards and job.approved is None:
        try:
            check()
        except HeldBack as reason:
            _hold(job, reason, _content(items()))
            keep()
            return False
    with job.store.begin() as connection:
        approvals.release(connection, job.run_id)  # an earlier try of the run may have been held back
    return True


def _hold(job: Job, reason: HeldBack, content: str) -> None:
    name, module, run_id, now = job.configured.name, job.module_name, job.run_id, job.clock()
    with job.store.begin() as connection:
        before = approvals.waiting(connection, name, module, now, run_id)
        open_ones = [one for one in before if runs.applied_about(connection, about(one), run_id) is None]
        refused = approvals.rejected(connection, name, module, content)
        if refused is not None:
            when = f"{refused.answered_at:%Y-%m-%d %H:%M} UTC"
            then = (
                f"The same was rejected by {refused.answered_by} on {when}, so nobody is asked again. "
                f"To have the next run ask again: zoho-sync ask-again {run_id}. "
                f"To carry it out: zoho-sync apply {run_id}."
            )
        elif open_ones:
            then = f"The plan {open_ones[0]} of this module waits for approval already."
        else:
            then = "It waits for approval."
        asks = refused is None and not open_ones
        why = f"{reason} {then}"
        approvals.hold(connection, run_id, name, module, why=str(reason), content=content, asks=asks)
        runs.note_held(connection, run_id, why)
    log.warning("%s", why)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A plan that would write what somebody rejected before.

    Attributes:
        integration: name.
        module: name.
        by: who rejected it; ``None``: nobody's name is known.
        at: when, aware.
        content: hash of what it would write.
    """

    integration: str
    module: str
    by: str | None
    at: datetime
    content: str


def rejected(store: Engine, run_id: str) -> Rejected:
    """Return what is known of the rejection that holds a plan back.

    Raises:
        LookupError: the run holds no plan back, or nobody rejected such a one.
    """
    with store.connect() as connection:
        for held in approvals.of_runs(connection, [run_id]):
            found = approvals.rejected(connection, held.integration, held.module, held.content)
            if found is not None:
                return Rejected(held.integration, held.module, found.answered_by, found.answered_at, held.content)
    raise LookupError(f"The run {run_id} holds no plan back that was rejected.")


def ask_again(store: Engine, plan: Rejected) -> None:
    """Forget that a plan was rejected: the next run that would write the same asks about it."""
    with store.begin() as connection:
        approvals.withdraw(connection, plan.integration, plan.module, plan.content)


def to_ask_about(store: Engine, integration: str, origin: str) -> list[str]:
    """Return the plans of a run of a DAG that a person is to be asked about, by their runs.

    Args:
        store: the database.
        integration: name.
        origin: of the run, ``airflow:<dag>:<dag run>``.
    """
    with store.connect() as connection:
        run_ids = [row.run_id for row in runs.of_dag_run(connection, integration, origin)]
        held = {row.run_id for row in approvals.of_runs(connection, run_ids) if row.asks and row.answer is None}
    return [run_id for run_id in run_ids if run_id in held]


def ask(store: Engine, modules: Modules, plans: Sequence[str], now: datetime) -> list[Question]:
    """Return what a person is to be asked, and note that they are.

    Args:
        store: the database.
        modules: the settings, which say how long an answer is waited for.
        plans: by their runs.
        now: aware.

    Raises:
        LookupError: one of them is no plan that is held back.
    """
    with store.begin() as connection:
        held = {row.run_id: row for row in approvals.of_runs(connection, plans)}
        missing = [plan for plan in plans if plan not in held]
        if missing or not plans:
            raise LookupError(f"{' '.join(missing) or 'Nothing'} is no plan that a guard holds back.")
        hours = min(getattr(modules, row.module).guards.wait_hours for row in held.values())
        until = now + timedelta(hours=hours)
        approvals.note_asked(connection, plans, until)
        return [_question(connection, held[plan], until) for plan in plans]


def note_answer(store: Engine, plans: Sequence[str], answer: Answer, by: str | None, now: datetime) -> None:
    """Note what was decided about plans.

    Args:
        store: the database.
        plans: by their runs.
        answer: the decision.
        by: whose; ``None``: nobody's.
        now: aware.
    """
    with store.begin() as connection:
        approvals.note_answer(connection, plans, answer, by, now)


def _question(connection: Connection, held: Row[Any], until: datetime) -> Question:
    run = runs.get(connection, held.run_id)
    outlook = from_stored(run.outlook)
    rows = runs.changes_in(connection, held.run_id, ChangeState.PLANNED)
    writing = [
        item
        for item in (_ITEM.validate_python(row.item) for row in rows)
        if item.writes or item.action is Action.RETIRE
    ]
    records = [(wording.planned(item), list(wording.details(item))) for item in islice(writing, SHOWN)]
    numbers = Counter((item.action, item.target) for item in writing)
    told = [
        f"{action} {number:,} record{'s' if number > 1 else ''} in {PLACE[target]}"
        for (action, target), number in sorted(numbers.items())
    ]
    return Question(
        run_id=held.run_id,
        module=held.module,
        why=held.why,
        plan=f"It would {' and '.join(told)}.",
        cost=" ".join([Cost(run.cost or {}, {}).sentence, *(outlook.sentences if outlook else ())]),
        records=records,
        more=max(0, len(writing) - SHOWN),
        until=until,
    )


def _content(items: Iterable[PlanItem]) -> str:
    """Return a hash of what a plan would write, in whatever order."""
    marks = sorted(hashlib.sha256(str(dump(_ITEM.dump_python(item))).encode()).hexdigest() for item in items)
    return hashlib.sha256("".join(marks).encode()).hexdigest()
