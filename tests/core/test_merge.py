"""Three-way merge of fields (BEY-2), by the design's table and by its laws."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import KEYS, rules, values
from zoho.core.fieldrule import FieldRule
from zoho.core.merge import Direction, FieldMerge, MergeRules, Outcome, merge_fields
from zoho.core.plan import RecordRules, base_after, base_of_new
from zoho.core.records import Base

TWO_WAY = MergeRules(direction=Direction.TWO_WAY)
FROM_SALES = MergeRules(direction=Direction.FROM_SALES)

bases = st.one_of(st.none(), st.builds(Base, values, values))


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


def test_one_sided_changes_overrule_nobody():
    """BEY-2, OPS-4: nothing was lost, and the history says why a field was written, or was not."""
    merge = one(("a", "a"), "b", "a")
    assert (merge.old, merge.lost, merge.reason) == ("a", None, "changed on the sales side")
    assert one(("a", "a"), "a", "b").reason == "changed in Books"
    assert one(("a", "a"), "b", "b").reason == "both sides hold the same value"


def test_the_first_meeting():
    """CUS-4, BEY-2: blanks are filled; what differs goes by an owner of its own, and the history says so."""
    rules = replace(TWO_WAY, owner="books")
    merge = one(None, "a", "b", rules)
    assert (merge.target, merge.lost) == ("books", "b")
    assert merge.reason == "differs at the first meeting; the sales side goes before"
    merge = one(None, "a", "b", replace(TWO_WAY, first_owner="books"))
    assert (merge.target, merge.lost) == ("sales", "a")
    assert merge.reason == "differs at the first meeting; Books goes before"
    reasons = [one(None, *held).reason for held in (("a", "a"), ("a", None), (None, "a"))]
    assert reasons == ["both sides hold the same value", "blank in Books", "blank on the sales side"]


@pytest.mark.parametrize("base", [Base({"x": "b"}, {}), Base({}, {"x": "b"})])
def test_a_field_that_one_side_alone_ever_held(base):
    """BEY-2: it was never in step, so its values meet for the first time; no edit is read out of half a base."""
    (merge,) = merge_fields({"x": "a"}, {"x": "b"}, base, ["x"], TWO_WAY)
    assert (merge.conflict, merge.lost) == (True, "b")
    assert "first meeting" in merge.reason


def test_the_side_edited_last():
    """BEY-2: it wins where the owner is "newest", and the history says that it was edited last."""
    newest = replace(TWO_WAY, owner="newest")
    merge = one(("a", "a"), "mine", "theirs", newest.with_newer("books"))
    assert (merge.target, merge.lost) == ("sales", "mine")
    assert merge.reason == "changed on both sides; Books was edited last"
    merge = one(("a", "a"), "mine", "theirs", newest)
    assert (merge.target, merge.reason) == ("books", "changed on both sides; the sales side was edited last")


@pytest.mark.parametrize(
    ("rule", "owner", "reason"),
    [
        (FieldRule(owner="newest"), "books", "the sales side was edited last"),
        (FieldRule(owner="books"), "newest", "Books owns it"),
        (FieldRule("to_books"), "newest", "the sales side owns it"),
        (FieldRule("to_books", "newest"), "books", "the sales side was edited last"),
    ],
)
def test_why_a_side_wins(rule, owner, reason):
    """BEY-2, OPS-4: by the field's owner, else as the source of a field that travels one way, else by the module."""
    rules = MergeRules(Direction.TWO_WAY, owner, fields={"x": rule})
    assert one(("a", "a"), "mine", "theirs", rules).reason.startswith(f"changed on both sides; {reason}")


def test_the_source_of_a_field_wins():
    """CUS-6, BEY-2: what travels one way stands, though the other side owns all else; it is written, no drift."""
    rules = MergeRules(Direction.TWO_WAY, "books", fields={"x": FieldRule("to_books")})
    merge = one(("a", "a"), "mine", "theirs", rules)
    assert (merge.outcome, merge.target, merge.lost) == (Outcome.WRITE, "books", "theirs")


def test_a_pair_whose_sales_side_is_barred():
    """CUS-5: nothing goes there, and the history says why; Books is written as ever."""
    rules = replace(TWO_WAY, sales_barred="another integration writes it")
    merge = one(("a", "a"), "a", "b", rules)
    assert (merge.outcome, merge.reason) == (
        Outcome.DRIFT,
        "changed in Books; not sent, another integration writes it",
    )
    assert one(("a", "a"), "b", "a", rules).outcome is Outcome.WRITE


@given(values, values, bases, rules)
def test_direction_is_respected(sales, books, base, rules):
    """CUS-3: nothing is ever written to a side that the direction does not allow."""
    for merge in merge_fields(sales, books, base, KEYS, rules):
        if merge.outcome is Outcome.WRITE:
            assert merge.target == "books" or rules.direction == "two_way"
            assert (rules.of(merge.key).direction, merge.target) not in {("to_books", "sales"), ("to_sales", "books")}


@given(values, values, bases, rules)
def test_a_needed_field_is_never_blanked(sales, books, base, rules):
    """CUS-6: a side that makes no record without a value keeps the one it has."""
    for merge in merge_fields(sales, books, base, KEYS, rules):
        if merge.outcome is Outcome.WRITE:
            assert merge.new is not None or merge.target not in rules.of(merge.key).needed_on


@given(values, bases, rules)
def test_a_false_conflict_writes_nothing(both, base, rules):
    """BEY-2: what both sides changed alike is agreed, never written."""
    assert {merge.outcome for merge in merge_fields(both, both, base, KEYS, rules)} <= {Outcome.SAME, Outcome.AGREED}


@given(values, values, values, rules)
def test_a_conflict_goes_to_its_owner(sales, books, before, rules):
    """BEY-2: the field's owner decides, else the module's; "newest" is the side that was edited last."""
    for merge in merge_fields(sales, books, Base(before, before), KEYS, rules):
        if merge.conflict:
            rule = rules.of(merge.key)
            source = {"to_books": "sales", "to_sales": "books", "both": None}[rule.direction]
            owner = rule.owner or source or rules.owner
            loser = {"sales": "books", "books": "sales"}[rules.newer if owner == "newest" else owner]
            assert merge.target == loser


@given(values, values, bases, rules)
def test_only_mapped_fields_are_decided(sales, books, base, rules):
    """CUS-6: a field that is not mapped is never touched."""
    assert [merge.key for merge in merge_fields(sales, books, base, KEYS[:1], rules)] == [KEYS[0]]


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
    rules = replace(rules, direction=Direction.TWO_WAY, fields={})
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


def swapped(rule: FieldRule) -> FieldRule:
    ways = {"both": "both", "to_books": "to_sales", "to_sales": "to_books"}
    sides = {"sales": "books", "books": "sales", None: None, "newest": "newest"}
    return FieldRule(ways[rule.direction], sides[rule.owner], frozenset(sides[side] for side in rule.needed_on))


@given(values, values, bases, rules)
def test_mirrored(sales, books, base, rules):
    """BEY-2: with sides, owners and field rules swapped, two-way gives the mirrored decision."""
    swap = {"sales": "books", "books": "sales", None: None, "newest": "newest"}
    rules = replace(rules, direction=Direction.TWO_WAY)
    mirrored = replace(
        rules,
        owner=swap[rules.owner],
        first_owner=swap[rules.first_owner],
        newer=swap[rules.newer],
        fields={key: swapped(rule) for key, rule in rules.fields.items()},
    )
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


@given(values, values)
def test_what_one_side_alone_holds_is_not_in_step(sales, books):
    """BEY-2: what Zoho or a workflow filled into a new record fills the other side later."""
    base = base_of_new((), RecordRules(KEYS, TWO_WAY), sales, {}, "books", books)
    for merge in merge_fields(sales, books, base, KEYS, TWO_WAY):
        alone = (sales[merge.key] is None) != (books[merge.key] is None)
        assert (merge.outcome is Outcome.WRITE) == alone


def test_what_only_books_tells_is_told_of_the_one_made_anew():
    """TXN-7: the number of an invoice that is gone gives way to that of the new one; a subject of its own stays."""
    rules = RecordRules(
        ("number", "subject", "note"),
        replace(TWO_WAY, fields=dict.fromkeys(("number", "subject"), FieldRule("to_sales"))),
    )
    sales, books = {"number": "1", "subject": "Offer", "note": "x"}, {"number": "2", "subject": "2", "note": "y"}
    former = Base(sales, {"number": "1", "subject": "1", "note": "x"})
    for known, told in ((former, ["number"]), (None, [])):
        base = base_of_new((), rules, sales, {}, "books", books, known)
        merged = merge_fields(sales, books, base, rules.keys, rules.merge)
        assert [one.key for one in merged if one.outcome is not Outcome.SAME] == told
