"""Who did what: by this page, the command line, or a form of Airflow."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from zoho.store import actions
from zoho.web.pages.filters import asked, seen
from zoho.web.view import Viewed

router = APIRouter()

SHOWN = 200


@router.get("/activity")
def activity(view: Viewed) -> HTMLResponse:
    """Show the latest actions on integrations that the user may see."""
    query = asked(view, "integration")
    allowed = set(seen(view, query.integration))
    with view.store.connect() as connection:
        latest = actions.recent(connection, query.integration or None, SHOWN)
    shown = [one for one in latest if set(one.integration.split(", ")) <= allowed]
    return view.render("activity.html", actions=shown, query=query)
