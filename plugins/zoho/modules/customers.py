"""Customers: CRM accounts and contacts on the one side, Books customers on the other (CUS)."""

from collections.abc import Mapping, Sequence
from typing import Any

from zoho.config.mapping import CustomersMapping
from zoho.config.settings import CustomersModule, Feed
from zoho.core.observation import Observation
from zoho.core.plan import PlanItem
from zoho.core.records import Kind, Record
from zoho.core.transforms.base import Surroundings
from zoho.modules.contacts import BOOKS_CONTACTS, BooksContactsModule
from zoho.modules.fieldmap import FieldMap
from zoho.modules.module import BooksList, Source
from zoho.modules.raw import observe_sales, text

ACCOUNTS = "Accounts"
CONTACTS = "Contacts"


class Customers(BooksContactsModule):
    """The customers module of one integration (CUS-1, CUS-2)."""

    name = "customers"
    books_list = BooksList(BOOKS_CONTACTS, "contact_id", "contact_name", {"contact_type": "customer"})

    def __init__(self, settings: CustomersModule, mapping: CustomersMapping, around: Surroundings) -> None:
        self.feed = settings.feed
        self._views = {ACCOUNTS: settings.accounts_view, CONTACTS: settings.contacts_view}
        maps = {
            Kind.BUSINESS: FieldMap(mapping.business, mapping.library, around),
            Kind.INDIVIDUAL: FieldMap(mapping.individual, mapping.library, around),
            Kind.CONTACT_PERSON: FieldMap(mapping.contact_person, mapping.library, around),
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

    def view_of(self, entity: str) -> str | None:
        """Return the view, by name or id, that a sales-side list is limited to (CUS-5)."""
        return self._views[entity]

    def mapped_entities(self) -> dict[str, str]:
        """Return section of the mapping → the list whose fields it names."""
        lists = self.sales_lists()
        sections = {"business": ACCOUNTS, "individual": CONTACTS, "contact_person": CONTACTS}
        return {section: entity for section, entity in sections.items() if entity in lists}

    def observe_sales(self, entity: str, raw: Mapping[str, Any]) -> Observation:
        """Return a raw account or contact as an observation."""
        if entity == ACCOUNTS:
            return observe_sales(entity, raw, raw.get("Account_Name"))
        account = raw.get("Account_Name")
        return observe_sales(entity, raw, raw.get("Full_Name"), str(account["id"]) if account else None)

    def sales_record(self, kind: Kind, raw: Mapping[str, Any], children: Sequence[Mapping[str, Any]]) -> Record:
        """Return an observed account or contact in canonical terms.

        Args:
            kind: what it becomes.
            raw: the observation's raw content.
            children: raw contacts of an account; an individual is its own contact person.
        """
        if kind is Kind.INDIVIDUAL:
            children = [raw]
        name = text(raw.get("Account_Name") if kind is Kind.BUSINESS else raw.get("Full_Name"))
        persons = tuple(self.person(contact) for contact in children)
        return Record(str(raw["id"]), kind, name, self.maps[kind].values_for_books(raw), persons)

    def create_body(self, item: PlanItem) -> dict[str, Any]:
        """Return the body of ``POST /contacts`` for a plan item."""
        return {**super().create_body(item), "customer_sub_type": str(item.kind)}


def _sources(settings: CustomersModule) -> tuple[Source, ...]:
    if settings.feed is Feed.ACCOUNTS:
        return (Source(ACCOUNTS, Kind.BUSINESS),)
    if settings.feed is Feed.CONTACTS:
        return (Source(CONTACTS, Kind.INDIVIDUAL),)
    skip = None
    if not settings.include_unassociated_contacts:
        skip = "it has no account (include_unassociated_contacts is off)"
    return (
        Source(ACCOUNTS, Kind.BUSINESS, child_entity=CONTACTS),
        Source(CONTACTS, Kind.INDIVIDUAL, without_parent=True, skip_reason=skip),
    )
