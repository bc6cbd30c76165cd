"""Three-way merge of fields (BEY-2), by the design's table and by its laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import KEYS, values
from zoho.core.merge import Direction, FieldMerge, MergeRules, Outcome, merge_fields
from zoho.core.plan import base_after
from zoho.core.records import Base

TWO_WAY = MergeRules(direction=Direction.TWO_WAY)
FROM_SALES = MergeRules(direction=Direction.FROM_SALES)

bases = st.one_of(st.none(), st.builds(Base, values, values))
rules = st.builds(
    MergeRules,
    direction=st.sampled_from(Direction),
    owner=st.sampled_from(["sales", "books"]),
    first_owner=st.sampled_from(["sales", "books"]),
)


def one(base, sales, books, rules=TWO_WAY) -> FieldMerge:
    known = None if base is None else Base({"x": base[0]}, {"x": base[1]})
    return merge_fields({"x": sales}, {"x": books}, known, ["x"], rules)[0]


@pytest.mark.parametrize(
    ("base", "sales", "books", "outcome", "target"),
    [
        (("a", "a"), "a", "a", Outcome.SAME, None),
        (("a", "a"), "b", "a", Outcome.WRITE, "books"),
        (("a", "a"), "a", "b", Outcome.WRITE, "sales"),
        (("a", "a"), "b", "b", Outcome.AGREED, None),
        (("a", "a"), "b", "c", Outcome.WRITE, "books"),
        (("a", "a"), None, "a", Outcome.WRITE, "books"),
        (("a", "a (2)"), "a", "a (2)", Outcome.SAME, None),
        (None, "a", "a", Outcome.AGREED, None),
        (None, "a", None, Outcome.WRITE, "books"),
        (None, None, "a", Outcome.WRITE, "sales"),
        (None, "a", "b", Outcome.WRITE, "books"),
    ],
)
def test_the_table(base, sales, books, outcome, target):
    """BEY-2: every row of the merge table, in two-way with the sales side as owner."""
    merge = one(base, sales, books)
    assert (merge.outcome, merge.target) == (outcome, target)


def test_a_conflict_keeps_the_losing_value():
    """BEY-2: what a conflict overrules is named, and who decided."""
    merge = one(("a", "a"), "mine", "theirs")
    assert (merge.conflict, merge.new, merge.lost) == (True, "mine", "theirs")
    assert "the sales side owns it" in merge.reason
    merge = one(("a", "a"), "mine", "theirs", MergeRules(Direction.TWO_WAY, owner="books"))
    assert (merge.target, merge.new, merge.lost) == ("sales", "theirs", "mine")


def test_books_edits_are_reported_not_overwritten():
    """CUS-3: with from_sales an edit in Books stays and is called drift."""
    merge = one(("a", "a"), "a", "edited", FROM_SALES)
    assert merge.outcome is Outcome.DRIFT
    assert "from_sales" in merge.reason


@given(values, values, bases, rules)
def test_direction_is_respected(sales, books, base, rules):
    """CUS-3: nothing is ever written to a side that the direction does not allow."""
    for merge in merge_fields(sales, books, base, KEYS, rules):
        if merge.outcome is Outcome.WRITE:
            assert rules.direction.allows(merge.target)


def settled(sales, books, merges):
    """Both sides after the writes."""
    sales, books = dict(sales), dict(books)
    for merge in merges:
        if merge.outcome is Outcome.WRITE:
            (books if merge.target == "books" else sales)[merge.key] = merge.new
    return sales, books


@given(values, values, bases, rules)
def test_a_second_merge_writes_nothing(sales, books, base, rules):
    """BEY-2: idempotent; after the writes and the new base the same merge has nothing to write."""
    merges = merge_fields(sales, books, base, KEYS, rules)
    now_sales, now_books = settled(sales, books, merges)
    for_books = [merge for merge in merges if not merge.writes("sales")]
    for_sales = [merge for merge in merges if merge.writes("sales")]
    half = base_after(base, for_books, sales, books, "books", now_books)
    pending = merge_fields(sales, now_books, half, KEYS, rules)
    assert {merge.key for merge in pending if merge.outcome is Outcome.WRITE} == {merge.key for merge in for_sales}
    whole = base_after(half, for_sales, sales, books, "sales", now_sales)
    again = merge_fields(now_sales, now_books, whole, KEYS, rules)
    assert not [merge for merge in again if merge.outcome is Outcome.WRITE]


@given(values, values, bases, rules)
def test_two_way_converges(sales, books, base, rules):
    """BEY-2: in two-way a field that either side changed is the same on both afterwards."""
    rules = MergeRules(Direction.TWO_WAY, rules.owner, rules.first_owner)
    merges = merge_fields(sales, books, base, KEYS, rules)
    after_sales, after_books = settled(sales, books, merges)
    for merge in merges:
        if merge.outcome is not Outcome.SAME:
            assert after_sales[merge.key] == after_books[merge.key]


@given(values, values, bases, rules)
def test_no_value_is_lost_silently(sales, books, base, rules):
    """BEY-2: a value that was on a side before is still on one afterwards, or its loss is told: by the conflict
    that overruled it, or because its own side had not touched it since the base."""
    merges = merge_fields(sales, books, base, KEYS, rules)
    after = settled(sales, books, merges)
    for merge in merges:
        for side, held in (("sales", sales), ("books", books)):
            value = held[merge.key]
            if value is None or value in (after[0][merge.key], after[1][merge.key]):
                continue
            old_base = base and getattr(base, side)[merge.key]
            assert merge.lost == value or value == old_base


@given(values, values, bases, rules)
def test_mirrored(sales, books, base, rules):
    """BEY-2: with sides and owners swapped, two-way gives the mirrored decision."""
    swap = {"sales": "books", "books": "sales", None: None}
    rules = MergeRules(Direction.TWO_WAY, rules.owner, rules.first_owner)
    mirrored = MergeRules(Direction.TWO_WAY, swap[rules.owner], swap[rules.first_owner])
    here = merge_fields(sales, books, base, KEYS, rules)
    there = merge_fields(books, sales, base and Base(base.books, base.sales), KEYS, mirrored)
    for one_way, other_way in zip(here, there, strict=True):
        assert (one_way.outcome, one_way.new, one_way.lost, one_way.conflict) == (
            other_way.outcome,
            other_way.new,
            other_way.lost,
            other_way.conflict,
        )
        assert one_way.target == swap[other_way.target]


def test_drift_is_still_an_edit_later():
    """BEY-2: what was edited in Books and left alone is overruled knowingly when the sales side changes too."""
    base = Base({"x": "a"}, {"x": "a"})
    drift = merge_fields({"x": "a"}, {"x": "books"}, base, ["x"], FROM_SALES)
    after = base_after(base, drift, {"x": "a"}, {"x": "books"}, "books", {"x": "books"})
    (merge,) = merge_fields({"x": "sales"}, {"x": "books"}, after, ["x"], FROM_SALES)
    assert (merge.outcome, merge.conflict, merge.lost) == (Outcome.WRITE, True, "books")
