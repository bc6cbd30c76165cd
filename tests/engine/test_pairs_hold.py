"""A pair holds, whatever becomes of its records and of those around them (CUS-8, VEN-1)."""

import pytest

from tests.support.lab import Lab
from tests.support.pairs import account, contact, customer_ids, green, later, pairs, persons, quiet, settled


def test_merged_accounts_keep_one_customer_each(two_way: Lab):
    """CUS-8: of two accounts that become one, the contacts are the winner's from then on; nothing is made again.

    The loser's customer stays as it was, its persons too: what is deleted in the CRM leaves Books alone (OPS-7).
    """
    winner, loser = account(two_way, "Acme"), account(two_way, "Acme Ltd")
    ann = contact(two_way, "Lee", loser)
    contact(two_way, "Ray", winner)
    settled(two_way)
    before = customer_ids(two_way)
    later(two_way).crm.update("Contacts", [{"id": ann, "Account_Name": {"id": winner}}])
    two_way.crm.delete("Accounts", [loser])
    green(two_way)
    quiet(two_way)
    assert customer_ids(two_way) == before
    found = {name: sorted(some) for name, some in persons(two_way).items()}
    assert found == {"Acme": ["Lee", "Ray"], "Acme Ltd": ["Lee"]}
    assert [one["id"] for one in two_way.accounts()] == [winner]
    assert len(two_way.contacts()) == 2
    assert pairs(two_way) == {(winner, before["Acme"])}
    later(two_way).books.update_contact(before["Acme Ltd"], {"notes": "still in use"})
    settled(two_way)
    assert sorted(one["Account_Name"] for one in two_way.accounts()) == ["Acme", "Acme Ltd"]
    assert {one["id"]: one["Account_Name"]["id"] for one in two_way.contacts()}[ann] == winner
    assert len(two_way.contacts()) == 2


def test_merged_contacts_of_books_leave_the_losers_account_alone(two_way: Lab):
    """CUS-8: the loser of a merge in Books is gone there; its account stays as it is until somebody edits it."""
    winner, loser = account(two_way, "Acme"), account(two_way, "Acme Ltd")
    settled(two_way)
    two_way.books.delete_contact(customer_ids(later(two_way))["Acme Ltd"])
    green(two_way, full_scan=True)
    quiet(two_way)
    assert list(customer_ids(two_way)) == ["Acme"]
    assert sorted(one["id"] for one in two_way.accounts()) == sorted([winner, loser])
    later(two_way).crm.update("Accounts", [{"id": loser, "Description": "still in use"}])
    green(two_way)
    assert sorted(customer_ids(two_way)) == ["Acme", "Acme Ltd"]


def test_another_parent_account_changes_nothing(two_way: Lab):
    """CUS-8: Books knows no parents of customers: nothing is written, nothing is made."""
    parent, child = account(two_way, "Holding"), account(two_way, "Acme")
    settled(two_way)
    later(two_way).crm.update("Accounts", [{"id": child, "Parent_Account": {"id": parent}}])
    quiet(two_way)


def test_a_business_that_becomes_an_individual_stays_linked(two_way: Lab):
    """CUS-8: the sub-type of a linked customer is Books' own affair: the pair holds, its edits still travel."""
    account_id = account(two_way, "Acme")
    ann = contact(two_way, "Lee", Email="lee@example.com")
    settled(two_way)
    before = pairs(two_way)
    for name, kind in (("Acme", "individual"), ("Lee", "business")):
        later(two_way).books.update_contact(customer_ids(two_way)[name], {"customer_sub_type": kind, "notes": name})
    green(two_way)
    quiet(two_way)
    assert pairs(two_way) == before
    assert [(one["id"], one["Description"]) for one in two_way.accounts()] == [(account_id, "Acme")]
    assert [(one["id"], one["Description"]) for one in two_way.contacts()] == [(ann, "Lee")]


def test_an_individual_that_gets_an_account_stays_an_individual(two_way: Lab):
    """CUS-8: a contact with a customer of its own does not become a contact person as well."""
    account_id, ann = account(two_way, "Acme"), contact(two_way, "Lee")
    settled(two_way)
    before = pairs(two_way)
    later(two_way).crm.update("Contacts", [{"id": ann, "Account_Name": {"id": account_id}, "Description": "new"}])
    green(two_way)
    quiet(two_way)
    assert pairs(two_way) == before
    assert persons(two_way) == {"Acme": [], "Lee": ["Lee"]}
    assert two_way.customers()["Lee"]["notes"] == "new"


@pytest.mark.parametrize("included", [False, True])
def test_a_contact_person_that_loses_its_account(two_way: Lab, included: bool):
    """CUS-8, CUS-2: it stays a contact person, unless contacts without an account are customers of their own."""
    two_way.settings(include_unassociated_contacts=included)
    account_id = account(two_way, "Acme")
    ann = contact(two_way, "Lee", account_id)
    settled(two_way)
    later(two_way).crm.update("Contacts", [{"id": ann, "Account_Name": None}])
    settled(two_way)
    assert persons(two_way) == ({"Acme": [], "Lee": ["Lee"]} if included else {"Acme": ["Lee"]})
    (link,) = pairs(two_way, "child")
    assert link[0] == ann


@pytest.mark.parametrize("edited", [False, True])
def test_contacts_come_back_below_the_account_that_is_made_anew(two_way: Lab, edited: bool):
    """CUS-8, OPS-7: a deleted account comes back by an edit in Books: its contacts get it, none is made twice."""
    old, elsewhere = account(two_way, "Acme"), account(two_way, "Globex")
    ann = contact(two_way, "Lee", old, Email="lee@example.com", Title="old", Phone="1")
    bob = contact(two_way, "Ray", old)
    settled(two_way)
    moved = contact(two_way, "Moved", elsewhere)
    later(two_way).crm.delete("Accounts", [old])
    if edited:
        two_way.crm.update("Contacts", [{"id": ann, "Phone": "2"}])
    green(two_way)
    customer = two_way.customers()["Acme"]
    changed = [
        {**person, "designation": "new"} if person["email"] else person for person in customer["contact_persons"]
    ]
    later(two_way).books.update_contact(customer["contact_id"], {"notes": "alive", "contact_persons": changed})
    green(two_way)
    (new,) = [one["id"] for one in two_way.accounts() if one["Account_Name"] == "Acme"]
    below = {one["id"]: (one["Account_Name"] or {}).get("id") for one in two_way.contacts()}
    assert below == {ann: new, bob: new, moved: elsewhere}
    held = {one["id"]: (one["Title"], one["Phone"]) for one in two_way.contacts()}
    assert held[ann] == ("new", "2" if edited else "1")
    settled(two_way)
    assert persons(two_way) == {"Acme": ["Lee", "Ray"], "Globex": ["Moved"]}
    assert {one["phone"] for one in two_way.customers()["Acme"]["contact_persons"]} == {"", held[ann][1]}
    assert len(pairs(two_way, "child")) == 3


def test_customer_and_vendor_of_one_name_keep_a_link_each(two_way: Lab):
    """VEN-1: to Books a contact is a customer or a vendor: a firm that is both is two contacts, with a link each."""
    two_way.module_on("vendors")
    two_way.settings_add("direction: two_way", "vendors")
    two_way.sandbox.settings(books_names_unique_per_type=True)
    account_id = account(two_way, "Acme")
    vendor = str(two_way.crm.insert("Vendors", [{"Vendor_Name": "Acme"}])[0].id)
    for module in ("customers", "vendors", "customers", "vendors"):
        green(two_way, module)
    rows = {row["contact_type"]: row["contact_id"] for page in two_way.books.contacts() for row in page.records}
    assert pairs(two_way) == {(account_id, rows["customer"]), (vendor, rows["vendor"])}
    later(two_way).books.update_contact(rows["vendor"], {"notes": "of the vendor"})
    for module in ("customers", "vendors"):
        green(two_way, module)
        quiet(two_way, module)
    assert [one["Description"] for one in two_way.accounts()] == [None]
