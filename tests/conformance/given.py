"""What has to be there before a call can be made; each function makes it and returns its id."""

import csv
import io
import zipfile
from typing import Any

from tests.sandbox.client import Zoho

Json = dict[str, Any]

RECORDS: dict[str, Json] = {
    "Accounts": {
        "Account_Name": "Conformance Ltd", "Phone": "1", "Website": "w", "Industry": "Retail", "Employees": 5,
        "Annual_Revenue": 10, "Billing_Street": "s", "Billing_City": "c", "Billing_State": "s", "Billing_Code": "1",
        "Billing_Country": "x", "Description": "d", "Account_Type": "Customer", "Ownership": "Private",
    },
    "Contacts": {
        "First_Name": "A", "Last_Name": "B", "Email": "a.b@example.com", "Phone": "1", "Mobile": "2", "Title": "t",
    },
    "Deals": {
        "Deal_Name": "D", "Stage": "Qualification", "Amount": 5, "Closing_Date": "2026-06-01", "Description": "d",
    },
    "Products": {"Product_Name": "P", "Unit_Price": 1.5},
    "Vendors": {"Vendor_Name": "V", "Email": "v@example.com", "City": "c"},
}  # fmt: skip
"""A well-filled record of each CRM module."""

ITEM = {"name": "Item", "rate": 1.5, "description": "d", "unit": "pcs", "item_type": "sales_and_purchases"}
PERSON = {"first_name": "A", "last_name": "B", "email": "a@example.com", "phone": "1", "mobile": "2"}
WATCH = {"watch": [{"channel_id": "1", "events": ["Deals.all"], "notify_url": "http://127.0.0.1:1/"}]}
BULK = {"version": "bulk/v8"}
_READ = {"query": {"module": {"api_name": "Accounts"}, "fields": ["Account_Name"]}}


def record(zoho: Zoho, module: str = "Accounts") -> str:
    """A record; a contact belongs to an account, a deal to both."""
    values = dict(RECORDS[module])
    if module in {"Contacts", "Deals"}:
        values |= {"Account_Name": {"id": record(zoho)}}
    if module == "Deals":
        values |= {"Contact_Name": {"id": record(zoho, "Contacts")}}
    return zoho.insert(module, values)[0]


def account_with_contact(zoho: Zoho, contacts: int = 1) -> str:
    """An account that has contacts."""
    account = record(zoho)
    zoho.insert("Contacts", *({"Last_Name": f"A{at}", "Account_Name": account} for at in range(contacts)))
    return account


def field(zoho: Zoho, name: str = "Stage") -> str:
    """A field of the deals."""
    fields = zoho.crm("GET", "/settings/fields", params={"module": "Deals"}).json()["fields"]
    return next(item["id"] for item in fields if item["api_name"] == name)


def first(zoho: Zoho, kind: str, module: str = "Accounts") -> str:
    """The first of a module's layouts, custom views or related lists."""
    listed = zoho.crm("GET", f"/settings/{kind}", params={"module": module}).json()[kind]
    return str(listed[0]["id"])


def user(zoho: Zoho) -> str:
    """The user whom the token stands for."""
    return str(zoho.crm("GET", "/users", params={"type": "CurrentUser"}).json()["users"][0]["id"])


def channel(zoho: Zoho) -> str:
    """A notification channel."""
    assert zoho.crm("POST", "/actions/watch", json=WATCH).status_code == 201
    return "1"


def read_job(zoho: Zoho) -> str:
    """A completed bulk read of the records that a view and a condition choose."""
    record(zoho)
    condition = {"comparator": "equal", "field": {"api_name": "Account_Name"}, "value": "Conformance Ltd"}
    query = {**_READ["query"], "cvid": first(zoho, "custom_views"), "criteria": condition}
    job = str(start_read(zoho, query=query).json()["data"][0]["details"]["id"])
    zoho.crm("GET", f"/read/{job}", **BULK)
    zoho.crm("GET", f"/read/{job}", **BULK)
    return job


def start_read(zoho: Zoho, **changes: Any) -> Any:
    """The answer to an order of a bulk read."""
    return zoho.crm("POST", "/read", json={**_READ, **changes}, **BULK)


def upload(zoho: Zoho, packed: bytes | None = None) -> Any:
    """The answer to an upload of two contacts, or of other bytes."""
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows([["Last_Name", "Email"], ["Row", "row@example.com"], ["Bad", "none"]])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Contacts.csv", lines.getvalue())
    zgid = zoho.crm("GET", "/org").json()["org"][0]["zgid"]
    headers = {"feature": "bulk-write", "X-CRM-ORG": zgid}
    return zoho.crm("POST", "/upload", headers=headers, files={"file": ("c.zip", packed or file.getvalue())})


def start_write(zoho: Zoho, module: str = "Contacts") -> Any:
    """The answer to an order of a bulk write."""
    mappings = [{"api_name": "Last_Name", "index": 0}, {"api_name": "Email", "index": 1}]
    file_id = upload(zoho).json()["details"]["file_id"]
    resource = {"type": "data", "module": {"api_name": module}, "file_id": file_id, "field_mappings": mappings}
    return zoho.crm("POST", "/write", json={"operation": "insert", "resource": [resource]}, **BULK)


def write_job(zoho: Zoho) -> Json:
    """A completed bulk write, as it is shown."""
    path = f"/write/{start_write(zoho).json()['details']['id']}"
    zoho.crm("GET", path, **BULK)
    shown: Json = zoho.crm("GET", path, **BULK).json()
    return shown


def contact(zoho: Zoho, contact_type: str = "customer") -> Json:
    """A Books contact with everything in it."""
    address = {"address": "a", "city": "c", "zip": "1", "country": "x", "attention": "y", "street2": "z"}
    return zoho.customer(
        contact_name=f"Conformance {contact_type}", contact_type=contact_type, billing_address=address,
        contact_persons=[PERSON], notes="n",
    )  # fmt: skip


def contact_id(zoho: Zoho) -> str:
    """A Books contact with everything in it."""
    return str(contact(zoho)["contact_id"])


def person(zoho: Zoho) -> tuple[str, str]:
    """A contact person: id of the contact, own id."""
    made = contact(zoho)
    return made["contact_id"], made["contact_persons"][0]["contact_person_id"]


def item(zoho: Zoho) -> str:
    """A Books item."""
    return str(zoho.books("POST", "/items", json=ITEM).json()["item"]["item_id"])


def document_body(zoho: Zoho, kind: str) -> Json:
    """What makes a document: a customer or vendor, and one line."""
    party = "vendor" if kind == "purchaseorders" else "customer"
    line = {"item_id": item(zoho), "quantity": 2, "rate": 1.5}
    return {f"{party}_id": contact(zoho, party)["contact_id"], "line_items": [line]}


def document(zoho: Zoho, kind: str, *actions: str) -> str:
    """A document, and what was done to it."""
    answer = zoho.books("POST", f"/{kind}", json=document_body(zoho, kind))
    assert answer.status_code == 201, answer.text
    name = kind.removesuffix("s")
    made = str(answer.json()[name][f"{name}_id"])
    for action in actions:
        answer = zoho.books("POST", f"/{kind}/{made}/{action}", json={})
        assert answer.ok, answer.text
    return made
