"""The Books customers and vendors that came from the sales side: the *CRM customers* filter (SRCH-1)."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from zoho.engine.history.paging import BadMarkError
from zoho.engine.on_demand.refresh import MODULES, LinkedFilter, crm_contacts, number_of
from zoho.web.jobs import usable
from zoho.web.overview import modules_on
from zoho.web.pages.filters import asked
from zoho.web.view import Viewed

router = APIRouter()


@router.get("/integrations/{name}/customers")
def customers(view: Viewed, name: str, after: str | None = None) -> Response:
    """Show a page of them."""
    configured = usable(view, name)
    modules = [module for module in MODULES if module in modules_on(configured.settings)]
    if not modules:
        raise HTTPException(409, "Neither customers nor vendors are synchronized.")
    query = asked(view, "module", "q", "both")
    module = query.module if query.module in modules else modules[0]
    wanted = LinkedFilter(text=query.q, made_in_books_too=bool(query.both))
    try:
        page = crm_contacts(view.store, configured, module, wanted, after=after)
    except BadMarkError:
        raise HTTPException(400, "The address is no page of this list.") from None
    return view.render(
        "customers.html",
        name=name,
        modules=modules,
        module=module,
        query=query,
        page=page,
        number=number_of(view.store, configured, module, wanted),
        after=after,
        pages=view.next_page(f"/integrations/{name}/customers", query.query),
    )
