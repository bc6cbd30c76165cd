"""Find on the sales side, synchronized or not; fetch one record, import what is not in Books yet (OPS-3, SRCH)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from zoho.config.load import Configured
from zoho.core.records import Side
from zoho.engine.control.audit import acting
from zoho.engine.on_demand.bring import bring
from zoho.engine.on_demand.fetch import MODULES, Find, by_id, find
from zoho.engine.on_demand.search import SearchPage, search
from zoho.web.actions.question import RefusedError
from zoho.web.jobs import page_origin, usable, working
from zoho.web.overview import modules_on
from zoho.web.pages.filters import LONGEST_TEXT, asked
from zoho.web.security import BelievedForm, Right
from zoho.web.view import View, Viewed

router = APIRouter(prefix="/integrations/{name}/find")

_MOST_SKIPPED = 2000


@router.get("")
def found(view: Viewed, name: str, skip: int = 0) -> Response:
    """Show what the sales side has by a name; only to those who may begin runs, since asking costs calls."""
    configured = usable(view, name)
    query = asked(view, "module", "q")
    page, refusal = None, None
    if query.q:
        view.rights.require(Right.RUN, name)
        try:
            page = _searched(configured, query.module, query.q, min(max(skip, 0), _MOST_SKIPPED))
        except RefusedError as error:
            refusal = str(error)
    return _drawn(view, configured, page, refusal)


@router.post("/fetch")
async def fetch(view: Viewed, name: str, filled: BelievedForm) -> Response:
    """Bring one record in step that was named by its id or its name."""
    configured = usable(view, name, Right.RUN)
    return await run_in_threadpool(_fetched, view, configured, filled)


@router.post("/import")
async def import_(view: Viewed, name: str, filled: BelievedForm) -> Response:
    """Bring a record into Books that was picked from a search."""
    configured = usable(view, name, Right.RUN)
    return await run_in_threadpool(_imported, view, configured, filled)


def _fetched(view: View, configured: Configured, filled: FormData) -> Response:
    side = cast("Side", _one_of(filled, "side", ("sales", "books")))
    text = str(filled.get("record") or "")[:LONGEST_TEXT]
    try:
        return _brought(
            view, configured, filled, "fetch", {"record": text, "side": side}, lambda: find(text, side=side)
        )
    except RefusedError as error:
        return _drawn(view, configured, None, str(error))


def _imported(view: View, configured: Configured, filled: FormData) -> Response:
    sales_id = str(filled.get("sales_id") or "")[:LONGEST_TEXT]
    entity = _one_of(filled, "entity", ("Accounts", "Contacts", "Vendors", "Products"))
    try:
        detail = {"entity": entity, "sales_id": sales_id}
        return _brought(view, configured, filled, "import", detail, lambda: by_id(sales_id, entity=entity))
    except RefusedError as error:
        return _drawn(view, configured, None, str(error))


def _brought(
    view: View,
    configured: Configured,
    filled: FormData,
    what: str,
    detail: dict[str, Any],
    wanted: Callable[[], Find],
) -> Response:
    module = _one_of(filled, "module", _modules(configured))
    user = view.user.get_name()
    with (
        working(configured, module) as job,
        acting(view.store, user, what, configured.name, view.clock, module=module, detail=detail) as told,
    ):
        brought = bring(job, page_origin(), wanted())
        told |= {"run": brought.run_id, "books_id": brought.books_id, "calls": brought.calls}
    return RedirectResponse(view.address(f"/runs/{brought.run_id}", did=what), 303)


def _searched(configured: Configured, module: str, text: str, skip: int) -> SearchPage:
    known = _modules(configured)
    with working(configured, module if module in known else known[0]) as job:
        return search(job, text, skip=skip)


def _drawn(view: View, configured: Configured, page: SearchPage | None, refusal: str | None) -> Response:
    query = asked(view, "module", "q")
    modules = _modules(configured)
    return view.render(
        "find.html",
        409 if refusal else 200,
        name=configured.name,
        modules=modules,
        module=query.module if query.module in modules else modules[0],
        query=query,
        page=page,
        refusal=refusal,
    )


def _modules(configured: Configured) -> list[str]:
    """Return the modules whose records can be looked for.

    Raises:
        HTTPException: 409, none of them is on.
    """
    modules = [module for module in MODULES if module in modules_on(configured.settings)]
    if not modules:
        raise HTTPException(409, "None of customers, vendors and products is synchronized.")
    return modules


def _one_of(filled: FormData, name: str, known: Sequence[str]) -> str:
    value = str(filled.get(name) or "")
    if value not in known:
        raise HTTPException(400, f"{name} is {value!r}, and may be {', '.join(known)}.")
    return value
