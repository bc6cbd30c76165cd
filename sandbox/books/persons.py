"""Contact persons on their own (zoho-api 3.2)."""

from sandbox.books.contacts import SUCCESS, body_of, contact_of, with_one_primary
from sandbox.books.lists import page_context, paging
from sandbox.books.refusals import does_not_exist, invalid
from sandbox.books.rules import person_values
from sandbox.books.shapes import person
from sandbox.books.store import Contact
from sandbox.wire import Call, Json, Reply


def _found(call: Call) -> tuple[Contact, Json]:
    found = call.world.books.person(call.params["person_id"])
    if found is None or call.params.get("contact_id", found[0].id) != found[0].id:
        raise does_not_exist("Contact person")
    return found


def _replace(call: Call, contact: Contact, persons: list[Json]) -> None:
    call.world.books.edit(contact, persons=with_one_primary(persons))


def _shown(contact: Contact, person_id: str) -> Json:
    stored = next(item for item in contact.persons if item["contact_person_id"] == person_id)
    return {"contact_id": contact.id, **person(stored)}


def _checked(call: Call) -> tuple[str, Json]:
    """Return the contact id and the values of the given person; both names are mandatory in Zoho's OpenAPI."""
    given = body_of(call)
    values = person_values(given)
    if not given.get("contact_id"):
        raise invalid("contact_id")
    if not values.get("first_name"):
        raise invalid("first_name")
    return str(given["contact_id"]), values


def create_person(call: Call) -> Reply:
    """Serve ``POST /contacts/contactpersons``."""
    contact_id, values = _checked(call)
    contact = call.world.books.contacts.get(contact_id)
    if contact is None:
        raise does_not_exist("Contact")
    person_id = call.world.books.new_id()
    _replace(call, contact, [*contact.persons, {"contact_person_id": person_id, **values}])
    body = {"code": 0, "message": "The contactperson has been Created"}
    shown = _shown(contact, person_id)
    as_object = call.world.settings.books_contact_person_as_object
    return Reply(201, {**body, "contact_person": shown if as_object else [shown]}, code=0)


def update_person(call: Call) -> Reply:
    """Serve ``PUT /contacts/contactpersons/{person_id}``."""
    contact, stored = _found(call)
    contact_id, values = _checked(call)
    if contact_id != contact.id:
        raise invalid("contact_id")
    person_id = stored["contact_person_id"]
    persons = [{**item, **values} if item["contact_person_id"] == person_id else item for item in contact.persons]
    if values.get("is_primary_contact"):
        persons = _only_primary(persons, person_id)
    _replace(call, contact, persons)
    body = {"code": 0, "message": "The contact person details have been updated."}
    shown = _shown(contact, person_id)
    as_object = call.world.settings.books_contact_person_as_object
    return Reply(200, {**body, "contact_person": shown if as_object else [shown]}, code=0)


def delete_person(call: Call) -> Reply:
    """Serve ``DELETE /contacts/contactpersons/{person_id}``."""
    contact, stored = _found(call)
    _replace(call, contact, [item for item in contact.persons if item is not stored])
    return Reply(200, {"code": 0, "message": "The contact person has been deleted."}, code=0)


def get_person(call: Call) -> Reply:
    """Serve ``GET /contacts/{contact_id}/contactpersons/{person_id}`` and the same without the contact."""
    contact, stored = _found(call)
    return Reply(200, {**SUCCESS, "contact_person": _shown(contact, stored["contact_person_id"])}, code=0)


def list_persons(call: Call) -> Reply:
    """Serve ``GET /contacts/{contact_id}/contactpersons``."""
    contact = contact_of(call)
    page, per_page = paging(call.query)
    start = (page - 1) * per_page
    shown = [person(item) for item in contact.persons[start : start + per_page]]
    context = page_context(
        "Contact Persons", contact.persons, page, per_page, sort_column="contact_person_id", sort_order="A"
    )
    return Reply(200, {**SUCCESS, "contact_persons": shown, "page_context": context}, code=0)


def mark_primary(call: Call) -> Reply:
    """Serve ``POST /contacts/contactpersons/{person_id}/primary``."""
    contact, stored = _found(call)
    _replace(call, contact, _only_primary(contact.persons, stored["contact_person_id"]))
    message = "This contact person has been marked as your primary contact person."
    return Reply(200, {"code": 0, "message": message}, code=0)


def _only_primary(persons: list[Json], person_id: str) -> list[Json]:
    return [{**item, "is_primary_contact": item["contact_person_id"] == person_id} for item in persons]
