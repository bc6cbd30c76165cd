"""Buttons: each opens a page that says what will happen, and does it when that is confirmed."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from zoho.store import controls
from zoho.web.actions import DEEDS
from zoho.web.actions.question import Deed, RefusedError, Subject
from zoho.web.integrations import known_integrations
from zoho.web.overview import state_of
from zoho.web.security import BelievedForm
from zoho.web.view import View, Viewed

router = APIRouter(prefix="/integrations/{name}/actions")


@router.get("/{action}")
def ask(view: Viewed, name: str, action: str) -> Response:
    """Say what will happen."""
    deed = _deed(view, name, action)
    return _asked(view, name, deed)


@router.post("/{action}")
async def do(view: Viewed, name: str, action: str, filled: BelievedForm) -> Response:
    """Do it, and go on at the integration."""
    deed = _deed(view, name, action)
    return await run_in_threadpool(_done, view, name, action, deed, filled)


def _done(view: View, name: str, action: str, deed: Deed, filled: FormData) -> Response:
    subject, state = _subject(view, name)
    if state not in deed.states:
        return _asked(view, name, deed)
    try:
        address = deed.do(subject, filled)
    except RefusedError as error:
        return _asked(view, name, deed, str(error))
    return RedirectResponse(view.address(address or f"/integrations/{name}", did=action), 303)


def _asked(view: View, name: str, deed: Deed, refusal: str | None = None) -> Response:
    subject, state = _subject(view, name)
    if state not in deed.states:
        text = refusal or view.say("That does not fit: the integration is now in another state.")
        return view.render("not_now.html", 409, name=name, state=state, refusal=text, heading=deed.label)
    try:
        question = deed.ask(subject)
    except RefusedError as error:
        return view.render("not_now.html", 409, name=name, state=state, refusal=str(error), heading=deed.label)
    return view.render(
        "ask.html", 409 if refusal else 200, name=name, state=state, question=question, refusal=refusal
    )


def _deed(view: View, name: str, action: str) -> Deed:
    """Return what is to be done, when the user may do it."""
    deed = DEEDS.get(action)
    if deed is None:
        raise HTTPException(404)
    view.rights.require(deed.right, name)
    return deed


def _subject(view: View, name: str) -> tuple[Subject, str]:
    loaded = next((one for one in known_integrations() if one.name == name), None)
    if loaded is None:
        raise HTTPException(404)
    with view.store.connect() as connection:
        control = controls.read(connection, name)
    return Subject(view, name, loaded.configured), state_of(loaded, control)
