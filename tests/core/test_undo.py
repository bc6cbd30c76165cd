"""What becomes of fields and contact persons that a run wrote (BEY-3)."""

import pytest

from zoho.core.children import ChildAction, ChildPlan
from zoho.core.merge import FieldMerge, Outcome
from zoho.core.records import Base, Kind, Link, Record
from zoho.core.undo import EDITED, Undoing, base_after_undo, put_together, revert, revert_persons

HOW = Undoing("books", "undone")
WROTE = FieldMerge("notes", Outcome.WRITE, "books", "old", "new")
IN_STEP = Base({"notes": "new"}, {"notes": "new"})


def person(books_id: str, **values: str) -> Record:
    """A contact person of Books."""
    return Record(books_id, Kind.CONTACT_PERSON, values.get("last_name", books_id), values)


@pytest.mark.parametrize(
    ("held", "again", "becomes"),
    [
        ("new", False, (Outcome.WRITE, "old", "undone")),
        ("mine", False, (Outcome.DRIFT, "old", EDITED)),
        ("old", False, None),
        ("old", True, (Outcome.WRITE, "old", "undone")),
        ("mine", True, (Outcome.DRIFT, "old", EDITED)),
        (None, False, (Outcome.DRIFT, "old", EDITED)),
    ],
)
def test_a_field_goes_back_where_it_still_holds_what_was_written(
    held: str | None, again: bool, becomes: tuple[Outcome, str, str] | None
) -> None:
    """BEY-3: an edit since stays; a field that holds the old value by our own hand is taken as written."""
    found = revert([WROTE], {"notes": held}, IN_STEP, Undoing("books", "undone", again))
    assert [(one.outcome, one.new, one.reason) for one in found] == ([becomes] if becomes else [])
    assert all(one.old == held for one in found)


def test_a_value_that_a_side_stored_its_own_way_is_no_edit() -> None:
    """BEY-3: by the base, until an edit of the other side came across over it."""
    own_way = Base({"notes": "new"}, {"notes": "NEW"})
    assert revert([WROTE], {"notes": "NEW"}, own_way, HOW)[0].outcome is Outcome.WRITE
    edited = Base({"notes": "NEW"}, {"notes": "NEW"})
    assert revert([WROTE], {"notes": "NEW"}, edited, HOW)[0].outcome is Outcome.DRIFT


def test_what_was_written_on_the_other_side_is_not_meant() -> None:
    """BEY-3: each side goes back by the item that wrote it."""
    assert revert([FieldMerge("notes", Outcome.WRITE, "sales", "old", "new")], {"notes": "new"}, IN_STEP, HOW) == ()


def test_a_field_that_is_not_mapped_any_more_is_left() -> None:
    """BEY-3: it is told."""
    (left,) = revert([WROTE], {"notes": "new"}, IN_STEP, Undoing("books", "undone", barred=lambda _: "not mapped"))
    assert (left.outcome, left.reason) == (Outcome.DRIFT, "not mapped")


def test_the_base_of_the_other_side_stays() -> None:
    """BEY-3: so an edit there that has not gone across is still one, and the undo is none."""
    put = [FieldMerge("notes", Outcome.WRITE, "books", "new", "old")]
    after = base_after_undo(IN_STEP, put, {"notes": "edited"}, {"notes": "new"}, "books", {"notes": "old"})
    assert after == Base({"notes": "new"}, {"notes": "old"})


def test_two_writes_of_a_field_are_undone_to_the_first_value() -> None:
    """BEY-3: a run of which a task was repeated wrote a record twice."""
    second = FieldMerge("notes", Outcome.WRITE, "books", "new", "newer")
    assert put_together([WROTE], [second]) == (FieldMerge("notes", Outcome.WRITE, "books", "old", "newer"),)


def test_contact_persons() -> None:
    """BEY-3: all that Books has stay in the list but the one that was added; who is taken out is told."""
    phone = FieldMerge("phone", Outcome.WRITE, "books", "1", "2")
    name = FieldMerge("last_name", Outcome.WRITE, "books", None, "Bob")
    done = [
        ChildPlan(ChildAction.UPDATE, "c1", "p1", "Ann", (phone,)),
        ChildPlan(ChildAction.ADD, "c2", None, "Bob", (name,)),
        ChildPlan(ChildAction.LEAVE, "c3", "p3", "Cid"),
        ChildPlan(ChildAction.ADD, "c4", None, "Dan", (name,)),
        ChildPlan(ChildAction.UPDATE, "c5", "p5", "Eve", (phone,)),
    ]
    contacts = [Record(one, Kind.CONTACT_PERSON, one, {}) for one in ("c1", "c2", "c4")]
    persons = [person("p1", phone="2"), person("p2", last_name="Bob"), person("p4", last_name="Don"), person("p9")]
    links = {one: Link(one, one.replace("c", "p"), Base()) for one in ("c1", "c2", "c4")}
    plans, told = revert_persons(done, contacts, persons, links, HOW)
    assert [(one.action, one.sales_id, one.books_id) for one in plans] == [
        (ChildAction.UPDATE, "c1", "p1"),
        (ChildAction.LEAVE, None, "p2"),
        (ChildAction.KEEP, None, "p4"),
        (ChildAction.KEEP, None, "p9"),
    ]
    assert [one.new for one in plans[0].fields] == ["1"]
    assert [("Cid" in told[0], "Dan" in told[1], "Eve" in told[2])] == [(True, True, True)]
