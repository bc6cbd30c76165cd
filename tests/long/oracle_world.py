"""Both organizations as the oracle sees them: read from the sandbox's dump, with a mapping written down anew.

Every record that an actor makes bears a *mark*, a value nobody ever edits, in a field that both sides keep (the
website of an account, the department of a contact, the code of a product). Records of one mark are one and the same
thing, so that the oracle needs no link of the engine's to know what belongs together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox import defaults

Fields = dict[str, str]

BUSINESS = {
    "Account_Name": "contact_name",
    "Description": "notes",
    "Phone": "billing_address.phone",
    "Fax": "billing_address.fax",
    "Billing_Street": "billing_address.address",
    "Billing_City": "billing_address.city",
    "Billing_State": "billing_address.state",
    "Billing_Code": "billing_address.zip",
    "Billing_Country": "billing_address.country",
    "Shipping_Street": "shipping_address.address",
    "Shipping_City": "shipping_address.city",
    "Shipping_State": "shipping_address.state",
    "Shipping_Code": "shipping_address.zip",
    "Shipping_Country": "shipping_address.country",
}
INDIVIDUAL = {
    "Description": "notes",
    "Fax": "billing_address.fax",
    "Mailing_Street": "billing_address.address",
    "Mailing_City": "billing_address.city",
    "Mailing_State": "billing_address.state",
    "Mailing_Zip": "billing_address.zip",
    "Mailing_Country": "billing_address.country",
    "Other_Street": "shipping_address.address",
    "Other_City": "shipping_address.city",
    "Other_State": "shipping_address.state",
    "Other_Zip": "shipping_address.zip",
    "Other_Country": "shipping_address.country",
}
PERSON = {
    "First_Name": "first_name",
    "Last_Name": "last_name",
    "Email": "email",
    "Phone": "phone",
    "Mobile": "mobile",
    "Title": "designation",
}
VENDOR = {
    "Vendor_Name": "contact_name",
    "Description": "notes",
    "Street": "billing_address.address",
    "City": "billing_address.city",
    "State": "billing_address.state",
    "Zip_Code": "billing_address.zip",
    "Country": "billing_address.country",
}
ITEM = {"Product_Name": "name", "Description": "description", "Unit_Price": "rate", "Usage_Unit": "unit"}

MAPPINGS = {"business": BUSINESS, "individual": INDIVIDUAL, "person": PERSON, "vendor": VENDOR, "item": ITEM}
TO_BOOKS_ONLY = {
    "business": {"Account_Name>": "company_name"},
    "individual": {"Full_Name": "contact_name", "Phone": "billing_address.phone"},
    "vendor": {"Vendor_Name>": "company_name"},
}
NAMES = {"business": "Account_Name", "vendor": "Vendor_Name", "item": "Product_Name", "individual": "Full_Name"}
MARKS = {"Accounts": "Website", "Contacts": "Department", "Vendors": "Website", "Products": "Product_Code"}


@dataclass(frozen=True)
class SalesRecord:
    """A record of the CRM.

    Attributes:
        id: its id.
        module: such as ``Accounts``.
        mark: see the module.
        fields: values by API name, blanks as empty text.
        parent: the id of a contact's account.
        mine: whether it is in the views called *My …*.
        modified: seconds since the epoch.
    """

    id: str
    module: str
    mark: str
    fields: Fields
    parent: str | None
    mine: bool
    modified: int

    def value(self, key: str) -> str:
        """A field, also a derived one."""
        if key == "Full_Name":
            return " ".join(part for part in (self.value("First_Name"), self.value("Last_Name")) if part)
        return self.fields.get(key.removesuffix(">"), "0" if key == "Unit_Price" else "")

    @property
    def name(self) -> str:
        """What people call it."""
        names = {"Accounts": "Account_Name", "Contacts": "Full_Name", "Vendors": "Vendor_Name"}
        return self.value(names.get(self.module, "Product_Name"))


@dataclass(frozen=True)
class BooksRecord:
    """A record of Books; a contact person is one of its own.

    Attributes:
        id: its id.
        kind: business, individual, person, vendor or item.
        mark: see the module.
        fields: values by the sales side's API name, blanks as empty text.
        name: what Books calls it.
        parent: the id of a person's customer.
        active: whether it is active.
        modified: seconds since the epoch; a person's is its customer's.
        raw: the record as dumped.
    """

    id: str
    kind: str
    mark: str
    fields: Fields
    name: str
    parent: str | None
    active: bool
    modified: int
    raw: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def group(self) -> tuple[str, str]:
        """Records of one group are the same thing twice: kind and mark."""
        return ("person" if self.kind == "person" else "record", self.mark)


@dataclass(frozen=True)
class World:
    """Everything that both sides hold, by id."""

    sales: dict[str, SalesRecord]
    books: dict[str, BooksRecord]

    def sales_by_mark(self) -> dict[str, list[SalesRecord]]:
        """Records of the CRM by mark."""
        found = defaultdict(list)
        for record in self.sales.values():
            found[record.mark].append(record)
        return found

    def books_by_group(self) -> dict[tuple[str, str], list[BooksRecord]]:
        """Records of Books by group."""
        found = defaultdict(list)
        for record in self.books.values():
            found[record.group].append(record)
        return found

    def persons_of(self, customer_id: str) -> list[BooksRecord]:
        """The contact persons of a customer."""
        return [record for record in self.books.values() if record.parent == customer_id]


def read_world(dump: Mapping[str, Any]) -> World:
    """Reads the dump of the sandbox."""
    accounts = {row["id"] for row in dump["crm"]["Accounts"]}
    sales = [_sales_record(module, row, accounts) for module in MARKS for row in dump["crm"][module]]
    books = [record for row in dump["books"]["contacts"] for record in _contact(row)]
    books += [_item(row) for row in dump["books"]["items"]]
    return World({record.id: record for record in sales}, {record.id: record for record in books})


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _sales_record(module: str, row: Mapping[str, Any], accounts: set[str]) -> SalesRecord:
    values = row["values"]
    fields = {key: _text(value) for key, value in values.items()}
    if "Unit_Price" in fields:
        fields["Unit_Price"] = _price(fields["Unit_Price"])
    parent = values.get("Account_Name") if module == "Contacts" else None
    parent = parent if parent in accounts else None
    mine = values.get("Owner") == defaults.CONNECTED_USER.crm_id
    return SalesRecord(row["id"], module, fields.get(MARKS[module], ""), fields, parent, mine, row["modified"])


def _at(values: Mapping[str, Any], path: str) -> str:
    for part in path.split("."):
        values = values.get(part) or {}
    return _text(values) if values else ""


def _mapped(kind: str, values: Mapping[str, Any]) -> Fields:
    mapping = {**MAPPINGS[kind], **TO_BOOKS_ONLY.get(kind, {})}
    return {key: _at(values, path) for key, path in mapping.items()}


def _contact(row: Mapping[str, Any]) -> Iterable[BooksRecord]:
    values, persons = row["values"], row["persons"]
    kind = "vendor" if values.get("contact_type") == "vendor" else values.get("customer_sub_type") or "business"
    primary: Mapping[str, Any] = next((person for person in persons if person.get("is_primary_contact")), {})
    mark = _text(primary.get("department") if kind == "individual" else values.get("website"))
    fields = _mapped(kind, values)
    active = row["status"] == "active"
    contact_id = row["contact_id"]
    yield BooksRecord(contact_id, kind, mark, fields, values["contact_name"], None, active, row["modified"], row)
    for person in persons if kind != "vendor" else ():
        yield BooksRecord(
            person["contact_person_id"],
            "person",
            _text(person.get("department")),
            _mapped("person", person),
            " ".join(_text(person.get(key)) for key in ("first_name", "last_name")).strip(),
            contact_id,
            active,
            row["modified"],
            person,
        )


def _item(row: Mapping[str, Any]) -> BooksRecord:
    values = row["values"]
    fields = _mapped("item", values)
    fields["Unit_Price"] = _price(fields["Unit_Price"])
    mark = _text(values.get("sku"))
    active = row.get("status", "active") == "active"
    return BooksRecord(row["item_id"], "item", mark, fields, values["name"], None, active, row["modified"], row)


def _price(text: str) -> str:
    """No price and a price of nothing are the same to Books."""
    return format(float(text or 0), ".10g")
