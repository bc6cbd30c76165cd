"""What the overview shows: both organizations side by side, as far as a search finds them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from sandbox.books.store import Contact
from sandbox.books.store import folded as books_folded
from sandbox.sales.store import Record, full_name
from sandbox.world import World

PER_PAGE = 15

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Shown(Generic[Item]):
    """One page of a list.

    Attributes:
        items: What is on it.
        page: Its number, from 1.
        more: Whether another page follows.
    """

    items: Sequence[Item]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account with its contacts.

    Attributes:
        record: The account.
        contacts: Its contacts.
        twins: Books contacts with its name.
    """

    record: Record
    contacts: Sequence[Record]
    twins: Sequence[Contact]


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A Books customer.

    Attributes:
        contact: The customer.
        twins: Accounts with its name.
    """

    contact: Contact
    twins: Sequence[Record]


def _page(items: Iterable[Item], page: int) -> Shown[Item]:
    start = (page - 1) * PER_PAGE
    found = list(islice(items, start, start + PER_PAGE + 1))
    return Shown(found[:PER_PAGE], page, len(found) > PER_PAGE)


def accounts(world: World, search: str, page: int) -> Shown[AccountCard]:
    """Return a page of accounts, last written first, that match a search themselves or by a contact."""
    org = world.sales["crm"]
    wanted = books_folded(search)
    tables = org.tables

    def cards() -> Iterator[AccountCard]:
        for _, record in tables["Accounts"].ordered("Modified_Time", descending=True):
            contacts = tables["Contacts"].find("Account_Name", record.id)
            if not wanted or _matches(record, wanted) or any(_matches(item, wanted) for item in contacts):
                yield AccountCard(record, contacts, world.books.named(record.values["Account_Name"]))

    return _page(cards(), page)


def single_contacts(world: World, search: str, page: int) -> Shown[Record]:
    """Return a page of CRM contacts without an account that match a search, last written first."""
    wanted = books_folded(search)
    rows = world.sales["crm"].tables["Contacts"].ordered("Modified_Time", descending=True)
    found = (
        record
        for _, record in rows
        if "Account_Name" not in record.values and (not wanted or _matches(record, wanted))
    )
    return _page(found, page)


def customers(world: World, search: str, page: int) -> Shown[CustomerCard]:
    """Return a page of Books customers that match a search, last written first."""
    wanted = books_folded(search)
    table = world.sales["crm"].tables["Accounts"]
    newest = reversed(world.books.ordered("last_modified_time", lambda contact: contact.modified))
    cards = (
        CustomerCard(contact, table.find("Account_Name", contact.name))
        for contact in newest
        if contact.contact_type == "customer" and (not wanted or _customer_matches(contact, wanted))
    )
    return _page(cards, page)


def _matches(record: Record, wanted: str) -> bool:
    return wanted in books_folded(full_name(record)) or _any(record.values.values(), wanted)


def _customer_matches(contact: Contact, wanted: str) -> bool:
    address = contact.values.get("billing_address", {}).values()
    persons = [value for person in contact.persons for value in person.values()]
    names = [f"{person.get('first_name', '')} {person.get('last_name', '')}" for person in contact.persons]
    return _any([*contact.values.values(), *address, *persons, *names], wanted)


def _any(values: Iterable[Any], wanted: str) -> bool:
    return any(isinstance(value, str) and wanted in books_folded(value) for value in values)
