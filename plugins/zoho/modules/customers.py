"""Customers: CRM accounts and contacts on the one side, Books customers on the other (CUS)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zoho.config import books_fields
from zoho.config.mapping import CustomersMapping
from zoho.config.settings import CustomersModule, Feed
from zoho.core.children import ChildAction
from zoho.core.merge import FieldMerge, Outcome
from zoho.core.observation import Observation
from zoho.core.plan import PlanItem
from zoho.core.records import Kind, Record, Value, fingerprint
from zoho.modules.fieldmap import FieldMap, nest
from zoho.modules.module import BooksList, Module, Source

ACCOUNTS = "Accounts"
CONTACTS = "Contacts"
BOOKS_CONTACTS = "contacts"

_PERSON_FIELDS = tuple(books_fields.CONTACT_PERSON)
_BOOKS_OWN = ("contact_id", "contact_name", "contact_type", "customer_sub_type", "status", "created_time")


class Customers(Module):
    """The customers module of one integration (CUS-1, CUS-2)."""

    name = "customers"
    books_list = BooksList(BOOKS_CONTACTS, "contact_id", "contact_name", {"contact_type": "customer"})

    def __init__(self, settings: CustomersModule, mapping: CustomersMapping) -> None:
        self.feed = settings.feed
        maps = {
            Kind.BUSINESS: FieldMap(mapping.business),
            Kind.INDIVIDUAL: FieldMap(mapping.individual),
            Kind.CONTACT_PERSON: FieldMap(mapping.contact_person),
        }
        super().__init__(settings, _sources(settings), maps)

    def sales_lists(self) -> dict[str, tuple[str, ...]]:
        """Return which sales-side lists are read, and which of their fields (API names)."""
        accounts = ("Account_Name", *self.maps[Kind.BUSINESS].sales_fields)
        contacts = ("Full_Name", "Account_Name", *self.maps[Kind.CONTACT_PERSON].sales_fields)
        if any(source.kind is Kind.INDIVIDUAL for source in self.sources):
            contacts += self.maps[Kind.INDIVIDUAL].sales_fields
        wanted = {
            Feed.ACCOUNTS: {ACCOUNTS: accounts},
            Feed.CONTACTS: {CONTACTS: contacts},
            Feed.ACCOUNTS_AND_CONTACTS: {ACCOUNTS: accounts, CONTACTS: contacts},
        }[self.feed]
        return {entity: tuple(dict.fromkeys((*fields, "Modified_Time"))) for entity, fields in wanted.items()}

    def mapped_entities(self) -> dict[str, str]:
        """Return section of the mapping → the list whose fields it names."""
        lists = self.sales_lists()
        sections = {"business": ACCOUNTS, "individual": CONTACTS, "contact_person": CONTACTS}
        return {section: entity for section, entity in sections.items() if entity in lists}

    def observe_sales(self, entity: str, raw: Mapping[str, Any]) -> Observation:
        """Return a raw CRM record as an observation.

        Raises:
            KeyError, ValueError: the record lacks its id or a readable ``Modified_Time``.
        """
        seen = {key: value for key, value in raw.items() if key != "Modified_Time" and not key.startswith("$")}
        account = raw.get("Account_Name") if entity == CONTACTS else None
        return Observation(
            side="sales",
            entity=entity,
            remote_id=str(raw["id"]),
            parent_id=str(account["id"]) if account else None,
            name=_text(raw.get("Account_Name") if entity == ACCOUNTS else raw.get("Full_Name")),
            modified_at=_instant(raw["Modified_Time"]),
            detailed=True,
            fingerprint=fingerprint(seen),
            raw=seen,
        )

    def observe_books(self, raw: Mapping[str, Any], detailed: bool) -> Observation:
        """Return a raw Books contact, a list row or a detail, as an observation.

        Raises:
            KeyError, ValueError: the record lacks its id or a readable ``last_modified_time``.
        """
        seen = {key: raw[key] for key in _BOOKS_OWN if key in raw}
        modified_at = _instant(raw["last_modified_time"])
        if detailed:
            top = {key.split(".")[0] for key in books_fields.CUSTOMER}
            seen |= {key: _writable_part(key, raw[key]) for key in sorted(top) if key in raw}
            seen["contact_persons"] = [_person(person) for person in raw.get("contact_persons", [])]
        mark = fingerprint(seen) if detailed else f"listed {modified_at.isoformat()}"
        return Observation(
            side="books",
            entity=BOOKS_CONTACTS,
            remote_id=str(raw["contact_id"]),
            parent_id=None,
            name=_text(raw["contact_name"]),
            modified_at=modified_at,
            detailed=detailed,
            fingerprint=mark,
            raw={**seen, "last_modified_time": raw["last_modified_time"]},
        )

    def sales_record(self, kind: Kind, raw: Mapping[str, Any], children: Sequence[Mapping[str, Any]]) -> Record:
        """Return an observed sales-side record in canonical terms.

        Args:
            kind: what it becomes.
            raw: the observation's raw content.
            children: raw contacts of an account; an individual is its own contact person.
        """
        if kind is Kind.INDIVIDUAL:
            children = [raw]
        name = _text(raw.get("Account_Name") if kind is Kind.BUSINESS else raw.get("Full_Name"))
        persons = tuple(self._contact(contact) for contact in children)
        return Record(str(raw["id"]), kind, name, self.maps[kind].read_sales(raw), persons)

    def _contact(self, raw: Mapping[str, Any]) -> Record:
        values = self.maps[Kind.CONTACT_PERSON].read_sales(raw)
        return Record(str(raw["id"]), Kind.CONTACT_PERSON, _person_name(values), values)

    def books_record(self, kind: Kind, raw: Mapping[str, Any]) -> Record:
        """Return an observed Books customer (a detail) in canonical terms."""
        persons = []
        for person in raw.get("contact_persons", []):
            values = self.maps[Kind.CONTACT_PERSON].read_books(person)
            person_id = str(person["contact_person_id"])
            persons.append(Record(person_id, Kind.CONTACT_PERSON, _person_name(values), values))
        values = self.maps[kind].read_books(raw)
        return Record(str(raw["contact_id"]), kind, _text(raw["contact_name"]), values, tuple(persons))

    def create_body(self, item: PlanItem) -> dict[str, Any]:
        """Return the body of ``POST /contacts`` for a plan item."""
        return {
            **nest(_written(item.fields)),
            "contact_type": "customer",
            "customer_sub_type": str(item.kind),
            "contact_persons": [_written(child.fields) for child in item.children],
        }

    def update_body(self, item: PlanItem, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body of ``PUT /contacts/{id}`` for a plan item.

        Only what changes is sent, with two exceptions that Books' way of storing asks for: an address goes
        whole, and when a contact person changes the whole list goes, since Books deletes a person that an
        update leaves out.

        Args:
            item: the plan item.
            raw: the observation of the Books customer that the item was planned on.
        """
        body = nest(_written(item.fields))
        for key in ("billing_address", "shipping_address"):
            if key in body:
                body[key] = {**raw.get(key, {}), **body[key]}
        touched = {ChildAction.ADD, ChildAction.UPDATE, ChildAction.LEAVE}
        if any(child.action in touched for child in item.children):
            known = {str(person["contact_person_id"]): person for person in raw.get("contact_persons", [])}
            body["contact_persons"] = [
                {**known.get(child.books_id or "", {}), **_blank_as_text(_written(child.fields))}
                for child in item.children
                if child.action is not ChildAction.LEAVE
            ]
        return body


def _sources(settings: CustomersModule) -> tuple[Source, ...]:
    if settings.feed is Feed.ACCOUNTS:
        return (Source(ACCOUNTS, Kind.BUSINESS),)
    if settings.feed is Feed.CONTACTS:
        return (Source(CONTACTS, Kind.INDIVIDUAL),)
    skip = (
        None if settings.include_unassociated_contacts else "it has no account (include_unassociated_contacts is off)"
    )
    return (
        Source(ACCOUNTS, Kind.BUSINESS, child_entity=CONTACTS),
        Source(CONTACTS, Kind.INDIVIDUAL, without_parent=True, skip_reason=skip),
    )


def _written(fields: Sequence[FieldMerge]) -> dict[str, Value]:
    return {field.key: field.new for field in fields if field.outcome is Outcome.WRITE and field.target == "books"}


def _blank_as_text(values: Mapping[str, Value]) -> dict[str, Any]:
    return {key: "" if value is None else value for key, value in values.items()}


def _writable_part(key: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    keys = [path.split(".")[1] for path in books_fields.CUSTOMER if path.startswith(f"{key}.")]
    return {part: value[part] for part in keys if part in value}


def _person(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: raw[key] for key in ("contact_person_id", "is_primary_contact", *_PERSON_FIELDS) if key in raw}


def _person_name(values: Mapping[str, Value]) -> str:
    parts = (values.get("first_name"), values.get("last_name"))
    return " ".join(str(part) for part in parts if part is not None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _instant(text: str) -> datetime:
    """Parse Zoho's times: CRM writes ``+05:30``, Books ``+0530``.

    Raises:
        ValueError: it is no time with an offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return instant
