"""The control paths under ``/_sandbox/``: what tests and demos do to the sandbox, and what they ask of it."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import pydantic
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from sandbox.books.customfields import CustomField
from sandbox.books.documents.kinds import KINDS
from sandbox.books.documents.lists import views_shown
from sandbox.books.documents.payments import PaymentRefusedError, pay
from sandbox.books.store import BooksOrg
from sandbox.books.views import CONTACT_VIEWS, ITEM_VIEWS, shown
from sandbox.books.webhooks import Webhook
from sandbox.clock import parse_time
from sandbox.defaults import BOOKS_ORGANIZATION_ID
from sandbox.faults import Fault
from sandbox.loading import LoadError, load_texts
from sandbox.sales.schema import Field as SalesField
from sandbox.world import World

router = APIRouter(prefix="/_sandbox", tags=["control"])

_A_CENTURY = 100 * 365 * 86_400


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


Here = Annotated[World, Depends(_world)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClockOrder(_Strict):
    """One of: stop the clock at ``now``, move it by ``advance`` seconds, or let it run with the machine's."""

    now: str | None = None
    advance: float | None = None
    real: bool = False


class ResetOrder(_Strict):
    """What to begin again with."""

    data: Literal["builtin", "empty"] = "builtin"


class LoadOrder(_Strict):
    """CSV texts by file name."""

    files: dict[str, str]


class CodeOrder(_Strict):
    """A grant code, as a person would make it in the API console."""

    client_id: str
    scope: str


class PaymentOrder(_Strict):
    """What a customer paid on an invoice, in its currency."""

    invoice_id: str
    amount: Decimal
    organization_id: str = BOOKS_ORGANIZATION_ID


class CustomFieldOrder(_Strict):
    """A custom field, as a person would make it on the screen; of Books for contacts or a kind of document."""

    product: Literal["crm", "books"]
    label: str
    api_name: str
    module: str = "Accounts"
    data_type: str = "text"
    length: int = 255
    unique: bool = False


class WebhookOrder(_Strict):
    """A webhook of a Books workflow, as a person would set it up on the screen (zoho-api 3.11)."""

    module: Literal["contact", "item", "estimate", "salesorder", "invoice", "purchaseorder"]
    url: str = Field(pattern="^https?://")
    secret: str = ""
    body: Literal["json", "form"] = "json"
    organization_id: str = BOOKS_ORGANIZATION_ID


class CrmLinkOrder(_Strict):
    """A record of Books and the one of the CRM that Zoho's own integration has linked it with (zoho-api 3.9)."""

    books_id: str
    field: Literal["zcrm_account_id", "zcrm_contact_id", "zcrm_vendor_id", "zcrm_product_id"]
    crm_id: str


@router.get("/clock")
async def get_clock(world: Here) -> dict[str, Any]:
    """Tell the time."""
    return world.clock.describe()


@router.post("/clock")
async def set_clock(order: ClockOrder, world: Here) -> dict[str, Any]:
    """Move the clock."""
    if order.real:
        world.clock.run_real()
    if order.now is not None:
        at = parse_time(order.now, zone="UTC")
        if at is None:
            raise HTTPException(422, f"now: {order.now!r} is not an ISO 8601 time")
        world.clock.freeze(at)
    if order.advance is not None:
        if abs(order.advance) > _A_CENTURY:
            raise HTTPException(422, "advance: more than a century")
        world.clock.advance(order.advance)
    return world.clock.describe()


@router.post("/reset")
async def reset(order: ResetOrder, world: Here) -> dict[str, Any]:
    """Begin again."""
    world.reset(builtin=order.data == "builtin")
    return _counts(world)


@router.post("/load")
async def load(order: LoadOrder, world: Here) -> dict[str, int]:
    """Load CSV files and return how many records of each kind they had."""
    try:
        return load_texts(world, order.files)
    except LoadError as error:
        raise HTTPException(422, str(error)) from None


@router.get("/calls")
async def get_calls(world: Here, since: int = 0) -> dict[str, Any]:
    """Return the API calls after number ``since``."""
    return {"calls": world.calls.since(since)}


@router.delete("/calls")
async def clear_calls(world: Here) -> dict[str, Any]:
    """Forget the logged calls."""
    world.calls.clear()
    return {"calls": []}


@router.get("/faults")
async def get_faults(world: Here) -> dict[str, Any]:
    """Return the rules in force with how often each has hit."""
    return {"faults": world.faults.describe()}


@router.post("/faults")
async def set_faults(rules: list[Fault], world: Here) -> dict[str, Any]:
    """Replace the rules."""
    world.faults.set(rules)
    return {"faults": world.faults.describe()}


@router.delete("/faults")
async def clear_faults(world: Here) -> dict[str, Any]:
    """Remove all rules."""
    world.faults.set([])
    return {"faults": []}


@router.get("/settings")
async def get_settings(world: Here) -> dict[str, Any]:
    """Return all switches."""
    return world.settings.model_dump()


@router.put("/settings")
async def change_settings(changes: dict[str, Any], world: Here) -> dict[str, Any]:
    """Change the given switches."""
    try:
        world.switch(changes)
    except pydantic.ValidationError as error:
        raise HTTPException(422, str(error)) from None
    return world.settings.model_dump()


@router.get("/dump")
async def dump(world: Here) -> dict[str, Any]:
    """Return every record of every organization."""
    return world.dump()


@router.get("/health")
async def health(world: Here) -> dict[str, Any]:
    """Tell that the sandbox is up, and how many records it holds."""
    return _counts(world)


@router.post("/expire_tokens")
async def expire_tokens(world: Here) -> dict[str, int]:
    """Kill every access token; refresh tokens go on working."""
    return {"expired": world.accounts.expire_all()}


@router.post("/grant_code")
async def grant_code(order: CodeOrder, world: Here) -> dict[str, str]:
    """Make a grant code."""
    return {"code": world.accounts.authorize(order.client_id, tuple(order.scope.replace(",", " ").split()))}


@router.post("/custom_fields")
async def add_custom_field(order: CustomFieldOrder, world: Here) -> dict[str, Any]:
    """Add a custom field to a CRM module or to Books contacts."""
    if order.product == "books":
        return _add_books_field(order, world)
    if order.module not in world.sales["crm"].tables:
        raise HTTPException(422, f"module: there is no module {order.module}")
    field = SalesField(order.api_name, order.label, order.data_type, order.length, custom=True, unique=order.unique)
    world.sales["crm"].add_field(order.module, field)
    return {"api_name": field.api_name, "label": field.label}


def _add_books_field(order: CustomFieldOrder, world: World) -> dict[str, Any]:
    kind = KINDS.get(order.module)
    present = world.books.documents.custom_fields[kind.name] if kind else world.books.custom_fields
    at = len(present) + 1
    field_id = world.books.new_id() if kind else f"6000123000000{500 + 2 * at:05d}"
    made = CustomField(field_id, order.api_name, order.label, order.data_type, at, order.unique)
    if kind:
        world.books.documents.set_custom_field(kind, made)
    else:
        world.books.set_custom_field(made)
    return made.snapshot()


@router.post("/payments")
async def add_payment(order: PaymentOrder, world: Here) -> dict[str, Any]:
    """Record a payment on an invoice in Books."""
    try:
        invoice = pay(_organization(world, order.organization_id), order.invoice_id, order.amount)
    except PaymentRefusedError as error:
        raise HTTPException(422, str(error)) from None
    return {"invoice_id": invoice.id, "balance": str(invoice.balance)}


@router.post("/crm_links")
async def add_crm_link(order: CrmLinkOrder, world: Here) -> dict[str, Any]:
    """Mark a record of Books as Zoho's own integration does: nothing else of it changes."""
    if order.field == "zcrm_product_id":
        item = world.books.items.by_id.get(order.books_id)
        if item is not None:
            world.books.items.edit(item, crm_id=order.crm_id)
            return order.model_dump()
    elif (contact := world.books.contacts.get(order.books_id)) is not None:
        world.books.edit(contact, crm_ids={**contact.crm_ids, order.field: order.crm_id}, source="crm")
        return order.model_dump()
    raise HTTPException(422, f"books_id: there is no record {order.books_id}")


@router.get("/books_webhooks")
async def books_webhooks(world: Here, organization_id: str = BOOKS_ORGANIZATION_ID) -> dict[str, Any]:
    """Return the webhooks of a Books organization, without their secrets."""
    webhooks = _organization(world, organization_id).webhooks.values()
    return {"webhooks": [webhook.shown() for webhook in webhooks]}


@router.put("/books_webhooks")
async def set_books_webhook(order: WebhookOrder, world: Here) -> dict[str, Any]:
    """Have each write to a module of Books posted to an address; one that the module has is replaced."""
    webhook = Webhook(order.module, order.url, order.secret, order.body)
    _organization(world, order.organization_id).set_webhook(webhook)
    return webhook.shown()


@router.delete("/books_webhooks/{module}")
async def remove_books_webhook(
    module: str, world: Here, organization_id: str = BOOKS_ORGANIZATION_ID
) -> dict[str, Any]:
    """Take the webhook of a module away."""
    if not _organization(world, organization_id).remove_webhook(module):
        raise HTTPException(404, f"there is no webhook for {module}")
    return {"removed": module}


def _organization(world: World, organization_id: str) -> BooksOrg:
    found = world.books_organizations.get(organization_id)
    if found is None:
        raise HTTPException(404, f"there is no Books organization {organization_id}")
    return found


@router.get("/books_views")
async def books_views() -> dict[str, Any]:
    """Return the custom views of Books, whose ids ``customview_id`` takes."""
    documents = {kind.resource: views_shown(kind) for kind in KINDS.values()}
    return {"contacts": shown(CONTACT_VIEWS), "items": shown(ITEM_VIEWS), **documents}


@router.delete("/custom_fields/{api_name}")
async def remove_custom_field(api_name: str, world: Here) -> dict[str, Any]:
    """Take a custom field away from Books contacts."""
    if world.books.custom_fields.pop(api_name, None) is None:
        raise HTTPException(404, f"there is no custom field {api_name}")
    return {"removed": api_name}


def _counts(world: World) -> dict[str, Any]:
    sales = {
        product: {name: len(table.records) for name, table in org.tables.items()}
        for product, org in world.sales.items()
    }
    return {"status": "up", **sales, "books": {"contacts": len(world.books.contacts)}}
