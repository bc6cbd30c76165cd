"""The endpoints of Books, most specific first."""

from sandbox.books import contacts, items, lists, organizations, persons, refusals, taxlists
from sandbox.books.documents.endpoints import DOCUMENT_ENDPOINTS
from sandbox.defaults import BOOKS_ORGANIZATIONS
from sandbox.description import bodies
from sandbox.routing import Endpoint, Manners
from sandbox.wire import Call

_READ, _CREATE = ("contacts.READ",), ("contacts.CREATE",)
_UPDATE, _DELETE = ("contacts.UPDATE",), ("contacts.DELETE",)
_SETTINGS = ("settings.READ",)
_PAGE = ("page", "per_page")
_LISTED = (*_PAGE, "sort_column", "sort_order", "filter_by", "search_text")
_UNIQUE = ("X-Unique-Identifier-Key", "X-Unique-Identifier-Value", "X-Upsert")
_HEADER = "x-com-zoho-books-organizationid"

ENDPOINTS = (
    Endpoint("GET", "/organizations", organizations.list_organizations, _SETTINGS, needs_organization=False),
    Endpoint(
        "GET", "/organizations/{organization_id}", organizations.get_organization, _SETTINGS, needs_organization=False
    ),
    Endpoint("GET", "/users", organizations.list_users, _SETTINGS, takes=_PAGE),
    Endpoint("GET", "/users/me", organizations.current_user, _SETTINGS),
    Endpoint("GET", "/users/{user_id}", organizations.get_user, _SETTINGS),
    Endpoint("GET", "/settings/currencies", organizations.list_currencies, _SETTINGS, takes=_PAGE),
    Endpoint("GET", "/settings/taxes", taxlists.list_taxes, _SETTINGS, takes=_PAGE),
    Endpoint("GET", "/settings/taxes/{tax_id}", taxlists.get_tax, _SETTINGS),
    Endpoint("GET", "/settings/taxgroups/{tax_group_id}", taxlists.get_tax_group, _SETTINGS),
    Endpoint("GET", "/settings/customfields", organizations.list_custom_fields, _SETTINGS, takes=("entity",)),
    Endpoint("GET", "/itemdetails", items.item_details, _SETTINGS, takes=("item_ids",)),
    Endpoint(
        "GET",
        "/items",
        items.list_items,
        _SETTINGS,
        takes=(*_LISTED, "customview_id", "name", "description", "rate", "rate_less_than"),
    ),
    Endpoint("POST", "/items", items.create_item, ("settings.CREATE",), body=bodies.item),
    Endpoint("PUT", "/items", items.update_by_unique_field, ("settings.UPDATE",), takes=_UNIQUE, body=bodies.item),
    Endpoint("GET", "/items/{item_id}", items.get_item, _SETTINGS),
    Endpoint("PUT", "/items/{item_id}", items.update_item, ("settings.UPDATE",), body=bodies.item),
    Endpoint("DELETE", "/items/{item_id}", items.delete_item, ("settings.DELETE",)),
    Endpoint("POST", "/items/{item_id}/active", items.mark_active, ("settings.CREATE",)),
    Endpoint("POST", "/items/{item_id}/inactive", items.mark_inactive, ("settings.CREATE",)),
    Endpoint(
        "PUT",
        "/item/{item_id}/customfields",
        items.update_custom_fields,
        ("settings.UPDATE",),
        body=bodies.custom_fields,
    ),
    Endpoint("POST", "/contacts/contactpersons", persons.create_person, _CREATE, body=bodies.person),
    Endpoint("GET", "/contacts/contactpersons/{person_id}", persons.get_person, _READ),
    Endpoint("PUT", "/contacts/contactpersons/{person_id}", persons.update_person, _UPDATE, body=bodies.person),
    Endpoint("DELETE", "/contacts/contactpersons/{person_id}", persons.delete_person, _DELETE),
    Endpoint("POST", "/contacts/contactpersons/{person_id}/primary", persons.mark_primary, _CREATE),
    Endpoint("GET", "/contacts/{contact_id}/contactpersons", persons.list_persons, _READ, takes=_PAGE),
    Endpoint("GET", "/contacts/{contact_id}/contactpersons/{person_id}", persons.get_person, _READ),
    Endpoint("POST", "/contacts/{contact_id}/active", contacts.mark_active, _CREATE),
    Endpoint("POST", "/contacts/{contact_id}/inactive", contacts.mark_inactive, _CREATE),
    Endpoint("GET", "/contacts/{contact_id}", contacts.get_contact, _READ),
    Endpoint("PUT", "/contacts/{contact_id}", contacts.update_contact, _UPDATE, body=bodies.contact),
    Endpoint("DELETE", "/contacts/{contact_id}", contacts.delete_contact, _DELETE),
    Endpoint(
        "GET",
        "/contacts",
        lists.list_contacts,
        _READ,
        takes=(
            *_LISTED,
            *("customview_id", "contact_type", "contact_name", "contact_name_contains"),
            *("email", "last_modified_time"),
        ),
    ),
    Endpoint("POST", "/contacts", contacts.create_contact, _CREATE, body=bodies.contact),
    Endpoint("PUT", "/contacts", contacts.update_by_unique_field, _UPDATE, takes=_UNIQUE, body=bodies.contact),
    Endpoint("DELETE", "/contacts", contacts.delete_contacts, _DELETE, takes=("contact_ids",)),
    *DOCUMENT_ENDPOINTS,
)


def _names_organization(endpoint: Endpoint, call: Call) -> None:
    """Let a call see the organization that it names; refuse one that names none, or a stranger's (zoho-api 3.1)."""
    if not endpoint.needs_organization:
        return
    given = call.query.get("organization_id") or call.headers.get(_HEADER)
    if not given:
        raise refusals.invalid("organization_id")
    if given not in BOOKS_ORGANIZATIONS:
        message = f"This user is not associated with the CompanyID/CompanyName:{given}."
        raise refusals.refuse(401, refusals.WRONG_ORGANIZATION, message)
    call.world = call.world.in_books(given)


BOOKS = Manners(
    "books",
    "ZohoBooks",
    refusals.no_credentials,
    refusals.not_authorized,
    refusals.not_authorized,
    checks=(_names_organization,),
)
