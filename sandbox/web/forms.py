"""The fields that the page's forms show, and reading what a person typed into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form.

    Attributes:
        name: Name of the API field.
        label: What the person reads.
        long: Whether it may have several lines.
        required: Whether it must be filled.
    """

    name: str
    label: str
    long: bool = False
    required: bool = False


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
    FormField("Account_Name", "Account (its exact name, or nothing)"),
    FormField("Email", "E-mail"),
    FormField("Phone", "Phone"),
    FormField("Mobile", "Mobile"),
    FormField("Title", "Title"),
    FormField("Department", "Department"),
)
MODULES: Mapping[str, Sequence[FormField]] = {"Accounts": ACCOUNT, "Contacts": CONTACT}
"""Form fields of the CRM modules that the page edits."""

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
