"""Carry out the plan that a dry run shows: just that, after it was looked at (BEY-1)."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from zoho.engine.history.runs import RunDetail
from zoho.store import controls, runs
from zoho.store.runs import ChangeState
from zoho.web import words
from zoho.web.actions.question import Question, RefusedError, refusals
from zoho.web.jobs import usable
from zoho.web.languages import marked
from zoho.web.pages.history import run_to_act_on
from zoho.web.security import BelievedForm, Right
from zoho.web.view import View, Viewed

router = APIRouter(prefix="/runs/{run_id}/apply")


@router.get("")
def ask(view: Viewed, run_id: str) -> Response:
    """Say what will happen."""
    return _asked(view, _plan(view, run_id), None)


@router.post("")
async def do(view: Viewed, run_id: str, filled: BelievedForm) -> Response:  # noqa: ARG001 - believed, nothing is chosen
    """Begin the run that carries it out."""
    return await run_in_threadpool(_done, view, _plan(view, run_id))


def _plan(view: View, run_id: str) -> RunDetail:
    """Return a plan, when the user may carry it out.

    Raises:
        HTTPException: they may not (403), or the run is no plan (404).
    """
    detail = run_to_act_on(view, run_id)
    if not is_plan(detail):
        raise HTTPException(404)
    return detail


def is_plan(detail: RunDetail) -> bool:
    """Whether a run made a plan that can be carried out."""
    return detail.entry.dry_run and detail.applied_at is not None


def _done(view: View, plan: RunDetail) -> Response:
    from zoho.orchestration.controlling import run_now

    entry = plan.entry
    try:
        with refusals():
            configured = usable(view, entry.integration, Right.RUN)
            run_now(view.store, configured, entry.module, view.user.get_name(), plan=entry.run_id)
    except RefusedError as error:
        return _asked(view, plan, str(error))
    return RedirectResponse(view.address(f"/integrations/{entry.integration}", did="sync"), 303)


def numbers_of(view: View, run_id: str, state: ChangeState) -> list[str]:
    """Return how many changes of each kind a run has in a state, as a person reads it."""
    with view.store.connect() as connection:
        rows = [row for row in runs.tally(connection, run_id) if row.state == state]
    return [
        f"{view.say(words.ACTIONS[row.action])} {view.say(words.DIRECTIONS[row.direction])}: {row.n:,}"
        for row in sorted(rows, key=lambda row: (row.direction, row.action))
    ]


def _asked(view: View, plan: RunDetail, refusal: str | None) -> Response:
    entry, say = plan.entry, view.say
    numbers = numbers_of(view, entry.run_id, ChangeState.PLANNED)
    with view.store.connect() as connection:
        state = controls.read(connection, entry.integration)
    told = [
        say("A run begins in Airflow now. It carries out what this plan shows, and nothing else."),
        say("A record that has changed since is left out and named. With many of them nothing is written."),
    ]
    question = Question(
        marked("Carry out this plan"), marked("Carry out"), told, lists=[(say("What the plan shows"), numbers)]
    )
    return view.render(
        "ask.html",
        409 if refusal else 200,
        name=entry.integration,
        state="enabled" if state.may_run else "paused",
        question=question,
        refusal=refusal,
    )
