"""The sync history: runs with filters, one run with its changes field by field, and both as CSV (OPS-4)."""

from collections.abc import Iterator
from urllib.parse import quote

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, StreamingResponse

from zoho.engine.history.changes import list_changes
from zoho.engine.history.export import changes_csv, runs_csv
from zoho.engine.history.paging import BadMarkError
from zoho.engine.history.runs import RunDetail, list_runs, one_run
from zoho.web.pages.filters import CHANGE_NAMES, RUN_NAMES, asked, change_filter, run_filter
from zoho.web.security import Right
from zoho.web.view import View, Viewed

router = APIRouter()


@router.get("/history")
def history(view: Viewed, after: str | None = None) -> HTMLResponse:
    """Show a page of runs."""
    query = asked(view, *RUN_NAMES)
    try:
        page = list_runs(view.store, run_filter(view, query), after=after)
    except BadMarkError:
        raise HTTPException(400, "The address is no page of the history.") from None
    return view.render(
        "history.html", page=page, query=query, after=after, pages=view.next_page("/history", query.query)
    )


@router.get("/history.csv")
def history_csv(view: Viewed) -> StreamingResponse:
    """Send all runs that the filter means."""
    return csv_file("history.csv", runs_csv(view.store, run_filter(view, asked(view, *RUN_NAMES))))


@router.get("/runs/{run_id}")
def run(view: Viewed, run_id: str, after: str | None = None) -> HTMLResponse:
    """Show a run: numbers, calls, and what it changed."""
    detail = seen_run(view, run_id)
    query = asked(view, *CHANGE_NAMES)
    try:
        page = list_changes(view.store, run_id, change_filter(query), after=after)
    except BadMarkError:
        raise HTTPException(400, "The address is no page of this run.") from None
    return view.render(
        "run.html",
        run=detail,
        entry=detail.entry,
        page=page,
        query=query,
        after=after,
        pages=view.next_page(f"/runs/{run_id}", query.query),
    )


@router.get("/runs/{run_id}/changes.csv")
def run_csv(view: Viewed, run_id: str) -> StreamingResponse:
    """Send all changes of a run that the filter means."""
    entry = seen_run(view, run_id).entry
    name = f"{entry.integration}-{entry.module}-{entry.started_at:%Y%m%d-%H%M%S}.csv"
    return csv_file(name, changes_csv(view.store, run_id, change_filter(asked(view, *CHANGE_NAMES))))


def csv_file(name: str, lines: Iterator[str]) -> StreamingResponse:
    """Return CSV as a file to keep; the mark at its begin tells spreadsheets that it is UTF-8."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    marked = (text.encode("utf-8-sig" if number == 0 else "utf-8") for number, text in enumerate(lines))
    return StreamingResponse(marked, media_type="text/csv; charset=utf-8", headers=headers)


def seen_run(view: View, run_id: str) -> RunDetail:
    """Return a run that the user may see.

    Raises:
        HTTPException: there is none (404), or they may not see it.
    """
    try:
        detail = one_run(view.store, run_id)
    except LookupError:
        raise HTTPException(404) from None
    view.rights.require(Right.SEE, detail.entry.integration)
    return detail


def run_to_act_on(view: View, run_id: str) -> RunDetail:
    """Return a run of an integration that the user may run.

    Raises:
        HTTPException: there is none (404), or they may not (403).
    """
    if not view.may_run_some:
        raise HTTPException(403)
    detail = seen_run(view, run_id)
    view.rights.require(Right.RUN, detail.entry.integration)
    return detail
