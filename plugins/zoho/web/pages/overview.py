"""The overview: every integration, its modules, their last and next runs, and what failed (OPS-1, OPS-4)."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from zoho.web.overview import cards
from zoho.web.view import Viewed

router = APIRouter()


@router.get("/")
def overview(view: Viewed) -> HTMLResponse:
    """Show all integrations that the user may see."""
    return view.render("overview.html", cards=cards(view, view.integrations))
