"""The built-in data set and loading CSV files."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.client import PROJECT, Zoho

NORTHWIND = PROJECT.parent / "shared" / "data" / "northwind"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def test_built_in_data_is_as_described(zoho: Zoho) -> None:
    """CUS-1: about 150 accounts, 300 contacts, 60 customers of which 20 share an account's name."""
    dump = zoho.control("GET", "/dump")
    accounts, contacts = dump["crm"]["Accounts"], dump["crm"]["Contacts"]
    contacts_of_books = dump["books"]["contacts"]
    customers = [one for one in contacts_of_books if one["values"]["contact_type"] == "customer"]
    assert (len(accounts), len(contacts), len(customers)) == (150, 321, 60)
    names = [_folded(account["values"]["Account_Name"]) for account in accounts]
    assert len(set(names)) == len(names)
    assert sum(_folded(customer["values"]["contact_name"]) in names for customer in customers) == 20
    by_account = [contact["values"].get("Account_Name") for contact in contacts]
    assert 10 < by_account.count(None) < 30
    counts = [by_account.count(account["id"]) for account in accounts]
    assert {0, 1, 2, 3} <= set(counts)
    assert max(counts) >= 5


def test_built_in_accounts_and_contacts_all_fit_into_books(zoho: Zoho) -> None:
    """CUS-4: every value of the data set is one that Books takes, and nothing has blanks around it."""
    dump = zoho.control("GET", "/dump")
    taken = {_folded(customer["values"]["contact_name"]) for customer in dump["books"]["contacts"]}
    persons: dict[str, list[dict[str, Any]]] = {}
    for contact in dump["crm"]["Contacts"]:
        values = contact["values"]
        assert all(value == value.strip() for value in values.values() if isinstance(value, str))
        person = {
            "salutation": values.get("Salutation"), "first_name": values.get("First_Name"),
            "last_name": values["Last_Name"], "email": values.get("Email"), "phone": values.get("Phone"),
            "mobile": values.get("Mobile"), "designation": values.get("Title"),
            "department": values.get("Department"),
        }  # fmt: skip
        persons.setdefault(values.get("Account_Name", ""), []).append(person)
    for account in dump["crm"]["Accounts"]:
        values = account["values"]
        if _folded(values["Account_Name"]) in taken:
            continue
        address = {
            "address": values.get("Billing_Street"), "city": values.get("Billing_City"),
            "state": values.get("Billing_State"), "zip": values.get("Billing_Code"),
            "country": values.get("Billing_Country"), "phone": values.get("Phone"), "fax": values.get("Fax"),
        }  # fmt: skip
        made = zoho.customer(
            contact_name=values["Account_Name"],
            website=values.get("Website"),
            billing_address=address,
            contact_persons=persons.get(account["id"], []),
        )
        assert made["contact_name"] == values["Account_Name"]
        assert made["billing_address"]["address"] == values.get("Billing_Street", "")


def test_odd_values_are_there(zoho: Zoho) -> None:
    """CUS-6: the data set has what breaks careless code."""
    names = [row["values"]["Account_Name"] for row in zoho.control("GET", "/dump")["crm"]["Accounts"]]
    text = "".join(names)
    assert max(map(len, names)) == 200
    assert any("  " in name for name in names)
    for odd in "🍋ﾆＡ\"',&<é𠮷株":
        assert odd in text


@pytest.mark.skipif(not NORTHWIND.is_dir(), reason="the Northwind sample is not beside the project")
def test_northwind(empty: Zoho) -> None:
    """CUS-1: all 91 customers arrive right: commas, accents, double spaces, and NULL as blank."""
    files = {path.name: path.read_text("utf-8") for path in NORTHWIND.glob("*.csv")}
    counts = empty.control("POST", "/load", json={"files": files})
    assert (counts["crm Accounts"], counts["crm Contacts"]) == (91, 91)
    rows = {row["values"]["Account_Name"]: row["values"] for row in empty.control("GET", "/dump")["crm"]["Accounts"]}
    assert rows["Blondesddsl père et fils"]["Billing_Street"] == "24, place Kléber"
    assert rows["Rancho grande"]["Billing_City"] == "Buenos Aires"
    assert rows["Que Delícia"] == {
        "Account_Name": "Que Delícia", "Phone": "(21) 555-4252", "Fax": "(21) 555-4545",
        "Billing_Street": "Rua da Panificadora, 12", "Billing_City": "Rio de Janeiro", "Billing_State": "RJ",
        "Billing_Code": "02389-673", "Billing_Country": "Brazil", "Owner": rows["Rancho grande"]["Owner"],
    }  # fmt: skip
    assert "Wolski  Zajazd" in rows
    assert "Billing_State" not in rows["Alfreds Futterkiste"]
    assert "NULL" not in str(rows)
    assert {len(row["Billing_Country"]) > 1 for row in rows.values()} == {True}


def test_load_names_file_line_and_column(empty: Zoho) -> None:
    """CUS-7: an error in a file says where it is, and nothing of the folder is kept."""
    accounts = 'Account Name,Employees\nFirst,5\n"Second\nline",many\n'
    answer = empty.http.post(f"{empty.base}/_sandbox/load", json={"files": {"Accounts.csv": accounts}})
    assert answer.status_code == 422
    assert answer.json()["detail"] == 'Accounts.csv, line 3, column Employees: "many" is not of the type integer'
    assert empty.control("GET", "/dump")["crm"]["Accounts"] == []
    for files, message in (
        ({"Accounts.csv": "Account Name,Nope\nA,1\n"},
         "Accounts.csv, line 1, column Nope: Accounts have no such field"),
        ({"Accounts.csv": "Account Name\nA,1\n"}, "Accounts.csv, line 2: 2 values where the header has 1"),
        ({"Accounts.csv": "Account Name,Phone\n,1\n"},
         "Accounts.csv, line 2, column Account Name: is mandatory and blank"),
        ({"Contacts.csv": "Last Name,Account Name\nB,Nobody\n"},
         'Contacts.csv, line 2, column Account Name: there is no account "Nobody"'),
    ):  # fmt: skip
        answer = empty.http.post(f"{empty.base}/_sandbox/load", json={"files": files})
        assert answer.json()["detail"] == message


def test_contacts_refer_to_accounts_by_name_or_id(empty: Zoho) -> None:
    """CUS-1: an export names an account by its name, its id, or both; a parent may come later."""
    files = {
        "Accounts.csv": "Record Id,Account Name,Parent Account,Billing Street\n"
        'zcrm_5725767000000009001,Child,Parent,"1 Road\nFloor 2"\nzcrm_5725767000000009002,Parent,,\n',
        "Contacts.csv": "Last Name,Account Name\nByName,Child\nById,zcrm_5725767000000009002\nAlone,\n",
    }
    empty.control("POST", "/load", json={"files": files})
    rows = empty.crm("GET", "/Contacts", params={"fields": "Last_Name,Account_Name"}).json()["data"]
    assert {row["Last_Name"]: (row["Account_Name"] or {}).get("name") for row in rows} == {
        "ByName": "Child", "ById": "Parent", "Alone": None,
    }  # fmt: skip
    child = empty.crm("GET", "/Accounts/5725767000000009001").json()["data"][0]
    assert child["Parent_Account"]["name"] == "Parent"
    assert child["Billing_Street"] == "1 Road\nFloor 2"


def test_data_files_are_plain_utf8_with_unix_line_ends() -> None:
    """CUS-6: the data set reads the same in every editor."""
    for path in (PROJECT / "sandbox" / "data").glob("*.csv"):
        raw = Path(path).read_bytes()
        assert b"\r" not in raw
        raw.decode("utf-8")


def test_vendors_products_and_deals_are_as_described(zoho: Zoho) -> None:
    """PRO-1: 30 vendors, 60 products, 25 deals; some Books items share a product's name; names fit into Books."""
    dump = zoho.control("GET", "/dump")
    assert [len(dump["crm"][name]) for name in ("Vendors", "Products", "Deals")] == [30, 60, 25]
    names = {_folded(row["values"]["Product_Name"]) for row in dump["crm"]["Products"]}
    items = [_folded(row["values"]["name"]) for row in dump["books"]["items"]]
    assert (len(items), sum(item in names for item in items)) == (25, 20)
    assert max(len(row["values"]["Product_Name"]) for row in dump["crm"]["Products"]) <= 100
    assert {row["values"]["Stage"] for row in dump["crm"]["Deals"]} >= {"Closed Won", "Closed Lost", "Qualification"}
    prices = [row["values"].get("Unit_Price") for row in dump["crm"]["Products"]]
    assert {None, 0, 0.05, 1999999.99} <= set(prices)


def test_built_in_documents_are_in_every_status(zoho: Zoho) -> None:
    """TXN-7: what a person sets, and what follows from dates, payments and invoices; vendors are there for orders."""
    shown = {
        name: {row["status"] for row in zoho.books("GET", f"/{name}").json()[name]}
        for name in ("estimates", "salesorders", "invoices", "purchaseorders")
    }
    early = {"draft", "pending_approval", "approved"}
    assert shown == {
        "estimates": {*early, "sent", "accepted", "declined", "expired", "invoiced"},
        "salesorders": {*early, "open", "overdue", "partially_invoiced", "invoiced", "void"},
        "invoices": {*early, "sent", "partially_paid", "paid", "overdue", "void"},
        "purchaseorders": {"draft", "approved", "open", "billed", "cancelled"},
    }
    dump = zoho.control("GET", "/dump")
    vendors = {row["values"]["Vendor_Name"] for row in dump["crm"]["Vendors"]}
    in_books = [row["values"] for row in dump["books"]["contacts"] if row["values"]["contact_type"] == "vendor"]
    assert [row["contact_name"] in vendors for row in in_books] == [True] * 5 + [False]


ITEMS = {"Books_Items.csv": "Item Name,Rate\nTea,10\n", "Books_Customers.csv": "Display Name\nAcme\n"}
INVOICES = "Invoice Number,Invoice Status,Invoice Date,Customer Name,Item Name,Quantity,Item Price,Item Tax,Balance\n"


def test_documents_are_loaded_line_by_line(empty: Zoho) -> None:
    """TXN-2: rows of one number are the lines of one document; what is no item is text."""
    lines = "I-1,Sent,2026-01-05,Acme,Tea,2,,,5\nI-1,,,,Wrapping,1,1.50,,\nI-2,,,Acme,Tea,1,7,Sales Tax,\n"
    counts = empty.control("POST", "/load", json={"files": {**ITEMS, "Books_Invoices.csv": INVOICES + lines}})
    assert counts["books invoices"] == 2
    rows = {row["invoice_number"]: row for row in empty.books("GET", "/invoices").json()["invoices"]}
    old = empty.books("GET", f"/invoices/{rows['I-1']['invoice_id']}").json()["invoice"]
    assert (old["total"], old["balance"], old["status"]) == (21.5, 5, "overdue")
    assert [(line["name"], bool(line["item_id"]), line["rate"]) for line in old["line_items"]] == [
        ("Tea", True, 10), ("Wrapping", False, 1.5),
    ]  # fmt: skip
    assert old["last_modified_time"].startswith("2026-01-05T10:00")
    assert (rows["I-2"]["status"], rows["I-2"]["total"]) == ("draft", 7.58)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("I-1,Paid,,Acme,Tea,1,,,", 'column Invoice Status: "Paid" is no status that a person sets'),
        ("I-1,Sent,,Nobody,Tea,1,,,", 'column Customer Name: there is no customer "Nobody"'),
        ("I-1,Sent,,Acme,Tea,1,,Alms,", 'column Item Tax: there is no tax "Alms"'),
        ("I-1,Sent,,Acme,Tea,1,,,11", "column Balance: -1.00 is not between 0 and"),
        ("I-1,Sent,,Acme,Tea,-1,,,", "Invalid value passed for"),
        ("I-1,Sent,yesterday,Acme,Tea,1,,,", "Invalid value passed for date"),
    ],
)
def test_a_document_that_cannot_be_is_named(empty: Zoho, line: str, message: str) -> None:
    """CUS-7: with file, line and column; nothing of the folder is kept."""
    files = {**ITEMS, "Books_Invoices.csv": f"{INVOICES}I-0,Sent,,Acme,Tea,1,,,\n{line}\n"}
    answer = empty.http.post(f"{empty.base}/_sandbox/load", json={"files": files})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Books_Invoices.csv, line 3")
    assert message in answer.json()["detail"]
    dump = empty.control("GET", "/dump")["books"]
    assert (dump["invoices"], dump["contacts"]) == ([], [])


def test_northwind_suppliers_and_products(empty: Zoho) -> None:
    """PRO-1: all suppliers and products arrive, linked, with their accents."""
    if not NORTHWIND.is_dir():
        pytest.skip(f"the data folder is absent: {NORTHWIND}")
    texts = {name: (NORTHWIND / name).read_text("utf-8") for name in ("suppliers.csv", "products.csv")}
    counts = empty.control("POST", "/load", json={"files": texts})
    assert counts == {"crm Vendors": 29, "crm Products": 77}
    dump = empty.control("GET", "/dump")["crm"]
    vendors = {row["id"]: row["values"]["Vendor_Name"] for row in dump["Vendors"]}
    products = {row["values"]["Product_Name"]: row["values"] for row in dump["Products"]}
    assert vendors[products["Chai"]["Vendor_Name"]] == "Exotic Liquids"
    assert (products["Chai"]["Unit_Price"], products["Chai"]["Product_Code"]) == (18, "1")
    assert "Forêts d'érables" in vendors.values()
