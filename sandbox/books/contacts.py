"""Creating, changing and deleting contacts (zoho-api 3.2, 3.8)."""

from collections.abc import Mapping
from typing import Any

import orjson

from sandbox.books import shapes
from sandbox.books.refusals import IN_USE, NOTHING_TO_CHANGE, does_not_exist, invalid, refuse
from sandbox.books.rules import check_name, contact_values, custom_values, person_values
from sandbox.books.store import BooksOrg, Contact
from sandbox.wire import Call, Json, Reply

SUCCESS = {"code": 0, "message": "success"}
_ADDRESSES = ("billing_address", "shipping_address")


def body_of(call: Call) -> Json:
    """Return the JSON object in the body: plain, or in the older form field ``JSONString``.

    Raises:
        Refusal: There is none.
    """
    raw: bytes | str = call.body
    if not call.body.lstrip().startswith(b"{"):
        raw = call.form().get("JSONString", "") or call.query.get("JSONString", "")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise invalid("JSONString") from None
    if not isinstance(body, dict):
        raise invalid("JSONString")
    return body


def contact_of(call: Call) -> Contact:
    """Return the contact in the path.

    Raises:
        Refusal: There is no such contact.
    """
    contact = call.world.books.contacts.get(call.params["contact_id"])
    if contact is None:
        raise does_not_exist("Contact")
    return contact


def create(org: BooksOrg, given: Json, *, per_type: bool, source: str = "api") -> Contact:
    """Make a contact.

    Args:
        org: The organization.
        given: The contact as a client gives it.
        per_type: Whether a customer and a vendor may have the same name.
        source: ``api`` or ``user``.

    Raises:
        Refusal: A rule is broken; nothing was changed.
    """
    values = contact_values(given)
    check_name(org, values.get("contact_name", ""), None, values.get("contact_type", "customer"), per_type=per_type)
    custom = custom_values(org.custom_fields, given.get("custom_fields", []), org.with_custom_value, None)
    persons = merged_persons(org, [], given.get("contact_persons", []))
    now = org.clock.seconds()
    contact = Contact(org.new_id(), _tidy(values), now, now, persons, _tidy(custom), source=source)
    _identify_addresses(org, contact.values)
    org.add(contact)
    return contact


def change(org: BooksOrg, contact: Contact, given: Json, *, per_type: bool) -> None:
    """Change the given values of a contact.

    A given ``contact_persons`` is the whole list: persons that it leaves out are deleted.

    Raises:
        Refusal: A rule is broken; nothing was changed.
    """
    values = contact_values(given)
    if "contact_name" in values:
        kind = values.get("contact_type", contact.contact_type)
        check_name(org, values["contact_name"], contact, kind, per_type=per_type)
    custom = custom_values(org.custom_fields, given.get("custom_fields", []), org.with_custom_value, contact)
    persons = contact.persons
    if given.get("contact_persons") is not None:
        persons = merged_persons(org, contact.persons, given["contact_persons"])
    for name in _ADDRESSES:
        if name in values:
            values[name] = {**contact.values.get(name, {}), **values[name]}
    merged = _tidy({**contact.values, **values})
    _identify_addresses(org, merged)
    org.edit(contact, values=merged, custom=_tidy({**contact.custom, **custom}), persons=persons)


def merged_persons(org: BooksOrg, present: list[Json], given: Any) -> list[Json]:
    """Return the contact persons after a write that gives the whole list.

    Raises:
        Refusal: An item is not a person, or names one that the contact does not have.
    """
    if not isinstance(given, list):
        raise invalid("contact_persons")
    known = {person["contact_person_id"]: person for person in present}
    persons = []
    for item in given:
        values = person_values(item)
        person_id = str(item.get("contact_person_id") or "")
        if person_id and person_id not in known:
            raise invalid("contact_person_id")
        kept = known.get(person_id, {"contact_person_id": person_id or org.new_id()})
        persons.append({**kept, **values})
    return with_one_primary(persons)


def with_one_primary(persons: list[Json]) -> list[Json]:
    """Return the persons with exactly one primary: the last marked so, else the first."""
    marked = [at for at, person in enumerate(persons) if person.get("is_primary_contact")]
    primary = marked[-1] if marked else 0
    return [{**person, "is_primary_contact": at == primary} for at, person in enumerate(persons)]


def _tidy(values: Mapping[str, Any]) -> Json:
    return {name: value for name, value in values.items() if value not in ("", None)}


def _identify_addresses(org: BooksOrg, values: Json) -> None:
    for name in _ADDRESSES:
        if name in values and not values[name].get("address_id"):
            values[name] = {**values[name], "address_id": org.new_id()}


def _shown(call: Call, contact: Contact) -> Json:
    return shapes.detail(call.world.books, contact, call.world.settings.books_currency)


def create_contact(call: Call) -> Reply:
    """Serve ``POST /contacts``."""
    per_type = call.world.settings.books_names_unique_per_type
    contact = create(call.world.books, body_of(call), per_type=per_type)
    body = {"code": 0, "message": "The contact has been added.", "contact": _shown(call, contact)}
    return Reply(201, body, code=0)


def get_contact(call: Call) -> Reply:
    """Serve ``GET /contacts/{contact_id}``."""
    return Reply(200, {**SUCCESS, "contact": _shown(call, contact_of(call))}, code=0)


def update_contact(call: Call) -> Reply:
    """Serve ``PUT /contacts/{contact_id}``."""
    return _updated(call, contact_of(call))


def _updated(call: Call, contact: Contact) -> Reply:
    per_type = call.world.settings.books_names_unique_per_type
    change(call.world.books, contact, body_of(call), per_type=per_type)
    body = {"code": 0, "message": "Contact information has been saved.", "contact": _shown(call, contact)}
    return Reply(200, body, code=0)


def update_by_unique_field(call: Call) -> Reply:
    """Serve ``PUT /contacts``: change the contact whose unique field has a value, or make it with ``X-Upsert``."""
    name = call.headers.get("x-unique-identifier-key", "")
    value = call.headers.get("x-unique-identifier-value", "")
    org = call.world.books
    field = org.custom_fields.get(name)
    if field is None or not field.unique:
        raise invalid("X-Unique-Identifier-Key")
    if not value:
        raise invalid("X-Unique-Identifier-Value")
    contact = org.with_custom_value(name, value)
    if contact is not None:
        return _updated(call, contact)
    if call.headers.get("x-upsert", "").lower() != "true":
        raise does_not_exist("Contact")
    body = body_of(call)
    given = {**body, "custom_fields": [*body.get("custom_fields", []), {"api_name": name, "value": value}]}
    made = create(org, given, per_type=call.world.settings.books_names_unique_per_type)
    return Reply(201, {"code": 0, "message": "The contact has been added.", "contact": _shown(call, made)}, code=0)


def delete_contact(call: Call) -> Reply:
    """Serve ``DELETE /contacts/{contact_id}``."""
    contact = contact_of(call)
    _check_unused(call, contact)
    call.world.books.remove(contact)
    return Reply(200, {"code": 0, "message": f"The {contact.contact_type} has been deleted."}, code=0)


def _check_unused(call: Call, contact: Contact) -> None:
    if call.world.books.documents.of_party(contact.id):
        raise refuse(400, IN_USE, f"The {contact.contact_type} has transactions and cannot be deleted.")


def delete_contacts(call: Call) -> Reply:
    """Serve ``DELETE /contacts?contact_ids=``."""
    org = call.world.books
    ids = [part.strip() for part in call.query.get("contact_ids", "").split(",") if part.strip()]
    if not ids:
        raise invalid("contact_ids")
    for contact_id in ids:
        if contact_id not in org.contacts:
            raise does_not_exist("Contact")
        _check_unused(call, org.contacts[contact_id])
    for contact_id in dict.fromkeys(ids):
        org.remove(org.contacts[contact_id])
    return Reply(200, {"code": 0, "message": "The contacts have been deleted."}, code=0)


def mark_active(call: Call) -> Reply:
    """Serve ``POST /contacts/{contact_id}/active``."""
    return _marked(call, "active")


def mark_inactive(call: Call) -> Reply:
    """Serve ``POST /contacts/{contact_id}/inactive``."""
    return _marked(call, "inactive")


def _marked(call: Call, status: str) -> Reply:
    contact = contact_of(call)
    if contact.status == status:
        raise refuse(400, NOTHING_TO_CHANGE, f"The contact is already {status}.")
    call.world.books.edit(contact, status=status)
    return Reply(200, {"code": 0, "message": f"The contact has been marked as {status}."}, code=0)
