"""Contacts that change their account are followed without a second customer (CUS-8)."""

from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support.lab import Lab
from zoho.store.tables import changes


@pytest.fixture
def family(empty_lab: Lab) -> tuple[Lab, str, str]:
    """An account with one contact, in step both ways, and the ids of the two."""
    empty_lab.settings(direction="two_way", include_unassociated_contacts=True)
    (account,) = empty_lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    person = {"First_Name": "Ann", "Last_Name": "Lee", "Account_Name": {"id": account.id}}
    (contact,) = empty_lab.crm.insert("Contacts", [person])
    empty_lab.run()
    empty_lab.sandbox.clock(advance=5)
    return empty_lab, str(account.id), str(contact.id)


def persons(lab: Lab) -> dict[str, list[str]]:
    """Display name of each customer and the last names of its contact persons."""
    customers = lab.customers()
    return {name: [one["last_name"] for one in customer["contact_persons"]] for name, customer in customers.items()}


def settle(lab: Lab, runs: int = 2) -> list[dict[str, Any]]:
    """Runs until things have had time to settle; returns what one run more writes."""
    for _ in range(runs):
        assert lab.run().state == "success"
        lab.sandbox.clock(advance=5)
    lab.sandbox.clear_calls()
    assert lab.run().state == "success"
    return lab.writes()


def test_a_contact_taken_out_of_its_account_becomes_an_individual(family: tuple[Lab, str, str]):
    """CUS-2, CUS-8: it leaves the customer and goes on as one of its own, at once, in either system once."""
    lab, _, contact = family
    lab.crm.update("Contacts", [{"id": contact, "Account_Name": None, "Phone": "1"}])
    assert settle(lab, 1) == []
    assert persons(lab) == {"Acme": [], "Ann Lee": ["Lee"]}
    assert [one["Last_Name"] for one in lab.contacts()] == ["Lee"]


def test_a_contact_taken_out_is_skipped_where_such_contacts_are(family: tuple[Lab, str, str]):
    """CUS-2: without include_unassociated_contacts it is left alone, and the run says so."""
    lab, _, contact = family
    lab.settings(include_unassociated_contacts=False)
    lab.crm.update("Contacts", [{"id": contact, "Account_Name": None}])
    assert lab.run().directions[0].skipped == 1
    assert persons(lab) == {"Acme": ["Lee"]}


def test_a_contact_moves_to_another_account(family: tuple[Lab, str, str]):
    """CUS-8: it is with the new account's customer only, and nobody is made twice."""
    lab, _, contact = family
    (other,) = lab.crm.insert("Accounts", [{"Account_Name": "Beta"}])
    lab.crm.update("Contacts", [{"id": contact, "Account_Name": {"id": other.id}}])
    assert settle(lab, 1) == []
    assert persons(lab) == {"Acme": [], "Beta": ["Lee"]}
    assert len(lab.contacts()) == 1


@pytest.mark.parametrize("new", [False, True], ids=["to one in step", "to a new one"])
@pytest.mark.parametrize("edits", [{}, {"notes": "edited"}], ids=["alone", "with its customer"])
@pytest.mark.parametrize("direction", ["two_way", "from_sales"])
def test_an_edit_in_books_moves_along(family: tuple[Lab, str, str], direction: str, edits: dict[str, str], new: bool):
    """BEY-2, CUS-8: what was edited in Books before the contact moved is with the new customer, and goes its way."""
    lab, _, contact = family
    lab.settings(direction=direction)
    (other,) = lab.crm.insert("Accounts", [{"Account_Name": "Beta"}])
    if not new:
        lab.run()
        lab.sandbox.clock(advance=5)
    customer = lab.customers()["Acme"]
    person = {**customer["contact_persons"][0], "phone": "2"}
    lab.books.update_contact(customer["contact_id"], {"contact_persons": [person], **edits})
    lab.crm.update("Contacts", [{"id": contact, "Account_Name": {"id": other.id}, "Title": "Dr"}])
    assert settle(lab) == []
    assert persons(lab) == {"Acme": [], "Beta": ["Lee"]}
    (moved,) = lab.customers()["Beta"]["contact_persons"]
    assert (moved["phone"], moved["designation"]) == ("2", "Dr")
    assert [one["Phone"] for one in lab.contacts()] == ["2" if direction == "two_way" else None]


def test_an_edit_in_books_goes_along_with_one_that_loses_its_account(family: tuple[Lab, str, str]):
    """BEY-2, CUS-2, CUS-8: the same of a contact that goes on as an individual customer."""
    lab, _, contact = family
    customer = lab.customers()["Acme"]
    person = {**customer["contact_persons"][0], "phone": "2"}
    lab.books.update_contact(customer["contact_id"], {"contact_persons": [person]})
    lab.crm.update("Contacts", [{"id": contact, "Account_Name": None}])
    assert settle(lab, 3) == []  # its phone is also that of the customer's address, which follows in the third run
    assert persons(lab) == {"Acme": [], "Ann Lee": ["Lee"]}
    assert lab.customers()["Ann Lee"]["contact_persons"][0]["phone"] == "2"
    assert [one["Phone"] for one in lab.contacts()] == ["2"]


@pytest.mark.parametrize(("conflicts", "winner", "loser"), [("sales", "1", "2"), ("books", "2", "1")])
@pytest.mark.parametrize("deleted", [False, True], ids=["taken out", "account deleted"])
def test_a_conflict_outlives_the_account(
    family: tuple[Lab, str, str], deleted: bool, conflicts: str, winner: str, loser: str
):
    """BEY-2, CUS-8, OPS-7: both edited a person, then it lost its account: the owner's value stands on both sides.

    Deleted, it is the last account: its customer, which was edited in Books, brings it back.
    """
    lab, account, contact = family
    lab.settings_add(f"conflicts: {conflicts}")
    customer = lab.customers()["Acme"]
    person = {**customer["contact_persons"][0], "phone": "2"}
    lab.books.update_contact(customer["contact_id"], {"contact_persons": [person]})
    lab.crm.update("Contacts", [{"id": contact, "Phone": "1"}])
    lab.sandbox.clock(advance=5)
    if deleted:
        lab.crm.delete("Accounts", [account])
    else:
        lab.crm.update("Contacts", [{"id": contact, "Account_Name": None}])
    assert lab.run(full_scan=deleted).state == "success"
    assert settle(lab, 3) == []
    (home,) = [name for name, held in persons(lab).items() if held]
    assert home == ("Acme" if deleted else "Ann Lee")
    assert [one["Phone"] for one in lab.contacts()] == [winner]
    assert [one["phone"] for one in lab.customers()[home]["contact_persons"]] == [winner]
    with lab.store.connect() as connection:
        lost = select(func.count()).where(changes.c.item.path_exists(f'$.**.lost ? (@ == "{loser}")'))
        assert connection.scalar(lost)


@pytest.mark.parametrize("again", ["the old one", "another one"])
def test_taken_out_of_the_account_that_it_got_after_the_first_was_deleted(family: tuple[Lab, str, str], again: str):
    """CUS-2, CUS-8, BEY-2: it goes on as an individual, with its edits, as if it had never lost an account before."""
    lab, account, contact = family
    lab.crm.delete("Accounts", [account])
    lab.run()
    lab.sandbox.clock(advance=5)
    if again == "the old one":
        lab.books.update_contact(lab.customers()["Acme"]["contact_id"], {"notes": "alive"})
    else:
        (other,) = lab.crm.insert("Accounts", [{"Account_Name": "Beta"}])
        lab.crm.update("Contacts", [{"id": contact, "Account_Name": {"id": other.id}}])
    assert settle(lab) == []
    assert [bool(one["Account_Name"]) for one in lab.contacts()] == [True]

    lab.crm.update("Contacts", [{"id": contact, "Account_Name": None, "Phone": "1"}])
    assert settle(lab) == []
    assert lab.customers()["Ann Lee"]["contact_persons"][0]["phone"] == "1"


def test_made_anew_in_books_is_joined_with_what_is_there(empty_lab: Lab):
    """CUS-4, OPS-7: deleted in Books and made again under the same name: no second account (policy: overwrite)."""
    lab = empty_lab
    lab.settings(direction="two_way")
    lab.crm.insert("Accounts", [{"Account_Name": "Acme"}, {"Account_Name": "Beta"}])
    lab.run()
    lab.sandbox.clock(advance=5)  # what was written in the second in which a scan begins, it does not miss
    lab.books.delete_contact(lab.customers()["Acme"]["contact_id"])
    lab.run(full_scan=True)
    lab.sandbox.clock(advance=5)
    lab.books.create_contact({"contact_name": "Acme", "notes": "new"})
    assert lab.run().state == "success"
    assert sorted((one["Account_Name"], one["Description"]) for one in lab.accounts()) == [
        ("Acme", "new"),
        ("Beta", None),
    ]


def test_the_newest_contact_wins_by_its_own_time(family: tuple[Lab, str, str]):
    """BEY-2: of a contact and a contact person that both changed, the one edited last stands."""
    lab, _, contact = family
    lab.settings_add("conflicts: newest")
    customer = lab.customers()["Acme"]
    person = {**customer["contact_persons"][0], "phone": "2"}
    lab.books.update_contact(customer["contact_id"], {"contact_persons": [person]})
    lab.sandbox.clock(advance=5)
    lab.crm.update("Contacts", [{"id": contact, "Phone": "3"}])
    assert settle(lab, 1) == []
    assert [one["Phone"] for one in lab.contacts()] == ["3"]
    assert lab.customers()["Acme"]["contact_persons"][0]["phone"] == "3"


def test_changed_settings_are_used_from_the_next_run(empty_lab: Lab):
    """OPS-6: what the old direction held back is sent as soon as the new one allows it, without a new edit."""
    lab = empty_lab
    lab.crm.insert("Accounts", [{"Account_Name": "Acme", "Description": "old"}])
    lab.run()
    lab.sandbox.clock(advance=5)
    lab.books.update_contact(lab.customers()["Acme"]["contact_id"], {"notes": "new"})
    lab.run()
    lab.settings(direction="two_way")
    lab.run()
    assert [one["Description"] for one in lab.accounts()] == ["new"]


def test_an_individual_that_gets_an_account_stays_an_individual(empty_lab: Lab):
    """CUS-8: a contact that is a customer of its own is not made a contact person beside, in any later run."""
    empty_lab.settings(direction="two_way", include_unassociated_contacts=True)
    (contact,) = empty_lab.crm.insert("Contacts", [{"First_Name": "Ann", "Last_Name": "Lee"}])
    empty_lab.run()
    (account,) = empty_lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    empty_lab.crm.insert("Contacts", [{"Last_Name": "Ray", "Account_Name": {"id": account.id}}])
    empty_lab.crm.update("Contacts", [{"id": contact.id, "Account_Name": {"id": account.id}, "Phone": "1"}])
    assert empty_lab.run().state == "success"
    empty_lab.sandbox.clear_calls()
    assert empty_lab.run().state == "success"
    assert empty_lab.writes() == []
    persons = {
        name: [(one["last_name"], one["phone"]) for one in customer["contact_persons"]]
        for name, customer in empty_lab.customers().items()
    }
    assert persons == {"Ann Lee": [("Lee", "1")], "Acme": [("Ray", "")]}


def test_an_individual_is_left_alone_while_such_contacts_are(empty_lab: Lab):
    """CUS-2: switched off, nothing of it travels either way; an account or the setting brings back what changed."""
    lab = empty_lab
    lab.settings(direction="two_way", include_unassociated_contacts=True)
    contacts = [{"First_Name": name, "Last_Name": "Lee"} for name in ("Ann", "Bob")]
    ann, bob = (one.id for one in lab.crm.insert("Contacts", contacts))
    lab.run()
    lab.sandbox.clock(advance=5)
    lab.settings(include_unassociated_contacts=False)
    lab.crm.update("Contacts", [{"id": one, "Description": "new"} for one in (ann, bob)])
    lab.books.update_contact(lab.customers()["Ann Lee"]["contact_id"], {"billing_address": {"city": "Rome"}})
    lab.books.update_contact(lab.customers()["Bob Lee"]["contact_id"], {"billing_address": {"city": "Oslo"}})
    assert settle(lab, 1) == []

    (account,) = lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.crm.update("Contacts", [{"id": ann, "Account_Name": {"id": account.id}}])
    assert settle(lab, 1) == []
    assert {one["First_Name"]: one["Mailing_City"] for one in lab.contacts()} == {"Ann": "Rome", "Bob": None}
    lab.settings(include_unassociated_contacts=True)
    assert settle(lab, 1) == []
    assert {one["First_Name"]: one["Mailing_City"] for one in lab.contacts()} == {"Ann": "Rome", "Bob": "Oslo"}
    assert {name: lab.customers()[name]["notes"] for name in ("Ann Lee", "Bob Lee")} == {
        "Ann Lee": "new",
        "Bob Lee": "new",
    }
