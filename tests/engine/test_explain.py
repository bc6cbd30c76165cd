"""Why a record is as it is: both sides, each field's origin, and why it is not in step; nobody is asked (BEY-9)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from sandbox import defaults
from tests.support.lab import Lab
from tests.support.pairs import account, business, contact, customer_ids, green, later
from tests.support.transactions import items, line
from zoho.core.records import Side
from zoho.engine.control import state
from zoho.engine.errors import NotThere
from zoho.engine.explain.find import Found, find_records
from zoho.engine.explain.record import explain
from zoho.engine.explain.told import Explanation, FieldTold, Standing, Why
from zoho.store.controls import Pause
from zoho.store.tables import metadata

MINE = {"Owner": {"id": defaults.CONNECTED_USER.crm_id}}
NOT_MINE = {"Owner": {"id": defaults.COLLEAGUE.crm_id}}
REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}


def told(lab: Lab, record_id: str, module: str = "customers") -> Explanation:
    """What is told of a record; no call is made for it and nothing is stored."""
    before, content = len(lab.sandbox.calls()), stored(lab)
    found = explain(lab.store, lab.configured, module, record_id)
    assert len(lab.sandbox.calls()) == before
    assert stored(lab) == content
    return found


def stored(lab: Lab) -> dict[str, list[Any]]:
    """All that the store holds."""
    with lab.store.connect() as connection:
        return {
            name: sorted(map(str, connection.execute(select(table)).all())) for name, table in metadata.tables.items()
        }


def found(lab: Lab, text: str, module: str | None = None) -> list[Found]:
    """What a text means."""
    return find_records(lab.store, lab.configured, text, module)


def field(explanation: Explanation, key: str) -> FieldTold:
    """One of its fields."""
    return next(one for one in explanation.fields if one.key == key)


def whys(explanation: Explanation) -> dict[Why, tuple[Side | None, str]]:
    """Why it stands as it does."""
    return {one.why: (one.side, one.detail) for one in explanation.reasons}


@pytest.fixture
def acme(two_way: Lab) -> str:
    """A customer in step, with a contact person; its sales id."""
    sales_id = account(two_way, "Acme", Description="first", Website="https://acme.example")
    contact(two_way, "Lee", sales_id, First_Name="Ann", Email="ann@acme.example")
    green(later(two_way))
    return sales_id


def test_each_field_tells_where_it_came_from(two_way: Lab, acme: str):
    """BEY-9: both sides, the base, and the side, run, time and rule that gave a field its value."""
    books_id = customer_ids(two_way)["Acme"]
    two_way.crm.update("Accounts", [{"id": acme, "Description": "second"}])
    green(later(two_way))
    later(two_way).books.update_contact(books_id, {"website": "https://books.example"})
    green(later(two_way))
    green(later(two_way))
    one = told(two_way, acme)
    assert (one.standing, one.reasons, one.name, one.kind) == (Standing.IN_STEP, [], "Acme", "business")
    assert (one.sales_id, one.books_id) == (acme, books_id)
    notes, website = field(one, "notes"), field(one, "website")
    assert (notes.sales, notes.books, notes.base_sales, notes.base_books) == ("second",) * 4
    assert (website.sales, website.books) == ("https://books.example",) * 2
    assert notes.origin
    assert website.origin
    assert (notes.origin.run_id, notes.origin.set_by) == ("demo-2", "sales")
    assert notes.origin.reason == "changed on the sales side"
    assert (website.origin.run_id, website.origin.set_by) == ("demo-3", "books")
    name = field(one, "contact_name").origin
    assert name
    assert (name.run_id, name.set_by, name.reason) == ("demo-1", "sales", "not in Books yet")
    assert one.link
    assert (one.link.run_id, one.link.ended_at) == ("demo-3", None)
    assert one == told(two_way, books_id)


def test_an_edit_that_waits_is_told_with_what_comes_of_it(two_way: Lab, acme: str):
    """BEY-9: what the next run does about a field, before it does it."""
    two_way.crm.update("Accounts", [{"id": acme, "Description": "second"}])
    two_way.run(dry_run=True)
    one = told(later(two_way), acme)
    notes = field(one, "notes")
    assert one.standing is Standing.PENDING
    assert whys(one) == {Why.TO_WRITE: ("books", "changed on the sales side")}
    assert (notes.sales, notes.books, notes.base_sales) == ("second", "first", "first")
    assert (list(notes.edited), notes.outcome, notes.target) == (["sales"], "write", "books")
    assert field(one, "website").outcome == "same"


def test_a_contact_person_is_told_with_its_customer(two_way: Lab, acme: str):
    """BEY-9: the person's own fields, where they came from, and the customer; that tells its persons."""
    whole = told(two_way, acme)
    (person,) = whole.below
    assert (person.name, person.linked) == ("Ann Lee", True)
    for record_id in (person.sales_id, person.books_id):
        assert record_id
        one = told(two_way, record_id)
        assert (one.kind, one.name, one.standing) == ("contact_person", "Ann Lee", Standing.IN_STEP)
        assert one.above
        assert (one.above.name, one.above.sales_id, one.above.books_id) == ("Acme", acme, whole.books_id)
        email = field(one, "email")
        assert (email.sales, email.books) == ("ann@acme.example",) * 2
        assert email.origin
        assert (email.origin.run_id, email.origin.set_by) == ("demo-1", "sales")


def test_an_edit_that_may_not_travel_is_told(two_way: Lab, acme: str):
    """BEY-9: with direction from_sales an edit in Books stays there, and why."""
    two_way.settings(direction="from_sales")
    green(two_way)
    later(two_way).books.update_contact(customer_ids(two_way)["Acme"], {"notes": "theirs"})
    green(later(two_way))
    one = told(two_way, acme)
    assert one.standing is Standing.HELD
    side, detail = whys(one)[Why.DRIFT]
    assert side == "sales"
    assert detail.startswith("notes: ")
    assert "the direction is from_sales" in detail
    assert field(one, "notes").outcome == "drift"


def test_a_failure_is_told_until_it_is_mended(one_way: Lab):
    """BEY-9: the reason, and the run; after the run that mends it the record is in step."""
    sales_id = account(one_way, "Acme")
    one_way.sandbox.faults([{**REFUSED, "body": {"code": 4, "message": "Invalid value"}}])
    one_way.run()
    one = told(one_way, sales_id)
    assert one.standing is Standing.HELD
    (reason,) = [reason for reason in one.reasons if reason.why is Why.FAILED]
    assert "Invalid value" in reason.detail
    assert reason.run_id == "demo-1"
    one_way.sandbox.clear_faults()
    green(one_way)
    assert told(one_way, sales_id).standing is Standing.IN_STEP


def left_alone_by_policy(lab: Lab) -> tuple[str, Why]:
    lab.settings(duplicates="skip")
    business(lab, "Acme")
    sales_id = account(lab, "Acme")
    green(lab)
    return sales_id, Why.LEFT_ALONE


def deleted_in_books(lab: Lab) -> tuple[str, Why]:
    sales_id, _ = account(lab, "Acme"), account(lab, "Birch")
    green(lab)
    later(lab).books.delete_contact(customer_ids(lab)["Acme"])
    later(lab).run(full_scan=True)
    return sales_id, Why.BURIED


def deleted_on_the_sales_side(lab: Lab) -> tuple[str, Why]:
    sales_id = account(lab, "Acme")
    green(lab)
    lab.crm.delete("Accounts", [sales_id])
    later(lab).run()
    return sales_id, Why.DELETED


def without_an_account(lab: Lab) -> tuple[str, Why]:
    lab.settings(include_unassociated_contacts=False)
    sales_id = contact(lab, "Lee")
    green(lab)
    return sales_id, Why.LEFT_ALONE


def only_in_books(lab: Lab) -> tuple[str, Why]:
    books_id = business(lab, "Acme")
    green(lab)
    return books_id, Why.NO_WAY


@pytest.mark.parametrize(
    "story", [left_alone_by_policy, deleted_in_books, deleted_on_the_sales_side, without_an_account, only_in_books]
)
def test_what_keeps_a_record_from_being_in_step_is_told(one_way: Lab, story: Callable[[Lab], tuple[str, Why]]):
    """BEY-9: a policy, a deletion, a setting, a direction."""
    record_id, why = story(one_way)
    one = told(one_way, record_id)
    assert one.standing is Standing.HELD
    assert why in whys(one), one.reasons


def test_a_record_that_left_the_view_says_so(one_way: Lab):
    """BEY-9, CUS-5: what no view shows any more is not kept in step."""
    one_way.settings_add("accounts_view: My Accounts")
    sales_id = account(one_way, "Acme", **MINE)
    green(one_way)
    one_way.crm.update("Accounts", [{"id": sales_id, **NOT_MINE}])
    green(later(one_way))
    one = told(one_way, sales_id)
    assert (one.standing, whys(one)) == (Standing.HELD, {Why.LEFT_VIEW: ("sales", "")})


def test_a_new_record_says_what_becomes_of_it(two_way: Lab):
    """BEY-9: new on one side, or taken for one of the same name that the other has."""
    new, twin = account(two_way, "Acme"), account(two_way, "Birch")
    business(two_way, "Birch")
    two_way.settings(duplicates="overwrite")
    two_way.run(dry_run=True)
    assert whys(told(two_way, new)) == {Why.NEW: ("books", "not in Books yet")}
    assert whys(told(two_way, twin))[Why.NAMESAKE][0] == "books"
    assert told(two_way, new).standing is Standing.PENDING


def test_a_paused_integration_is_a_reason(two_way: Lab, acme: str):
    """BEY-9: nothing runs, so nothing is brought in step."""
    state.pause(two_way.store, "demo", Pause.DRAIN, "hanako", "stock-taking", datetime.now(UTC))
    _, detail = whys(told(two_way, acme))[Why.STOPPED]
    assert "by hanako: stock-taking" in detail


def test_a_value_that_cannot_be_translated_is_named(two_way: Lab, acme: str):
    """BEY-9: the field and the value; what Books holds is told all the same."""
    two_way.map_with("Website", "website", "{choices: {Gold: gold}}")
    one = told(two_way, acme)
    side, detail = whys(one)[Why.UNREADABLE]
    assert one.standing is Standing.HELD
    assert side is None
    assert "Website" in detail
    assert field(one, "notes").books == "first"


def test_a_transaction_tells_what_it_waits_for(firm: Lab):
    """BEY-9, TXN-2: an invoice of a customer that is not linked says which link is missing; then it is in step."""
    stranger = business(firm, "Stranger")
    tea = items(firm)["Tea"]
    made = firm.books.invoices.create({"customer_id": stranger, "line_items": [line(tea, "9.99", "3")]})
    later(firm).run("invoices")
    one = told(firm, made["invoice_id"], "invoices")
    assert one.standing is Standing.HELD
    assert {Why.MISSING, Why.FAILED} & whys(one).keys(), one.reasons
    green(firm)
    green(later(firm), "invoices")
    one = told(firm, made["invoice_id"], "invoices")
    assert (one.standing, one.kind, one.reasons) == (Standing.IN_STEP, "invoice", [])
    lines = next(one for one in one.fields if one.key.endswith("lines") or one.key == "line_items")
    assert "9.99" in str(lines.sales)
    assert lines.sales == lines.books


def test_a_record_is_found_by_either_id_and_by_name(two_way: Lab, acme: str):
    """BEY-9: a pair is one hit; a name goes before a part of it, and what nobody saw is said so."""
    books_id = customer_ids(two_way)["Acme"]
    account(two_way, "Acme Trading")
    green(later(two_way))
    for text in (acme, books_id, "Acme", " acme "):
        assert [(one.sales_id, one.books_id) for one in found(two_way, text)] == [(acme, books_id)]
    assert [one.name for one in found(two_way, "acm")] == ["Acme", "Acme Trading"]
    assert [one.name for one in found(two_way, "ann")] == ["Ann Lee"]
    for text in ("nobody", "1234567890123", "%"):
        with pytest.raises(NotThere, match="No run of demo has seen"):
            found(two_way, text)
    with pytest.raises(NotThere, match="Name a record"):
        found(two_way, " ")
    with pytest.raises(LookupError):
        found(two_way, "Acme", "estimates")
    with pytest.raises(NotThere):
        told(two_way, "1234567890123")
