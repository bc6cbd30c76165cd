"""What a plan item says of itself: its direction and its reason (OPS-4, BEY-9)."""

import pytest

from tests.core.strategies import PERSON_KEYS, person
from zoho.core.children import NOBODY, ChildRules
from zoho.core.fieldrule import FieldRule
from zoho.core.merge import Direction, MergeRules
from zoho.core.plan import Action, PlanItem, RecordRules, plan_pair
from zoho.core.records import Base, Kind, Link, Record

KEYS = ("notes", "website")
BLANK = dict.fromkeys(KEYS)


def business(record_id: str, *persons: Record, **values: str) -> Record:
    return Record(record_id, Kind.BUSINESS, "Acme", {**BLANK, **values}, persons)


def only_item(sales: Record, books: Record, base: Base | None, direction: Direction, **links: Link) -> PlanItem:
    merge = MergeRules(direction)
    (item,) = plan_pair(sales, books, base, links, NOBODY, RecordRules(KEYS, merge, ChildRules(PERSON_KEYS, merge)))
    return item


def test_a_blank_that_is_filled_is_no_edit():
    """BEY-9, BEY-2: nobody changed anything, so the history does not say so."""
    never_met = Base({"website": None}, {"website": None})
    item = only_item(business("s", notes="old"), business("b"), never_met, Direction.TWO_WAY)
    assert (item.action, item.target, item.reason) == (Action.UPDATE, "books", "blank in Books")
    item = only_item(business("s"), business("b", notes="old"), never_met, Direction.TWO_WAY)
    assert (item.action, item.target, item.reason) == (Action.UPDATE, "sales", "blank on the sales side")
    item = only_item(business("s", notes="old", website="new"), business("b"), never_met, Direction.TWO_WAY)
    assert item.reason == "changed on the sales side"


def test_an_edit_in_books_drifts_on_its_way_to_the_sales_side():
    """CUS-3, BEY-9: with from_sales it is filed under the direction that it would have gone."""
    base = Base(BLANK, BLANK)
    item = only_item(business("s"), business("b", notes="new"), base, Direction.FROM_SALES)
    assert (item.action, item.direction) == (Action.DRIFT, "books_to_sales")
    assert item.reason == "notes: changed in Books; not sent, the direction is from_sales"


def test_so_does_an_edited_contact_person():
    """CUS-3, BEY-9: the same below a customer."""
    held = dict.fromkeys(PERSON_KEYS) | {"last_name": "Lee"}
    link = Link("c", "p", Base(held, held))
    sales, books = business("s", person("c", held)), business("b", person("p", held | {"phone": "1"}))
    item = only_item(sales, books, Base(BLANK, BLANK), Direction.FROM_SALES, c=link)
    assert (item.action, item.direction) == (Action.DRIFT, "books_to_sales")
    assert item.reason == "a contact person changed in Books; not sent"


@pytest.mark.parametrize("held_in_books", [None, "other"])
def test_an_edit_of_the_sales_side_drifts_on_its_way_to_books(held_in_books: str | None):
    """BEY-9: what may not go to Books is filed under that direction."""
    merge = MergeRules(Direction.TWO_WAY, fields={"notes": FieldRule("to_sales")})
    values = {"notes": held_in_books} if held_in_books else {}
    base = Base(BLANK, {**BLANK, **values})
    (item,) = plan_pair(
        business("s", notes="mine"), business("b", **values), base, {}, NOBODY, RecordRules(KEYS, merge)
    )
    assert (item.action, item.direction) == (Action.DRIFT, "sales_to_books")


def test_what_is_fed_by_a_name_follows_the_name_that_wins():
    """BEY-2: the company name of Books does not hold the losing name, not even until the next run."""
    merge = MergeRules(Direction.TWO_WAY, owner="books", fields={"company": FieldRule("to_books")})
    rules = RecordRules(("name", "company"), merge, followers={"company": "name"})
    base = Base({"name": "Acme", "company": "Acme"}, {"name": "Acme", "company": "Acme"})
    mine = Record("s", Kind.BUSINESS, "Mine", {"name": "Mine", "company": "Mine"})
    theirs = Record("b", Kind.BUSINESS, "Theirs", {"name": "Theirs", "company": "Acme"})
    for_books, for_sales = plan_pair(mine, theirs, base, {}, NOBODY, rules)
    assert [(field.key, field.new) for field in for_books.fields] == [("company", "Theirs")]
    assert [(field.key, field.new, field.lost) for field in for_sales.fields] == [("name", "Theirs", "Mine")]
