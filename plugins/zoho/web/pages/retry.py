"""Try failed records again, and no others: one of them, those of a run, or all that a filter means (OPS-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from zoho.engine.control.audit import acting
from zoho.engine.history.failures import FailureEntry, list_failures
from zoho.engine.on_demand.again import try_again
from zoho.engine.urgency import FEW
from zoho.web.actions.question import RefusedError, refusals
from zoho.web.jobs import page_origin, staging, usable
from zoho.web.pages.filters import FAILURE_NAMES, asked, failure_filter
from zoho.web.security import BelievedForm, Right
from zoho.web.view import View, Viewed

if TYPE_CHECKING:
    from zoho.engine.job import Job

router = APIRouter(prefix="/failures/retry")

MOST = 50
"""Records that are tried while somebody waits; with more the command line shows how far it has come."""


@router.get("")
def ask(view: Viewed) -> Response:
    """Say what will be tried again."""
    return _asked(view, _chosen(view), None)


@router.post("")
async def do(view: Viewed, filled: BelievedForm) -> Response:  # noqa: ARG001 - believed, with the filter in the address
    """Try it again, and show what became of it."""
    return await run_in_threadpool(_done, view, _chosen(view))


def _chosen(view: View) -> Sequence[FailureEntry]:
    """Return the failures that the address means, when the user may begin runs of their integrations.

    Raises:
        HTTPException: they may not (403), or no failure that stands is meant (404).
    """
    page = list_failures(view.store, failure_filter(view, asked(view, *FAILURE_NAMES)), per_page=MOST)
    for name in {one.integration for one in page.items}:
        view.rights.require(Right.RUN, name)
    if not page.items:
        raise HTTPException(404 if view.may_run_some else 403)
    return page.items


def _done(view: View, chosen: Sequence[FailureEntry]) -> Response:
    def open_job(name: str, module: str) -> Job:
        return job_of(usable(view, name, Right.RUN), module)

    names = sorted({one.integration for one in chosen})
    detail = {"records": [one.name for one in chosen]}
    try:
        with (
            refusals(),
            staging(bulk=len(chosen) > FEW) as job_of,
            acting(view.store, view.user.get_name(), "retry", ", ".join(names), view.clock, detail=detail) as told,
        ):
            told["runs"] = [one.run_id for one in try_again(open_job, page_origin(), chosen)]
    except RefusedError as error:
        return _asked(view, chosen, str(error))
    if len(told["runs"]) == 1:
        return RedirectResponse(view.address(f"/runs/{told['runs'][0]}", did="retry"), 303)
    return RedirectResponse(view.address("/history", did="retry"), 303)


def _asked(view: View, chosen: Sequence[FailureEntry], refusal: str | None) -> Response:
    query = asked(view, *FAILURE_NAMES).query
    return view.render("retry.html", 409 if refusal else 200, chosen=chosen, query=query, refusal=refusal, most=MOST)
