"""Records that may be the same: decided about one by one, many at once, or in a spreadsheet (BEY-6)."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from zoho.config.load import Configured
from zoho.engine.control.audit import acting
from zoho.engine.history.paging import BadMarkError
from zoho.engine.review.book import (
    LATER_DAYS,
    MOST_DAYS,
    Said,
    Wanted,
    decide,
    every_proposal,
    find,
    list_proposals,
    pair_of,
    reviewed_modules,
)
from zoho.engine.review.sheet import MOST_BYTES, import_decisions, proposals_csv
from zoho.store.proposals import Decision
from zoho.web import words
from zoho.web.actions.question import RefusedError, refusals
from zoho.web.jobs import usable
from zoho.web.pages.filters import LONGEST_TEXT, asked
from zoho.web.pages.history import csv_file
from zoho.web.security import BelievedForm, Right
from zoho.web.view import View, Viewed

router = APIRouter(prefix="/integrations/{name}/review")

NAMES = ("module", "state", "q")
LATER = (7, LATER_DAYS, 90, 365)
"""After how many days the page offers to ask again."""


@router.get("")
def review(view: Viewed, name: str, after: str | None = None) -> Response:
    """Show a page of proposals."""
    return _drawn(view, _reviewed(view, name), None, after)


@router.get("/proposals.csv")
def as_csv(view: Viewed, name: str) -> StreamingResponse:
    """Send all proposals that the filter means."""
    configured = _reviewed(view, name)
    entries = every_proposal(view.store, configured, _wanted(view, configured), view.now)
    return csv_file(f"{name}-review.csv", proposals_csv(entries))


@router.post("")
async def change(view: Viewed, name: str, filled: BelievedForm) -> Response:
    """Decide about the proposals that were chosen."""
    return await run_in_threadpool(_decided, view, _reviewed(view, name, Right.RUN), filled)


@router.post("/find")
async def look(view: Viewed, name: str, filled: BelievedForm) -> Response:  # noqa: ARG001 - believed, nothing is chosen
    """Compare what was last seen of both sides."""
    return await run_in_threadpool(_looked, view, _reviewed(view, name, Right.RUN))


@router.post("/import")
async def read_in(view: Viewed, name: str, filled: BelievedForm) -> Response:
    """Read the decisions of a CSV in."""
    configured = _reviewed(view, name, Right.RUN)
    file = filled.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _drawn(view, configured, view.say("Choose a file first."))
    content = await file.read(MOST_BYTES + 1)
    return await run_in_threadpool(_read_in, view, configured, file.filename[:LONGEST_TEXT], content)


def _reviewed(view: View, name: str, right: Right = Right.SEE) -> Configured:
    """Return an integration that the user has a right over and that has names to compare.

    Raises:
        HTTPException: see :func:`~zoho.web.jobs.usable`; 409, neither customers nor vendors are synchronized.
    """
    configured = usable(view, name, right)
    if not reviewed_modules(configured):
        raise HTTPException(409, view.say("Neither customers nor vendors are synchronized."))
    return configured


def _decided(view: View, configured: Configured, filled: FormData) -> Response:
    said = _said(filled)
    if not said:
        return _drawn(view, configured, view.say("Choose some proposals first."))
    detail = {"decision": str(said[0].decision), "proposals": [":".join(one.pair) for one in said]}
    try:
        with (
            refusals(),
            acting(view.store, view.user.get_name(), "review", configured.name, view.clock, detail=detail),
        ):
            decide(view.store, configured, said, view.user.get_name(), view.clock())
    except RefusedError as error:
        return _drawn(view, configured, str(error))
    return _back(view, configured, "review")


def _said(filled: FormData) -> list[Said]:
    """Return what a filled form decides: about the one whose button was pressed, or all that are chosen.

    Raises:
        HTTPException: 400, it is no form of this page.
    """
    one = str(filled.get("one") or "")
    decision, _, key = one.partition(" ") if one else (str(filled.get("decision") or ""), "", "")
    keys = [key] if one else [str(key) for key in filled.getlist("pair")]
    days = str(filled.get("days") or LATER_DAYS)
    pairs = [pair_of(key) for key in dict.fromkeys(keys)]
    if not (decision in set(Decision) and days.isascii() and days.isdigit() and int(days) <= MOST_DAYS):
        raise HTTPException(400, "The form says nothing that can be decided.")
    if None in pairs:
        raise HTTPException(400, "The form names no proposal.")
    return [Said(pair, Decision(decision), int(days)) for pair in pairs if pair]


def _looked(view: View, configured: Configured) -> Response:
    try:
        with refusals():
            find(view.store, configured, view.clock())
    except RefusedError as error:
        return _drawn(view, configured, str(error))
    return _back(view, configured, "looked")


def _read_in(view: View, configured: Configured, file: str, content: bytes) -> Response:
    user = view.user.get_name()
    try:
        with (
            refusals(),
            acting(view.store, user, "review", configured.name, view.clock, detail={"file": file}) as told,
        ):
            told["decided"] = import_decisions(view.store, configured, file, content, user, view.clock())
    except RefusedError as error:
        return _drawn(view, configured, str(error))
    return _back(view, configured, "review")


def _back(view: View, configured: Configured, did: str) -> Response:
    query = asked(view, *NAMES).query
    return RedirectResponse(view.address(f"/integrations/{configured.name}/review", **query, did=did), 303)


def _wanted(view: View, configured: Configured) -> Wanted:
    query = asked(view, *NAMES)
    modules = [query.module] if query.module in reviewed_modules(configured) else []
    state = Decision(query.state) if query.state in set(Decision) else Decision.OPEN
    return Wanted(modules, state, query.q)


def _drawn(view: View, configured: Configured, refusal: str | None, after: str | None = None) -> Response:
    query, wanted = asked(view, *NAMES), _wanted(view, configured)
    try:
        page = list_proposals(view.store, configured, wanted, view.now, after=after)
    except BadMarkError:
        raise HTTPException(400, "The address is no page of this list.") from None
    return view.render(
        "review.html",
        409 if refusal else 200,
        name=configured.name,
        module_words={module: words.MODULES[module] for module in reviewed_modules(configured)},
        wanted=wanted,
        query=query,
        page=page,
        refusal=refusal,
        later=LATER,
        after=after,
        pages=view.next_page(f"/integrations/{configured.name}/review", query.query),
    )
