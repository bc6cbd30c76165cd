"""Contact persons as keyed sets (CUS-1, CUS-8, OPS-7)."""

from dataclasses import replace

import pytest
from hypothesis import given

from tests.core.strategies import PERSON_KEYS, person, persons
from zoho.core.children import (
    ChildAction,
    ChildRules,
    Former,
    Gone,
    merge_children,
    pair_children,
    still_unsent,
)
from zoho.core.merge import Direction, MergeRules, Outcome
from zoho.core.records import Base, Link

ONE_WAY = ChildRules(PERSON_KEYS)
TWO_WAY = ChildRules(PERSON_KEYS, MergeRules(Direction.TWO_WAY), send=True)


def held(first=None, last=None, email=None, phone=None):
    return dict(zip(PERSON_KEYS, (first, last, email, phone), strict=True))


def merge(sales, books, links=None, moved=frozenset(), deleted=frozenset(), rules=ONE_WAY):
    return merge_children(sales, books, links or {}, Gone(moved, deleted), rules)


def arrived(former):
    return Gone(arrived={"c1": former})


def in_step(contact, books_id):
    return {contact.id: Link(contact.id, books_id, Base(contact.values, contact.values))}


def test_new_contacts_are_added_with_every_field():
    """CUS-1: an account's contacts become contact persons."""
    (plan,) = merge([person("c1", held("Ann", "Lee", "ann@example.com"))], [])
    assert plan.action is ChildAction.ADD
    assert {field.key: field.new for field in plan.fields} == {
        "first_name": "Ann",
        "last_name": "Lee",
        "email": "ann@example.com",
    }


def test_one_changed_phone_changes_one_field():
    """CUS-6: a linked person is updated field by field."""
    before = person("c1", held("Ann", "Lee", phone="1"))
    now = person("c1", held("Ann", "Lee", phone="2"))
    (plan,) = merge([now], [person("p1", before.values)], in_step(before, "p1"))
    assert plan.action is ChildAction.UPDATE
    assert [(field.key, field.old, field.new) for field in plan.fields] == [("phone", "1", "2")]


def test_persons_of_books_stay():
    """OPS-7: nothing on the sales side, or deleted there: the person stays in Books."""
    contact = person("c1", held("Ann"))
    plans = merge([], [person("p1", held("Ann")), person("p2", held("Bob"))], in_step(contact, "p1"))
    assert [plan.action for plan in plans] == [ChildAction.KEEP, ChildAction.KEEP]


def test_whoever_only_books_has_is_sent():
    """CUS-3, CUS-8: in both directions, if the settings say so, unless his contact goes on somewhere else."""
    bob = person("p2", held("Bob"))
    (plan,) = merge([], [bob], rules=TWO_WAY)
    assert (plan.action, plan.reason) == (ChildAction.SEND, "not on the sales side yet")
    assert [(field.target, field.new) for field in plan.fields] == [("sales", "Bob")]
    for rules in (ChildRules(PERSON_KEYS, TWO_WAY.merge), ChildRules(PERSON_KEYS, send=True)):
        assert [plan.action for plan in merge([], [bob], rules=rules)] == [ChildAction.KEEP]
    (plan,) = merge_children([], [bob], {}, Gone(elsewhere={"p2"}), TWO_WAY)
    assert plan.action is ChildAction.KEEP


def test_deleted_on_the_sales_side_comes_back_only_when_edited():
    """OPS-7: deleted against unchanged stays deleted; deleted against edited lives; so does who is not known gone."""
    links = in_step(person("c1", held("Ann", phone="1")), "p1")
    edited = person("p1", held("Ann", phone="2"))
    (plan,) = merge([], [edited], links, deleted={"c1"}, rules=TWO_WAY)
    assert (plan.action, plan.reason) == (ChildAction.SEND, "deleted on the sales side, edited in Books since")
    assert [plan.action for plan in merge([], [edited], links, rules=TWO_WAY)] == [ChildAction.KEEP]
    unchanged = person("p1", held("Ann", phone="1"))
    (plan,) = merge([], [unchanged], links, deleted={"c1"}, rules=TWO_WAY)
    assert plan.action is ChildAction.KEEP


def test_a_namesake_of_a_deleted_contact_is_someone_else():
    """BEY-4: the person stays linked with the one who was deleted; the new one is added."""
    links = in_step(person("c1", held("Ann")), "p1")
    kept, added = merge([person("c2", held("Ann"))], [person("p1", held("Ann"))], links, deleted={"c1"})
    assert (kept.action, kept.books_id) == (ChildAction.KEEP, "p1")
    assert (added.action, added.sales_id, added.reason) == (ChildAction.ADD, "c2", "not in Books yet")


def test_a_contact_that_moved_leaves():
    """CUS-8: it is added to its new account's customer, so it must not stay with the old one too."""
    contact = person("c1", held("Ann"))
    (plan,) = merge([], [person("p1", held("Ann"))], in_step(contact, "p1"), moved={"c1"})
    assert (plan.action, plan.sales_id) == (ChildAction.LEAVE, "c1")
    assert plan.reason == "its contact moved to another account"


def test_a_person_whose_contact_is_elsewhere_leaves():
    """CUS-8: he was added where his contact is; who has a contact or a link here stays."""
    ann, gone = person("p1", held("Ann")), Gone(left={"p1"})
    (plan,) = merge_children([], [ann], {}, gone, TWO_WAY)
    assert (plan.action, plan.sales_id, plan.reason) == (ChildAction.LEAVE, None, "its contact is elsewhere by now")
    contact = person("c1", held("Ann"))
    (plan,) = merge_children([contact], [ann], {}, gone, TWO_WAY)
    assert (plan.action, plan.sales_id) == (ChildAction.LINK, "c1")
    (plan,) = merge_children([], [ann], in_step(contact, "p1"), gone, TWO_WAY)
    assert plan.action is ChildAction.KEEP


def test_an_edit_goes_along_with_a_contact_that_moved():
    """BEY-2, CUS-8: the person waits where it is until the new customer has it, with what was edited in Books."""
    before, now = person("c1", held("Ann", phone="1")), person("p1", held("Ann", phone="2"))
    links = in_step(before, "p1")
    (plan,) = merge([], [now], links, moved={"c1"}, rules=TWO_WAY)
    assert (plan.action, plan.fields) == (ChildAction.KEEP, ())
    gone = Gone(arrived={"c1": Former(now, links["c1"].base)})
    (plan,) = merge_children([before], [], {}, gone, TWO_WAY)
    assert plan.action is ChildAction.ADD
    assert {field.key: field.new for field in plan.fields} == {"first_name": "Ann", "phone": "2"}
    assert plan.unsent == {"phone": ("1", "1")}
    assert {field.reason for field in plan.fields} == {"not in Books yet"}
    (plan,) = merge_children([before], [person("p9", now.values)], {}, gone, TWO_WAY)
    assert (plan.action, plan.unsent) == (ChildAction.LINK, {"phone": ("1", "1")})  # he is there already


@pytest.mark.parametrize(
    ("base", "phone", "known"),
    [
        (Base({"phone": "1"}, {"phone": "0"}), "1", ("1", "0")),
        (Base({}, {"phone": "1"}), None, None),
        (Base({"phone": "1"}, {}), None, None),
    ],
)
def test_what_both_held_before_a_contact_moved(base, phone, known):
    """BEY-2, CUS-8: an edit that the sales side has still to get is one against that, when it is sent at last."""
    former = Former(person("p1", held(phone="2")), base)
    (plan,) = merge_children([person("c1", held(phone=phone))], [], {}, arrived(former), TWO_WAY)
    assert plan.unsent == {"phone": known}
    assert [(field.key, field.new) for field in plan.fields] == [("phone", "2")]


def test_edits_that_were_not_sent_yet_stay_edits():
    """BEY-2, CUS-8: the base of the new link holds what both had before, and nothing where they never were alike."""
    now = {"first_name": "Ann", "phone": "2", "email": "a@x"}
    base = still_unsent(Base(now, {**now, "first_name": "ANN"}), {"phone": ("1", "0"), "email": None})
    assert base == Base({"first_name": "Ann", "phone": "1"}, {"first_name": "ANN", "phone": "0"})


def test_an_edit_that_loses_on_the_way_is_told():
    """BEY-2, CUS-8: both sides edited a field while the contact moved: its owner wins, the other is told."""
    before, now = person("c1", held("Ann", phone="1")), person("p1", held("Ann", phone="2"))
    contact = person("c1", held("Ann", phone="3"))
    gone = Gone(arrived={"c1": Former(now, in_step(before, "p1")["c1"].base)})
    (plan,) = merge_children([contact], [], {}, gone, TWO_WAY)
    assert [(field.new, field.lost) for field in plan.fields if field.key == "phone"] == [("3", "2")]
    assert plan.unsent == {}
    newest = ChildRules(PERSON_KEYS, MergeRules(Direction.TWO_WAY, "newest"), send=True)
    (plan,) = merge_children([contact], [], {}, gone, newest)
    assert plan.unsent == {}
    (plan,) = merge_children([contact], [], {}, arrived(replace(gone.arrived["c1"], newer="books")), newest)
    assert plan.unsent == {"phone": ("1", "1")}
    phone = next(field for field in plan.fields if field.key == "phone")
    assert (phone.target, phone.new, phone.lost) == ("books", "2", None)


def test_an_edit_of_a_contact_that_moved():
    """CUS-8: its person is made with it, like any other; Books had nothing to lose."""
    former = Former(person("p1", held("Ann", phone="1")), Base(held("Ann", phone="1"), held("Ann", phone="1")))
    (plan,) = merge_children([person("c1", held("Ann", phone="3"))], [], {}, arrived(former), TWO_WAY)
    assert {(field.new, field.old, field.reason) for field in plan.fields} == {
        ("Ann", None, "not in Books yet"),
        ("3", None, "not in Books yet"),
    }


def test_a_drifting_person_is_no_news():
    """CUS-3: with from_sales an edit of a linked person in Books drifts; his link is not renewed in every run."""
    before, now = person("c1", held("Ann")), person("p1", held("Ann", phone="2"))
    (plan,) = merge([before], [now], in_step(before, "p1"))
    assert plan.action is ChildAction.KEEP
    assert [field.outcome for field in plan.fields] == [Outcome.DRIFT]


def test_deleted_in_books_comes_back_only_when_edited():
    """OPS-7: deleted against unchanged stays deleted; deleted against edited lives."""
    before = person("c1", held("Ann", phone="1"))
    assert merge([before], [], in_step(before, "p1")) == []
    (plan,) = merge([person("c1", held("Ann", phone="2"))], [], in_step(before, "p1"))
    assert plan.action is ChildAction.ADD
    assert plan.reason == "deleted in Books, edited on the sales side since"


def test_a_link_is_renewed_when_both_sides_agree():
    """BEY-2: changed alike on both, nothing is written; what they agreed on is kept, as when they meet at first."""
    before, now = person("c1", held("Ann", phone="1")), person("c1", held("Ann", phone="2"))
    (plan,) = merge([now], [person("p1", now.values)], in_step(before, "p1"))
    assert plan.action is ChildAction.LINK
    phones_only = ChildRules(("phone",))
    (plan,) = merge([person("c1", held("Ann"))], [person("p1", held("Ann", phone="2"))], rules=phones_only)
    assert (plan.action, [field.outcome for field in plan.fields]) == (ChildAction.LINK, [Outcome.DRIFT])


def test_a_field_that_never_was_in_step_is_no_edit():
    """OPS-7: whoever was deleted in Books stays so, also when his contact holds what Books was never sent."""
    contact = person("c1", held("Ann", phone="1"))
    link = Link("c1", "p1", Base({"first_name": "Ann"}, {"first_name": "Ann"}))
    assert merge([contact], [], {"c1": link}, rules=TWO_WAY) == []


def test_a_person_who_came_back_is_recognised():
    """BEY-4: the run that brought him back died before the link was stored; he is not added a second time."""
    before, now = person("c1", held("Ann", email="a@x")), person("c1", held("Ann", email="a@x", phone="2"))
    (plan,) = merge([now], [person("p2", now.values)], in_step(before, "p1"), rules=TWO_WAY)
    assert (plan.action, plan.sales_id, plan.books_id) == (ChildAction.LINK, "c1", "p2")


def test_same_name_with_other_email_is_another_person():
    """CUS-4 for persons: two Anns with different e-mails are two people."""
    contacts = [person("c1", held("Ann", "Lee", "ann@example.com"))]
    assert pair_children(contacts, [person("p1", held("Ann", "Lee", "lee@example.org"))]) == {}
    assert set(pair_children(contacts, [person("p1", held("Ann", "Lee"))])) == {"p1"}
    assert set(pair_children(contacts, [person("p1", held("A.", "Lee", "ANN@example.com"))])) == {"p1"}


@given(persons("c"), persons("p"))
def test_pairing_is_one_to_one(contacts, books):
    """BEY-4: no contact is paired with two persons, no person with two contacts."""
    partners = pair_children(contacts, books)
    chosen = [contact.id for contact in partners.values()]
    assert len(chosen) == len(set(chosen))
    assert set(partners) <= {one.id for one in books}


@given(persons("c"), persons("p"))
def test_every_person_once(contacts, books):
    """BEY-4: each Books person and each contact appears in exactly one decision, so the list sent is complete."""
    plans = merge(contacts, books)
    assert [plan.books_id for plan in plans if plan.books_id] == [one.id for one in books]
    assert sorted(plan.sales_id for plan in plans if plan.sales_id) == sorted(one.id for one in contacts)


@given(persons("c"), persons("p"))
def test_a_second_merge_adds_nobody(contacts, books):
    """BEY-4: after the plan is carried out the same merge writes nothing."""
    plans = merge(contacts, books)
    known = {one.id: dict(one.values) for one in books}
    links, after = {}, []
    by_id = {contact.id: contact for contact in contacts}
    for place, plan in enumerate(plans):
        books_id = plan.books_id or f"n{place}"
        now = known.get(books_id, held())
        now |= {field.key: field.new for field in plan.fields if field.outcome is Outcome.WRITE}
        after.append(person(books_id, now))
        if plan.sales_id:
            links[plan.sales_id] = Link(plan.sales_id, books_id, Base(by_id[plan.sales_id].values, now))
    assert {plan.action for plan in merge(contacts, after, links)} <= {ChildAction.KEEP}


def test_a_shared_mailbox_pairs_nobody():
    """BEY-4: two contacts with one e-mail are not told apart by it, and nobody is overwritten by a guess."""
    contacts = [
        person("c1", held("Ann", None, "info@example.com")),
        person("c2", held("Bob", None, "info@example.com")),
    ]
    assert pair_children(contacts, [person("p1", held("Cid", None, "info@example.com"))]) == {}
    partners = pair_children(contacts, [person("p1", held("Bob", None, "info@example.com"))])
    assert [contact.id for contact in partners.values()] == ["c2"]
    same_mailbox = [
        person("p1", held("Ann", None, "info@example.com")),
        person("p2", held("Eve", None, "info@example.com")),
    ]
    assert pair_children([person("c1", held("Cid", None, "info@example.com"))], same_mailbox) == {}


def test_who_is_told_by_what():
    """BEY-4: twins pair in their order, a person is given away once, and blanks make nobody the same."""

    def pairs(contacts, books):
        found = pair_children(
            [person(f"c{place}", held(name, None, email)) for place, (name, email) in enumerate(contacts)],
            [person(f"p{place}", held(name, None, email)) for place, (name, email) in enumerate(books)],
        )
        return {person_id: contact.id for person_id, contact in found.items()}

    assert pairs([("Ann", "a@x"), ("Ann", "a@x")], [("Ann", "a@x"), ("Ann", "a@x")]) == {"p0": "c0", "p1": "c1"}
    assert pairs([("Ann", "a@x"), ("Ann", None)], [("Ann", "a@x")]) == {"p0": "c0"}
    assert pairs([("Ann", None)], [("Bob", None)]) == {}
    assert pairs([(None, None)], [(None, None)]) == {}
    assert pairs([("Ann", "a@x")], [("Ann", "b@x")]) == {}
    assert pairs([("Ann", "a@x")], [("Bob", " A@X")]) == {"p0": "c0"}
