"""Customers: CRM accounts and contacts on the one side, Books customers on the other (CUS)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zoho.config.mapping import CustomersMapping
from zoho.config.settings import CustomersModule, Feed, SalesProduct
from zoho.core.children import ChildAction, ChildPlan
from zoho.core.merge import FieldMerge, Outcome
from zoho.core.observation import Observation
from zoho.core.plan import PlanItem
from zoho.core.records import Kind, Record
from zoho.core.transforms.base import Surroundings
from zoho.modules.contacts import BOOKS_CONTACTS, BooksContactsModule
from zoho.modules.fieldmap import FieldMap
from zoho.modules.identity import Identity
from zoho.modules.module import BooksList, Source
from zoho.modules.raw import STAMPS, observe_sales, text

ACCOUNTS = "Accounts"
CONTACTS = "Contacts"

_NATIVE = {ACCOUNTS: "zcrm_account_id", CONTACTS: "zcrm_contact_id"}


class Customers(BooksContactsModule):
    """The customers module of one integration (CUS-1, CUS-2)."""

    name = "customers"
    books_list = BooksList(BOOKS_CONTACTS, "contact_id", "contact_name", {"contact_type": "customer"})

    own_child = frozenset({Kind.INDIVIDUAL})
    named: Mapping[str, str] = {ACCOUNTS: "Account_Name", CONTACTS: "Full_Name"}
    telling: Mapping[str, tuple[str, ...]] = {
        ACCOUNTS: ("Account_Name",),
        CONTACTS: ("First_Name", "Last_Name", "Email"),
    }

    def __init__(
        self, settings: CustomersModule, mapping: CustomersMapping, around: Surroundings, product: SalesProduct
    ) -> None:
        self.feed = settings.feed
        self._contacts_of_viewed = settings.contacts_of_viewed_accounts
        self._views = {ACCOUNTS: settings.accounts_view, CONTACTS: settings.contacts_view}
        identity = Identity(settings.unique_id, self.books_list.id_field, _NATIVE)
        maps = {
            Kind.BUSINESS: FieldMap.of(mapping, "business", around, identity.pairs),
            Kind.INDIVIDUAL: FieldMap.of(mapping, "individual", around, identity.pairs),
            Kind.CONTACT_PERSON: FieldMap.of(mapping, "contact_person", around),
        }
        super().__init__(settings, _sources(settings), maps, product, identity)

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
        return {entity: tuple(dict.fromkeys((*fields, *STAMPS))) for entity, fields in wanted.items()}

    def view_of(self, entity: str) -> str | None:
        """Return the view, by name or id, that a sales-side list is limited to (CUS-5)."""
        return self._views[entity]

    def limiting(self, entity: str) -> str | None:
        """Return the list whose view limits this one too: that of the accounts, if only their contacts are sent."""
        return ACCOUNTS if entity == CONTACTS and self._contacts_of_viewed else None

    def mapped_entities(self) -> dict[str, str]:
        """Return section of the mapping → the list whose fields it names."""
        lists = self.sales_lists()
        sections = {"business": ACCOUNTS, "individual": CONTACTS, "contact_person": CONTACTS}
        return {section: entity for section, entity in sections.items() if entity in lists}

    def observe_sales(self, entity: str, raw: Mapping[str, Any]) -> Observation:
        """Return a raw account or contact as an observation."""
        if entity == ACCOUNTS:
            return observe_sales(entity, raw, "Account_Name")
        return observe_sales(entity, raw, "Full_Name", "Account_Name")

    def sales_record(self, kind: Kind, raw: Mapping[str, Any], children: Sequence[Mapping[str, Any]]) -> Record:
        """Return an observed account or contact in canonical terms.

        Args:
            kind: what it becomes.
            raw: the observation's raw content.
            children: raw contacts of an account; an individual is its own contact person.
        """
        if kind is Kind.CONTACT_PERSON:
            return self.person(raw)
        if kind is Kind.INDIVIDUAL:
            children = [raw]
        name = text(raw.get("Account_Name") if kind is Kind.BUSINESS else raw.get("Full_Name"))
        persons = tuple(self.person(raw) if contact is raw else self._person_below(contact) for contact in children)
        return Record(str(raw["id"]), kind, name, self.maps[kind].values_for_books(raw), persons)

    def _person_below(self, contact: Mapping[str, Any]) -> Record:
        try:
            return self.person(contact)
        except ValueError as problem:
            name = contact.get("Full_Name") or contact.get("Last_Name") or ""
            raise ValueError(f"its contact {name} ({contact['id']}): {problem}") from problem

    def kind_in_books(self, books_raw: Mapping[str, Any]) -> Kind:
        """A customer is a business or an individual, as its sub-type says (CUS-3)."""
        return Kind.INDIVIDUAL if books_raw.get("customer_sub_type") == "individual" else Kind.BUSINESS

    def sales_body(
        self, item: PlanItem, parent_id: str | None, before: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the fields of a plan item for the sales side; a new contact gets its account."""
        body = super().sales_body(item, parent_id, before)
        return {**body, "Account_Name": {"id": parent_id}} if parent_id else body

    def completed(self, item: PlanItem) -> PlanItem:
        """Return the create of an account or a contact; a contact needs a last name on the sales side."""
        person = self.maps[Kind.CONTACT_PERSON]
        last, first = person.key_of("Last_Name"), person.key_of("First_Name")
        if item.kind is Kind.BUSINESS or last is None:
            return item
        if item.kind is Kind.CONTACT_PERSON:
            return replace(item, fields=_with_last_name(item.fields, last, first, item.name))
        own = item.children or (ChildPlan(ChildAction.SEND, None, None, item.name, (), item.reason),)
        named = [replace(child, fields=_with_last_name(child.fields, last, first, item.name)) for child in own]
        return replace(item, children=tuple(named))

    def create_body(self, item: PlanItem) -> dict[str, Any]:
        """Return the body of ``POST /contacts`` for a plan item."""
        return {**super().create_body(item), "customer_sub_type": str(item.kind)}


def _with_last_name(fields: Sequence[FieldMerge], last: str, first: str | None, name: str) -> tuple[FieldMerge, ...]:
    """Give a contact without a last name its first name, or else what it is called, in that place."""
    held = {field.key: field for field in fields}
    if last in held:
        return tuple(fields)
    alone = held.get(first) if first else None
    stands_in = alone.new if alone else held["email"].new if "email" in held else name
    reason = "the sales side needs a last name, and Books has none"
    given = FieldMerge(last, Outcome.WRITE, "sales", None, stands_in, reason=reason)
    if alone is None:
        return (*fields, given)
    moved = replace(alone, outcome=Outcome.DRIFT, reason="it stands as the last name, which the sales side needs")
    return (*(field for field in fields if field is not alone), moved, given)


def _sources(settings: CustomersModule) -> tuple[Source, ...]:
    if settings.feed is Feed.ACCOUNTS:
        return (Source(ACCOUNTS, Kind.BUSINESS),)
    if settings.feed is Feed.CONTACTS:
        return (Source(CONTACTS, Kind.INDIVIDUAL),)
    skip = None
    if not settings.include_unassociated_contacts:
        skip = "it has no account (include_unassociated_contacts is off)"
    elif settings.contacts_of_viewed_accounts:
        skip = "it has no account, and only contacts of the accounts in the view are sent"
    return (
        Source(ACCOUNTS, Kind.BUSINESS, child_entity=CONTACTS),
        Source(CONTACTS, Kind.INDIVIDUAL, without_parent=True, skip_reason=skip),
    )
