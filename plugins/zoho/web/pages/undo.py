"""Undo a run: what would be put back is planned and shown first, and carried out from there (BEY-3)."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from zoho.engine.history.runs import RunDetail
from zoho.store import controls
from zoho.store.runs import ChangeState
from zoho.web.actions.question import Question, RefusedError, refusals
from zoho.web.jobs import usable
from zoho.web.languages import marked
from zoho.web.pages.history import run_to_act_on
from zoho.web.pages.plans import numbers_of
from zoho.web.security import BelievedForm, Right
from zoho.web.view import View, Viewed

router = APIRouter(prefix="/runs/{run_id}/undo")


@router.get("")
def ask(view: Viewed, run_id: str) -> Response:
    """Say what will happen."""
    return _asked(view, _run(view, run_id), None)


@router.post("")
async def do(view: Viewed, run_id: str, filled: BelievedForm) -> Response:  # noqa: ARG001 - believed, nothing is chosen
    """Begin the dry run that plans it."""
    return await run_in_threadpool(_done, view, _run(view, run_id))


def _run(view: View, run_id: str) -> RunDetail:
    """Return a run, when the user may undo it.

    Raises:
        HTTPException: they may not (403), or there is nothing of it to undo (404).
    """
    detail = run_to_act_on(view, run_id)
    if not detail.entry.wrote:
        raise HTTPException(404)
    return detail


def _done(view: View, run: RunDetail) -> Response:
    from zoho.orchestration.controlling import run_now

    entry = run.entry
    try:
        with refusals():
            configured = usable(view, entry.integration, Right.RUN)
            run_now(view.store, configured, entry.module, view.user.get_name(), undo=entry.run_id, dry_run=True)
    except RefusedError as error:
        return _asked(view, run, str(error))
    return RedirectResponse(view.address(f"/integrations/{entry.integration}", did="undo"), 303)


def _asked(view: View, run: RunDetail, refusal: str | None) -> Response:
    entry, say = run.entry, view.say
    with view.store.connect() as connection:
        state = controls.read(connection, entry.integration)
    told = [
        say("A dry run begins in Airflow now. It shows what would be put back, field by field, and writes nothing."),
        say("What was edited since is left as it is and named, and so is what cannot be undone."),
        say("Records that the run made become inactive, or are deleted; a posted transaction never is."),
        say("When you have looked at it, carry it out there with the button of the plan."),
    ]
    numbers = numbers_of(view, entry.run_id, ChangeState.DONE)
    question = Question(
        marked("Undo this run"),
        marked("Show what would be undone"),
        told,
        lists=[(say("What the run did"), numbers)],
    )
    return view.render(
        "ask.html",
        409 if refusal else 200,
        name=entry.integration,
        state="enabled" if state.may_run else "paused",
        question=question,
        refusal=refusal,
    )
