"""The organization and its users, as the sales side shows them (zoho-api 2.14)."""

from sandbox.clock import crm_time
from sandbox.currencies import Currency
from sandbox.defaults import CONNECTED_USER, CRM_TIME_ZONE, PEOPLE, Person
from sandbox.sales.paging import MAX_PER_PAGE, place_of
from sandbox.sales.reading import organization
from sandbox.sales.refusals import bad_param
from sandbox.sales.rendering import ORG_CREATED, profile, user_brief
from sandbox.sales.schema import stable_id
from sandbox.wire import Call, Json, Reply

_EVERYBODY = {
    "AllUsers", "ActiveUsers", "ConfirmedUsers", "ActiveConfirmedUsers", "AdminUsers", "ActiveConfirmedAdmins",
}  # fmt: skip
_NOBODY = {"DeactiveUsers", "NotConfirmedUsers", "DeletedUsers"}


def get_org(call: Call) -> Reply:
    """Serve ``GET /org``."""
    org, settings = organization(call), call.world.settings
    bigin = org.product == "bigin"
    license_details = {
        "paid": not bigin, "paid_type": "free" if bigin else settings.crm_edition,
        "paid_expiry": None if bigin else crm_time(ORG_CREATED + 10 * 365 * 86_400),
        "trial_type": "biginpremier" if bigin else None, "trial_expiry": None,
        "users_license_purchased": 10, "portal_users_license_purchased": 0,
    }  # fmt: skip
    return Reply(200, {"org": [_org(org.product, license_details, settings.crm_currency)]})


def _org(product: str, license_details: Json, currency: Currency) -> Json:
    address = {"country": "United States", "state": "California", "city": "Pleasanton", "street": "1 Harbour Way",
               "zip": "94588"}  # fmt: skip
    return {
        **address, "country_code": "US", "photo_id": None, "description": None, "mc_status": False,
        "gapps_enabled": False, "translation_enabled": False, "alias": None,
        "domain_name": f"org60012345{len(product)}",
        "currency": f"{currency.name} - {currency.code}", "iso_code": currency.code,
        "currency_symbol": currency.symbol, "currency_locale": "en_US", "id": stable_id(f"{product}.org"),
        "zgid": zgid_of(product), "primary_zuid": CONNECTED_USER.zuid, "fax": None,
        "employee_count": "50", "website": "https://sandbox.example.com", "mobile": None, "phone": "+1 555 0100",
        "zia_portal_id": None, "time_zone": CRM_TIME_ZONE, "deletable_org_account": False,
        "license_details": license_details,
        "hierarchy_preferences": {"type": "Role_Hierarchy", "strictly_reporting": False},
        "company_name": "Sandbox Trading", "privacy_settings": False, "primary_email": CONNECTED_USER.email,
        "hipaa_compliance_enabled": False, "lite_users_enabled": False, "max_per_page": 100,
        "ezgid": stable_id(f"{product}.ezgid"), "call_icon": "telephone", "oauth_presence": True,
        "checkin_preferences": {"restricted_event_types": None},
        "type": "Bigin" if product == "bigin" else "Production", "created_time": crm_time(ORG_CREATED),
    }  # fmt: skip


def zgid_of(product: str) -> str:
    """Return the id by which all Zoho products know an organization."""
    return f"6001234{len(product)}"


def list_users(call: Call) -> Reply:
    """Serve ``GET /users?type=``."""
    kind = call.query.get("type", "AllUsers")
    if kind not in _EVERYBODY | _NOBODY | {"CurrentUser"}:
        raise bad_param("type")
    if kind in _NOBODY:
        return Reply(204)
    people = [CONNECTED_USER] if kind == "CurrentUser" else list(PEOPLE)
    ids = call.query.get("ids")
    if ids:
        people = [person for person in people if person.crm_id in ids.split(",")]
    place = place_of(call, tokens=False, max_per_page=MAX_PER_PAGE)
    shown = people[place.skip : place.skip + place.per_page]
    if not shown:
        return Reply(204)
    info = {"per_page": place.per_page, "count": len(shown), "page": place.page, "more_records": False}
    return Reply(200, {"users": [user_record(person) for person in shown], "info": info})


def get_user(call: Call) -> Reply:
    """Serve ``GET /users/{id}``."""
    for person in PEOPLE:
        if person.crm_id == call.params["id"]:
            return Reply(200, {"users": [user_record(person)]})
    return Reply(204)


def user_record(person: Person) -> Json:
    """Return the whole record of a user (recorded live)."""
    tab = {"font_color": "#FFFFFF", "background": "#222222"}
    theme = {"normal_tab": tab, "selected_tab": tab, "new_background": None, "background": "#F3F0EB",
             "screen": "fixed", "type": "default"}  # fmt: skip
    customize = {"notes_desc": None, "show_right_panel": None, "bc_view": None, "unpin_recent_item": None,
                 "show_left_panel": True, "show_home": False, "show_detail_view": True}  # fmt: skip
    by = user_brief(CONNECTED_USER.crm_id)
    return {
        "id": person.crm_id, "zuid": person.zuid, "email": person.email, "full_name": person.name,
        "first_name": person.first_name, "last_name": person.last_name, "status": "active", "confirm": True,
        "role": {"name": "CEO", "id": stable_id("role.CEO")}, "profile": profile(), "alias": None,
        "country": "US", "state": "California", "city": None, "street": None, "zip": None, "phone": None,
        "mobile": None, "fax": None, "website": None, "dob": None, "signature": None, "language": "en_US",
        "locale": "en_US", "country_locale": "en_US", "time_zone": CRM_TIME_ZONE, "offset": -28_800_000,
        "time_format": "HH:mm", "date_format": "MMM d, yyyy", "decimal_separator": "Period",
        "number_separator": "Comma", "name_format": "Salutation,First Name,Last Name",
        "name_format__s": "Salutation,First Name,Last Name", "default_tab_group": "0",
        "distance_preference__s": "miles", "sort_order_preference__s": "First Name,Last Name",
        "created_time": crm_time(ORG_CREATED), "created_by": by, "Modified_Time": crm_time(ORG_CREATED),
        "Modified_By": by, "Reporting_To": None, "Isonline": False, "microsoft": False,
        "personal_account": False, "sandboxDeveloper": False, "status_reason__s": None, "territories": [],
        "customize_info": customize, "theme": theme, "category": "regular_user", "type__s": "Regular User",
        "Current_Shift__s": None, "Next_Shift__s": None, "Shift_Effective_From__s": None,
    }  # fmt: skip
