"""Several organizations side by side: two of Books, a CRM and a Bigin (CON-2)."""

from pathlib import Path
from typing import Any

from sandbox.defaults import BOOKS_ORGANIZATION, SECOND_BOOKS_ORGANIZATION
from tests.sandbox.client import Zoho, start, stop


def books(zoho: Zoho, method: str, path: str, organization_id: str, **options: Any) -> Any:
    return zoho.books(method, path, params={"organization_id": organization_id}, **options).json()


def test_a_user_has_two_books_organizations(empty: Zoho) -> None:
    """CON-2: both are listed, one of them is the default; each answers to its own id."""
    listed = books(empty, "GET", "/organizations", "")["organizations"]
    assert [(one["organization_id"], one["name"], one["is_default_org"]) for one in listed] == [
        (BOOKS_ORGANIZATION.id, BOOKS_ORGANIZATION.name, True),
        (SECOND_BOOKS_ORGANIZATION.id, SECOND_BOOKS_ORGANIZATION.name, False),
    ]
    one = books(empty, "GET", f"/organizations/{SECOND_BOOKS_ORGANIZATION.id}", "")["organization"]
    assert one["name"] == SECOND_BOOKS_ORGANIZATION.name
    assert books(empty, "GET", "/contacts", "1")["code"] == 6041


def test_books_organizations_share_nothing(empty: Zoho) -> None:
    """CON-2, CUS-4: a display name is taken in its own organization only; ids differ and open nothing elsewhere."""
    first, second = BOOKS_ORGANIZATION.id, SECOND_BOOKS_ORGANIZATION.id
    made = [
        books(empty, "POST", "/contacts", organization, json={"contact_name": "Acme"})["contact"]["contact_id"]
        for organization in (first, second)
    ]
    assert made[0] != made[1]
    assert books(empty, "POST", "/contacts", second, json={"contact_name": "acme"})["code"] == 3062
    books(empty, "POST", "/items", second, json={"name": "Chai", "rate": 1})
    assert books(empty, "GET", "/items", first)["items"] == []
    assert books(empty, "GET", f"/contacts/{made[1]}", first)["code"] == 1002
    assert [row["contact_id"] for row in books(empty, "GET", "/contacts", second)["contacts"]] == [made[1]]


def test_the_second_organization_survives_a_restart(tmp_path: Path) -> None:
    """CON-2: the data file keeps the organizations apart."""
    data = tmp_path / "data.db"
    for name in ("Acme", None):
        process, base = start("--empty", "--data", str(data))
        zoho = Zoho(base)
        try:
            if name:
                books(zoho, "POST", "/contacts", SECOND_BOOKS_ORGANIZATION.id, json={"contact_name": name})
            shown = zoho.control("GET", "/dump")
        finally:
            assert stop(process) == 0
    assert shown["books"]["contacts"] == []
    second = shown[f"books-{SECOND_BOOKS_ORGANIZATION.id}"]
    assert [row["values"]["contact_name"] for row in second["contacts"]] == ["Acme"]


def test_files_for_bigin_are_loaded_into_bigin(empty: Zoho) -> None:
    """BIG-1: the name of a file says whose it is; contacts find their company by its name."""
    files = {
        "Bigin_Accounts.csv": "Account Name\n花屋こまち\n",
        "Bigin_Contacts.csv": "Last Name,Account Name\n高橋,花屋こまち\n",
        "Accounts.csv": "Account Name\nAcme\n",
    }
    told = empty.control("POST", "/load", json={"files": files})
    assert told == {"bigin Accounts": 1, "bigin Contacts": 1, "crm Accounts": 1}
    shown = empty.control("GET", "/dump")
    (company,), (contact,) = shown["bigin"]["Accounts"], shown["bigin"]["Contacts"]
    assert contact["values"]["Account_Name"] == company["id"]
    assert [row["values"]["Account_Name"] for row in shown["crm"]["Accounts"]] == ["Acme"]


def test_the_built_in_bigin_data_are_there(zoho: Zoho) -> None:
    """BIG-1: companies, contacts (some without a company) and products of a small town's shops."""
    shown = zoho.control("GET", "/dump")["bigin"]
    assert {name: len(shown[name]) for name in ("Accounts", "Contacts", "Products")} == {
        "Accounts": 42,
        "Contacts": 70,
        "Products": 22,
    }
    assert sum("Account_Name" not in row["values"] for row in shown["Contacts"]) == 5
