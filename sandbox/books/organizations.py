"""The organization, its users and currencies, as Books shows them (zoho-api 3.7)."""

from sandbox.books.amounts import number
from sandbox.books.contacts import SUCCESS
from sandbox.books.lists import page_context, paging
from sandbox.books.refusals import does_not_exist
from sandbox.clock import books_time
from sandbox.currencies import CURRENCIES, Currency, exchange_rate
from sandbox.defaults import (
    BOOKS_ORGANIZATION,
    BOOKS_ORGANIZATIONS,
    BOOKS_TIME_ZONE,
    CONNECTED_USER,
    PEOPLE,
    BooksOrganization,
    Person,
)
from sandbox.settings import Settings
from sandbox.wire import Call, Json, Reply

_CREATED = 1_700_000_000
_ROLE_ID = "600012300000000001"


def list_organizations(call: Call) -> Reply:
    """Serve ``GET /organizations``, the one call that needs no organization."""
    shown = [_organization(call, identity) for identity in BOOKS_ORGANIZATIONS.values()]
    return Reply(200, {**SUCCESS, "organizations": shown}, code=0)


def get_organization(call: Call) -> Reply:
    """Serve ``GET /organizations/{organization_id}``."""
    identity = BOOKS_ORGANIZATIONS.get(call.params["organization_id"])
    if identity is None:
        raise does_not_exist("Organization")
    texts = dict.fromkeys(("org_address", "remit_to_address", "phone", "fax", "website"), "")
    address = {"street_address1": "1 Harbour Way", "street_address2": "", "city": "Pleasanton",
               "state": "California", "country": "U.S.A", "zip": "94588"}  # fmt: skip
    more = {**texts, "address": address, "custom_fields": [], "is_org_active": True}
    return Reply(200, {**SUCCESS, "organization": {**_organization(call, identity), **more}}, code=0)


def _organization(call: Call, identity: BooksOrganization) -> Json:
    settings = call.world.settings
    code = settings.books_currency
    currency = CURRENCIES[code]
    return {
        "organization_id": identity.id, "name": identity.name, "contact_name": CONNECTED_USER.name,
        "email": CONNECTED_USER.email, "is_default_org": identity is BOOKS_ORGANIZATION,
        "plan_type": 12, "plan_name": "PREMIUM", "plan_period": "Yearly", "language_code": "en",
        "fiscal_year_start_month": "0",
        "account_created_date": "2023-11-14", "account_created_date_formatted": "14 Nov 2023",
        "time_zone": BOOKS_TIME_ZONE, "is_org_active": True, "currency_id": currency.id,
        "currency_code": code, "currency_symbol": currency.symbol, "currency_format": currency.format,
        "price_precision": settings.books_places(code), "tax_group_enabled": True, "zi_migration_status": 0,
        "country_code": "US", "country_name": "U.S.A.", "date_format": "dd MMM yyyy", "field_separator": " ",
        "industry_size": "", "industry_type": "Wholesale", "is_dst_active": True,
        "company_id_label": "Company ID", "company_id_value": "", "tax_id_label": "Tax ID", "tax_id_value": "",
        "portal_name": identity.portal, "org_settings": {"is_org_active": True}, "user_role": "admin",
        "user_status": 1,
    }  # fmt: skip


def list_users(call: Call) -> Reply:
    """Serve ``GET /users``."""
    page, per_page = paging(call.query)
    users = [_user(person) for person in PEOPLE]
    context = page_context("Users", users, page, per_page, sort_column="name", sort_order="A")
    return Reply(
        200, {**SUCCESS, "users": users[(page - 1) * per_page :][:per_page], "page_context": context}, code=0
    )


def current_user(_call: Call) -> Reply:
    """Serve ``GET /users/me``."""
    return Reply(200, {**SUCCESS, "user": _whole_user(CONNECTED_USER)}, code=0)


def get_user(call: Call) -> Reply:
    """Serve ``GET /users/{user_id}``."""
    for person in PEOPLE:
        if person.books_id == call.params["user_id"]:
            return Reply(200, {**SUCCESS, "user": _whole_user(person)}, code=0)
    raise does_not_exist("User")


def _user(person: Person) -> Json:
    return {
        "user_id": person.books_id, "role_id": _ROLE_ID, "name": person.name, "email": person.email,
        "user_role": "admin", "status": "active", "is_current_user": person is CONNECTED_USER, "photo_url": "",
        "is_customer_segmented": False, "is_vendor_segmented": False, "user_type": "zoho",
    }  # fmt: skip


def _whole_user(person: Person) -> Json:
    more = {
        "email_ids": [{"email": person.email, "is_selected": True}], "cost_rate": 0, "is_employee": False,
        "created_time": books_time(_CREATED), "custom_fields": "",
    }  # fmt: skip
    return {**_user(person), **more}


def list_currencies(call: Call) -> Reply:
    """Serve ``GET /settings/currencies``."""
    shown = [_currency(currency, call.world.settings) for currency in CURRENCIES.values()]
    page, per_page = paging(call.query)
    context = page_context("Currencies", shown, page, per_page)
    return Reply(200, {**SUCCESS, "currencies": shown, "page_context": context}, code=0)


def _currency(currency: Currency, settings: Settings) -> Json:
    base = settings.books_currency
    name, is_base = f"{currency.code}- {currency.name}", currency.code == base
    return {
        "currency_id": currency.id, "currency_code": currency.code, "currency_name": name,
        "currency_name_formatted": name, "currency_symbol": currency.symbol,
        "price_precision": settings.books_places(currency.code), "currency_format": currency.format,
        "is_base_currency": is_base, "exchange_rate": 0 if is_base else number(exchange_rate(currency.code, base)),
        "effective_date": "", "auto_exchange_rate_enabled": False,
    }  # fmt: skip


def list_custom_fields(call: Call) -> Reply:
    """Serve the undocumented ``GET /settings/customfields?entity=`` (zoho-api 3.8)."""
    entity = call.query.get("entity", "contact")
    org = call.world.books
    by_entity = {"contact": org.custom_fields, "item": org.items.custom_fields, **org.documents.custom_fields}
    fields = by_entity.get(entity, {}).values()
    shown = [
        {"customfield_id": item.customfield_id, "label": item.label, "api_name": item.api_name,
         "data_type": item.data_type, "is_active": True, "index": item.index, "is_unique": item.unique}
        for item in fields
    ]  # fmt: skip
    return Reply(200, {**SUCCESS, "customfields": {entity: shown}}, code=0)
