"""Loading CSV files as Zoho Books exports its customers, vendors and contact persons."""

from typing import TYPE_CHECKING, Any

from sandbox.books.contacts import with_one_primary
from sandbox.books.rules import check_name, contact_values, person_values
from sandbox.books.store import Contact
from sandbox.clock import parse_time
from sandbox.defaults import BOOKS_TIME_ZONE
from sandbox.loading.tables import LoadError, Row, headers_of, rows_of
from sandbox.wire import Json, Refusal

if TYPE_CHECKING:
    from sandbox.world import World

CUSTOMERS = "Books_Customers"
"""Name of the file with customers, without its ending."""

VENDORS = "Books_Vendors"
"""Name of the file with vendors, without its ending."""

PERSONS = "Books_Contact_Persons"
"""Name of the file with contact persons, without its ending."""

_CUSTOMER = {
    "Display Name": "contact_name",
    "Company Name": "company_name",
    "Website": "website",
    "Notes": "notes",
    "Customer Sub Type": "customer_sub_type",
    "Payment Terms Label": "payment_terms_label",
}
_ADDRESS = {
    "Attention": "attention",
    "Address": "address",
    "Street2": "street2",
    "City": "city",
    "State": "state",
    "Code": "zip",
    "Country": "country",
    "Phone": "phone",
    "Fax": "fax",
}
_PERSON = {
    "Salutation": "salutation",
    "First Name": "first_name",
    "Last Name": "last_name",
    "EmailID": "email",
    "Phone": "phone",
    "MobilePhone": "mobile",
    "Designation": "designation",
    "Department": "department",
}
_CUSTOMER_HEADERS = {
    *_CUSTOMER,
    *(f"{kind} {header}" for kind in ("Billing", "Shipping") for header in _ADDRESS),
    "Contact ID",
    "Status",
    "Created Time",
    "Last Modified Time",
}
_PERSON_HEADERS = {*_PERSON, "Contact Person ID", "Contact ID", "Display Name", "Primary Contact"}


def load_customers(world: "World", file: str, text: str) -> dict[str, int]:
    """Load customers.

    Raises:
        LoadError: A header is unknown, or a value breaks a rule of Books.
    """
    return {"books customers": _load_contacts(world, file, text, "customer")}


def load_vendors(world: "World", file: str, text: str) -> dict[str, int]:
    """Load vendors, whose file has the columns of customers.

    Raises:
        LoadError: A header is unknown, or a value breaks a rule of Books.
    """
    return {"books vendors": _load_contacts(world, file, text, "vendor")}


def _load_contacts(world: "World", file: str, text: str, contact_type: str) -> int:
    check_headers(file, text, _CUSTOMER_HEADERS)
    count = 0
    for row in rows_of(file, text):
        world.books.add(_contact(world, row, contact_type))
        count += 1
    return count


def load_persons(world: "World", file: str, text: str) -> dict[str, int]:
    """Load contact persons; each names its customer by id or display name.

    Raises:
        LoadError: A header is unknown, a customer is not there, or a value breaks a rule of Books.
    """
    check_headers(file, text, _PERSON_HEADERS)
    count = 0
    for row in rows_of(file, text):
        contact = _contact_of(world, row)
        values = checked(row, person_values, {api: row.get(header) for header, api in _PERSON.items()})
        stored = {name: value for name, value in values.items() if value != ""}
        stored["contact_person_id"] = row.get("Contact Person ID") or world.books.new_id()
        stored["is_primary_contact"] = row.get("Primary Contact").lower() == "true"
        _append(world, contact, stored)
        count += 1
    return {"books contact persons": count}


def check_headers(file: str, text: str, headers: set[str]) -> None:
    """Refuse a file with other columns than these.

    Raises:
        LoadError: A header is unknown.
    """
    for header in headers_of(file, text):
        if header not in headers:
            raise LoadError(file, 1, header, "Books has no such column")


def _contact(world: "World", row: Row, contact_type: str) -> Contact:
    given: Json = {api: row.get(header) for header, api in _CUSTOMER.items() if row.get(header)}
    given["contact_type"] = contact_type
    for kind in ("Billing", "Shipping"):
        parts = {api: row.get(f"{kind} {header}") for header, api in _ADDRESS.items() if row.get(f"{kind} {header}")}
        if parts:
            given[f"{kind.lower()}_address"] = {**parts}
    values = checked(row, contact_values, given)
    checked(
        row, lambda name: check_name(world.books, name, None, contact_type, per_type=False), row.get("Display Name")
    )
    for name in ("billing_address", "shipping_address"):
        if name in values:
            values[name]["address_id"] = world.books.new_id()
    created = time_of(world, row, "Created Time")
    modified = max(created, time_of(world, row, "Last Modified Time") if row.get("Last Modified Time") else created)
    status = row.get("Status").lower() or "active"
    contact_id = row.get("Contact ID") or world.books.new_id()
    return Contact(contact_id, values, created, modified, status=status, source="user")


def _contact_of(world: "World", row: Row) -> Contact:
    contact = world.books.contacts.get(row.get("Contact ID"))
    if contact is not None:
        return contact
    named = world.books.named(row.get("Display Name"))
    if len(named) != 1:
        raise row.error("Display Name", f'there is no customer "{row.get("Display Name")}"')
    return named[0]


def _append(world: "World", contact: Contact, stored: Json) -> None:
    marked = [{**item, "is_primary_contact": item["is_primary_contact"] and not stored["is_primary_contact"]}
                  for item in contact.persons]  # fmt: skip
    # Loading is not editing: the customer keeps the time its own row gave.
    world.books.set_persons_quietly(contact, with_one_primary([*marked, stored]))


def checked(row: Row, check: Any, given: Any) -> Any:
    """Return what a check of Books makes of a row's values.

    Raises:
        LoadError: The check refuses them.
    """
    try:
        return check(given)
    except Refusal as refusal:
        raise row.error(None, refusal.reply.body["message"]) from None


def time_of(world: "World", row: Row, header: str) -> int:
    """Return the time in a column in seconds since the epoch, now when it is blank.

    Raises:
        LoadError: It is not a time.
    """
    text = row.get(header)
    if not text:
        return world.clock.seconds()
    at = parse_time(text, zone=BOOKS_TIME_ZONE)
    if at is None:
        raise row.error(header, f'"{text}" is not a time')
    return at
