"""The identity map of an integration as a file, also of one that is removed (BEY-7)."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse

from zoho.engine.linkmap.files import export_csv
from zoho.store import linkmap
from zoho.web.pages.history import csv_file
from zoho.web.security import Right
from zoho.web.view import Viewed

router = APIRouter()


@router.get("/integrations/{name}/links.csv")
def links_csv(view: Viewed, name: str) -> StreamingResponse:
    """Send all links with their bases; of an integration that is pointed at Books, those of that organization."""
    view.rights.require(Right.SEE, name)
    configured = next((one.configured for one in view.integrations if one.name == name), None)
    with view.store.connect() as connection:
        if configured is None and not linkmap.knows(connection, name):
            raise HTTPException(404)
    organization_id = configured.settings.books.organization_id if configured else None
    return csv_file(f"{name}-links.csv", export_csv(view.store, name, organization_id))
