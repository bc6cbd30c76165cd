"""The identity map is taken out, lost and brought back: nothing is doubled, nothing is written (BEY-7)."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.maps import People, bring_back, fill, known_links, make, saved
from tests.support.pairs import (
    UNIQUE_IDS,
    account,
    business,
    contact,
    creates,
    customer_ids,
    green,
    later,
    lose_the_store,
    pairs,
    persons,
    quiet,
    settled,
    with_books_ids,
)
from tests.support.transactions import bill, in_books, in_crm, items, line, made_in_crm, settle
from zoho.engine.linkmap import edits
from zoho.engine.linkmap.editing import carry_out
from zoho.engine.linkmap.files import BadFileError
from zoho.engine.linkmap.repair import repair
from zoho.engine.linkmap.verify import verify
from zoho.store.tables import changes, runs

A_FEW = settings(
    max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
names = st.sampled_from(["Acme", "acme", "Birch", "株式会社山田"])
last_names = st.lists(st.sampled_from(["Lee", "Ray", "山田"]), max_size=2)
people = st.builds(
    People,
    accounts=st.lists(st.tuples(names, last_names), max_size=4),
    individuals=st.lists(st.sampled_from(["Lee", "Solo"]), max_size=3),
    in_books=st.lists(names, max_size=2, unique_by=str.casefold),
)

EVERYBODY = People(
    accounts=[("Acme", ["Lee", "Ray"]), ("acme", []), ("株式会社山田", ["山田"])],
    individuals=["Lee", "Lee", "Solo"],
    in_books=["Birch", "Acme (3)"],
)


@A_FEW
@given(people=people, edited=st.booleans())
@example(people=EVERYBODY, edited=False)
@example(people=EVERYBODY, edited=True)
def test_an_import_brings_every_link_back(two_way: Lab, tmp_path: Path, people: People, edited: bool):
    """BEY-7: whoever is on either side: the links and bases as before, nothing doubled, nothing written.

    What was edited since the export is merged with the bases of it, as if nothing had happened.
    """
    before = made(two_way, people)
    file = saved(two_way, tmp_path / "map.csv")
    for one in two_way.accounts() if edited else ():
        two_way.crm.update("Accounts", [{"id": one["id"], "Description": f"edited {one['id']}"}])
    lose_the_store(later(two_way))
    bring_back(two_way, file)
    assert known_links(two_way) == before
    two_way.sandbox.clear_calls()
    green(two_way)
    assert creates(two_way) == []
    assert edited or two_way.writes() == []
    assert [one[:5] for one in known_links(two_way)] == [one[:5] for one in before]
    notes = {one["contact_id"]: one["notes"] for one in two_way.customers().values()}
    for one in two_way.accounts() if edited else ():
        assert notes[dict(pairs(two_way))[one["id"]]] == f"edited {one['id']}"
    quiet(two_way)


@A_FEW
@given(people=people)
@example(people=EVERYBODY)
def test_without_a_map_names_bring_the_pairs_back(two_way: Lab, people: People):
    """BEY-7: no export at hand: nothing is doubled and nothing is written, also where Books had to add a suffix."""
    before = made(two_way, people)
    lose_the_store(later(two_way))
    two_way.sandbox.clear_calls()
    green(two_way)
    assert two_way.writes() == []
    assert len(known_links(two_way)) == len(before)
    quiet(two_way)


@A_FEW
@given(people=people)
@example(people=EVERYBODY)
def test_without_a_map_unique_ids_bring_the_pairs_back(unique: Lab, people: People):
    """BEY-7: the very same pairs, though every account was renamed; a name that Books had to suffix stays."""
    made(unique, people)
    before = pairs(unique)
    lose_the_store(later(unique))
    unique.sandbox.clear_calls()
    green(unique)
    assert unique.writes() == []
    assert pairs(unique) == before
    quiet(unique)


def made(lab: Lab, people: People) -> list[tuple[object, ...]]:
    """Makes people on both sides and brings them in step; returns the links."""
    direction = lab.settings_file.read_text()
    lab.start_over()
    lab.settings_file.write_text(direction)
    if UNIQUE_IDS in direction:
        with_books_ids(lab)
    make(lab, people)
    settled(lab)
    return known_links(lab)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_lost_store_is_brought_back(two_way: Lab, tmp_path: Path, ending: str):
    """BEY-7: store lost, map imported, a run: the same links with their bases, and not a single write."""
    fill(two_way)
    settled(two_way)
    before, file = known_links(two_way), saved(two_way, tmp_path / f"map.{ending}")
    assert len(before) > 4
    lose_the_store(later(two_way))
    bring_back(two_way, file)
    assert known_links(two_way) == before
    quiet(two_way)
    assert known_links(two_way) == before


def test_an_import_is_repeated_safely(two_way: Lab, tmp_path: Path):
    """BEY-7: what is there already is left as it is; the history tells of the import, and by whom, once."""
    fill(two_way)
    settled(two_way)
    file = saved(two_way, tmp_path / "map.csv")
    before = known_links(two_way)
    assert bring_back(two_way, file) == 0
    lose_the_store(two_way)
    assert bring_back(two_way, file) == len(before)
    assert bring_back(two_way, file) == 0
    assert known_links(two_way) == before
    with two_way.store.connect() as connection:
        told = connection.execute(select(runs.c.origin, runs.c.about, runs.c.state)).all()
        reasons = set(connection.scalars(select(changes.c.reason)))
    assert [(one.origin.split(":")[2], one.about, one.state) for one in told] == [
        ("anna", "identity map map.csv", "success")
    ]
    assert reasons == {"imported from map.csv by anna"}


def test_deleted_stays_deleted_after_a_loss(two_way: Lab, tmp_path: Path):
    """BEY-7, OPS-7: links that ended come back with the others, so what was deleted on one side is not made again."""
    acme = account(two_way, "Acme")
    account(two_way, "Birch")
    business(two_way, "Cedar")
    settled(two_way)
    ids = customer_ids(two_way)
    later(two_way).crm.delete("Accounts", [acme])
    two_way.books.delete_contact(ids["Birch"])
    green(two_way, full_scan=True)
    assert len(pairs(two_way)) == 1
    file = saved(two_way, tmp_path / "map.csv")
    lose_the_store(later(two_way))
    bring_back(two_way, file)
    quiet(two_way)
    assert sorted(customer_ids(two_way)) == ["Acme", "Cedar"]
    assert sorted(one["Account_Name"] for one in two_way.accounts()) == ["Birch", "Cedar"]


def test_what_was_deleted_since_the_export_stays_deleted(two_way: Lab, tmp_path: Path):
    """BEY-7, OPS-7, CUS-8: records that are not there are refused, or taken as deleted: then nothing is made of them.

    The contact of a deleted account stays what it was: it does not come a second time with its account made anew.
    """
    ids = {name: account(two_way, name) for name in ("Acme", "Birch", "Dune", "Elm")}
    contact(two_way, "Lee", ids["Acme"])
    ray = contact(two_way, "Ray", ids["Birch"])
    business(two_way, "Cedar", contact_persons=[{"last_name": "Young"}, {"last_name": "Zed"}])
    settled(two_way)
    customers = customer_ids(two_way)
    zed = two_way.customers()["Cedar"]["contact_persons"][1]["contact_person_id"]
    file, count = saved(two_way, tmp_path / "map.csv"), len(known_links(two_way))
    lose_the_store(later(two_way))
    two_way.crm.delete("Accounts", [ids["Acme"], ids["Elm"]])
    two_way.crm.delete("Contacts", [ray])
    for name in ("Dune", "Elm"):
        two_way.books.delete_contact(customers[name])
    two_way.books.delete_contact_person(zed)
    with pytest.raises(BadFileError) as refused:
        bring_back(two_way, file)
    what = "correct the id, or import with --with-deleted if the record was deleted since the export"
    assert {one.rpartition(what)[1] for one in refused.value.told} == {what}
    assert len(refused.value.told) == 6  # Elm is missed on both sides
    assert known_links(two_way) == []

    assert bring_back(two_way, file, with_deleted=True) == count
    green(two_way)
    quiet(two_way)
    assert persons(two_way) == {"Acme": ["Lee"], "Birch": ["Ray"], "Cedar": ["Young"]}
    assert sorted(one["Account_Name"] for one in two_way.accounts()) == ["Birch", "Cedar", "Dune"]
    assert sorted(one["Full_Name"] for one in two_way.contacts()) == ["Lee", "Young", "Zed"]
    assert [one.what for one in verify(two_way.job()).findings] == []
    two_way.books.update_contact(customers["Acme"], {"notes": "back"})
    green(later(two_way))
    assert sorted(one["Account_Name"] for one in two_way.accounts()) == ["Acme", "Birch", "Cedar", "Dune"]
    assert sorted(one["Full_Name"] for one in two_way.contacts()) == ["Lee", "Young", "Zed"]


def test_what_nobody_has_seen_go_is_mended(two_way: Lab, tmp_path: Path):
    """BEY-7, OPS-7: deleted between an import and the first run; links verify --repair has it stay deleted."""
    acme, birch = account(two_way, "Acme"), account(two_way, "Birch")
    contact(two_way, "Lee", acme)
    ray = contact(two_way, "Ray", birch)
    settled(two_way)
    file = saved(two_way, tmp_path / "map.csv")
    lose_the_store(later(two_way))
    bring_back(two_way, file)
    two_way.crm.delete("Accounts", [acme])
    two_way.crm.delete("Contacts", [ray])
    assert repair(verify(two_way.job()), "anna") == 2
    green(two_way)
    quiet(two_way)
    assert [one["Account_Name"] for one in two_way.accounts()] == ["Birch"]
    assert [one["Full_Name"] for one in two_way.contacts()] == ["Lee"]
    assert persons(two_way) == {"Acme": ["Lee"], "Birch": ["Ray"]}
    assert verify(two_way.job()).findings == []


def test_an_imported_link_needs_no_base(two_way: Lab, tmp_path: Path):
    """BEY-7: a file made by hand, of ids alone: the two are brought in step like two that meet for the first time.

    What only a contact person has, of a record means nothing.
    """
    acme, books_id = (
        account(two_way, "Acme", Description="ours"),
        business(two_way, "Akme", website="https://a.example"),
    )
    file = tmp_path / "map.csv"
    file.write_text(f"module,kind,sales_id,books_id,below\ncustomers,business,{acme},{books_id},nobody\n")
    assert bring_back(two_way, file) == 1
    settled(two_way)
    assert pairs(two_way) == {(acme, books_id)}
    (only,) = two_way.customers().values()
    assert (only["contact_name"], only["notes"]) == ("Acme", "ours")
    assert [one["Website"] for one in two_way.accounts()] == ["https://a.example"]


def test_products_and_vendors_come_back_too(one_way: Lab, tmp_path: Path):
    """BEY-7: a map of several modules; a product has no contact persons, a vendor is its own."""
    one_way.crm.insert("Products", [{"Product_Name": "Chai", "Unit_Price": 1}])
    one_way.crm.insert("Vendors", [{"Vendor_Name": "Bolts", "Email": "bolts@example.com"}])
    for module in ("products", "vendors"):
        settled(one_way, module)
    before, file = known_links(one_way), saved(one_way, tmp_path / "map.parquet")
    lose_the_store(later(one_way))
    assert bring_back(one_way, file, "products", "vendors") == len(before)
    assert known_links(one_way) == before
    for module in ("products", "vendors"):
        quiet(one_way, module)


def test_transactions_come_back_too(firm: Lab, tmp_path: Path):
    """BEY-7, TXN-2: with their lines as they were, and with the records that they refer to; nothing is made twice."""
    bill(firm, line(items(firm)["Tea"], "10"), line(None, "3.50", description="freight"))
    made_in_crm(firm)
    settle(firm)
    settled(firm, "products")  # they have work of their own left
    before, file = known_links(firm), saved(firm, tmp_path / "map.csv")
    modules = ("products", "customers", "vendors", "invoices")
    assert [one[0] for one in before].count("invoices") == 2
    lose_the_store(later(firm))
    assert bring_back(firm, file, *modules) == len(before)
    assert known_links(firm) == before
    firm.sandbox.clear_calls()
    for module in modules:
        green(firm, module)
    assert [(one["method"], one["path"], one["status"]) for one in firm.writes()] == []
    assert (len(in_books(firm)), len(in_crm(firm))) == (2, 2)


def test_transactions_that_lost_their_links_are_not_doubled(firm: Lab):
    """BEY-7, TXN-2: no map, no unique id: neither side is written, and each says with what it was linked."""
    bill(firm, line(items(firm)["Tea"], "10"))
    invoice = made_in_crm(firm)
    settle(firm)
    before = {(one[3], one[4]) for one in known_links(firm) if one[0] == "invoices"}
    lose_the_store(later(firm))
    for module in ("products", "customers", "vendors"):
        green(firm, module)
    firm.sandbox.clear_calls()
    green(firm, "invoices")
    green(later(firm), "invoices", full_scan=True)
    assert firm.writes() == []
    assert (len(in_books(firm)), len(in_crm(firm))) == (2, 2)
    with firm.store.connect() as connection:
        told = connection.execute(select(changes.c.sales_id, changes.c.books_id, changes.c.reason)).all()
    left = [one for one in told if "nothing links the two any more" in one.reason]
    assert sorted(str(one.sales_id or one.books_id) for one in left) == sorted(one for pair in before for one in pair)
    assert all(f"zoho-sync links relink demo invoices {one.sales_id}" in one.reason for one in left if one.sales_id)

    for sales_id, books_id in before:
        job = firm.job(module="invoices")
        carry_out(job, edits.relink(job, sales_id, books_id), "anna")
    settle(firm)
    assert {(one[3], one[4]) for one in known_links(firm) if one[0] == "invoices"} == before
    record = firm.crm.record("Invoices", invoice)
    assert record
    assert record["Subject"] == "Offer"
