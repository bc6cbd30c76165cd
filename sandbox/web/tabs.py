"""Routes of the tabs besides that of customers, and of the forms of all records but Books' contacts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from sandbox.books.documents.kinds import KINDS
from sandbox.sales.store import folded
from sandbox.web import forms
from sandbox.web.bookssources import PAY, DocumentSource, ItemSource, VendorSource
from sandbox.web.problems import Problem, by_field
from sandbox.web.rendering import CALLS_SHOWN, shown, world_of
from sandbox.web.sources import CrmSource, Entry, Source
from sandbox.web.suggestions import suggestions
from sandbox.wire import Json
from sandbox.world import World

router = APIRouter(include_in_schema=False)

_SHOWN = 40

_DOCUMENTS = tuple(
    DocumentSource(kind.resource, kind.title.lower(), f"{kind.title.lower()}s",
                   forms.document(kind.party, kind.deadline), forms.DOCUMENT_LINES, kind)
    for kind in KINDS.values()
)  # fmt: skip
_QUOTES = tuple(
    CrmSource(
        key, noun, f"{noun}s", forms.transaction(key, party, status), forms.LINES,
        (party, *(("Deal_Name",) if party == "Account_Name" else ())), status, "Grand_Total"
    )
    for key, noun, party, status in (
        ("Quotes", "quote", "Account_Name", "Quote_Stage"),
        ("Sales_Orders", "sales order", "Account_Name", "Status"),
        ("Invoices", "invoice", "Account_Name", "Status"),
        ("Purchase_Orders", "purchase order", "Vendor_Name", "Status"),
    )
)  # fmt: skip
_VENDORS = CrmSource("Vendors", "vendor", "vendors", forms.VENDOR, (), ("Phone", "Email", "City", "Country"))
_PRODUCTS = CrmSource(
    "Products", "product", "products", forms.PRODUCT, (), ("Unit_Price", "Product_Code", "Vendor_Name")
)
_CUSTOMERS = (
    CrmSource("Accounts", "account", "accounts", forms.ACCOUNT),
    CrmSource("Contacts", "contact", "contacts", forms.CONTACT),
)
_DEALS = CrmSource("Deals", "deal", "deals", forms.DEAL, (), ("Account_Name", "Closing_Date"), "Stage", "Amount")


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: what it shows on either side."""

    name: str
    crm: Sequence[Source]
    books: Sequence[Source]


TABS: Mapping[str, Tab] = {
    "vendors": Tab("Vendors", [_VENDORS], [VendorSource("vendors", "vendor", "vendors")]),
    "products": Tab("Products", [_PRODUCTS], [ItemSource("items", "item", "items", forms.ITEM)]),
    "deals": Tab("Deals", [_DEALS], _DOCUMENTS[:3]),
    "transactions": Tab("Transactions", _QUOTES, _DOCUMENTS),
}
"""Tabs by their name in paths."""

_SOURCES = {source.key: source for tab in TABS.values() for source in (*tab.crm, *tab.books)}
_SOURCES |= {source.key: source for source in _CUSTOMERS}
_TAB_OF = {source.key: name for name, tab in TABS.items() for source in (*tab.crm, *tab.books)}
_TAB_OF |= {source.key: "customers" for source in _CUSTOMERS}
_LABELS = {"submit": "Submit for approval", "approve": "Approve", PAY: "Record full payment"}


@dataclass(frozen=True, slots=True)
class Listed:
    """What one source shows on a tab: its first entries that match a search, and whether there are more."""

    source: Source
    entries: Sequence[Entry]
    more: bool
    add: str


@router.get("/page/tab/{name}")
async def show_tab(request: Request, name: str) -> Response:
    """Show one tab."""
    tab, world = TABS.get(name), world_of(request)
    if tab is None:
        return shown("missing.html", 404)
    search = request.query_params.get("q", "").strip()
    return shown(
        "tab.html",
        tab=tab,
        current=name,
        search=search,
        done=request.query_params.get("done", ""),
        problem=request.query_params.get("problem", ""),
        crm=[_listed(world, source, search) for source in tab.crm],
        books=[_listed(world, source, search) for source in tab.books],
        clock=world.clock.describe(),
        calls=world.calls.latest(CALLS_SHOWN),
    )


def _listed(world: World, source: Source, search: str) -> Listed:
    found = list(islice(_matching(source.entries(world), folded(search)), _SHOWN + 1))
    add = "/page/books/new?type=vendor" if source.key == "vendors" else f"/page/edit/{source.key}/new"
    return Listed(source, found[:_SHOWN], len(found) > _SHOWN, add)


def _matching(entries: Iterable[Entry], wanted: str) -> Iterable[Entry]:
    return (entry for entry in entries if any(wanted in folded(text) for text in entry.texts))


@router.get("/page/edit/{key}/{record_id}")
async def show_form(request: Request, key: str, record_id: str) -> Response:
    """Show the form of a record; the id ``new`` stands for one that is yet to be."""
    source, world = _SOURCES.get(key), world_of(request)
    # What the address names is typed in already, such as the account of a contact that is added to it.
    values = source.values(world, record_id) if source and record_id != "new" else dict(request.query_params)
    if source is None or values is None:
        return shown("missing.html", 404)
    return _form(request, source, record_id, values, [])


def _form(request: Request, source: Source, record_id: str, values: Json, problems: Sequence[Problem]) -> Response:
    world, tab = world_of(request), _tab(request, source)
    return shown(
        "edit.html",
        422 if problems else 200,
        source=source,
        verb="Add" if record_id == "new" else "Edit",
        side=source.side,
        current=tab,
        back=_path(tab),
        record_id=record_id,
        values=values,
        fields=source.form(world),
        summary=source.summary(world, record_id),
        lines=[*values.get("lines", []), {}, {}] if source.lines else [],
        problems=problems,
        wrong=by_field(problems),
        suggestions=suggestions(world, (*source.form(world), *source.lines)),
        actions=source.actions(world, record_id),
        labels=_LABELS,
    )


@router.post("/page/edit/{key}/{record_id}")
async def save(request: Request, key: str, record_id: str) -> Response:
    """Save a record by the rules of the API."""
    source, world = _SOURCES.get(key), world_of(request)
    if source is None:
        return shown("missing.html", 404)
    typed = forms.with_lines(forms.read(await request.body()))
    problems = source.save(world, record_id, typed)
    if problems:
        return _form(request, source, record_id, typed, problems)
    return _back(request, source, done=f"{source.noun.capitalize()} saved in {source.side}")


@router.post("/page/edit/{key}/{record_id}/delete")
async def delete(request: Request, key: str, record_id: str) -> Response:
    """Delete a record by the rules of the API."""
    source = _SOURCES.get(key)
    if source is None:
        return shown("missing.html", 404)
    problem = source.delete(world_of(request), record_id)
    done = f"{source.noun.capitalize()} deleted in {source.side}"
    return _back(request, source, **({"problem": problem} if problem else {"done": done}))


@router.post("/page/edit/{key}/{record_id}/act/{action}")
async def act(request: Request, key: str, record_id: str, action: str) -> Response:
    """Change the status of a record by the rules of the API."""
    source = _SOURCES.get(key)
    if source is None:
        return shown("missing.html", 404)
    problem = source.act(world_of(request), record_id, action)
    done = f"{source.noun.capitalize()}: {action}"
    return _back(request, source, **({"problem": problem} if problem else {"done": done}))


def _tab(request: Request, source: Source) -> str:
    """Return the tab from which a person came: estimates are on two."""
    tab = request.query_params.get("tab", "")
    return tab if tab in TABS and source in (*TABS[tab].crm, *TABS[tab].books) else _TAB_OF[source.key]


def _path(tab: str) -> str:
    return "/" if tab == "customers" else f"/page/tab/{tab}"


def _back(request: Request, source: Source, **told: str) -> Response:
    # 303: the browser asks for the tab anew, so that a reload does not write a second time.
    return RedirectResponse(f"{_path(_tab(request, source))}?{urlencode(told)}", 303)
