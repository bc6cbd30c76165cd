"""What failed and still stands, over all modules, with the reason of each (OPS-4)."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, StreamingResponse

from zoho.engine.history.export import failures_csv
from zoho.engine.history.failures import list_failures
from zoho.engine.history.paging import BadMarkError
from zoho.web.pages.filters import FAILURE_NAMES, asked, failure_filter
from zoho.web.pages.history import csv_file
from zoho.web.view import Viewed

router = APIRouter()


@router.get("/failures")
def failures(view: Viewed, after: str | None = None) -> HTMLResponse:
    """Show a page of failures."""
    query = asked(view, *FAILURE_NAMES)
    try:
        page = list_failures(view.store, failure_filter(view, query), after=after)
    except BadMarkError:
        raise HTTPException(400, "The address is no page of the failures.") from None
    return view.render(
        "failures.html", page=page, query=query, after=after, pages=view.next_page("/failures", query.query)
    )


@router.get("/failures.csv")
def failures_as_csv(view: Viewed) -> StreamingResponse:
    """Send all failures that the filter means."""
    return csv_file("failures.csv", failures_csv(view.store, failure_filter(view, asked(view, *FAILURE_NAMES))))
