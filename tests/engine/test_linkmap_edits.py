"""Single links are mended by a person: relinked, unlinked, merged, split (BEY-7)."""

import pytest
from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.pairs import (
    UNIQUE_IDS,
    account,
    business,
    contact,
    customer_ids,
    green,
    later,
    pairs,
    quiet,
    settled,
)
from zoho.engine.errors import NotThere
from zoho.engine.linkmap import edits
from zoho.engine.linkmap.editing import Edit, carry_out
from zoho.store import actions
from zoho.store.tables import changes, links, runs


def done(lab: Lab, edit: Edit) -> None:
    carry_out(lab.job(), edit, "anna")


def linked(lab: Lab, sales_id: str) -> str | None:
    return dict(pairs(lab)).get(sales_id)


def history(lab: Lab) -> list[tuple[str, str, str]]:
    """What anna did: about, action, reason."""
    with lab.store.connect() as connection:
        query = select(runs.c.about, changes.c.action, changes.c.reason).join(
            changes, changes.c.run_id == runs.c.run_id
        )
        rows = connection.execute(
            query.where(runs.c.origin.like("%:anna:%")).order_by(runs.c.started_at, changes.c.seq)
        )
        return [(row.about, row.action, row.reason) for row in rows]


def audit(lab: Lab) -> list[tuple[str, str, str | None, str | None]]:
    with lab.store.connect() as connection:
        return [(one.actor, one.action, one.module, one.outcome) for one in actions.recent(connection, "demo")]


def test_relink_gives_the_record_another_customer(two_way: Lab):
    """BEY-7: the record goes with the other one from then on; the one before is left alone, edited or not."""
    acme = account(two_way, "Acme", Description="ours")
    settled(two_way)
    before, other = customer_ids(two_way)["Acme"], business(later(two_way), "Akme")
    two_way.settings(direction="from_sales")
    edit = edits.relink(two_way.job(), acme, other)
    assert "Acme" in edit.told[0]
    assert "Akme" in edit.told[0]
    assert linked(two_way, acme) == before
    done(two_way, edit)
    assert pairs(two_way) == {(acme, other)}
    two_way.settings(direction="two_way")
    green(two_way)
    assert {one["contact_id"]: one["notes"] for one in two_way.customers().values()}[other] == "ours"
    two_way.books.update_contact(before, {"notes": "edited"})
    quiet(later(two_way))
    assert pairs(two_way) == {(acme, other)}
    assert history(two_way) == [
        ("relink", "retire", f"linked with {other} instead (by anna)"),
        ("relink", "link", "linked (by anna)"),
    ]
    assert audit(two_way) == [("anna", "links relink", "customers", "done")]
    assert edits.relink(two_way.job(), acme, other).is_done


def test_relink_takes_nothing_away(two_way: Lab):
    """BEY-7: a record that is linked, or not there, is refused with a sentence that says what to do."""
    acme, birch = account(two_way, "Acme"), account(two_way, "Birch")
    lee = contact(two_way, "Lee", acme)
    settled(two_way)
    with pytest.raises(NotThere, match=rf"Acme .* is linked with {acme} .* Unlink them first"):
        edits.relink(two_way.job(), birch, str(linked(two_way, acme)))
    with pytest.raises(NotThere, match=rf"Lee \({lee}\) is a contact person of {linked(two_way, acme)}"):
        edits.relink(two_way.job(), lee, business(later(two_way), "Lee"))
    with pytest.raises(NotThere, match="Books has no record 99 in contacts"):
        edits.relink(two_way.job(), acme, "99")
    with pytest.raises(NotThere, match="The sales side has no record 99 in Accounts, Contacts"):
        edits.relink(two_way.job(), "99", str(linked(two_way, acme)))


def test_unlink_leaves_both_alone_until_they_are_linked_again(two_way: Lab):
    """BEY-7: edits and equal names bring nothing back; a relink does, and what both hold is merged."""
    acme = account(two_way, "Acme")
    lee = contact(two_way, "Lee", acme)
    settled(two_way)
    books_id = str(linked(two_way, acme))
    done(two_way, edits.unlink(two_way.job(), books_id))
    assert pairs(two_way) == pairs(two_way, "child") == set()
    later(two_way).crm.update("Accounts", [{"id": acme, "Description": "edited"}])
    two_way.crm.update("Contacts", [{"id": lee, "First_Name": "Ann"}])
    two_way.books.update_contact(books_id, {"website": "https://acme.example"})
    quiet(two_way)
    assert pairs(two_way) == set()
    done(two_way, edits.relink(two_way.job(), acme, books_id))
    settled(two_way)
    assert pairs(two_way) == {(acme, books_id)}
    assert len(pairs(two_way, "child")) == 1
    (person,) = two_way.customers()["Acme"]["contact_persons"]
    assert (two_way.customers()["Acme"]["notes"], person["first_name"]) == ("edited", "Ann")
    assert [one["Website"] for one in two_way.accounts()] == ["https://acme.example"]
    with pytest.raises(NotThere, match="No link of customers holds a record 99"):
        edits.unlink(two_way.job(), "99")


def test_an_old_unlink_says_nothing_of_a_newer_link(two_way: Lab):
    """BEY-7, OPS-7: linked again and then deleted in Books, the account is sent anew when it is edited."""
    acme = account(two_way, "Acme")
    account(two_way, "Birch")
    settled(two_way)
    books_id = str(linked(two_way, acme))
    done(two_way, edits.unlink(two_way.job(), acme))
    done(two_way, edits.relink(two_way.job(), acme, books_id))
    settled(two_way)
    later(two_way).books.delete_contact(books_id)
    green(two_way, full_scan=True)
    assert list(customer_ids(two_way)) == ["Birch"]
    later(two_way).crm.update("Accounts", [{"id": acme, "Description": "still here"}])
    green(two_way)
    assert sorted(customer_ids(two_way)) == ["Acme", "Birch"]


@pytest.mark.parametrize("books_of_other", [False, True])
def test_merge_makes_one_link_of_two(two_way: Lab, books_of_other: bool):
    """BEY-7: one account and one customer stay linked, with the persons below that customer; the others are left."""
    acme, double = account(two_way, "Acme"), account(two_way, "Acme Ltd")
    contact(two_way, "Lee", acme)
    ray = contact(two_way, "Ray", double)
    settled(two_way)
    ids = customer_ids(two_way)
    stays = ids["Acme Ltd"] if books_of_other else ids["Acme"]
    done(two_way, edits.merge(two_way.job(), acme, ids["Acme Ltd"], books_of_other=books_of_other))
    assert pairs(two_way) == {(acme, stays)}
    later(two_way).crm.update("Contacts", [{"id": ray, "Account_Name": {"id": acme}}])  # as the CRM does it
    two_way.crm.delete("Accounts", [double])
    settled(two_way)
    assert pairs(two_way) == {(acme, stays)}
    assert set(customer_ids(two_way).values()) == set(ids.values())
    assert [one["id"] for one in two_way.accounts()] == [acme]
    assert len(two_way.contacts()) == 2
    kept = {one["contact_id"]: one["contact_persons"] for one in two_way.customers().values()}[stays]
    assert sorted(person["last_name"] for person in kept) == ["Lee", "Ray"]
    with pytest.raises(NotThere, match="of one link already"):
        edits.merge(two_way.job(), acme, stays)


def test_split_parts_two_for_good(two_way: Lab):
    """BEY-7: each gets a counterpart of its own, though they are called alike; then nothing happens."""
    acme, books_id = account(two_way, "Acme"), business(two_way, "Acme")
    settled(two_way)
    assert pairs(two_way) == {(acme, books_id)}
    done(two_way, edits.split(two_way.job(), acme))
    settled(two_way)
    found = dict(pairs(two_way))
    assert sorted(customer_ids(two_way)) == ["Acme", "Acme (2)"]
    assert found[acme] == customer_ids(two_way)["Acme (2)"]
    assert len(found) == len(two_way.accounts()) == 2


def test_unique_ids_are_minded(unique: Lab):
    """BEY-4, BEY-7: a record that still holds the other's unique id would be found by it: it says what to empty."""
    acme = account(unique, "Acme")
    settled(unique)
    books_id, other = str(linked(unique, acme)), business(later(unique), "Other")
    for edit in (lambda: edits.split(unique.job(), acme), lambda: edits.relink(unique.job(), acme, other)):
        with pytest.raises(NotThere, match=rf"Acme \({books_id}\) of Books holds {acme} in cf_crm_id.*Empty"):
            edit()
    unique.settings_add(UNIQUE_IDS.replace("books: cf_crm_id, ", ""))
    with pytest.raises(NotThere, match=rf"Acme \({acme}\) holds {books_id} in Books_ID"):
        edits.split(unique.job(), acme)


def test_what_changed_meanwhile_is_not_undone(two_way: Lab):
    """BEY-7: what was shown is done, or nothing: somebody else unlinked the two in between."""
    acme = account(two_way, "Acme")
    settled(two_way)
    first, second = (edits.unlink(two_way.job(), acme) for _ in range(2))
    done(two_way, first)
    with pytest.raises(NotThere, match="linked otherwise meanwhile"):
        done(two_way, second)
    with two_way.store.connect() as connection:
        assert connection.scalar(select(links.c.retired_why)) == "unlinked"
    assert audit(two_way)[0][3] == (
        "These records were linked otherwise meanwhile. Nothing was changed; look at them again."
    )
