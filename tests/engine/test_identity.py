"""A record is known by what it says of its counterpart, whatever it is called (CUS-4, BEY-4)."""

import pytest

from tests.support.lab import Lab
from tests.support.pairs import (
    UNIQUE_IDS,
    account,
    business,
    contact,
    creates,
    customer_ids,
    details_read,
    green,
    later,
    lose_the_store,
    pairs,
    persons,
    quiet,
    reasons,
    settled,
)
from tests.support.preflights import map_line, refused
from zoho.transport.exchange import Call


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


def test_unique_ids_are_checked_before_any_write(two_way: Lab):
    """CON-4: a unique id that is missing, or that may be held twice, is one sentence that says what to change."""
    two_way.settings_add(UNIQUE_IDS)
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
