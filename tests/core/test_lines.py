"""The lines of transactions, merged one by one (TXN-2, BEY-2)."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho.core.lines import from_stored, merge_lines, partners, to_store
from zoho.core.merge import Direction, MergeRules, Outcome, merge_fields
from zoho.core.records import Base, Line, LineTax

amounts = st.integers(1, 4).map(Decimal)
taxes = st.lists(st.builds(LineTax, st.sampled_from(["VAT", "City"]), amounts), max_size=2).map(tuple)
lines = st.builds(
    Line,
    st.none() | st.sampled_from(["tea", "cup", "pot"]),
    st.none() | st.sampled_from(["green", "black"]),
    amounts,
    amounts,
    st.just(Decimal(0)) | amounts,
    taxes,
)
papers = st.lists(lines, max_size=5).map(tuple)
sides = st.sampled_from(["sales", "books"])


def line(item: str, quantity: int = 1, rate: int = 1) -> Line:
    return Line(item, None, Decimal(quantity), Decimal(rate))


@given(papers, papers, sides)
def test_what_only_one_side_did_is_taken_whole(base, theirs, winner):
    """BEY-2: whoever wins, the lines are those of the side that changed them, without a conflict."""
    for sales, books in ((base, theirs), (theirs, base)):
        merged = merge_lines(base, sales, books, winner)
        assert Counter(merged.lines) == Counter(theirs)
        assert not merged.conflict


@given(papers, papers, papers, sides)
def test_no_line_is_made_up_or_lost(base, sales, books, winner):
    """BEY-2: without a conflict, every line that one side added or left alone is there; nothing is invented."""
    merged = merge_lines(base, sales, books, winner)
    items = {one.item for one in (*base, *sales, *books)}
    assert {one.item for one in merged.lines} <= items
    kept = Counter(base) & Counter(sales) & Counter(books)
    assert not kept - Counter(merged.lines)


@given(papers, papers, papers)
def test_both_sides_get_the_same_lines(base, sales, books):
    """BEY-2: after the writes that a merge asks for, both sides hold the same."""
    held, known = {"sales": sales, "books": books}, Base({"lines": base}, {"lines": base})
    rules = MergeRules(Direction.TWO_WAY)
    for one in merge_fields({"lines": sales}, {"lines": books}, known, ["lines"], rules):
        if one.outcome is Outcome.WRITE:
            held[one.target] = one.new
    assert held["sales"] == held["books"]


@given(papers, papers)
def test_each_line_has_one_partner(old, new):
    """TXN-2: no two lines become the same one; equal lines belong together."""
    found = [place for place in partners(old, new) if place is not None]
    assert len(found) == len(set(found))
    assert partners(old, old) == list(range(len(old)))


@given(papers)
def test_lines_are_stored_exactly(paper):
    """TXN-6: what comes back from the store is what went in."""
    assert from_stored(to_store({"lines": paper, "notes": "x"})) == {"lines": paper, "notes": "x"}


@pytest.mark.parametrize(
    ("sales", "books", "expected", "conflict"),
    [
        ([line("tea", 2), line("cup")], [line("tea", 1, 9), line("cup")], [line("tea", 2, 9), line("cup")], False),
        ([line("tea", 2), line("cup")], [line("tea", 3), line("cup")], [line("tea", 3), line("cup")], True),
        ([line("cup")], [line("tea", 3), line("cup")], [line("tea", 3), line("cup")], True),
        ([line("tea"), line("cup"), line("pot")], [line("cup")], [line("cup"), line("pot")], False),
        (
            [line("tea"), line("cup"), line("pot"), line("pot")],
            [line("tea"), line("cup"), line("pot")],
            [line("tea"), line("cup"), line("pot"), line("pot")],
            False,
        ),
    ],
    ids=["different fields", "same field", "taken out and edited", "added and taken out", "both added, one twice"],
)
def test_cases(sales, books, expected, conflict):
    """BEY-2: field by field; what both changed differently is as the winner has it, who is Books here."""
    base = (line("tea"), line("cup"))
    merged = merge_lines(base, tuple(sales), tuple(books), "books")
    assert (Counter(merged.lines), merged.conflict) == (Counter(expected), conflict)
