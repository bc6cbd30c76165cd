"""What customers and vendors have in common: both are contacts of Books, with contact persons (zoho-api 3.2)."""

from collections.abc import Mapping
from typing import Any

from zoho.config.books_fields import CONTACT_PERSON, CUSTOMER, VENDOR
from zoho.core.children import CHANGES_BOOKS, ChildAction
from zoho.core.observation import Observation
from zoho.core.plan import PlanItem
from zoho.core.records import Kind, Record, Value
from zoho.modules.module import Module
from zoho.modules.raw import text, written
from zoho.modules.shapes import LONGEST_NAME, an_id, an_object, check, rows

BOOKS_CONTACTS = "contacts"

_OWN = ("contact_id", "contact_name", "contact_type", "customer_sub_type", "status", "created_time")
_LISTED = ("company_name", "email", "phone", "mobile", "website")
"""What a list row tells besides: never merged, only weighed where two records may be the same (BEY-6)."""

_ADDRESSES = ("billing_address", "shipping_address")
_SHAPES = {**dict.fromkeys(_ADDRESSES, an_object), "contact_persons": rows(contact_person_id=an_id)}
_WRITABLE = {**CUSTOMER, **VENDOR}


class BooksContactsModule(Module):
    """A module whose Books records are contacts."""

    reviewed = True

    def observe_books(self, raw: Mapping[str, Any], detailed: bool) -> Observation:
        """Return a raw Books contact, a list row or a detail, as an observation.

        Raises:
            KeyError, ValueError: the record lacks its id or a readable ``last_modified_time``.
        """
        seen = {key: raw[key] for key in _OWN if key in raw}
        if detailed:
            check(raw, _SHAPES)
            seen |= {key: _writable_part(key, raw[key]) for key in sorted(self._read_whole()) if key in raw}
            seen["contact_persons"] = [_person(person) for person in raw.get("contact_persons") or ()]
        else:
            seen |= {key: raw[key] for key in _LISTED if raw.get(key)}
        return self.seen_in_books(raw, seen, detailed=detailed)

    def person(self, raw: Mapping[str, Any]) -> Record:
        """Return the contact person that a raw sales-side record becomes."""
        values = self.maps[Kind.CONTACT_PERSON].values_for_books(raw)
        return Record(str(raw["id"]), Kind.CONTACT_PERSON, _person_name(values), values)

    def books_record(self, kind: Kind, raw: Mapping[str, Any]) -> Record:
        """Return an observed Books contact (a detail) in canonical terms."""
        persons = []
        for person in raw.get("contact_persons", []):
            values = self.maps[Kind.CONTACT_PERSON].read_books(person)
            person_id = str(person["contact_person_id"])
            persons.append(Record(person_id, Kind.CONTACT_PERSON, _person_name(values), values))
        values = self.maps[kind].read_books(raw)
        return Record(str(raw["contact_id"]), kind, text(raw.get("contact_name")), values, tuple(persons))

    def create_body(self, item: PlanItem) -> dict[str, Any]:
        """Return the body of ``POST /contacts`` for a plan item."""
        persons = self.maps[Kind.CONTACT_PERSON]
        return {
            **self.maps[item.kind].to_books(written(item.fields, "books")),
            **self.books_list.filters,
            "contact_persons": [persons.to_books(written(child.fields, "books")) for child in item.children],
        }

    def update_body(self, item: PlanItem, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body of ``PUT /contacts/{id}`` for a plan item.

        Only what changes is sent, with two exceptions that Books' way of storing asks for: an address goes
        whole, and when a contact person changes the whole list goes, since Books deletes a person that an
        update leaves out.

        Args:
            item: the plan item.
            raw: the observation of the Books contact that the item was planned on.
        """
        body = self.maps[item.kind].to_books(written(item.fields, "books"))
        for key in _ADDRESSES:
            if key in body:
                body[key] = {**(raw.get(key) or {}), **body[key]}
        if any(child.action in CHANGES_BOOKS for child in item.children):
            known = {str(person["contact_person_id"]): person for person in raw.get("contact_persons", [])}
            persons = self.maps[Kind.CONTACT_PERSON]
            body["contact_persons"] = [
                {**known.get(child.books_id or "", {}), **persons.to_books(written(child.fields, "books"))}
                for child in item.children
                if child.action is not ChildAction.LEAVE
            ]
        return body

    def sales_body(
        self,
        item: PlanItem,
        parent_id: str | None,  # noqa: ARG002 - nothing is above
        before: Mapping[str, Any] | None = None,  # noqa: ARG002 - only what changes is sent
    ) -> dict[str, Any]:
        """Return the fields of a plan item for the sales side; those of its contact person are its own there."""
        body = self.maps[item.kind].to_sales(written(item.fields, "sales"))
        for child in item.children:
            body |= self.maps[Kind.CONTACT_PERSON].to_sales(written(child.fields, "sales"))
        return body

    def _read_whole(self) -> set[str]:
        """Top-level fields of a detail that are kept: mapped ones, and addresses, which are written whole."""
        maps = (one for kind, one in self.maps.items() if kind is not Kind.CONTACT_PERSON)
        return {*_ADDRESSES, *(key for one in maps for key in one.books_fields)}


def _writable_part(key: str, value: Any) -> Any:
    if key not in _ADDRESSES or not isinstance(value, Mapping):
        return value
    keys = [path.split(".")[1] for path in _WRITABLE if path.startswith(f"{key}.")]
    return {part: value[part] for part in keys if part in value}


def _person(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: raw[key] for key in ("contact_person_id", "is_primary_contact", *CONTACT_PERSON) if key in raw}


def _person_name(values: Mapping[str, Value]) -> str:
    parts = (values.get("first_name"), values.get("last_name"))
    return " ".join(str(part) for part in parts if part is not None)[:LONGEST_NAME]
