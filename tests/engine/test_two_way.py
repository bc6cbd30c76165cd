"""Two-way synchronization: edits and new records travel back to the sales side (CUS-3, BEY-2)."""

from typing import Any

import pytest

from tests.support.lab import Lab


@pytest.fixture
def two_way(empty_lab: Lab) -> Lab:
    """Two empty organizations, customers both ways."""
    empty_lab.settings(direction="two_way")
    return empty_lab


def business(lab: Lab, name: str, **fields: Any) -> dict[str, Any]:
    """A business customer that an accountant made in Books."""
    return lab.books.create_contact({"contact_name": name, "customer_sub_type": "business", **fields})


def account(lab: Lab, name: str, **fields: Any) -> str:
    """An account that a sales person made; its id."""
    return str(lab.crm.insert("Accounts", [{"Account_Name": name, **fields}])[0].id)


def the_account(lab: Lab, name: str) -> dict[str, Any]:
    (found,) = [one for one in lab.accounts() if one["Account_Name"] == name]
    return found


def later(lab: Lab) -> Lab:
    """Some seconds later: Books tells times to the second, so an edit in the second of a write goes unseen."""
    lab.sandbox.clock(advance=5)
    return lab


def quiet(lab: Lab) -> None:
    """Asserts that another run finds nothing to do."""
    lab.sandbox.clear_calls()
    report = lab.run()
    assert (report.state, lab.writes()) == ("success", [])


def test_a_customer_of_books_becomes_an_account_with_its_contacts(two_way: Lab):
    """CUS-3: business customers go to Accounts, their contact persons to the account's Contacts."""
    persons = [
        {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "is_primary_contact": True},
        {"first_name": "Cher"},
    ]
    address = {"address": "1 Main St", "city": "Kobe", "zip": "650-0001"}
    business(two_way, "Acme", notes="Good", website="acme.example", billing_address=address, contact_persons=persons)
    report = two_way.run()
    assert (report.state, report.failures) == ("success", [])
    made = the_account(two_way, "Acme")
    shown = {key: made[key] for key in ("Description", "Website", "Billing_Street", "Billing_City", "Billing_Code")}
    assert shown == {
        "Description": "Good",
        "Website": "acme.example",
        "Billing_Street": "1 Main St",
        "Billing_City": "Kobe",
        "Billing_Code": "650-0001",
    }
    contacts = two_way.contacts()
    assert {contact["Account_Name"]["id"] for contact in contacts} == {made["id"]}
    shown_contacts = {(one["First_Name"], one["Last_Name"], one["Email"]) for one in contacts}
    assert shown_contacts == {("Ann", "Lee", "ann@example.com"), (None, "Cher", None)}
    assert two_way.customers()["Acme"]["company_name"] == ""
    two_way.run()
    assert two_way.customers()["Acme"]["company_name"] == "Acme"
    quiet(two_way)


def test_edits_of_different_fields_both_survive(two_way: Lab):
    """BEY-2: a city changed in the CRM and notes changed in Books at once: both sides get both."""
    account_id = account(two_way, "Acme", Billing_City="Kobe", Description="old")
    two_way.run()
    two_way.crm.update("Accounts", [{"id": account_id, "Billing_City": "Osaka"}])
    customer = two_way.customers()["Acme"]
    later(two_way).books.update_contact(customer["contact_id"], {"notes": "new"})
    assert two_way.run().state == "success"
    customer = two_way.customers()["Acme"]
    assert (customer["billing_address"]["city"], customer["notes"]) == ("Osaka", "new")
    made = the_account(two_way, "Acme")
    assert (made["Billing_City"], made["Description"]) == ("Osaka", "new")
    quiet(two_way)


@pytest.mark.parametrize(("policy", "winner"), [("sales", "crm"), ("books", "books"), ("newest", "books")])
def test_a_true_conflict_follows_the_owner(two_way: Lab, policy: str, winner: str):
    """BEY-2: the same field changed on both sides: the owner's value stands, the other is kept in the history."""
    two_way.settings_add(f"conflicts: {policy}")
    account_id = account(two_way, "Acme", Description="old")
    two_way.run()
    two_way.crm.update("Accounts", [{"id": account_id, "Description": "crm"}])
    later(two_way).books.update_contact(two_way.customers()["Acme"]["contact_id"], {"notes": "books"})
    assert two_way.run().state == "success"
    assert (two_way.customers()["Acme"]["notes"], the_account(two_way, "Acme")["Description"]) == (winner, winner)
    quiet(two_way)


def test_a_new_name_from_books_is_its_company_name_at_once(two_way: Lab):
    """CUS-6, BEY-2: the company name, which only Books has, comes from the account name that the same run writes."""
    two_way.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    two_way.run()
    two_way.sandbox.clock(advance=5)
    two_way.books.update_contact(two_way.customers()["Acme"]["contact_id"], {"contact_name": "Acme Foods"})
    two_way.run()
    assert [one["Account_Name"] for one in two_way.accounts()] == ["Acme Foods"]
    assert two_way.customers()["Acme Foods"]["company_name"] == "Acme Foods"
    two_way.sandbox.clear_calls()
    two_way.run()
    assert two_way.writes() == []


def test_names_are_given_up_before_they_are_taken(two_way: Lab):
    """CUS-3: Books has every name once; accounts that hand theirs on, in whatever order, all get it in one run."""
    first, second, third = (account(two_way, name) for name in ("Acme", "Beta", "Gamma"))
    two_way.run()
    before = {name: one["contact_id"] for name, one in two_way.customers().items()}
    two_way.sandbox.clock(advance=5)
    for account_id, name in ((third, "Delta"), (second, "gamma"), (first, "Beta")):
        two_way.crm.update("Accounts", [{"id": account_id, "Account_Name": name}])
    assert two_way.run().state == "success"
    after = {name: one["contact_id"] for name, one in two_way.customers().items()}
    assert after == {"Beta": before["Acme"], "gamma": before["Beta"], "Delta": before["Gamma"]}


def test_a_contact_person_of_books_is_added_and_edited_below_the_account(two_way: Lab):
    """CUS-3: a person added in Books becomes a contact; an edit of it travels; nobody is added twice."""
    account_id = account(two_way, "Acme")
    two_way.crm.insert("Contacts", [{"First_Name": "Ann", "Last_Name": "Lee", "Account_Name": {"id": account_id}}])
    two_way.run()
    customer = two_way.customers()["Acme"]
    persons = [*customer["contact_persons"], {"first_name": "Bob", "last_name": "Ray", "phone": "1"}]
    persons[0]["phone"] = "2"
    later(two_way).books.update_contact(customer["contact_id"], {"contact_persons": persons})
    assert two_way.run().state == "success"
    shown = sorted((one["Last_Name"], one["Phone"], one["Account_Name"]["id"]) for one in two_way.contacts())
    assert shown == [("Lee", "2", account_id), ("Ray", "1", account_id)]
    assert len(two_way.customers()["Acme"]["contact_persons"]) == 2
    quiet(two_way)


def test_an_individual_of_books_becomes_a_contact(two_way: Lab):
    """CUS-3: individual customers go to Contacts; their primary person is the contact itself."""
    two_way.settings(include_unassociated_contacts=True)
    person = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "is_primary_contact": True}
    two_way.books.create_contact(
        {"contact_name": "Ann Lee", "customer_sub_type": "individual", "notes": "VIP", "contact_persons": [person]}
    )
    two_way.books.create_contact({"contact_name": "Nobody", "customer_sub_type": "individual"})
    assert two_way.run().state == "success"
    shown = {one["Last_Name"]: (one["First_Name"], one["Email"], one["Description"]) for one in two_way.contacts()}
    assert shown == {"Lee": ("Ann", "ann@example.com", "VIP"), "Nobody": (None, None, None)}
    two_way.run()
    quiet(two_way)
    customer = two_way.customers()["Ann Lee"]
    persons = customer["contact_persons"]
    persons[0]["email"] = "lee@example.com"
    later(two_way).books.update_contact(customer["contact_id"], {"contact_persons": persons})
    two_way.run()
    assert {one["Email"] for one in two_way.contacts()} == {None, "lee@example.com"}
    quiet(two_way)


@pytest.fixture
def products(two_way: Lab) -> Lab:
    """Products both ways."""
    two_way.module_on("products")
    two_way.settings_add("direction: two_way", "products")
    two_way.settings_add("duplicates: overwrite", "products")
    return two_way


def product_rows(lab: Lab) -> dict[str, tuple[Any, ...]]:
    fields = ("Product_Name", "Product_Code", "Unit_Price", "Description")
    pages = lab.crm.records("Products", fields=fields, purpose="test")
    return {one["Product_Name"]: tuple(one[field] for field in fields[1:]) for page in pages for one in page.records}


def test_products_are_sent_from_books_first(products: Lab):
    """PRO-1: two-way, Books leads: a product of the same name takes the item's values, and gives what it lacks."""
    products.crm.insert(
        "Products",
        [
            {"Product_Name": "Chai", "Unit_Price": 18, "Description": "from the CRM"},
            {"Product_Name": "Tofu", "Unit_Price": 3},
        ],
    )
    products.books.create_item({"name": "chai", "rate": 20, "sku": "C-1"})
    products.books.create_item({"name": "Pavlova", "rate": 7, "description": "cake"})
    report = products.run("products")
    assert (report.state, report.failures) == ("success", [])
    assert product_rows(products) == {
        "chai": ("C-1", 20, "from the CRM"),
        "Tofu": (None, 3, None),
        "Pavlova": (None, 7, "cake"),
    }
    items = {name: (one["rate"], one["description"]) for name, one in products.items().items()}
    assert items == {"chai": (20, "from the CRM"), "Pavlova": (7, "cake"), "Tofu": (3, "")}
    into_books, into_sales = report.directions
    assert (into_books.added, into_books.updated, into_sales.added, into_sales.updated) == (1, 1, 1, 1)
    products.sandbox.clear_calls()
    assert products.run("products").state == "success"
    assert products.writes() == []


def test_deleted_in_the_crm_stays_deleted_until_books_edits_it(two_way: Lab):
    """OPS-7: no deletion crosses over, and what was deleted does not come back unless the other side edits it."""
    business(two_way, "Acme", contact_persons=[{"first_name": "Ann", "last_name": "Lee"}])
    two_way.run()
    two_way.run()
    later(two_way).crm.delete("Accounts", [the_account(two_way, "Acme")["id"]])
    two_way.run()
    quiet(two_way)
    assert (two_way.accounts(), list(two_way.customers())) == ([], ["Acme"])
    later(two_way).books.update_contact(two_way.customers()["Acme"]["contact_id"], {"notes": "alive"})
    two_way.run()
    assert the_account(two_way, "Acme")["Description"] == "alive"
    quiet(two_way)


def test_one_way_leaves_the_crm_alone(empty_lab: Lab):
    """CUS-3: from_sales, Books' records and edits are not sent, and not lost when the direction changes."""
    account(empty_lab, "Acme", Description="old")
    business(empty_lab, "Books only")
    empty_lab.run()
    later(empty_lab).books.update_contact(empty_lab.customers()["Acme"]["contact_id"], {"notes": "new"})
    empty_lab.sandbox.clear_calls()
    empty_lab.run()
    assert [call for call in empty_lab.writes() if call["product"] == "crm"] == []
    assert [one["Account_Name"] for one in empty_lab.accounts()] == ["Acme"]
    empty_lab.settings(direction="two_way")
    later(empty_lab).books.update_contact(empty_lab.customers()["Acme"]["contact_id"], {"website": "acme.example"})
    empty_lab.run()
    made = the_account(empty_lab, "Acme")
    assert (made["Description"], made["Website"]) == ("new", "acme.example")
    assert the_account(empty_lab, "Books only")


def test_deleted_before_it_was_in_step_stays_deleted(two_way: Lab):
    """OPS-7: what Books itself has still to be sent is no edit of a person's, so the account does not come back."""
    business(two_way, "Acme")
    two_way.run()
    later(two_way).crm.delete("Accounts", [the_account(two_way, "Acme")["id"]])
    later(two_way).run()
    quiet(later(two_way))
    assert two_way.accounts() == []


def test_what_was_made_inactive_stays_deleted(two_way: Lab):
    """OPS-7: our own deactivation is no edit either; made active again by a person, the customer is sent again."""
    two_way.settings_add("deletes: deactivate")
    account_id = account(two_way, "Acme")
    two_way.run()
    later(two_way).crm.delete("Accounts", [account_id])
    later(two_way).run()
    assert two_way.customers()["Acme"]["status"] == "inactive"
    quiet(later(two_way))
    quiet(later(two_way))
    assert two_way.accounts() == []


def test_what_came_from_books_is_not_made_inactive(two_way: Lab):
    """OPS-7: a record made in Books, synced to the CRM and then deleted there is left alone in Books."""
    two_way.settings_add("deletes: deactivate")
    business(two_way, "Acme")
    two_way.run()
    two_way.run()
    later(two_way).crm.delete("Accounts", [the_account(two_way, "Acme")["id"]])
    later(two_way).run()
    assert two_way.customers()["Acme"]["status"] == "active"
    quiet(later(two_way))
