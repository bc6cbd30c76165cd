"""Routes of the page: the overview, forms to add and edit records, and deleting them."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from sandbox.books.contacts import change, create, delete_contact
from sandbox.defaults import BOOKS_ORGANIZATION_ID
from sandbox.sales.writes import RecordWriter
from sandbox.web import forms, overview
from sandbox.web.bookssources import ask
from sandbox.web.rendering import CALLS_SHOWN, shown, world_of
from sandbox.web.sources import problems_of
from sandbox.wire import Json, Refusal

router = APIRouter(include_in_schema=False)

_HERE = Path(__file__).parent


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


def _home(done: str) -> RedirectResponse:
    # 303: the browser asks for the overview anew, so that a reload does not write a second time.
    return RedirectResponse(f"/?{urlencode({'done': done})}", 303)


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
        customer_count=len(world.books.contacts),
        organization_id=BOOKS_ORGANIZATION_ID,
        clock=world.clock.describe(),
        calls=world.calls.latest(CALLS_SHOWN),
        link=lambda **changes: "/?" + urlencode({"q": search, **pages, **changes}),
    )


@router.get("/page/calls")
async def recent_calls(request: Request) -> Response:
    """Show the rows of the table of recent API calls."""
    return shown("calls.html", calls=world_of(request).calls.latest(CALLS_SHOWN))


@router.get("/page/style.css")
async def style() -> Response:
    """Return the style sheet."""
    return FileResponse(_HERE / "style.css", media_type="text/css")


@router.get("/page/crm/{module}/{record_id}")
async def crm_form(request: Request, module: str, record_id: str) -> Response:
    """Show the form of a CRM record; the id ``new`` stands for one that is yet to be."""
    world = world_of(request)
    if module not in forms.MODULES:
        return shown("missing.html", 404)
    if record_id == "new":
        return _crm_form(module, record_id, {"Account_Name": request.query_params.get("account", "")}, [])
    record = world.sales["crm"].tables[module].records.get(record_id)
    if record is None:
        return shown("missing.html", 404)
    values = dict(record.values)
    if module == "Contacts" and "Account_Name" in values:
        values["Account_Name"] = (
            world.sales["crm"].tables["Accounts"].records[values["Account_Name"]].values["Account_Name"]
        )
    return _crm_form(module, record_id, values, [])


def _crm_form(module: str, record_id: str, values: Json, problems: Sequence[str]) -> HTMLResponse:
    status = 422 if problems else 200
    return shown(
        "record.html",
        status,
        module=module,
        record_id=record_id,
        fields=forms.MODULES[module],
        values=values,
        problems=problems,
    )


@router.post("/page/crm/{module}/{record_id}")
async def save_crm(request: Request, module: str, record_id: str) -> Response:
    """Save a CRM record by the rules of the API."""
    world = world_of(request)
    if module not in forms.MODULES:
        return shown("missing.html", 404)
    typed = forms.read(await request.body())
    given: Json = {field.name: typed.get(field.name, "") for field in forms.MODULES[module]}
    if module == "Contacts" and given["Account_Name"]:
        found = world.sales["crm"].tables["Accounts"].find("Account_Name", given["Account_Name"])
        if not found:
            return _crm_form(module, record_id, typed, [f"There is no account “{given['Account_Name']}”."])
        given["Account_Name"] = {"id": found[0].id}
    writer = RecordWriter(world.sales["crm"], module)
    result = writer.insert(given) if record_id == "new" else writer.update(record_id, given)
    if result["status"] == "error":
        return _crm_form(module, record_id, typed, problems_of(result))
    return _home(f"{module[:-1]} saved in the CRM")


@router.post("/page/crm/{module}/{record_id}/delete")
async def delete_crm(request: Request, module: str, record_id: str) -> Response:
    """Delete a CRM record."""
    if module not in forms.MODULES:
        return shown("missing.html", 404)
    RecordWriter(world_of(request).sales["crm"], module).delete(record_id)
    return _home(f"{module[:-1]} deleted in the CRM")


@router.get("/page/books/{contact_id}")
async def customer_form(request: Request, contact_id: str) -> Response:
    """Show the form of a Books customer; the id ``new`` stands for one that is yet to be."""
    if contact_id == "new":
        return _customer_form(contact_id, {}, "")
    contact = world_of(request).books.contacts.get(contact_id)
    if contact is None:
        return shown("missing.html", 404)
    return _customer_form(contact_id, {**contact.values, "contact_persons": contact.persons}, "")


def _customer_form(contact_id: str, values: Json, problem: str) -> HTMLResponse:
    return shown(
        "customer.html",
        422 if problem else 200,
        contact_id=contact_id,
        fields=forms.CUSTOMER,
        address_fields=forms.ADDRESS,
        person_fields=forms.PERSON,
        values=values,
        address=values.get("billing_address", {}),
        persons=[*values.get("contact_persons", []), {}],
        problem=problem,
    )


@router.post("/page/books/{contact_id}")
async def save_customer(request: Request, contact_id: str) -> Response:
    """Save a Books customer by the rules of the API."""
    world = world_of(request)
    given = forms.customer_from(forms.read(await request.body()))
    per_type = world.settings.books_names_unique_per_type
    contact = world.books.contacts.get(contact_id)
    if contact is None and contact_id != "new":
        return shown("missing.html", 404)
    try:
        if contact is None:
            given["contact_type"] = "vendor" if request.query_params.get("type") == "vendor" else "customer"
            create(world.books, given, per_type=per_type, source="user")
        else:
            change(world.books, contact, given, per_type=per_type)
    except Refusal as refusal:
        problem = f"{refusal.reply.body['message']} [{refusal.reply.code}]"
        return _customer_form(contact_id, given, problem)
    return _home("Customer saved in Books")


@router.post("/page/books/{contact_id}/delete")
async def delete_customer(request: Request, contact_id: str) -> Response:
    """Delete a Books customer."""
    problem = ask(world_of(request), delete_contact, {"contact_id": contact_id})
    return RedirectResponse(f"/?{urlencode({'problem': problem})}", 303) if problem else _home("Deleted in Books")
