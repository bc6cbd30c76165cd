"""Why a record is as it is: both sides, where each field came from, and why it is not in step (BEY-9)."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from zoho.engine.errors import NotThere
from zoho.engine.explain.deals import MODULE as DEALS
from zoho.engine.explain.deals import explain_deal
from zoho.engine.explain.find import find_records, modules_on
from zoho.engine.explain.record import explain
from zoho.engine.on_demand.fetch import MODULES as FETCHED
from zoho.web.jobs import usable
from zoho.web.pages.filters import asked
from zoho.web.view import Viewed

router = APIRouter(prefix="/integrations/{name}/records")


@router.get("")
def found(view: Viewed, name: str) -> Response:
    """Show the records that a name or an id means; a single one at once. Nobody is asked for it."""
    configured = usable(view, name)
    query, modules = asked(view, "module", "q"), modules_on(configured)
    records, refusal = [], None
    if query.q:
        try:
            records = find_records(view.store, configured, query.q, query.module if query.module in modules else None)
        except NotThere:
            refusal = view.say(
                "No run has seen such a record: there is none, no view shows it, or it was made after the last run."
            )
    if len(records) == 1:
        one = records[0]
        return RedirectResponse(view.address(f"/integrations/{name}/records/{one.module}/{one.record_id}"), 303)
    return view.render("records.html", name=name, modules=modules, query=query, found=records, refusal=refusal)


@router.get("/{module}/{record_id}")
def record(view: Viewed, name: str, module: str, record_id: str) -> Response:
    """Show one record."""
    configured = usable(view, name)
    if module not in modules_on(configured):
        raise HTTPException(404)
    try:
        if module == DEALS:
            return view.render("deal.html", name=name, told=explain_deal(view.store, configured, record_id))
        told = explain(view.store, configured, module, record_id)
    except NotThere as error:
        raise HTTPException(404, str(error)) from None
    return view.render("record.html", name=name, told=told, fetched=module in FETCHED)
