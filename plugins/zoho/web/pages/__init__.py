"""The views of the page, a file each. Every one takes a ``View``, so none is shown without a login."""

from fastapi import APIRouter

from zoho.web.pages import (
    actions,
    activity,
    customers,
    deals,
    failures,
    find,
    history,
    integration,
    links,
    overview,
    plans,
    records,
    retry,
    review,
    settings,
    statics,
    undo,
)

views = APIRouter()
for _page in (
    *(overview, history, plans, undo, failures, retry, activity),
    *(integration, links, actions, find, records, customers, deals, review, settings),
    statics,
):
    views.include_router(_page.router)
