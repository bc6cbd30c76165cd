"""A record keeps its counterpart whatever it is called, and whatever becomes of the records around it."""

from typing import Any

import pytest
from sqlalchemy import select

from sandbox.defaults import CONNECTED_USER
from tests.support.lab import Lab
from tests.support.preflights import map_line, refused
from zoho.store.tables import changes, links, metadata
from zoho.transport.exchange import Call

BOTH = "unique_id: {books: cf_crm_id, sales: Books_ID}"


@pytest.fixture
def one_way(empty_lab: Lab) -> Lab:
    """Two empty organizations, records from the CRM to Books only."""
    for module in ("customers", "vendors", "products"):
        empty_lab.module_on(module)
        empty_lab.settings_add("direction: from_sales", module)
    return empty_lab


@pytest.fixture
def two_way(empty_lab: Lab) -> Lab:
    """Two empty organizations, customers both ways."""
    empty_lab.settings(direction="two_way")
    return empty_lab


@pytest.fixture
def unique(two_way: Lab) -> Lab:
    """The same, with unique ids on both sides."""
    for module in ("Accounts", "Contacts"):
        two_way.sandbox.custom_field(product="crm", module=module, label="Books ID", api_name="Books_ID", unique=True)
    two_way.settings_add(BOTH)
    return two_way


def account(lab: Lab, name: str, **fields: Any) -> str:
    """An account that a sales person made; its id."""
    return str(lab.crm.insert("Accounts", [{"Account_Name": name, **fields}])[0].id)


def contact(lab: Lab, last_name: str, account_id: str | None = None, **fields: Any) -> str:
    """A contact that a sales person made; its id."""
    above = {"Account_Name": {"id": account_id}} if account_id else {}
    return str(lab.crm.insert("Contacts", [{"Last_Name": last_name, **above, **fields}])[0].id)


def business(lab: Lab, name: str, **fields: Any) -> str:
    """A business customer that an accountant made in Books; its id."""
    made = lab.books.create_contact({"contact_name": name, "customer_sub_type": "business", **fields})
    return str(made["contact_id"])


def customer_ids(lab: Lab) -> dict[str, str]:
    """Display name → id of all contacts of Books."""
    return {name: one["contact_id"] for name, one in lab.customers().items()}


def persons(lab: Lab) -> dict[str, list[str]]:
    """Display name → last names of the contact persons, of all contacts of Books."""
    return {name: [p["last_name"] for p in one["contact_persons"]] for name, one in lab.customers().items()}


def pairs(lab: Lab, role: str = "record") -> set[tuple[str, str]]:
    """Sales id and Books id of all links that hold."""
    with lab.store.connect() as connection:
        query = select(links.c.sales_id, links.c.books_id).where(links.c.role == role, links.c.retired_at.is_(None))
        return {(row.sales_id, row.books_id) for row in connection.execute(query)}


def reasons(lab: Lab) -> set[str]:
    """Why the changes of the latest run were made."""
    with lab.store.connect() as connection:
        query = select(changes.c.reason).where(changes.c.run_id == f"{lab.integration}-{lab.runs}")
        return set(connection.scalars(query))


def details_read(lab: Lab) -> list[str]:
    """Ids of the Books contacts that were read whole, by call."""
    paths = [call["path"] for call in lab.sandbox.calls() if call["method"] == "GET"]
    return sorted(path.rpartition("/")[2] for path in paths if path.startswith("/books/v3/contacts/"))


def creates(lab: Lab) -> list[tuple[str, str]]:
    """The calls since the last :func:`watched` that made a record."""
    return [(call["method"], call["path"]) for call in lab.writes() if call["status"] == 201]


def later(lab: Lab) -> Lab:
    """Some seconds later: Books tells times to the second, so an edit in the second of a write goes unseen."""
    lab.sandbox.clock(advance=5)
    return lab


def green(lab: Lab, module: str = "customers", **options: bool) -> None:
    """A run that succeeds."""
    report = lab.run(module, **options)
    assert (report.state, report.failures) == ("success", [])


def quiet(lab: Lab, module: str = "customers") -> None:
    """Asserts that another run finds nothing to do."""
    lab.sandbox.clear_calls()
    green(lab, module)
    assert lab.writes() == [], reasons(lab)


def settled(lab: Lab, module: str = "customers") -> None:
    """Runs until both ids of every pair are written, which takes the run after the one that links them."""
    green(lab, module)
    green(lab, module)
    quiet(lab, module)


def lose_the_store(lab: Lab) -> None:
    """Empties the sync state database and nothing else."""
    with lab.store.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(metadata.tables)}")


def test_native_links_are_adopted_whatever_the_names(one_way: Lab):
    """CUS-4, BEY-4: what Zoho's own integration has linked is linked, even under the policy skip; a detail each."""
    one_way.settings(duplicates="skip")
    account_id, ann = account(one_way, "Acme"), contact(one_way, "Lee")
    other = account(one_way, "Globex")
    books_ids = [business(one_way, name) for name in ("Acme Trading K.K.", "Globex", "Ann")]
    one_way.sandbox.crm_link(books_ids[0], "zcrm_account_id", account_id)
    one_way.sandbox.crm_link(books_ids[2], "zcrm_contact_id", ann)
    one_way.sandbox.clear_calls()
    green(one_way)
    assert pairs(one_way) == {(account_id, books_ids[0]), (ann, books_ids[2])}
    assert "linked by Zoho's own integration" in reasons(one_way)
    assert details_read(one_way) == sorted([books_ids[0], books_ids[2]])
    assert other not in {sales_id for sales_id, _ in pairs(one_way)}
    assert sorted(customer_ids(one_way)) == ["Acme", "Globex", "Lee"]
    quiet(one_way)


def test_a_native_link_to_an_unknown_record_says_nothing(one_way: Lab):
    """CUS-4: its account is gone: the names decide; the detail is not read again in every run."""
    books_id = business(one_way, "Acme")
    one_way.sandbox.crm_link(books_id, "zcrm_account_id", "5725767000000999999")
    stray = business(one_way, "Stray")
    one_way.sandbox.crm_link(stray, "zcrm_account_id", "5725767000000999998")
    of_another_module = business(one_way, "Nuts")
    one_way.sandbox.crm_link(of_another_module, "zcrm_vendor_id", "5725767000000999997")
    account_id = account(one_way, "acme")
    green(one_way)
    assert pairs(one_way) == {(account_id, books_id)}
    assert {stray, of_another_module} <= set(details_read(one_way))
    one_way.sandbox.clear_calls()
    green(one_way, full_scan=True)
    assert details_read(one_way) == []


def test_products_and_vendors_have_native_links_too(one_way: Lab):
    """PRO-1, VEN-1: a product is adopted from its list row, without a call; a vendor by its detail."""
    product = str(one_way.crm.insert("Products", [{"Product_Name": "Chai", "Unit_Price": 1}])[0].id)
    vendor = str(one_way.crm.insert("Vendors", [{"Vendor_Name": "Bolts"}])[0].id)
    item_id = one_way.books.create_item({"name": "Tea", "rate": 2})["item_id"]
    books_vendor = one_way.books.create_contact({"contact_name": "Nuts", "contact_type": "vendor"})["contact_id"]
    one_way.sandbox.crm_link(item_id, "zcrm_product_id", product)
    one_way.sandbox.crm_link(books_vendor, "zcrm_vendor_id", vendor)
    green(one_way, "products")
    green(one_way, "vendors")
    assert pairs(one_way) == {(product, item_id), (vendor, books_vendor)}
    assert (list(one_way.items()), list(customer_ids(one_way))) == (["Chai"], ["Bolts"])


def test_both_ids_are_written_and_survive_the_loss_of_the_store(unique: Lab):
    """BEY-4: the store is lost and every record has another name on both sides: the same pairs, nothing made."""
    account(unique, "Acme")
    ann = contact(unique, "Lee")
    business(unique, "Globex")
    settled(unique)
    before = pairs(unique)
    assert len(before) == 3
    by_account = {one["id"]: one["Books_ID"] for one in [*unique.accounts(), *unique.contacts()]}
    assert set(by_account.items()) == before
    told = {(one["custom_field_hash"]["cf_crm_id"], one["contact_id"]) for one in unique.customers().values()}
    assert told == before
    for place, (sales_id, books_id) in enumerate(sorted(before)):
        name = "Last_Name" if sales_id == ann else "Account_Name"
        unique.crm.update("Contacts" if sales_id == ann else "Accounts", [{"id": sales_id, name: f"CRM {place}"}])
        unique.books.update_contact(books_id, {"contact_name": f"Books {place}"})
    lose_the_store(later(unique))
    unique.sandbox.clear_calls()
    green(unique)
    assert pairs(unique) == before
    assert creates(unique) == []
    quiet(unique)


@pytest.mark.parametrize("which", ["books", "sales"])
def test_one_unique_id_is_enough(unique: Lab, which: str):
    """BEY-4: with a unique id on one side only, the pairs are found again by it."""
    field = {"books": "cf_crm_id", "sales": "Books_ID"}[which]
    unique.settings_add(f"unique_id: {{{which}: {field}}}")
    account_id, books_id = account(unique, "Acme"), business(unique, "Globex")
    settled(unique)
    before = pairs(unique)
    unique.books.update_contact(books_id, {"contact_name": "Renamed"})
    unique.crm.update("Accounts", [{"id": account_id, "Account_Name": "Other"}])
    lose_the_store(later(unique))
    green(unique)
    assert pairs(unique) == before
    quiet(unique)


def test_a_unique_id_that_is_named_later_counts_at_once(one_way: Lab, caplog: pytest.LogCaptureFixture):
    """BEY-4: the next run reads all of Books for it, not only that which reads its list to the end once a day."""
    business(one_way, "Globex")
    settled(one_way)
    one_way.settings_add("unique_id: {books: cf_crm_id}")
    caplog.set_level("INFO", "zoho.engine.scan")
    told = []
    for _ in range(2):
        caplog.clear()
        green(later(one_way))
        told += [line for line in caplog.messages if "contacts from Books" in line]
    assert told[0] == "Read 1 contacts from Books (in all)."
    assert "changed since" in told[1]


def test_two_existing_records_get_both_ids_when_they_are_joined(unique: Lab):
    """BEY-4: records joined by their names carry both ids from then on."""
    account_id, books_id = account(unique, "Acme"), business(unique, "Acme")
    settled(unique)
    (made,) = unique.accounts()
    assert made["Books_ID"] == books_id
    assert unique.customers()["Acme"]["custom_field_hash"]["cf_crm_id"] == account_id


def test_items_are_found_again_by_their_unique_id(one_way: Lab):
    """BEY-4, PRO-1: an item's list row has no custom fields, so free items are read whole, a hundred a call."""
    one_way.settings_add("unique_id: {books: cf_crm_product_id}", "products")
    product = str(one_way.crm.insert("Products", [{"Product_Name": "Chai", "Unit_Price": 1}])[0].id)
    green(one_way, "products")
    item = one_way.items()["Chai"]
    assert item["custom_field_hash"]["cf_crm_product_id"] == product
    one_way.books.update_item(item["item_id"], {"name": "Tea"})
    lose_the_store(later(one_way))
    green(one_way, "products")
    assert pairs(one_way) == {(product, item["item_id"])}
    quiet(one_way, "products")


class Died(BaseException):
    """The process dies here; nothing in the product catches it."""


def dies_after(lab: Lab, method: str, path: str) -> None:
    """Plays a run whose process dies as soon as a call was carried out, before its answer is looked at."""

    def after(call: Call) -> None:
        if call.method == method and call.path.endswith(path):
            raise Died(path)

    lab.on_call = after
    with pytest.raises(Died):
        lab.run()
    lab.on_call = None


def test_a_create_in_books_whose_answer_was_lost_is_found_by_its_id(unique: Lab):
    """BEY-4: it is made once, and the next run finds it though it was renamed meanwhile; its person stays one."""
    account_id = account(unique, "Acme")
    contact(unique, "Lee", account_id)
    dies_after(unique, "PUT", "/contacts")
    ((name, books_id),) = customer_ids(unique).items()
    assert name == "Acme"
    later(unique).books.update_contact(books_id, {"contact_name": "Renamed"})
    settled(unique)
    assert pairs(unique) == {(account_id, books_id)}
    assert list(persons(unique).values()) == [["Lee"]]


def test_a_lost_answer_is_asked_for_again_at_once(unique: Lab):
    """BEY-4: with a unique id a create may be sent twice, so that no run fails for it."""
    account_id = account(unique, "Acme")
    contact(unique, "Lee", account_id)
    business(unique, "Globex", contact_persons=[{"first_name": "Bob", "last_name": "Ray"}])
    lost = [("PUT", "/books/v3/contacts$"), ("POST", "/crm/v8/Accounts/upsert$")]
    unique.sandbox.faults(
        [{"kind": "commit_then_drop", "match": {"method": method, "path": path}, "times": 1} for method, path in lost]
    )
    green(unique)
    assert unique.sandbox.hits() == 2
    settled(unique)
    assert persons(unique) == {"Acme": ["Lee"], "Globex": ["Ray"]}
    assert sorted(one["Account_Name"] for one in unique.accounts()) == ["Acme", "Globex"]
    assert sorted(one["Last_Name"] for one in unique.contacts()) == ["Lee", "Ray"]


def test_a_create_on_the_sales_side_whose_answer_was_lost_is_found_by_its_id(unique: Lab):
    """BEY-4: the same the other way, though the account was renamed meanwhile."""
    books_id = business(unique, "Acme")
    dies_after(unique, "POST", "/Accounts/upsert")
    (made,) = unique.accounts()
    later(unique).crm.update("Accounts", [{"id": made["id"], "Account_Name": "Renamed"}])
    settled(unique)
    assert [one["id"] for one in unique.accounts()] == [made["id"]]
    assert pairs(unique) == {(made["id"], books_id)}


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


def test_new_records_of_the_sales_side_belong_to_the_connecting_user(two_way: Lab):
    """CON-6: without a mapped owner, what is made on the sales side is the connecting user's."""
    business(two_way, "Acme", contact_persons=[{"first_name": "Ann", "last_name": "Lee"}])
    green(two_way)
    assert owners(two_way) == {"Accounts": {CONNECTED_USER.email}, "Contacts": {CONNECTED_USER.email}}


def test_the_mapping_may_set_the_owner(two_way: Lab):
    """CON-6: with a mapped owner, the record belongs to the user whom Books names."""
    two_way.sandbox.custom_field(product="books", label="Owner", api_name="cf_owner", data_type="string")
    map_line(two_way, "{sales: Owner, books: custom_fields.cf_owner, transform: owner_email}")
    (other,) = [user["email"] for user in two_way.crm.users() if user["email"] != CONNECTED_USER.email][:1]
    business(two_way, "Acme", custom_fields=[{"api_name": "cf_owner", "value": other}])
    business(two_way, "Globex")
    green(two_way)
    assert owners(two_way)["Accounts"] == {other, CONNECTED_USER.email}
    settled(two_way)
    held = {name: one["custom_field_hash"]["cf_owner"] for name, one in two_way.customers().items()}
    assert held == {"Acme": other, "Globex": CONNECTED_USER.email}


def owners(lab: Lab) -> dict[str, set[str]]:
    """List → e-mails of those whom its records belong to."""
    emails = {str(user["id"]): str(user["email"]) for user in lab.crm.users()}
    found = {}
    for entity in ("Accounts", "Contacts"):
        pages = lab.crm.records(entity, fields=["Owner"], purpose="test")
        found[entity] = {emails[str(one["Owner"]["id"])] for page in pages for one in page.records}
    return found


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


def test_unique_ids_are_checked_before_any_write(two_way: Lab):
    """CON-4: a unique id that is missing, or that may be held twice, is one sentence that says what to change."""
    two_way.settings_add(BOTH)
    problems = refused(two_way)
    assert [problem.partition("unique_id.")[2] for problem in problems] == [
        "sales: Accounts has no field 'Books_ID'; make it on the sales side "
        "(single line, Do not allow duplicate values)",
        "sales: Contacts has no field 'Books_ID'; make it on the sales side "
        "(single line, Do not allow duplicate values)",
    ]
    for module in ("Accounts", "Contacts"):
        two_way.sandbox.custom_field(
            product="crm", module=module, label="Books ID", api_name="Books_ID", unique=module == "Accounts"
        )
    (problem,) = refused(two_way)
    assert "'Books_ID' of Contacts is not unique; change that on the sales side" in problem
    two_way.settings_add("unique_id: {books: cf_region}")
    (problem,) = refused(two_way)
    assert "cf_region in Books may hold a value twice; change that there" in problem
    two_way.settings_add("unique_id: {books: cf_nowhere}")
    (problem,) = refused(two_way)
    assert "Books has no custom field cf_nowhere; make it by hand" in problem
    map_line(two_way, "{sales: Account_Number, books: custom_fields.cf_crm_id}")
    two_way.settings_add("unique_id: {books: cf_crm_id}")
    assert any("cf_crm_id is a field of the mapping too" in problem for problem in refused(two_way))
    two_way.settings(direction="from_sales")
    two_way.settings_add("unique_id: {sales: Books_ID}")
    assert any("in two_way only" in problem for problem in refused(two_way))
