"""CRM customers reach Books: the whole run, over HTTP."""

from typing import Any

import pytest

from tests.support.lab import Lab
from zoho.core.names import name_key

ADDRESS = {"address": "Street", "city": "City", "state": "State", "zip": "Code", "country": "Country"}
PERSON = {
    "salutation": "Salutation",
    "first_name": "First_Name",
    "last_name": "Last_Name",
    "email": "Email",
    "phone": "Phone",
    "mobile": "Mobile",
    "designation": "Title",
    "department": "Department",
}


def text(value: Any) -> str:
    return value or ""


def account_as_books_shows_it(account: dict[str, Any]) -> dict[str, Any]:
    """What issue and mapping promise of an account, written down without the product's code."""
    return {
        "contact_name": account["Account_Name"],
        "company_name": account["Account_Name"],
        "customer_sub_type": "business",
        "website": text(account["Website"]),
        "notes": text(account["Description"]),
        "billing_address": {
            **{key: text(account[f"Billing_{field}"]) for key, field in ADDRESS.items()},
            "phone": text(account["Phone"]),
            "fax": text(account["Fax"]),
        },
        "shipping_address": {key: text(account[f"Shipping_{field}"]) for key, field in ADDRESS.items()},
    }


def cut_to(shown: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        key: cut_to(shown.get(key, {}), value) if isinstance(value, dict) else text(shown.get(key))
        for key, value in wanted.items()
    }


def people(records: list[dict[str, Any]], fields: dict[str, str]) -> list[tuple[str, ...]]:
    return sorted(tuple(text(record.get(field)) for field in fields.values()) for record in records)


def contacts_of(lab: Lab) -> dict[str | None, list[dict[str, Any]]]:
    """Contacts by the id of their account."""
    found: dict[str | None, list[dict[str, Any]]] = {}
    for contact in lab.contacts():
        parent = contact["Account_Name"]
        found.setdefault(parent["id"] if parent else None, []).append(contact)
    return found


def test_every_account_is_in_books_once_to_the_last_character(lab: Lab):
    """CUS-1, CUS-6: names, addresses and contact persons of new customers equal to the last character."""
    before = {name_key(name) for name in lab.customers()}
    report = lab.run()
    assert (report.state, report.failures) == ("success", [])
    customers, below = lab.customers(), contacts_of(lab)
    assert len({name_key(name) for name in customers}) == len(customers)
    accounts = [account for account in lab.accounts() if name_key(account["Account_Name"]) not in before]
    assert len(accounts) > 100
    for account in accounts:
        customer, wanted = customers[account["Account_Name"]], account_as_books_shows_it(account)
        assert cut_to(customer, wanted) == wanted
        contacts = below.get(account["id"], [])
        assert people(customer["contact_persons"], {key: key for key in PERSON}) == people(contacts, PERSON)
    assert report.directions[0].added == len(accounts) + len(below[None])


def test_duplicates_of_the_data_set_are_overwritten(lab: Lab):
    """CUS-4 overwrite: they keep id, own contact persons and whatever the sales side leaves blank."""
    before = {name_key(name): customer for name, customer in lab.customers().items()}
    lab.run()
    customers, below = lab.customers(), contacts_of(lab)
    twins = [account for account in lab.accounts() if name_key(account["Account_Name"]) in before]
    assert len(twins) > 10
    for account in twins:
        old, new = before[name_key(account["Account_Name"])], customers[account["Account_Name"]]
        assert new["contact_id"] == old["contact_id"]
        wanted = account_as_books_shows_it(account)
        assert cut_to(new, wanted) == over(cut_to(old, wanted), wanted)
        names = people(new["contact_persons"], {key: key for key in ("first_name", "last_name")})
        for contact in below.get(account["id"], []):
            assert (text(contact["First_Name"]), text(contact["Last_Name"])) in names
        kept = {person["contact_person_id"] for person in new["contact_persons"]}
        assert kept >= {person["contact_person_id"] for person in old["contact_persons"]}


def over(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """``new``, and where it is blank, ``old``."""
    return {
        key: over(old[key], value) if isinstance(value, dict) else value or old[key] for key, value in new.items()
    }


def test_a_second_run_writes_nothing(lab: Lab):
    """BEY-2, OPS-1: nothing changed, nothing is written, and the run says so."""
    lab.run()
    lab.sandbox.clear_calls()
    report = lab.run()
    counts = report.directions[0]
    assert (counts.added, counts.updated, counts.failed) == (0, 0, 0)
    assert counts.unchanged >= len(lab.accounts())
    assert lab.writes() == []


def test_one_phone_number_is_one_update_of_one_field(lab: Lab):
    """CUS-6: a changed phone leads to exactly one call that writes exactly that field."""
    lab.run()
    account = next(one for one in lab.accounts() if one["Phone"])
    name = account["Account_Name"]
    before = lab.customers()[name]
    lab.crm.update("Accounts", [{"id": account["id"], "Phone": "+81 3 5550 0199"}])
    lab.sandbox.clear_calls()
    report = lab.run()
    assert (report.directions[0].updated, report.directions[0].added) == (1, 0)
    assert [(call["method"], call["status"]) for call in lab.writes()] == [("PUT", 200)]
    after = lab.customers()[name]
    assert after["billing_address"]["phone"] == "+81 3 5550 0199"
    assert changed_paths(before, after) == {"billing_address.phone"}


def changed_paths(before: Any, after: Any, path: str = "") -> set[str]:
    """Paths whose value differs, without what Books itself stamps."""
    if isinstance(before, dict) and isinstance(after, dict):
        found: set[str] = set()
        for key in before.keys() | after.keys():
            if not key.startswith(("last_modified", "updated_time")):
                found |= changed_paths(before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return {
            found
            for place, (one, other) in enumerate(zip(before, after, strict=True))
            for found in changed_paths(one, other, f"{path}[{place}]")
        }
    return set() if before == after else {path}


def test_one_phone_of_a_contact_changes_one_person(lab: Lab):
    """CUS-6: the other contact persons of the customer stay as they are, to the id."""
    lab.run()
    groups = {parent: group for parent, group in contacts_of(lab).items() if parent and len(group) > 1}
    parent, group = next(iter(groups.items()))
    account = next(one for one in lab.accounts() if one["id"] == parent)
    before = lab.customers()[account["Account_Name"]]
    lab.crm.update("Contacts", [{"id": group[0]["id"], "Mobile": "+1 555 010 0177"}])
    lab.run()
    after = lab.customers()[account["Account_Name"]]
    paths = {path for path in changed_paths(before, after) if path.startswith("contact_persons")}
    assert len(paths) == 1
    assert paths.pop().endswith(".mobile")


def set_up_namesake(lab: Lab) -> tuple[dict[str, Any], dict[str, Any]]:
    """An account with a contact and a Books customer of the same name, with its own address."""
    (made,) = lab.crm.insert("Accounts", [{"Account_Name": "Acme", "Billing_City": "Kobe", "Phone": "1"}])
    lab.crm.insert("Contacts", [{"Last_Name": "Lee", "Email": "lee@example.com", "Account_Name": {"id": made.id}}])
    body = {"contact_name": "ACME", "billing_address": {"city": "Osaka", "zip": "530-0001"}}
    return lab.accounts()[0], lab.books.create_contact(body)


def test_duplicates_skip(empty_lab: Lab):
    """CUS-4 skip: the existing record stays as it is and is not synced; told once, counted each time."""
    _, before = set_up_namesake(empty_lab)
    empty_lab.settings(duplicates="skip")
    report = empty_lab.run()
    assert (report.directions[0].skipped, report.directions[0].added) == (1, 0)
    assert empty_lab.books.contact(before["contact_id"]) == before
    assert len(empty_lab.customers()) == 1
    again = empty_lab.run()
    assert again.directions[0].skipped == 1
    assert history(empty_lab, "skip") == 1


def test_duplicates_overwrite(empty_lab: Lab):
    """CUS-4 overwrite: the existing record takes the sales side's values, and keeps its id."""
    _, before = set_up_namesake(empty_lab)
    empty_lab.settings(duplicates="overwrite")
    report = empty_lab.run()
    assert (report.directions[0].updated, report.directions[0].added) == (1, 0)
    after = empty_lab.books.contact(before["contact_id"])
    assert after is not None
    assert after["contact_name"] == "Acme"
    assert after["billing_address"]["city"] == "Kobe"
    assert after["billing_address"]["zip"] == "530-0001"
    assert [person["email"] for person in after["contact_persons"]] == ["lee@example.com"]


def test_duplicates_clone(empty_lab: Lab):
    """CUS-4 clone: both are there, the new one with a suffix; later edits go to the clone, whose name stays."""
    account, before = set_up_namesake(empty_lab)
    empty_lab.settings(duplicates="clone")
    report = empty_lab.run()
    assert report.directions[0].added == 1
    assert set(empty_lab.customers()) == {"ACME", "Acme (2)"}
    assert empty_lab.books.contact(before["contact_id"]) == before
    empty_lab.sandbox.clear_calls()
    assert empty_lab.run().directions[0].unchanged == 1
    assert empty_lab.writes() == []
    empty_lab.crm.update("Accounts", [{"id": account["id"], "Billing_City": "Nara"}])
    empty_lab.run()
    assert empty_lab.customers()["Acme (2)"]["billing_address"]["city"] == "Nara"


def history(lab: Lab, action: str) -> int:
    from sqlalchemy import text as sql

    with lab.store.connect() as connection:
        return int(connection.scalar(sql("SELECT count(*) FROM changes WHERE action = :a"), {"a": action}) or 0)


def two_contacts(lab: Lab) -> None:
    (made,) = lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.crm.insert("Contacts", [{"First_Name": "Ann", "Last_Name": "Lee", "Account_Name": {"id": made.id}}])
    lab.crm.insert("Contacts", [{"Last_Name": "山田", "Email": "yamada@example.jp", "Mailing_City": "神戸"}])


@pytest.mark.parametrize(
    ("feed", "unassociated", "customers"),
    [
        ("accounts", False, {"Acme": ("business", [])}),
        ("contacts", False, {"Ann Lee": ("individual", ["Lee"]), "山田": ("individual", ["山田"])}),
        ("accounts_and_contacts", False, {"Acme": ("business", ["Lee"])}),
        ("accounts_and_contacts", True, {"Acme": ("business", ["Lee"]), "山田": ("individual", ["山田"])}),
    ],
)
def test_feeds(empty_lab: Lab, feed: str, unassociated: bool, customers: dict[str, Any]):
    """CUS-1, CUS-2: which records become customers, of which type, with which contact persons."""
    two_contacts(empty_lab)
    empty_lab.settings(feed=feed, include_unassociated_contacts=unassociated)
    assert empty_lab.run().state == "success"
    found = {
        name: (one["customer_sub_type"], [person["last_name"] for person in one["contact_persons"]])
        for name, one in empty_lab.customers().items()
    }
    assert found == customers
    empty_lab.sandbox.clear_calls()
    empty_lab.run()
    assert empty_lab.writes() == []


def test_a_refused_record_does_not_stop_the_others(empty_lab: Lab):
    """OPS-4: the failure has record and reason, the rest is written, the run is partial, the next run tries again."""
    lab = empty_lab
    lab.map_field("Description", "billing_address.attention")
    lab.crm.insert("Accounts", [{"Account_Name": name} for name in ("Alpha", "Omega")])
    (bad,) = lab.crm.insert("Accounts", [{"Account_Name": "Long & Co", "Description": "x" * 101}])
    report = lab.run()
    assert report.state == "partial"
    (failure,) = report.failures
    assert "Long & Co" in failure.record
    assert "attention" in failure.reason
    assert "100" in failure.reason
    assert (report.directions[0].added, report.directions[0].failed) == (2, 1)
    assert set(lab.customers()) == {"Alpha", "Omega"}
    assert lab.run().state == "partial"
    lab.crm.update("Accounts", [{"id": bad.id, "Description": "short"}])
    report = lab.run()
    assert (report.state, report.directions[0].added) == ("success", 1)
    assert lab.customers()["Long & Co"]["billing_address"]["attention"] == "short"


def test_a_dry_run_writes_nothing(lab: Lab):
    """BEY-1: the plan is in the history, and nothing was sent to either side."""
    before = lab.sandbox.dump()
    report = lab.run(dry_run=True)
    assert lab.writes() == []
    assert lab.sandbox.dump() == before
    assert (report.state, report.directions[0].added) == ("success", 0)
    assert history(lab, "create") > 100
    assert lab.run().directions[0].added > 100


def test_edits_in_books_are_reported_and_left(empty_lab: Lab):
    """CUS-3 from_sales: an edit made in Books stays, is told once, and the sales side is not written."""
    two_contacts(empty_lab)
    empty_lab.run()
    customer = empty_lab.customers()["Acme"]
    empty_lab.sandbox.clock(advance=5)
    empty_lab.books.update_contact(customer["contact_id"], {"notes": "pays late"})
    empty_lab.sandbox.clear_calls()
    empty_lab.run()
    empty_lab.run()
    assert history(empty_lab, "drift") == 1
    assert empty_lab.writes() == []
    assert empty_lab.customers()["Acme"]["notes"] == "pays late"


def test_a_contact_that_moves_is_followed(empty_lab: Lab):
    """CUS-8: it becomes a contact person of its new account's customer and leaves the old one."""
    first, second = empty_lab.crm.insert("Accounts", [{"Account_Name": "Old"}, {"Account_Name": "New"}])
    (ann,) = empty_lab.crm.insert("Contacts", [{"Last_Name": "Lee", "Account_Name": {"id": first.id}}])
    empty_lab.run()
    empty_lab.crm.update("Contacts", [{"id": ann.id, "Account_Name": {"id": second.id}}])
    assert empty_lab.run().state == "success"
    persons = {name: [p["last_name"] for p in one["contact_persons"]] for name, one in empty_lab.customers().items()}
    assert persons == {"Old": [], "New": ["Lee"]}
    empty_lab.sandbox.clear_calls()
    empty_lab.run()
    assert empty_lab.writes() == []
