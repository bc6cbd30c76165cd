"""One integration: how its modules do, what may be done with it, and what the two organizations share (CON-5)."""

from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from zoho.config.settings import Integration
from zoho.engine.checks.gather import SALES_ORGANIZATION, books_organizations
from zoho.engine.checks.organizations import BooksOrganization, SalesOrganization
from zoho.engine.checks.shared import shared_by_books, shared_by_sales
from zoho.engine.control.wording import as_it_is
from zoho.engine.facts import told
from zoho.store import actions, controls, facts
from zoho.web import words
from zoho.web.actions import DEEDS
from zoho.web.overview import cards
from zoho.web.security import Right
from zoho.web.view import View, Viewed

router = APIRouter()

SHOWN_ACTIONS = 5


@router.get("/integrations/{name}")
def integration(view: Viewed, name: str) -> HTMLResponse:
    """Show an integration."""
    view.rights.require(Right.SEE, name)
    loaded = [one for one in view.integrations if one.name == name]
    with view.store.connect() as connection:
        known = name in controls.every(connection)
        latest = actions.recent(connection, name, SHOWN_ACTIONS)
    if not loaded:
        if not known:
            raise HTTPException(404)
        return view.render("removed.html", name=name, actions=latest)
    (card,) = cards(view, loaded)
    return view.render(
        "integration.html",
        name=name,
        card=card,
        state=card.state,
        standing=None if card.control.may_run else as_it_is(card.control),
        shared=_shared(view, card.settings) if card.settings else {},
        actions=latest,
        offered=_offered(view, name, card.state),
        module_names=", ".join(view.gettext(words.MODULES[row.module]) for row in card.modules),
    )


@router.get("/dag/{dag_id}")
def dag(view: Viewed, dag_id: str) -> Response:
    """Show the integration of a DAG: the tab on the DAG's own page."""
    found = next((one for one in view.dags if one.dag_id == dag_id), None)
    if found is None:
        return view.render("no_dag.html", dag_id=dag_id)
    return RedirectResponse(view.address(f"/integrations/{found.integration}"), 303)


def _offered(view: View, name: str, state: str) -> list[tuple[str, str]]:
    """Return what the user may do now: name and label."""
    return [
        (key, deed.label) for key, deed in DEEDS.items() if state in deed.states and view.rights.may(deed.right, name)
    ]


def _shared(view: View, settings: Integration) -> dict[str, dict[str, str]]:
    """Return side → what it learns of the other, as far as the last check of the settings asked for it."""
    name, organization_id = settings.name, settings.books.organization_id
    with view.store.connect() as connection:
        sales: Any = facts.latest(connection, name, told(SALES_ORGANIZATION))
        books: Any = facts.latest(connection, name, told(books_organizations(organization_id)))
    shared = {}
    if books and organization_id in books:
        shared["sales"] = shared_by_books(BooksOrganization(**books[organization_id]))
    if sales:
        shared["books"] = shared_by_sales(SalesOrganization(**sales))
    return shared
