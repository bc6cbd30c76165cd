"""Random canonical records, rules and worlds."""

from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st

from tests.core.people import KEYS, PERSON_KEYS, People
from tests.core.world import Ways, World
from zoho.core.children import ChildRules
from zoho.core.fieldrule import FieldRule
from zoho.core.merge import Direction, MergeRules
from zoho.core.pairing import DuplicatePolicy
from zoho.core.plan import RecordRules
from zoho.core.records import Kind, Record, Side, Value, Values

SIDES: tuple[Side, ...] = ("sales", "books")
OWNERS = ("sales", "books", "newest")

texts = st.sampled_from([None, "a", "b", "ＡＣＭＥ", "ｱｸﾒ", "é", "🍣"])
values = st.fixed_dictionaries(dict.fromkeys(KEYS, texts))
person_values = st.fixed_dictionaries(dict.fromkeys(PERSON_KEYS, texts))


def person(person_id: str, held: Values) -> Record:
    name = " ".join(str(held[key]) for key in ("first_name", "last_name") if held.get(key))
    return Record(person_id, Kind.CONTACT_PERSON, name, held)


def persons(prefix: str) -> st.SearchStrategy[tuple[Record, ...]]:
    lists = st.lists(person_values, max_size=4)
    return lists.map(lambda held: tuple(person(f"{prefix}{place}", one) for place, one in enumerate(held)))


field_rules = st.sampled_from(
    [
        FieldRule(direction, owner, frozenset(needed_on))
        for direction in ("both", "to_books", "to_sales")
        for owner in (None, *OWNERS)
        for needed_on in ((), ("sales",), ("books",), SIDES)
    ]
)
_policies = st.sampled_from(
    [
        MergeRules(direction, owner, first_owner, newer)
        for direction in reversed(Direction)
        for owner in OWNERS
        for first_owner in SIDES
        for newer in SIDES
    ]
)


def rules_of(keys: tuple[str, ...]) -> st.SearchStrategy[MergeRules]:
    """Any settings, with a rule of its own for any of the keys."""
    fields = st.fixed_dictionaries({}, optional=dict.fromkeys(keys, field_rules))
    return st.builds(lambda policy, fields: replace(policy, fields=fields), _policies, fields)


rules = rules_of(KEYS)
_all_rules = rules_of(("notes", "website", "first_name", "phone"))

_NAMED = FieldRule(needed_on=frozenset(SIDES))
_LAST_NAME = FieldRule(needed_on=frozenset({"sales"}))


def stored(side: Side, value: Value) -> Value:
    """Store a text as a side does that knows better: Books drops waves, the sales side drops carets."""
    return value.replace("~" if side == "books" else "^", "") if isinstance(value, str) else value


@st.composite
def ways(draw: st.DrawFn, two_way: bool = False) -> Ways:
    merge = draw(_all_rules)
    if two_way:
        merge = replace(merge, direction=Direction.TWO_WAY)
    fields = {**merge.fields, "contact_name": _NAMED, "last_name": _LAST_NAME}
    merge = replace(merge, fields=fields)
    lead = draw(st.sampled_from(("sales", "sales", "books")))
    own_child = lead == "sales" and draw(st.sampled_from((False, False, True)))
    send = merge.direction is Direction.TWO_WAY and not own_child
    children = ChildRules(PERSON_KEYS, merge, send)
    return Ways(
        RecordRules(KEYS, merge, children, own_child),
        draw(st.sampled_from(DuplicatePolicy)),
        lead,
        draw(st.sampled_from((stored, lambda _, value: value))),
    )


_people = st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True)
_held = st.fixed_dictionaries(dict.fromkeys(("notes", "website"), st.sampled_from([None, "a", "b", "c~", "d^"])))
_phones = st.sampled_from([None, "1", "2"])
_starts = st.lists(
    st.tuples(st.sampled_from(SIDES), st.sampled_from(("Acme", "Acme", "Beta")), _held, _people, _phones),
    min_size=1,
    max_size=4,
)


@st.composite
def companies(draw: st.DrawFn, two_way: bool = False) -> People:
    """People at work on one to four records, which were never synchronized or just now."""
    people = People(World(draw(ways(two_way=two_way))))
    world, seen = people.world, Counter[tuple[Side, str]]()
    joined = world.ways.duplicates is DuplicatePolicy.OVERWRITE
    for side, name, held, souls, phone in draw(_starts):
        seen[side, name] += 1
        number = seen[side, name]
        if side == "books" and number > 1:
            continue  # Books has every name once
        if not world.ways.has_people:
            souls = []
        elif world.ways.rules.own_child and side == "sales":
            souls = souls[:1] or [0]
        known = {key: world.ways.stored(side, value) for key, value in held.items()}
        # Only records that will be joined have the same people.
        company = f"{name}{number}" if joined else f"{name}{number}.{side}"
        people.start(side, name, known, [_person(soul, company, phone) for soul in souls])
    if draw(st.integers(0, 3)):
        people.run()
    return people


def _person(soul: int, company: str, phone: str | None) -> dict[str, str | None]:
    return {"first_name": None, "last_name": f"L{soul}", "email": f"{soul}@{company}", "phone": phone}
