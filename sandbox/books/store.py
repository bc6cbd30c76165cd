"""The contacts of a Books organization in memory."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.books.customfields import CustomField, standard_custom_fields
from sandbox.books.documents.document import Document
from sandbox.books.documents.store import Documents
from sandbox.books.itemstore import Item, Items
from sandbox.books.webhooks import Webhook
from sandbox.clock import Clock
from sandbox.defaults import BOOKS_ORGANIZATION, BooksOrganization
from sandbox.journal import Journal
from sandbox.wire import Json

_FIRST_NUMBER = 100_001


def folded(text: str) -> str:
    """Return the form in which Books compares display names: without case and outer blanks (zoho-api 3.2)."""
    return unicodedata.normalize("NFC", text).strip().casefold()


@dataclass(slots=True)
class Contact:
    """A customer or vendor.

    Attributes:
        id: Its id.
        values: Writable values that are set; ``billing_address`` and ``shipping_address`` are objects.
        persons: Contact persons in their order, each an object with ``contact_person_id``.
        custom: Values of custom fields by API name.
        status: ``active`` or ``inactive``.
        created: When it was made, in seconds since the epoch.
        modified: When it was last written.
        source: ``api``, ``user`` or ``crm``.
        crm_ids: What Zoho's own CRM integration has linked it with: ``zcrm_account_id`` and the like → id.
    """

    id: str
    values: Json
    created: int
    modified: int
    persons: list[Json] = field(default_factory=list)
    custom: Json = field(default_factory=dict)
    status: str = "active"
    source: str = "api"
    crm_ids: Json = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its display name."""
        return str(self.values.get("contact_name", ""))

    @property
    def contact_type(self) -> str:
        """``customer`` or ``vendor``."""
        return str(self.values.get("contact_type", "customer"))

    @property
    def primary(self) -> Json:
        """The primary contact person, empty when there is none."""
        return next((person for person in self.persons if person.get("is_primary_contact")), {})

    def snapshot(self) -> Json:
        """Return what is kept in the data file."""
        return {
            "values": self.values,
            "created": self.created,
            "modified": self.modified,
            "persons": self.persons,
            "custom": self.custom,
            "status": self.status,
            "source": self.source,
            "crm_ids": self.crm_ids,
        }


BooksRecord = Contact | Item | Document
"""What can be written in Books."""

BooksWatcher = Callable[["BooksOrg", Webhook, BooksRecord], None]
"""Is told of a write that a webhook is set up for: organization, webhook, record."""

SortKey = Callable[[Contact], Any]
"""What contacts are ordered by."""


class BooksOrg:
    """One Books organization.

    Attributes:
        identity: Which one it is.
        key: What its keys in the data file begin with.
        items: Items.
        documents: Estimates, sales orders, invoices and purchase orders.
        contacts: Contacts by id.
        custom_fields: Custom fields of contacts by API name.
        webhooks: Webhooks by module (zoho-api 3.11).
        watcher: What is told of writes that a webhook is set up for.
    """

    def __init__(self, identity: BooksOrganization, clock: Clock, journal: Journal) -> None:
        self.identity = identity
        self.key = "books" if identity is BOOKS_ORGANIZATION else f"books-{identity.id}"
        self.clock = clock
        self._journal = journal
        self.items = Items(clock, journal, self.key, self._written)
        self.documents = Documents(clock, journal, self.key, self._written)
        self.contacts: dict[str, Contact] = {}
        self.custom_fields: dict[str, CustomField] = standard_custom_fields()
        self._names: dict[str, set[str]] = {}
        self._owner_of_person: dict[str, str] = {}
        self._by_unique: dict[tuple[str, str], str] = {}
        self._next_number = _FIRST_NUMBER
        self._orders: dict[str, list[Contact]] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.watcher: BooksWatcher | None = None

    def reset(self) -> None:
        """Go back to an organization without records and webhooks."""
        self.contacts, self._names, self._owner_of_person = {}, {}, {}
        self._by_unique, self._orders, self.webhooks = {}, {}, {}
        self.items.reset()
        self.documents.reset()
        self.custom_fields = standard_custom_fields()
        self._next_number = _FIRST_NUMBER

    def new_id(self) -> str:
        """Return an id that no contact, person or address has had."""
        while True:
            fresh = f"{self.identity.id_prefix}{self._next_number:011d}"
            self._next_number += 2
            taken = (self.contacts, self._owner_of_person, self.items.by_id)
            if not any(fresh in ids for ids in taken) and not self.documents.knows(fresh):
                return fresh

    def add(self, contact: Contact) -> None:
        """Put a new contact in and keep it."""
        self._enter(contact)
        self._keep(contact)
        self._written(contact)

    def edit(self, contact: Contact, **changes: Any) -> None:
        """Set attributes of a contact, move its time of modification and keep it."""
        self._set(contact, {**changes, "modified": self.clock.seconds()})
        self._written(contact)

    def set_persons_quietly(self, contact: Contact, persons: list[Json]) -> None:
        """Set the contact persons without the time of modification moving, and keep the contact."""
        self._set(contact, {"persons": persons})

    def _set(self, contact: Contact, changes: Json) -> None:
        self._leave(contact)
        for name, value in changes.items():
            setattr(contact, name, value)
        self._enter(contact)
        self._keep(contact)

    def remove(self, contact: Contact) -> None:
        """Take a contact out."""
        self._leave(contact)
        self._journal.remove(f"{self.key}/contact/{contact.id}")
        self._written(contact)

    def named(self, name: str) -> list[Contact]:
        """Return the contacts with a display name, compared as Books does."""
        return [self.contacts[item] for item in sorted(self._names.get(folded(name), ()))]

    def with_custom_value(self, api_name: str, value: str) -> Contact | None:
        """Return the contact whose custom field has a value, or None."""
        found = self._by_unique.get((api_name, value))
        return self.contacts[found] if found else None

    def person(self, person_id: str) -> tuple[Contact, Json] | None:
        """Return a contact person with its contact, or None."""
        owner = self._owner_of_person.get(person_id)
        if owner is None:
            return None
        contact = self.contacts[owner]
        return contact, next(item for item in contact.persons if item["contact_person_id"] == person_id)

    def ordered(self, column: str, key: SortKey) -> list[Contact]:
        """Return all contacts in ascending order of a key; the order is remembered until the next change."""
        if column not in self._orders:
            self._orders[column] = sorted(self.contacts.values(), key=lambda item: (key(item), int(item.id)))
        return self._orders[column]

    def set_custom_field(self, item: CustomField) -> None:
        """Define a custom field of contacts and keep it."""
        self.custom_fields[item.api_name] = item
        self._journal.put(f"{self.key}/field/{item.api_name}", item.snapshot)

    def set_webhook(self, webhook: Webhook) -> None:
        """Set up the webhook of a module and keep it."""
        self.webhooks[webhook.module] = webhook
        self._journal.put(f"{self.key}/webhook/{webhook.module}", webhook.snapshot)

    def remove_webhook(self, module: str) -> bool:
        """Take the webhook of a module away; tell whether there was one."""
        self._journal.remove(f"{self.key}/webhook/{module}")
        return self.webhooks.pop(module, None) is not None

    def restore(self, kind: str, name: str, row: Json) -> None:
        """Take over one row of the data file."""
        if kind == "contact":
            self._enter(Contact(name, **row))
        elif kind == "item":
            self.items.restore(name, row)
        elif kind == "field":
            self.custom_fields[name] = CustomField(**row)
        elif kind == "webhook":
            self.webhooks[name] = Webhook(**row)
        elif kind.endswith("_field"):
            self.documents.restore_field(kind.removesuffix("_field"), name, row)
        else:
            self.documents.restore(kind, name, row)

    def _enter(self, contact: Contact) -> None:
        self.contacts[contact.id] = contact
        self._names.setdefault(folded(contact.name), set()).add(contact.id)
        for person in contact.persons:
            self._owner_of_person[person["contact_person_id"]] = contact.id
        for name, value in contact.custom.items():
            self._by_unique[name, str(value)] = contact.id
        self._orders.clear()

    def _leave(self, contact: Contact) -> None:
        del self.contacts[contact.id]
        self._names[folded(contact.name)].discard(contact.id)
        for person in contact.persons:
            self._owner_of_person.pop(person["contact_person_id"], None)
        for name, value in contact.custom.items():
            self._by_unique.pop((name, str(value)), None)
        self._orders.clear()

    def _written(self, record: BooksRecord) -> None:
        webhook = self.webhooks.get(_module_of(record))
        if webhook is not None and self.watcher is not None:
            self.watcher(self, webhook, record)

    def _keep(self, contact: Contact) -> None:
        self._journal.put(f"{self.key}/contact/{contact.id}", contact.snapshot)


def _module_of(record: BooksRecord) -> str:
    if isinstance(record, Document):
        return record.kind.name
    return "contact" if isinstance(record, Contact) else "item"
