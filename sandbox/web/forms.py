"""The fields that the page's forms show, and reading what a person typed into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sandbox.books.taxes import TAXES
from sandbox.sales import taxes as crm_taxes
from sandbox.sales.schema import standard_modules
from sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form.

    Attributes:
        name: Name of the API field.
        label: What the person reads.
        long: Whether it may have several lines.
        required: Whether it must be filled.
        number: Whether it holds a number.
        date: Whether it holds a date.
        lookup: CRM module whose record it names.
        named: Field that names the records of that module.
        suggest: What is offered while typing, by a key that :func:`sandbox.web.suggestions.suggestions` knows.
        choices: The values to choose from, each with what a person reads; empty for one that is typed.
    """

    name: str
    label: str
    long: bool = False
    required: bool = False
    number: bool = False
    date: bool = False
    lookup: str = ""
    named: str = ""
    suggest: str = ""
    choices: Sequence[tuple[str, str]] = ()


AS_IT_IS = "as it is"
"""The choice that stands for a value that cannot be chosen, and is kept."""


def _record(name: str, label: str, module: str, named: str) -> FormField:
    return FormField(name, f"{label} (its exact name)", lookup=module, named=named, suggest=module)


def _picked(module: str, name: str, label: str, *, required: bool = False) -> FormField:
    return FormField(name, label, required=required, suggest=f"{module}.{name}")


ACCOUNT = (
    FormField("Account_Name", "Account name", required=True),
    FormField("Phone", "Phone"),
    FormField("Fax", "Fax"),
    FormField("Website", "Website"),
    FormField("Billing_Street", "Street", long=True),
    FormField("Billing_City", "City"),
    FormField("Billing_State", "State"),
    FormField("Billing_Code", "Code"),
    FormField("Billing_Country", "Country"),
    FormField("Description", "Description", long=True),
)
CONTACT = (
    FormField("First_Name", "First name"),
    FormField("Last_Name", "Last name", required=True),
    _record("Account_Name", "Account", "Accounts", "Account_Name"),
    FormField("Email", "E-mail"),
    FormField("Phone", "Phone"),
    FormField("Mobile", "Mobile"),
    FormField("Title", "Title"),
    FormField("Department", "Department"),
)
VENDOR = (
    FormField("Vendor_Name", "Vendor name", required=True),
    FormField("Phone", "Phone"),
    FormField("Email", "E-mail"),
    FormField("Website", "Website"),
    FormField("Street", "Street", long=True),
    FormField("City", "City"),
    FormField("State", "State"),
    FormField("Zip_Code", "Code"),
    FormField("Country", "Country"),
    FormField("Description", "Description", long=True),
)
PRODUCT = (
    FormField("Product_Name", "Product name", required=True),
    FormField("Product_Code", "Code"),
    FormField("Unit_Price", "Unit price", number=True),
    _picked("Products", "Usage_Unit", "Unit"),
    _record("Vendor_Name", "Vendor", "Vendors", "Vendor_Name"),
    FormField("Description", "Description", long=True),
)
DEAL = (
    FormField("Deal_Name", "Deal name", required=True),
    _picked("Deals", "Stage", "Stage", required=True),
    FormField("Amount", "Amount", number=True),
    FormField("Closing_Date", "Closing date", date=True),
    _record("Account_Name", "Account", "Accounts", "Account_Name"),
    FormField("Description", "Description", long=True),
)
LINES = (
    _record("Product_Name", "Product", "Products", "Product_Name"),
    FormField("Quantity", "Quantity", number=True),
    FormField("List_Price", "Price", number=True),
    FormField("Discount", "Discount", number=True),
    FormField("Line_Tax", "Tax", choices=[("", "none"), *((tax.id, tax.label) for tax in crm_taxes.TAXES.values())]),
)
ITEM = (
    FormField("name", "Item name", required=True),
    FormField("rate", "Rate", required=True, number=True),
    FormField("unit", "Unit"),
    FormField("sku", "SKU"),
    FormField("description", "Description", long=True),
)
DOCUMENT_LINES = (
    FormField("name", "Item", suggest="item"),
    FormField("quantity", "Quantity", number=True),
    FormField("rate", "Rate", number=True),
    FormField("discount", "Discount"),
    FormField(
        "tax_id",
        "Tax",
        choices=[("", "none"), *((tax.id, f"{tax.name} - {tax.percent} %") for tax in TAXES.values())],
    ),
)


def transaction(module: str, party: str, status: str) -> Sequence[FormField]:
    """Return the form of a CRM transaction.

    Args:
        module: Its module.
        party: Its lookup of an account or vendor.
        status: Its field with a status.
    """
    noun = party.split("_")[0]
    deal = () if noun == "Vendor" else (_record("Deal_Name", "Deal", "Deals", "Deal_Name"),)
    return (
        FormField("Subject", "Subject", required=True),
        _record(party, noun, f"{noun}s", party),
        *deal,
        FormField("Layout", "Layout", choices=list(standard_modules("crm")[module].layouts.items())),
        _picked(module, status, "Status"),
        _picked(module, "Currency", "Currency"),
        FormField("Discount", "Discount", number=True),
        FormField("Adjustment", "Adjustment", number=True),
        FormField("Description", "Description", long=True),
    )


def document(party: str, deadline: str) -> Sequence[FormField]:
    """Return the form of a Books document.

    Args:
        party: ``customer`` or ``vendor``.
        deadline: Its date besides the day it was made on.
    """
    return (
        FormField("party", f"{party.capitalize()} (its exact name)", required=True, suggest=party),
        FormField("reference_number", "Reference"),
        FormField("date", "Date", required=True, date=True),
        FormField(deadline, deadline.replace("_", " ").capitalize(), date=True),
        FormField("discount", "Discount (10 or 10%)"),
        FormField("shipping_charge", "Shipping", number=True),
        FormField("adjustment", "Adjustment", number=True),
        FormField("notes", "Notes", long=True),
    )


CUSTOMER = (
    FormField("contact_name", "Display name", required=True),
    FormField("company_name", "Company name"),
    FormField("website", "Website"),
    FormField("notes", "Notes", long=True),
)
ADDRESS = (
    FormField("attention", "Attention"),
    FormField("address", "Street", long=True),
    FormField("street2", "Street 2"),
    FormField("city", "City"),
    FormField("state", "State"),
    FormField("zip", "Code"),
    FormField("country", "Country"),
    FormField("phone", "Phone"),
    FormField("fax", "Fax"),
)
PERSON = (
    FormField("first_name", "First name"),
    FormField("last_name", "Last name"),
    FormField("email", "E-mail"),
    FormField("phone", "Phone"),
    FormField("mobile", "Mobile"),
    FormField("designation", "Designation"),
)


def read(body: bytes) -> dict[str, str]:
    """Return the fields of a submitted form; browsers send line ends as CR LF, Zoho keeps LF."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: value.replace("\r\n", "\n").strip() for name, value in pairs}


def with_lines(form: Mapping[str, str]) -> Json:
    """Return a submitted form with its lines, named ``line.0.rate`` and so on, as a list under ``lines``.

    Lines in which nothing was typed are left out.
    """
    numbers = sorted({int(name.split(".")[1]) for name in form if name.startswith("line.")})
    lines = [
        {name.split(".", 2)[2]: value for name, value in form.items() if name.startswith(f"line.{number}.")}
        for number in numbers
    ]
    rest = {name: value for name, value in form.items() if not name.startswith("line.")}
    return {**rest, "lines": [line for line in lines if any(line.values())]}


def inputs_of(values: Json) -> dict[str, str]:
    """Return the values of a form by the names of its inputs; the reverse of reading it."""
    rows = {"line": values.get("lines", []), "person": values.get("contact_persons", [])}
    inputs = {name: value for name, value in values.items() if isinstance(value, str)}
    inputs |= {f"billing.{name}": value for name, value in values.get("billing_address", {}).items()}
    for kind, items in rows.items():
        inputs |= {
            f"{kind}.{number}.{name}": value
            for number, item in enumerate(items)
            for name, value in item.items()
            if isinstance(value, str)
        }
    return inputs


def customer_from(form: Mapping[str, str]) -> Json:
    """Return the Books contact that a form describes, as an API client would send it.

    Persons are numbered ``person.0.first_name`` and so on. One whose ``remove`` is ticked, or that is new and
    blank, is left out, which deletes it.
    """
    customer: Json = {field.name: form.get(field.name, "") for field in CUSTOMER}
    customer["billing_address"] = {field.name: form.get(f"billing.{field.name}", "") for field in ADDRESS}
    persons = []
    numbers = sorted({int(name.split(".")[1]) for name in form if name.startswith("person.")})
    for number in numbers:
        person: Json = {field.name: form.get(f"person.{number}.{field.name}", "") for field in PERSON}
        person_id = form.get(f"person.{number}.contact_person_id", "")
        if form.get(f"person.{number}.remove") or not (person_id or any(person.values())):
            continue
        if person_id:
            person["contact_person_id"] = person_id
        person["is_primary_contact"] = form.get("primary") == str(number)
        persons.append(person)
    return {**customer, "contact_persons": persons}
