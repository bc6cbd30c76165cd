"""Ask both organizations for what the checks need: few calls, and none on a day that has asked already."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.api.paging import Page
from zoho.api.sales_settings import Settings as SalesClient
from zoho.config.books_fields import CUSTOM
from zoho.config.mapping import FieldMapping
from zoho.engine.checks.organizations import (
    BooksFacts,
    BooksOrganization,
    SalesFacts,
    SalesField,
    SalesModule,
    SalesOrganization,
)
from zoho.modules.module import Module
from zoho.transport.errors import Fatal, RecordError

Remember = Callable[[str, Callable[[], Any]], Any]
"""Returns a fact by its name; reads it only when it is not known. A fact is something that JSON can hold."""

SALES_ORGANIZATION = "sales organization"
"""The fact that tells which organization is behind the sales connection."""


def books_organizations(organization_id: str) -> str:
    """Return the fact that tells which organizations the user of a Books connection has."""
    return f"books organizations beside {organization_id}"


_CUSTOM_FIELD_OWNERS = {
    "contacts": "contact",
    "items": "item",
    "estimates": "estimate",
    "salesorders": "salesorder",
    "invoices": "invoice",
    "purchaseorders": "purchaseorder",
}


def gather_sales(client: SalesClient, product: str, module: Module, remember: Remember, now: datetime) -> SalesFacts:
    """Ask the sales side: one call for itself, one for its modules, one for the fields of each list.

    One more where names will be looked up by a query, which needs a scope of its own.

    Args:
        client: of the sales side.
        product: ``crm`` or ``bigin``.
        module: of the integration.
        remember: keeps what was asked for.
        now: the current time, aware.

    Raises:
        Fatal: it refuses; the message says why.
    """
    told = remember("sales modules", lambda: _modules(client))
    lists = dict.fromkeys(module.mapped_entities().values())
    if isinstance(client, CrmClient) and module.looks_names_up:
        remember("sales queries", partial(_can_query, client, next(iter(lists))))
    rows = {entity: remember(f"fields of {entity}", partial(sales_fields, client, entity)) for entity in lists}
    return SalesFacts(
        product=product,
        organization=sales_organization(client, remember, now),
        modules={name: SalesModule(**row) for name, row in told.items()},
        fields={entity: {name: _field(row) for name, row in fields.items()} for entity, fields in rows.items()},
    )


def sales_organization(client: SalesClient, remember: Remember, now: datetime) -> SalesOrganization:
    """Ask the sales side for itself alone."""
    asked = remember(SALES_ORGANIZATION, lambda: asdict(SalesOrganization.of(client.organization(), now)))
    return SalesOrganization(**asked)


def gather_books(client: BooksClient, module: Module, mapping: FieldMapping, remember: Remember) -> BooksFacts:
    """Ask Books: one call for its organizations, one to see whether the list can be read, one for custom fields.

    Args:
        client: of Books.
        module: of the integration.
        mapping: custom fields are asked for only when it, or the settings, name some.
        remember: keeps what was asked for.

    Raises:
        Fatal: it refuses; the message says why.
    """
    rows = remember(books_organizations(str(client.organization_id)), lambda: _organizations(client))
    organizations = {key: BooksOrganization(**row) for key, row in rows.items()}
    if client.organization_id not in organizations:
        return BooksFacts(organizations)
    entity = module.books_list.entity
    remember(f"books lists {entity}", partial(_can_list, client, entity))
    if not _names_custom_fields(mapping) and module.identity.unique.books is None:
        return BooksFacts(organizations)
    kind = _CUSTOM_FIELD_OWNERS[entity]
    told = remember(f"books custom fields of {kind}", partial(custom_fields, client, kind))
    return BooksFacts(organizations, told["fields"], frozenset(told.get("repeatable", ())))


def _modules(client: SalesClient) -> dict[str, Any]:
    return {str(row["api_name"]): asdict(SalesModule.of(row)) for row in client.modules() if row.get("api_name")}


def _can_query(client: CrmClient, entity: str) -> bool:
    next(client.coql(" ".join(("select id from", entity, "where id is not null")), purpose="settings"))
    return True


def sales_fields(client: SalesClient, entity: str) -> dict[str, Any]:
    """Ask the sales side for the fields of a list: API name → what ``SalesField`` holds."""
    return {field.name: asdict(field) for field in map(SalesField.of, client.fields(entity))}


def _field(row: Mapping[str, Any]) -> SalesField:
    return SalesField(**{**row, "choices": tuple(row["choices"])})


def _organizations(client: BooksClient) -> dict[str, Any]:
    return {one.id: asdict(one) for one in map(BooksOrganization.of, client.organizations())}


def _can_list(client: BooksClient, entity: str) -> bool:
    walks: Mapping[str, Callable[..., Iterator[Page]]] = {
        "contacts": client.contacts,
        "items": client.items,
        "estimates": client.estimates.list,
        "salesorders": client.sales_orders.list,
        "invoices": client.invoices.list,
        "purchaseorders": client.purchase_orders.list,
    }
    next(walks[entity](purpose="settings"))
    return True


def _names_custom_fields(mapping: FieldMapping) -> bool:
    pairs = [pair for section in mapping.sections.values() for pair in section]
    return any(pair.books and pair.books.startswith(CUSTOM) for pair in pairs)


def custom_fields(client: BooksClient, kind: str) -> dict[str, Any]:
    """Ask Books for its custom fields.

    Returns:
        ``fields``, API name → type, and ``repeatable``, the names of those that may hold a value twice. ``fields`` is
        ``None`` where Zoho does not tell: it documents no way to ask (zoho-api 3.8).
    """
    try:
        rows = client.custom_fields(kind)
    except (Fatal, RecordError):
        return {"fields": None}
    active = [row for row in rows if row.get("is_active") is not False]
    return {
        "fields": {str(row["api_name"]): str(row.get("data_type", "")) for row in active},
        "repeatable": [str(row["api_name"]) for row in active if row.get("is_unique") is False],
    }
