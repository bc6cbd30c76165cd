"""The organization, its users, currencies and taxes, as Books shows them (zoho-api 3.7)."""

from sandbox.books.contacts import SUCCESS
from sandbox.books.lists import page_context, paging
from sandbox.books.refusals import does_not_exist
from sandbox.books.store import CURRENCY_IDS
from sandbox.clock import books_time
from sandbox.defaults import BOOKS_ORGANIZATION_ID, BOOKS_TIME_ZONE, CONNECTED_USER, PEOPLE, Person
from sandbox.wire import Call, Json, Reply

_CREATED = 1_700_000_000
_ROLE_ID = "600012300000000001"
_CURRENCIES = {
    "USD": ("US Dollar", "$", 2, "1,234,567.89"),
    "EUR": ("Euro", "€", 2, "1.234.567,89"),
    "JPY": ("Japanese Yen", "¥", 0, "1,234,567"),
}


def list_organizations(call: Call) -> Reply:
    """Serve ``GET /organizations``, the one call that needs no organization."""
    return Reply(200, {**SUCCESS, "organizations": [_organization(call)]}, code=0)


def get_organization(call: Call) -> Reply:
    """Serve ``GET /organizations/{organization_id}``."""
    if call.params["organization_id"] != BOOKS_ORGANIZATION_ID:
        raise does_not_exist("Organization")
    texts = dict.fromkeys(("org_address", "remit_to_address", "phone", "fax", "website"), "")
    address = {"street_address1": "1 Harbour Way", "street_address2": "", "city": "Pleasanton",
               "state": "California", "country": "U.S.A", "zip": "94588"}  # fmt: skip
    more = {**texts, "address": address, "custom_fields": [], "is_org_active": True}
    return Reply(200, {**SUCCESS, "organization": {**_organization(call), **more}}, code=0)


def _organization(call: Call) -> Json:
    code = call.world.settings.books_currency
    _, symbol, precision, pattern = _CURRENCIES[code]
    return {
        "organization_id": BOOKS_ORGANIZATION_ID, "name": "Sandbox Trading", "contact_name": CONNECTED_USER.name,
        "email": CONNECTED_USER.email, "is_default_org": True, "plan_type": 12, "plan_name": "PREMIUM",
        "plan_period": "Yearly", "language_code": "en", "fiscal_year_start_month": "0",
        "account_created_date": "2023-11-14", "account_created_date_formatted": "14 Nov 2023",
        "time_zone": BOOKS_TIME_ZONE, "is_org_active": True, "currency_id": CURRENCY_IDS[code],
        "currency_code": code, "currency_symbol": symbol, "currency_format": pattern,
        "price_precision": precision, "tax_group_enabled": True, "zi_migration_status": 0,
        "country_code": "US", "country_name": "U.S.A.", "date_format": "dd MMM yyyy", "field_separator": " ",
        "industry_size": "", "industry_type": "Wholesale", "is_dst_active": True,
        "company_id_label": "Company ID", "company_id_value": "", "tax_id_label": "Tax ID", "tax_id_value": "",
        "portal_name": "sandboxtrading", "org_settings": {"is_org_active": True}, "user_role": "admin",
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
    base = call.world.settings.books_currency
    shown = [_currency(code, base) for code in _CURRENCIES]
    page, per_page = paging(call.query)
    context = page_context("Currencies", shown, page, per_page)
    return Reply(200, {**SUCCESS, "currencies": shown, "page_context": context}, code=0)


def _currency(code: str, base: str) -> Json:
    name, symbol, precision, pattern = _CURRENCIES[code]
    return {
        "currency_id": CURRENCY_IDS[code], "currency_code": code, "currency_name": f"{code}- {name}",
        "currency_name_formatted": f"{code}- {name}", "currency_symbol": symbol, "price_precision": precision,
        "currency_format": pattern, "is_base_currency": code == base, "exchange_rate": 0 if code == base else 1,
        "effective_date": "", "auto_exchange_rate_enabled": False,
    }  # fmt: skip


def list_taxes(call: Call) -> Reply:
    """Serve ``GET /settings/taxes``."""
    tax = {
        "tax_id": "600012300000000601", "tax_name": "Sales Tax", "tax_percentage": 8.25, "tax_type": "tax",
        "tax_factor": "rate", "tax_specific_type": "", "tax_authority_id": "", "tax_authority_name": "",
        "is_value_added": False, "is_default_tax": True, "is_editable": True,
        "output_tax_account_name": "Tax Payable", "purchase_tax_account_name": "",
        "tax_account_id": "600012300000000603", "purchase_tax_account_id": "",
    }  # fmt: skip
    page, per_page = paging(call.query)
    context = page_context(
        "Taxes", [tax], page, per_page, applied_filter="Status.Active", sort_column="tax_name", sort_order="A",
        as_of_date="", to_date="",
    )  # fmt: skip
    return Reply(200, {**SUCCESS, "taxes": [tax], "page_context": context}, code=0)


def list_custom_fields(call: Call) -> Reply:
    """Serve the undocumented ``GET /settings/customfields?entity=`` (zoho-api 3.8)."""
    entity = call.query.get("entity", "contact")
    by_entity = {"contact": call.world.books.custom_fields, "item": call.world.books.items.custom_fields}
    fields = by_entity.get(entity, {}).values()
    shown = [
        {"customfield_id": item.customfield_id, "label": item.label, "api_name": item.api_name,
         "data_type": item.data_type, "is_active": True, "index": item.index, "is_unique": item.unique}
        for item in fields
    ]  # fmt: skip
    return Reply(200, {**SUCCESS, "customfields": {entity: shown}}, code=0)
