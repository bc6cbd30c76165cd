"""Undo beyond business customers: individuals, vendors, products, transactions, unique ids (BEY-3)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.engine.test_undo import latest, statuses, told, undone, why
from tests.support.lab import Lab
from tests.support.pairs import account, business, contact, customer_ids, green, later, pairs, quiet
from tests.support.sandbox import Sandbox
from tests.support.transactions import bill, in_books, in_crm, items, line, made_in_crm, run, settle
from zoho.engine.on_demand.planning import carry_out, plan_undo
from zoho.store.database import open_store


def undo(lab: Lab, module: str) -> str:
    """Takes the latest run of a module back; returns the run that did."""
    run_id = latest(lab)
    lab.sandbox.clock(advance=5)
    job = lab.job(module=module)
    plan_id = plan_undo(job, f"test:{job.run_id}", run_id)
    job = lab.job(module=module)
    return carry_out(job, f"test:{job.run_id}", plan_id)


def test_an_individual_is_put_back_with_its_contact_person(two_way: Lab):
    """BEY-3: on the sales side both are one contact, in Books two records."""
    ann = contact(two_way, "Lee", First_Name="Ann", Phone="1", Description="1")
    green(two_way)
    customer = customer_ids(two_way)["Ann Lee"]
    later(two_way).crm.update("Contacts", [{"id": ann, "Phone": "2", "Description": "2"}])
    later(two_way)
    green(two_way)
    by = undone(two_way, latest(two_way))
    assert {state for _, _, state in told(two_way, by)} == {"done"}, why(two_way, by)
    held: Any = two_way.books.contact(customer)
    assert (held["notes"], held["contact_persons"][0]["phone"]) == ("1", "1")
    quiet(later(two_way))
    person = held["contact_persons"][0]
    edited = [{"contact_person_id": person["contact_person_id"], "last_name": "Lee", "phone": "3"}]
    two_way.books.update_contact(customer, {"notes": "3", "contact_persons": edited})
    later(two_way)
    green(two_way)
    before = two_way.contacts()[0]
    assert (before["Phone"], before["Description"]) == ("3", "3")
    undone(two_way, latest(two_way))
    after = two_way.contacts()[0]
    assert (after["Phone"], after["Description"]) == ("2", "2")
    quiet(later(two_way))


def test_what_a_run_made_goes_though_its_origin_was_deleted(two_way: Lab):
    """BEY-3: the run made the customer, and nobody else has it; undoing that undo brings it back."""
    acme, _ = account(two_way, "Acme"), account(two_way, "Birch")
    green(two_way)
    made = latest(two_way)
    two_way.crm.delete("Accounts", [acme])
    later(two_way)
    green(two_way)
    assert {name for _, name, _ in told(two_way, latest(two_way))} == {"Acme"}
    assert set(statuses(two_way).values()) == {"active"}
    by = undone(two_way, made)
    assert {state for _, _, state in told(two_way, by)} == {"done"}, why(two_way, by)
    assert set(statuses(two_way).values()) == {"inactive"}
    quiet(later(two_way))
    undone(two_way, by)
    assert set(statuses(two_way).values()) == {"active"}
    quiet(later(two_way))
    assert [record["Account_Name"] for record in two_way.accounts()] == ["Birch"]


def test_with_unique_ids_nothing_comes_again(unique: Lab):
    """BEY-3, BEY-4: the records still name each other by their ids, and stay apart all the same."""
    account(unique, "Acme")
    business(unique, "Birch")
    green(unique)
    undone(unique, latest(unique))
    assert pairs(unique) == set()
    later(unique).run()
    unique.run(full_scan=True)
    assert pairs(unique) == set()
    assert statuses(unique) == {"Acme": "inactive", "Birch": "active"}
    assert [one["Account_Name"] for one in unique.accounts()] == ["Acme"]


def test_a_record_is_sent_again_when_it_is_edited(two_way: Lab):
    """BEY-3: as with one whose counterpart was deleted; without a double."""
    business(two_way, "Birch")
    green(two_way)
    undone(two_way, latest(two_way))
    assert two_way.accounts() == []
    later(two_way).books.update_contact(customer_ids(two_way)["Birch"], {"notes": "new"})
    later(two_way)
    green(two_way)
    assert [one["Description"] for one in two_way.accounts()] == ["new"]
    green(later(two_way))  # its company name is filled in
    quiet(later(two_way))


def test_vendors_and_products(one_way: Lab):
    """BEY-3: made inactive when the run made them, put back when it wrote them."""
    mill, tea = (
        one_way.crm.insert(entity, [fields])[0].id
        for entity, fields in (
            ("Vendors", {"Vendor_Name": "Mill", "Description": "1"}),
            ("Products", {"Product_Name": "Tea", "Unit_Price": 10}),
        )
    )
    for module in ("vendors", "products"):
        green(one_way, module)
    later(one_way)
    one_way.crm.update("Vendors", [{"id": mill, "Description": "2"}])
    one_way.crm.update("Products", [{"id": tea, "Unit_Price": 12}])
    one_way.crm.insert("Products", [{"Product_Name": "Cup", "Unit_Price": 4}])
    later(one_way)
    green(one_way, "vendors")
    undo(one_way, "vendors")
    assert one_way.customers()["Mill"]["notes"] == "1"
    green(one_way, "products")
    undo(one_way, "products")
    held = one_way.items()
    assert (held["Tea"]["rate"], held["Cup"]["status"]) == (10, "inactive")
    for module in ("vendors", "products"):
        quiet(later(one_way), module)


def test_a_draft_is_deleted_and_a_posted_transaction_never(firm: Lab):
    """BEY-3: Books' rules: what was sent, or posted, stays; it is told."""
    made_in_crm(firm, "Quotes", Subject="Draft")
    made_in_crm(firm, "Quotes", Subject="Sent")
    settle(firm, "estimates")
    first = f"demo-{firm.runs - 1}"
    sent = next(one for one in in_books(firm, "estimates") if one["reference_number"] == "Sent")
    firm.books.estimates.mark(sent["estimate_id"], "sent")
    firm.sandbox.clock(advance=5)
    job = firm.job(module="estimates")
    plan_id = plan_undo(job, f"test:{job.run_id}", first)
    job = firm.job(module="estimates")
    by = carry_out(job, f"test:{job.run_id}", plan_id)
    assert [one["reference_number"] for one in in_books(firm, "estimates")] == ["Sent"], why(firm, by)
    assert {state for _, _, state in told(firm, by)} == {"done"}
    assert any("only a draft is deleted" in reason for reason in why(firm, by).values())
    run(firm, "estimates")
    assert [one["reference_number"] for one in in_books(firm, "estimates")] == ["Sent"]


def test_lines_of_a_transaction_go_back(firm: Lab):
    """BEY-3, TXN-2: lines are one value, written whole; the amounts are those of before."""
    invoice = bill(firm, line(items(firm)["Tea"], "9.50", "2"))
    settle(firm)
    mirror = in_crm(firm)[0]
    firm.sandbox.clock(advance=5)
    more = [{**invoice["line_items"][0], "quantity": 5}]
    firm.books.invoices.update(str(invoice["invoice_id"]), {"line_items": more})
    run(firm)
    assert in_crm(firm)[0]["Grand_Total"] == Decimal("47.5")
    by = undo(firm, "invoices")
    assert in_crm(firm)[0]["Grand_Total"] == mirror["Grand_Total"] == 19, why(firm, by)
    firm.sandbox.clear_calls()
    run(firm)
    assert firm.writes() == []
    assert in_books(firm)[0]["total"] == Decimal("47.5")


def test_in_bigin(sandbox: Sandbox, store_url: str, tmp_path: Path):
    """BEY-3, BIG-1: it tells nobody what is deleted there, and takes the contacts of a company along."""
    sandbox.reset("empty")
    store = open_store(store_url)
    bigin = Lab(sandbox, store, tmp_path / "bigin", integration="demo_bigin")
    bigin.settings(direction="two_way")
    made = str(bigin.sales.insert("Accounts", [{"Account_Name": "Acme", "Phone": "1"}])[0].id)
    green(bigin)
    later(bigin).sales.update("Accounts", [{"id": made, "Phone": "2"}])
    business(bigin, "Birch", contact_persons=[{"last_name": "Lee"}])
    green(later(bigin))
    by = undone(bigin, latest(bigin))
    assert {state for _, _, state in told(bigin, by)} == {"done"}, why(bigin, by)
    assert [one["Account_Name"] for one in bigin.accounts()] == ["Acme"]
    assert bigin.contacts() == []
    assert bigin.customers()["Acme"]["billing_address"]["phone"] == "1"
    quiet(later(bigin))
    green(later(bigin), full_scan=True)
    assert [one["Account_Name"] for one in bigin.accounts()] == ["Acme"]
    quiet(later(bigin))
    store.dispose()
