"""Pairing by name and the three duplicate policies (CUS-4)."""

from hypothesis import given
from hypothesis import strategies as st

from zoho.core.names import BOOKS_NAME_LIMIT, distinct_name, name_key
from zoho.core.pairing import DuplicatePolicy, Fate, Named, OtherSide, pair_by_name

CLONE, OVERWRITE, SKIP = DuplicatePolicy.CLONE, DuplicatePolicy.OVERWRITE, DuplicatePolicy.SKIP


def pair(sales, free=(), linked=(), claims=None, policy=SKIP):
    named = [Named(*record) for record in sales]
    other = OtherSide([Named(*record) for record in free], set(linked), claims or {})
    return {pairing.source_id: pairing for pairing in pair_by_name("sales", named, other, policy)}


def test_a_new_name_is_created_as_it_is():
    """CUS-4: no namesake in Books, no question."""
    assert pair([("1", "Acme")])["1"].fate is Fate.NEW
    assert pair([("1", "Acme")])["1"].target_name == "Acme"


def test_skip_leaves_the_existing_record():
    """CUS-4 skip: the existing record stays and is not synced."""
    found = pair([("1", "acme ")], [("9", "ACME")], policy=SKIP)["1"]
    assert (found.fate, found.books_id) == (Fate.SKIP, None)
    assert "skip" in found.reason


def test_overwrite_takes_the_existing_record():
    """CUS-4 overwrite: the existing record takes the sales-side values."""
    found = pair([("1", "Acme")], [("9", "Acme")], policy=OVERWRITE)["1"]
    assert (found.fate, found.books_id) == (Fate.DUPLICATE, "9")


def test_clone_makes_a_second_one_with_a_suffix():
    """CUS-4 clone: both are kept, and Books requires unique names."""
    found = pair([("1", "Acme")], [("9", "Acme")], linked={name_key("Acme (2)")}, policy=CLONE)["1"]
    assert (found.fate, found.target_name) == (Fate.NEW, "Acme (3)")


def test_namesakes_on_the_sales_side_do_not_share_a_customer():
    """CUS-4: one Books customer is never given to two accounts; the second one gets a suffix, or is skipped."""
    both = [("1", "Acme"), ("2", "Acme")]
    found = pair(both, [("9", "Acme")], policy=OVERWRITE)
    assert (found["1"].books_id, found["2"].fate, found["2"].target_name) == ("9", Fate.NEW, "Acme (2)")
    assert pair(both, policy=SKIP)["2"].fate is Fate.SKIP


def test_a_creation_that_was_begun_keeps_its_name():
    """BEY-4: after a crash the same record is created under the same name, and nobody else takes it."""
    found = pair([("1", "Acme"), ("2", "Acme")], [("9", "Acme")], claims={"2": "Acme"}, policy=OVERWRITE)
    assert (found["2"].fate, found["2"].target_name) == (Fate.NEW, "Acme")
    assert found["1"].books_id is None


def test_width_and_kana_are_not_the_same_name():
    """CUS-4, BEY-6: near-duplicates are for a person to decide, not for the exact match."""
    assert pair([("1", "ｱｸﾒ")], [("9", "アクメ")], policy=OVERWRITE)["1"].fate is Fate.NEW


names = st.sampled_from(["Acme", "ACME", " acme", "Acme (2)", "Müller", "", "株式会社山田", "x" * BOOKS_NAME_LIMIT])
records = st.lists(names, max_size=8).map(lambda texts: [(str(place), text) for place, text in enumerate(texts)])


@given(records, records, st.sampled_from(DuplicatePolicy))
def test_laws(sales, books, policy):
    """CUS-4: every record has one fate; no customer is given twice; no new name is taken or too long."""
    found = pair(sales, [(f"b{key}", name) for key, name in books], policy=policy)
    assert set(found) == {key for key, _ in sales}
    given_away = [pairing.books_id for pairing in found.values() if pairing.books_id]
    assert len(given_away) == len(set(given_away))
    taken = {name_key(name) for _, name in books}
    new = [name_key(pairing.target_name) for pairing in found.values() if pairing.fate is Fate.NEW]
    assert len(new) == len(set(new))
    assert not taken & set(new)
    assert all(len(pairing.target_name) <= BOOKS_NAME_LIMIT for pairing in found.values())


@given(st.text(max_size=250), st.integers(0, 5))
def test_a_suffix_always_helps(name, depth):
    """CUS-4: a suffixed name differs from all taken ones, also at Books' limit."""
    taken = {name_key(name)}
    for _ in range(depth):
        made = distinct_name(name, taken)
        assert name_key(made) not in taken
        assert len(made) <= BOOKS_NAME_LIMIT
        taken.add(name_key(made))
