"""The deals of a customer, and which documents of Books belong to them (DEAL-1 to DEAL-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from zoho.config.load import Configured
from zoho.core.deals import NOUNS, Document
from zoho.engine import associations
from zoho.engine.associations import ListedDeal
from zoho.engine.control.audit import acting
from zoho.engine.deals.source import MODULE
from zoho.web.actions.question import RefusedError
from zoho.web.jobs import page_origin, usable, working
from zoho.web.pages.filters import LONGEST_TEXT, asked
from zoho.web.security import BelievedForm, Right
from zoho.web.view import View, Viewed

router = APIRouter(prefix="/integrations/{name}/deals")


@router.get("")
def deals(view: Viewed, name: str) -> Response:
    """Show the deals of a customer; the sales side is asked for those who may begin runs, since that costs calls."""
    configured = usable(view, name)
    customer = asked(view, "customer").customer
    if not customer:
        return _drawn(view, configured, "", None, None)
    view.rights.require(Right.RUN, name)
    try:
        with working(configured, MODULE) as job:
            found = associations.list_deals(job, associations.find_customer(job, customer))
    except RefusedError as error:
        return _drawn(view, configured, customer, None, str(error))
    return _drawn(view, configured, customer, found, None)


@router.post("/{deed}")
async def change(view: Viewed, name: str, deed: str, filled: BelievedForm) -> Response:
    """Associate a document with a deal, or undo that."""
    if deed not in ("associate", "dissociate"):
        raise HTTPException(404)
    configured = usable(view, name, Right.RUN)
    return await run_in_threadpool(_changed, view, configured, deed, filled)


def _changed(view: View, configured: Configured, deed: str, filled: FormData) -> Response:
    document, number, deal_id, customer = (
        str(filled.get(name) or "").strip()[:LONGEST_TEXT] for name in ("document", "number", "deal", "customer")
    )
    if document not in NOUNS:
        raise HTTPException(400, f"There are no documents {document!r}.")
    kind, detail = cast("Document", document), {"document": document, "number": number}
    try:
        with (
            working(configured, MODULE) as job,
            acting(view.store, view.user.get_name(), deed, configured.name, view.clock, detail=detail) as told,
        ):
            if deed == "associate":
                told["deal"] = deal_id
                told["lacking"] = associations.associate(job, page_origin(), kind, number, deal_id)
            else:
                told["lacking"] = associations.dissociate(job, page_origin(), kind, number)
    except RefusedError as error:
        return _drawn(view, configured, customer, _again(configured, customer), str(error))
    return RedirectResponse(view.address(f"/integrations/{configured.name}/deals", customer=customer, did=deed), 303)


def _again(configured: Configured, customer: str) -> Sequence[ListedDeal] | None:
    """Return the deals of a customer after something was refused; ``None`` when they cannot be read either."""
    try:
        with working(configured, MODULE) as job:
            return associations.list_deals(job, associations.find_customer(job, customer))
    except RefusedError:
        return None


def _drawn(
    view: View, configured: Configured, customer: str, found: Sequence[ListedDeal] | None, refusal: str | None
) -> Response:
    status = 409 if refusal else 200
    return view.render(
        "deals.html", status, name=configured.name, customer=customer, deals=found, refusal=refusal, documents=NOUNS
    )
