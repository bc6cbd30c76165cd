"""The links are held against both systems, and the store is mended (BEY-7)."""

from sqlalchemy import delete, select, update

from tests.support.lab import Lab
from tests.support.maps import fill, known_links
from tests.support.pairs import account, business, contact, customer_ids, green, later, pairs, persons, quiet, settled
from zoho.engine.linkmap import edits
from zoho.engine.linkmap.editing import carry_out
from zoho.engine.linkmap.repair import repair
from zoho.engine.linkmap.verify import Repair, Verified, verify
from zoho.store import actions
from zoho.store.tables import changes, links, observations, runs


def look(lab: Lab) -> Verified:
    return verify(lab.job())


def found(verified: Verified) -> list[tuple[str, Repair]]:
    return [(one.what, one.repair) for one in verified.findings]


def test_sound_links_are_found_sound(two_way: Lab):
    """BEY-7: nothing is found where nothing is wrong, whoever shares a name; nothing is written anywhere."""
    fill(two_way)
    settled(two_way)
    before = known_links(two_way)
    two_way.sandbox.clear_calls()
    verified = look(two_way)
    assert found(verified) == []
    assert (verified.links, verified.persons) == (len(pairs(two_way)), len(pairs(two_way, "child")))
    assert two_way.writes() == []
    assert repair(verified, "anna") == 0
    assert known_links(two_way) == before


def test_a_record_that_is_gone_is_told_and_noted(two_way: Lab):
    """BEY-7, OPS-7: on either side; the store is told of it, and the next run ends the links without a write."""
    acme, birch = account(two_way, "Acme"), account(two_way, "Birch")
    account(two_way, "Cedar")
    settled(two_way)
    ids = customer_ids(two_way)
    later(two_way).crm.delete("Accounts", [acme])
    two_way.books.delete_contact(ids["Birch"])
    verified = look(two_way)
    assert sorted(found(verified)) == [
        ("the record in Books is gone", Repair.NOTE_DELETED),
        ("the record on the sales side is gone", Repair.NOTE_DELETED),
    ]
    assert len(pairs(two_way)) == 3
    assert repair(verified, "anna") == 2
    two_way.sandbox.clear_calls()
    green(two_way)
    assert two_way.writes() == []
    assert birch not in dict(pairs(two_way))
    assert (len(pairs(two_way)), found(look(two_way))) == (1, [])
    quiet(two_way)
    assert sorted(customer_ids(two_way)) == ["Acme", "Cedar"]


def test_a_pair_that_is_gone_on_both_sides_ends(two_way: Lab):
    """BEY-7: its link ends at once; the history and the audit say so."""
    acme = account(two_way, "Acme")
    account(two_way, "Birch")
    settled(two_way)
    later(two_way).books.delete_contact(customer_ids(two_way)["Acme"])
    two_way.crm.delete("Accounts", [acme])
    verified = look(two_way)
    assert found(verified) == [("both records are gone", Repair.END)]
    repair(verified, "anna")
    assert len(pairs(two_way)) == 1
    with two_way.store.connect() as connection:
        told = connection.execute(
            select(changes.c.name, changes.c.action, changes.c.reason)
            .join(runs, runs.c.run_id == changes.c.run_id)
            .where(runs.c.about == "repair of the identity map")
        ).all()
        (action,) = actions.recent(connection, "demo")
    assert [tuple(one) for one in told] == [("Acme", "retire", "both records are gone (by anna)")]
    assert (action.actor, action.action, action.module, action.outcome) == (
        "anna",
        "links verify",
        "customers",
        "done",
    )


def test_what_records_tell_is_compared(unique: Lab):
    """BEY-4, BEY-7: unique ids and Zoho's own marks; a person decides, with the command that would mend it."""
    acme, birch = account(unique, "Acme"), account(unique, "Birch")
    settled(unique)
    ids = customer_ids(unique)
    with unique.store.begin() as connection:
        connection.execute(update(links).where(links.c.sales_id == acme).values(books_id="1"))
        connection.execute(update(links).where(links.c.sales_id == birch).values(books_id=ids["Acme"]))
        connection.execute(update(links).where(links.c.sales_id == acme).values(books_id=ids["Birch"]))
    findings = look(unique).findings
    assert {one.repair for one in findings} == {Repair.NOTHING}
    assert {(one.sales_id, one.what) for one in findings} == {
        (acme, f"the record of Books says in cf_crm_id that it is {birch} of the sales side"),
        (acme, f"the record of the sales side says in Books_ID that it is {ids['Acme']} of Books"),
        (birch, f"the record of Books says in cf_crm_id that it is {acme} of the sales side"),
        (birch, f"the record of the sales side says in Books_ID that it is {ids['Birch']} of Books"),
    }
    assert {one.advice for one in findings} == {
        f"if that is right: zoho-sync links relink demo customers {acme} {ids['Acme']}",
        f"if that is right: zoho-sync links relink demo customers {birch} {ids['Birch']}",
    }


def test_marks_of_zohos_own_integration_are_compared(two_way: Lab):
    """BEY-7: a customer that Zoho has marked as another account's is told."""
    acme, birch = account(two_way, "Acme"), account(two_way, "Birch")
    settled(two_way)
    later(two_way).sandbox.crm_link(customer_ids(two_way)["Acme"], "zcrm_account_id", birch)
    (one,) = look(two_way).findings
    assert one.what == f"the record of Books says by Zoho's own integration that it is {birch} of the sales side"
    assert one.sales_id == acme


def test_what_may_be_doubled_is_told(two_way: Lab):
    """BEY-7: a record that no link holds and that is called like a linked one, on either side."""
    two_way.settings(direction="from_sales")
    account(two_way, "Acme")
    settled(two_way)
    business(later(two_way), "Acme (2)")
    account(two_way, "acme")
    assert sorted((one.name, one.repair) for one in look(two_way).findings) == [
        ("Acme (2)", Repair.NOTHING),
        ("acme", Repair.NOTHING),
    ]
    acme, other = min(pairs(two_way))[0], business(later(two_way), "Akme")
    carry_out(two_way.job(), edits.relink(two_way.job(), acme, other), "anna")
    assert "Acme" not in {one.name for one in look(two_way).findings}  # anna has decided about that one


def test_contact_persons_are_looked_at_too(two_way: Lab):
    """BEY-7: a person that Books does not have, a contact that is gone, and one whose customer's link has ended."""
    acme, birch = account(two_way, "Acme"), account(two_way, "Birch")
    for name in ("Lee", "Ray"):
        contact(two_way, name, acme)
    poe = contact(two_way, "Poe", birch)
    settled(two_way)
    gone = sorted(pairs(two_way, "child"))[0][0]
    later(two_way).crm.delete("Contacts", [gone])
    with two_way.store.begin() as connection:
        connection.execute(update(links).where(links.c.role == "child", links.c.sales_id == poe).values(books_id="9"))
    assert sorted(found(look(two_way))) == [
        ("Books has no such contact person below Birch", Repair.LOOK_AGAIN),
        ("the contact on the sales side is gone", Repair.NOTE_DELETED),
    ]
    with two_way.store.begin() as connection:
        connection.execute(update(links).where(links.c.sales_id == birch).values(retired_at="2026-01-01T00:00:00Z"))
        connection.execute(delete(observations).where(observations.c.remote_id == gone))
    verified = look(two_way)
    assert {
        ("the link of its customer has ended", Repair.END),
        ("the contact on the sales side is gone", Repair.NOTE_DELETED),
    } <= set(found(verified))
    repair(verified, "anna")
    assert len(pairs(two_way, "child")) == 2
    green(two_way)
    assert found(look(two_way)) == []


def test_persons_that_were_deleted_are_no_mistake(two_way: Lab):
    """BEY-7, OPS-7: on either side; the other one is kept, and once a run knows, the links are in order."""
    acme = account(two_way, "Acme")
    for name in ("Lee", "Ray", "Poe"):
        contact(two_way, name, acme)
    settled(two_way)
    lee, ray, _ = (one["contact_person_id"] for one in two_way.customers()["Acme"]["contact_persons"])
    later(two_way).books.delete_contact_person(ray)
    assert found(look(two_way)) == []
    (contact_id,) = (sales_id for sales_id, person in pairs(two_way, "child") if person == lee)
    two_way.crm.delete("Contacts", [contact_id])
    green(later(two_way))
    assert found(look(two_way)) == []
    assert persons(two_way) == {"Acme": ["Lee", "Poe"]}
    assert sorted(one["Full_Name"] for one in two_way.contacts()) == ["Poe", "Ray"]


def test_vendors_and_products_are_looked_at(one_way: Lab):
    """BEY-7: a vendor is its own contact person, a product has none: nothing is wrong with either."""
    one_way.crm.insert("Products", [{"Product_Name": "Chai", "Unit_Price": 1}])
    one_way.crm.insert("Vendors", [{"Vendor_Name": "Bolts", "Email": "bolts@example.com"}])
    for module in ("products", "vendors"):
        settled(one_way, module)
        verified = verify(one_way.job(module=module))
        assert (verified.links, found(verified)) == (1, [])
