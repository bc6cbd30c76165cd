"""Routes of the overview, and of the form of Books' customers and vendors."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from sandbox.books.contacts import change, create, delete_contact
from sandbox.books.store import Contact
from sandbox.defaults import BOOKS_ORGANIZATION_ID
from sandbox.web import forms, overview
from sandbox.web.bookssources import ask, told
from sandbox.web.callpages import router as calls
from sandbox.web.problems import Problem, books_problem, by_field
from sandbox.web.rendering import CALLS_SHOWN, shown, world_of
from sandbox.wire import Json, Refusal
from sandbox.world import World

router = APIRouter(include_in_schema=False)
router.include_router(calls)

_HERE = Path(__file__).parent
_TABS = {"customer": "/", "vendor": "/page/tab/vendors"}


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


@router.get("/")
async def home(request: Request) -> Response:
    """Show both organizations side by side."""
    world, query = world_of(request), request.query_params
    search = query.get("q", "").strip()
    pages = {name: _number(query.get(name)) for name in ("accounts", "contacts", "customers")}
    return shown(
        "home.html",
        search=search,
        done=query.get("done", ""),
        problem=query.get("problem", ""),
        current="customers",
        pages=pages,
        accounts=overview.accounts(world, search, pages["accounts"]),
        contacts=overview.single_contacts(world, search, pages["contacts"]),
        customers=overview.customers(world, search, pages["customers"]),
        counts={name: len(table.records) for name, table in world.sales["crm"].tables.items()},
        customer_count=sum(contact.contact_type == "customer" for contact in world.books.contacts.values()),
        organization_id=BOOKS_ORGANIZATION_ID,
        clock=world.clock.describe(),
        calls=world.calls.latest(CALLS_SHOWN),
        link=lambda **changes: "/?" + urlencode({"q": search, **pages, **changes}),
    )


@router.get("/page/style.css")
async def style() -> Response:
    """Return the style sheet."""
    return FileResponse(_HERE / "style.css", media_type="text/css")


@router.get("/page/books/{contact_id}")
async def customer_form(request: Request, contact_id: str) -> Response:
    """Show the form of a Books customer or vendor; the id ``new`` stands for one that is yet to be."""
    contact = world_of(request).books.contacts.get(contact_id)
    if contact is None and contact_id != "new":
        return shown("missing.html", 404)
    values = {**contact.values, "contact_persons": contact.persons} if contact else {}
    return _form(contact_id, _noun(request, contact), values, [])


def _noun(request: Request, contact: Contact | None) -> str:
    if contact is not None:
        return contact.contact_type
    return "vendor" if request.query_params.get("type") == "vendor" else "customer"


def _form(contact_id: str, noun: str, values: Json, problems: Sequence[Problem]) -> HTMLResponse:
    return shown(
        "customer.html",
        422 if problems else 200,
        verb="Add" if contact_id == "new" else "Edit",
        noun=noun,
        current=f"{noun}s",
        back=_TABS[noun],
        fields=forms.CUSTOMER,
        address_fields=forms.ADDRESS,
        person_fields=forms.PERSON,
        values=values,
        address=values.get("billing_address", {}),
        persons=[*values.get("contact_persons", []), {}],
        problems=problems,
        wrong=by_field(problems),
    )


@router.post("/page/books/{contact_id}")
async def save_customer(request: Request, contact_id: str) -> Response:
    """Save a Books customer or vendor by the rules of the API."""
    world = world_of(request)
    contact = world.books.contacts.get(contact_id)
    if contact is None and contact_id != "new":
        return shown("missing.html", 404)
    given = forms.customer_from(forms.read(await request.body()))
    noun = _noun(request, contact)
    try:
        _write(world, contact, given, noun)
    except Refusal as refusal:
        problem = books_problem(refusal.reply, forms.inputs_of(given), {})
        return _form(contact_id, noun, given, [problem])
    return _back(noun, done=f"{noun.capitalize()} saved in Books")


def _write(world: World, contact: Contact | None, given: Json, noun: str) -> None:
    per_type = world.settings.books_names_unique_per_type
    if contact is None:
        create(world.books, {**given, "contact_type": noun}, per_type=per_type, source="user")
    else:
        change(world.books, contact, given, per_type=per_type)


@router.post("/page/books/{contact_id}/delete")
async def delete_customer(request: Request, contact_id: str) -> Response:
    """Delete a Books customer or vendor."""
    world = world_of(request)
    noun = _noun(request, world.books.contacts.get(contact_id))
    problem = told(ask(world, delete_contact, {"contact_id": contact_id}))
    return _back(noun, problem=problem) if problem else _back(noun, done=f"{noun.capitalize()} deleted in Books")


def _back(noun: str, **told: str) -> Response:
    # 303: the browser asks for the tab anew, so that a reload does not write a second time.
    return RedirectResponse(f"{_TABS[noun]}?{urlencode(told)}", 303)
