"""Whole stories: people edit both sides, runs come in between, some stop half way; what must hold in the end."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import given
from hypothesis import strategies as st

from tests.core.people import KEYS, PERSON_KEYS, UNMAPPED, People, Step, steps
from tests.core.strategies import companies
from tests.core.witness import plain
from tests.core.world import OTHER, Spot, Ways, World
from zoho.core.children import ChildRules
from zoho.core.fieldrule import FieldRule
from zoho.core.merge import Direction, MergeRules
from zoho.core.pairing import DuplicatePolicy
from zoho.core.plan import RecordRules
from zoho.core.records import Side

stories = st.lists(steps, min_size=2, max_size=12)


@contextmanager
def telling(people: People) -> Iterator[None]:
    """Tell with a failure what had happened before it."""
    try:
        yield
    except Exception as problem:
        problem.add_note(f"The story:{people!r}")
        raise


def play(people: People, story: list[Step]) -> World:
    """Play a story to its end, and one complete run; one more for those who move with an edit of Books."""
    for step in story:
        people.play(step)
    people.run()
    if people.world.carries:
        people.run()
    return people.world


def merge_rules(world: World, spot: Spot) -> MergeRules:
    return world.ways.rules.children.merge if spot.child else world.ways.rules.merge


def rule(world: World, spot: Spot) -> FieldRule:
    return merge_rules(world, spot).of(spot.key)


def may_go(world: World, spot: Spot, value: object) -> bool:
    """Whether a value may be written into a field, by the settings alone."""
    one, target = rule(world, spot), spot.side
    if target == "sales" and merge_rules(world, spot).direction == "from_sales":
        return False
    if one.direction == {"sales": "to_books", "books": "to_sales"}[target]:
        return False
    return value is not None or target not in one.needed_on


@given(companies(), stories)
def test_one_run_brings_all_in_step(people, story):
    """BEY-2, BEY-4: after any story, also of runs that died half way, one complete run leaves nothing to do for
    what is linked. A record that was skipped for its name may find that name free in the next run."""
    with telling(people):
        world = play(people, story)
        left, linked = people.work(), world.linked_ids()
        if all({job.item.sales_id, job.item.books_id, job.parent} & linked for job in left):
            assert not left


@given(companies(), stories)
def test_nothing_typed_is_lost(people, story):
    """BEY-2: what was typed since the two were in step is on the other side, or was not allowed to go there; what
    it replaced was no edit, or its loss is told. The witness objects to the latter while the runs go on."""
    with telling(people):
        world = play(people, story)
        for spot in people.witness.before:
            place = world.places[spot.side]
            partner = people.witness.partner(spot)
            if partner is None or spot.id not in (place.children if spot.child else place.records):
                continue
            if partner in world.echoes:
                continue
            one = rule(world, spot)
            if one.source is not None and one.owner not in (None, one.source):
                continue  # whoever the mapping names may win what he may not send
            module = world.ways.rules.merge
            if module.direction is Direction.FROM_SALES and (one.owner or module.owner) != "sales":
                continue  # and so may Books, where it only receives
            if spot.child and not stayed(world, spot if spot.side == "sales" else partner):
                continue
            mine, theirs = (world.places[one.side].held(one.id, one.child).get(one.key) for one in (spot, partner))
            if people.witness.fresh(spot) and plain(mine) != plain(theirs) and may_go(world, partner, mine):
                assert people.witness.fresh(partner), f"{spot} did not arrive"
                assert not may_go(world, spot, theirs), f"{spot} and {partner} were left apart"


def stayed(world: World, contact: Spot) -> bool:
    """Whether a linked contact is below the account it was linked under: else nothing says whose it is."""
    return world.child_links[contact.id][0] == world.places["sales"].children[contact.id].parent


@given(companies(two_way=True), stories)
def test_two_way_makes_both_sides_alike(people, story):
    """CUS-3: in two-way every field that may travel both ways is the same on both sides of a link, but for the
    suffix of a clone."""
    with telling(people):
        world = play(people, story)
        for sales_id, link in world.links.items():
            pairs = [(Spot("sales", sales_id, False, key), link.books_id) for key in world.ways.rules.keys]
            agree(world, pairs)
        contacts, persons = world.places["sales"].children, world.places["books"].children
        for contact_id, (_, link) in world.child_links.items():
            here = contact_id in contacts and link.books_id in persons
            if here and stayed(world, Spot("sales", contact_id, True, "")):
                keys = world.ways.rules.children.keys
                agree(world, [(Spot("sales", contact_id, True, key), link.books_id) for key in keys])


def agree(world: World, pairs: list[tuple[Spot, str]]) -> None:
    for spot, books_id in pairs:
        if rule(world, spot).direction != "both":
            continue
        mine = world.places["sales"].held(spot.id, spot.child).get(spot.key)
        theirs = world.places["books"].held(books_id, spot.child).get(spot.key)
        if None in (mine, theirs) and rule(world, spot).needed_on:
            continue
        assert plain(mine) == plain(theirs), f"{spot}: {mine!r} and {theirs!r}"


@given(companies(), stories)
def test_writes_only_what_may_be_written(people, story):
    """CUS-3, CUS-6: no write to a side or field that the settings close, none that blanks a needed field, none to
    a field that is not mapped."""
    with telling(people):
        world = play(people, story)
        for event in world.overwritten:
            placeholder = event.spot.key == "last_name" and event.old is None
            assert placeholder or may_go(world, event.spot, event.merge.new)
        for side, place in world.places.items():
            assert {values.get(UNMAPPED, f"{side}'s own") for values in place.records.values()} <= {f"{side}'s own"}
            assert all(UNMAPPED not in child.values for child in place.children.values())


@given(companies(), stories)
def test_every_person_once(people, story):
    """BEY-4, CUS-8: nobody is on a side twice, however often a run died or a contact moved."""
    with telling(people):
        world = play(people, story)
        if world.ways.rules.own_child:
            return
        joined = world.ways.duplicates is DuplicatePolicy.OVERWRITE  # else everybody was born on one side only
        for side, place in world.places.items():
            there = Counter(
                (child.soul, joined and top(world, side, child.parent)) for child in place.children.values()
            )
            assert not [key for key, number in there.items() if number > 1], f"somebody is twice in {side}"


def test_a_mover_is_not_doubled_by_a_run_that_dies():
    """BEY-4, CUS-8: the next run still knows that the person who is left behind is the contact that moved."""
    two_way = MergeRules(Direction.TWO_WAY)
    rules = RecordRules(KEYS, two_way, ChildRules(PERSON_KEYS, two_way, send=True))
    people = People(World(Ways(rules)))
    people.start("sales", "Acme", {}, [])
    people.start("sales", "Beta", {}, [dict.fromkeys(PERSON_KEYS) | {"last_name": "Lee", "email": "lee@x"}])
    people.run()
    acme, _ = people.world.places["sales"].records
    (contact,) = people.world.places["sales"].children.values()
    contact.parent = acme
    people.run(bits=1)
    people.run()
    assert [len(place.children) for place in people.world.places.values()] == [1, 1]


def top(world: World, side: Side, parent: str | None) -> str | None:
    """Return the company a record stands for: the same for both ends of a link."""
    return account_of(world, parent) or parent if side == "books" else parent


def account_of(world: World, books_id: str | None) -> str | None:
    """Return the account that a customer is linked to."""
    return next((sales_id for sales_id, link in world.links.items() if link.books_id == books_id), None)


@given(companies(), stories)
def test_deletions_do_not_cross(people, story):
    """OPS-7: a run takes nobody out of a side but a contact person whose contact moved to another account."""
    with telling(people):
        for step in story:
            before = {side: set(place.children) for side, place in people.world.places.items()}
            people.play(step)
            if "run" in step.deed:
                world, contacts = people.world, people.world.places["sales"].children
                assert before["sales"] <= set(contacts)
                moved = {
                    str(plan.books_id)
                    for plan, person in world.taken_out
                    for contact in [plan.sales_id or world.former.get(str(plan.books_id), "")]
                    if contact in contacts
                    and contacts[contact].parent not in (None, account_of(world, person.parent))
                }
                assert before["books"] - set(world.places["books"].children) <= moved


@given(companies(), stories)
def test_deleted_comes_back_only_when_edited(people, story):
    """OPS-7: a person deleted on one side comes back when he was edited on the other since, and else stays away."""
    with telling(people):
        world = play(people, story[:-2])
        for step in story[-2:]:
            people.play(step)
        back = expected(people)
        people.run()
        for (side, child_id), returns in back.items():
            assert (linked_to(world, side, child_id) is not None) == returns, f"{child_id} of {side}"


def expected(people: People) -> dict[tuple[Side, str], bool]:
    """Return the children whose linked partner was deleted, each with whether the partner has to come back."""
    world, found = people.world, {}
    for contact_id, (account, link) in world.child_links.items():
        ends: dict[Side, str] = {"sales": contact_id, "books": link.books_id}
        for side, child_id in ends.items():
            child = world.places[side].children.get(child_id)
            if child is None or ends[OTHER[side]] in world.places[OTHER[side]].children:
                continue
            if side == "sales" and child.parent != account:
                continue  # it moved, and is new where it is now
            before = people.witness.before
            edited = any(
                before.get(Spot(side, child_id, True, key), child.values.get(key)) != child.values.get(key)
                for key in world.ways.rules.children.keys
            )
            found[side, child_id] = edited and (side == "sales" or world.ways.rules.children.send)
    return found


def linked_to(world: World, side: Side, child_id: str) -> str | None:
    """Return the living partner of a child."""
    for contact_id, (_, link) in world.child_links.items():
        if side == "sales" and contact_id == child_id and link.books_id in world.places["books"].children:
            return link.books_id
        if side == "books" and link.books_id == child_id and contact_id in world.places["sales"].children:
            return contact_id
    return None
