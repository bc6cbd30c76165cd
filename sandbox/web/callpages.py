"""Routes of the log of API calls."""

from collections.abc import Sequence
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sandbox.calls import LoggedCall
from sandbox.web.rendering import CALLS_SHOWN, shown, world_of

router = APIRouter(include_in_schema=False)

PRODUCTS = ("crm", "bigin", "books", "oauth")
_KEPT = 20_000
MOST = 200
"""How many calls the page of all calls shows."""


@router.get("/page/calls")
async def recent_calls(request: Request) -> Response:
    """Show the rows of the table of recent API calls."""
    return shown("calls.html", calls=world_of(request).calls.latest(CALLS_SHOWN))


@router.get("/page/calls/found")
async def found_calls(request: Request) -> Response:
    """Show the rows of the calls that the page of all calls shows, to keep it up to date."""
    return shown("calls.html", calls=_found(request)[:MOST], searched=True)


@router.get("/page/calls/all")
async def all_calls(request: Request) -> Response:
    """Show the calls that a search finds, newest first."""
    calls = _found(request)
    return shown(
        "callpage.html",
        current="calls",
        products=PRODUCTS,
        query=request.query_params,
        calls=calls[:MOST],
        more=len(calls) > MOST,
        searched=True,
        source=f"/page/calls/found?{request.url.query}",
    )


def _found(request: Request) -> Sequence[LoggedCall]:
    query = request.query_params
    wanted = query.get("q", "").strip().lower()
    product = query.get("product", "")
    calls = (
        call
        for call in world_of(request).calls.latest(_KEPT)
        if product in ("", call.product)
        and not (query.get("failed") and 0 < call.status < 400)
        and wanted in f"{call.method} {call.path}?{call.query} {call.status} {call.code}".lower()
    )
    return list(islice(calls, MOST + 1))
