"""Contact persons as keyed sets (CUS-1, CUS-8, OPS-7)."""

from hypothesis import given

from tests.core.strategies import PERSON_KEYS, person, persons
from zoho.core.children import ChildAction, ChildRules, Former, Gone, merge_children, pair_children
from zoho.core.merge import Direction, MergeRules, Outcome
from zoho.core.records import Base, Link

ONE_WAY = ChildRules(PERSON_KEYS)
TWO_WAY = ChildRules(PERSON_KEYS, MergeRules(Direction.TWO_WAY), send=True)


def held(first=None, last=None, email=None, phone=None):
    return dict(zip(PERSON_KEYS, (first, last, email, phone), strict=True))


def merge(sales, books, links=None, moved=frozenset(), deleted=frozenset(), rules=ONE_WAY):
    return merge_children(sales, books, links or {}, Gone(moved, deleted), rules)


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


def test_a_contact_that_moved_leaves():
    """CUS-8: it is added to its new account's customer, so it must not stay with the old one too."""
    contact = person("c1", held("Ann"))
    (plan,) = merge([], [person("p1", held("Ann"))], in_step(contact, "p1"), moved={"c1"})
    assert plan.action is ChildAction.LEAVE


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


def test_an_edit_that_loses_on_the_way_is_told():
    """BEY-2, CUS-8: both sides edited a field while the contact moved: its owner wins, the other is told."""
    before, now = person("c1", held("Ann", phone="1")), person("p1", held("Ann", phone="2"))
    contact = person("c1", held("Ann", phone="3"))
    gone = Gone(arrived={"c1": Former(now, in_step(before, "p1")["c1"].base)})
    (plan,) = merge_children([contact], [], {}, gone, TWO_WAY)
    assert [(field.new, field.lost) for field in plan.fields if field.key == "phone"] == [("3", "2")]
    assert plan.unsent == {}


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
