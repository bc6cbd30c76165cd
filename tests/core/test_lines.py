"""The lines of transactions, merged one by one (TXN-2, BEY-2)."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho.core.lines import MergedLines, from_stored, merge_lines, partners, to_store, told
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


ONE, TWO = Decimal(1), Decimal(2)
TEA, CUP, POT = line("tea"), line("cup"), line("pot")
TWO_WAY = MergeRules(Direction.TWO_WAY)


def merged(sales, books, base=(TEA, CUP), in_books=None, rules=TWO_WAY):
    known = Base({"lines": base}, {"lines": base if in_books is None else in_books})
    return [
        (one.target, one.new, one.lost, one.reason)
        for one in merge_fields({"lines": sales}, {"lines": books}, known, ["lines"], rules)
    ]


def test_what_is_told_of_lines():
    """BEY-2, OPS-4: both sides get what the other did; where both changed the same, the loser's lines are kept."""
    dearer, more, fewer = line("tea", 1, 9), line("tea", 2), line("tea", 3)
    reason = "lines changed on both sides"
    both = (line("tea", 2, 9), CUP)
    assert merged((more, CUP), (dearer, CUP)) == [("sales", both, None, reason), ("books", both, None, reason)]
    lost = f"{reason}; where it was the same line, Books owns it"
    owned_by_books = MergeRules(Direction.TWO_WAY, "books")
    assert merged((more, CUP), (fewer, CUP), rules=owned_by_books) == [("sales", (fewer, CUP), (more, CUP), lost)]
    three = (fewer, CUP, POT)
    assert merged((more, CUP, POT), (fewer, CUP), rules=owned_by_books) == [
        ("sales", three, (more, CUP, POT), lost),
        ("books", three, None, lost),
    ]


def test_lines_that_are_taken_whole():
    """BEY-2: changed on one side only, alike on both, blanked, or never alike: nothing is put together."""
    more, fewer = line("tea", 2), line("tea", 3)
    assert merged((more, CUP), (TEA, CUP)) == [("books", (more, CUP), None, "changed on the sales side")]
    assert merged((TEA, CUP), (more, CUP)) == [("sales", (more, CUP), None, "changed in Books")]
    assert merged((more, CUP), (more, CUP)) == [(None, None, None, "both sides hold the same value")]
    whole = "changed on both sides; the sales side owns it"
    assert merged(None, (more, CUP)) == [("books", None, (more, CUP), whole)]
    assert merged((more, CUP), None) == [("books", (more, CUP), None, whole)]
    assert merged((more, CUP), (TEA, fewer), in_books=(TEA,)) == [("books", (more, CUP), (TEA, fewer), whole)]


@given(papers, papers)
def test_each_line_has_one_partner(old, new):
    """TXN-2: no two lines become the same one; equal lines belong together."""
    found = [place for place in partners(old, new) if place is not None]
    assert len(found) == len(set(found))
    assert partners(old, old) == list(range(len(old)))


def test_partners():
    """TXN-2: by item, though all else of a line was changed; in papers of any length."""
    assert partners((Line("tea", "green", ONE, ONE),), (CUP, Line("tea", "black", TWO, TWO))) == [1]
    assert partners((Line(None, "green", ONE, ONE),), (Line(None, None, TWO, TWO),)) == [None]
    old = [Line("tea", None, TWO, ONE), CUP, Line("cup", "red", ONE, ONE), Line("tea", "red", TWO, ONE)]
    new = [old[3], Line("cup", "big", ONE, ONE), Line("tea", "big", ONE, ONE), Line("cup", "red", TWO, ONE)]
    assert partners(old, new) == [2, None, 3, 0]
    many = (TEA,) * 250
    assert partners((CUP, *many), many) == [None, *range(250)]


@given(papers)
def test_lines_are_stored_exactly(paper):
    """TXN-6: what comes back from the store is what went in."""
    stored = to_store({"lines": paper, "notes": "x"})
    assert isinstance(stored["lines"], list)  # of which JSON keeps what is in a row
    assert from_stored(stored) == {"lines": paper, "notes": "x"}


@pytest.mark.parametrize(
    ("told_of", "text"),
    [
        (Line("tea", "Green Tea\nloose", Decimal("2.0"), Decimal("9.50")), "2 × Green Tea at 9.50"),
        (Line("tea", None, Decimal(1), Decimal(9), Decimal("0.5")), "1 × tea at 9 less 0.5"),
        (
            Line(None, "Tea", Decimal(1), Decimal(9), taxes=(LineTax("VAT", Decimal("8.250")),)),
            "1 × Tea at 9 + VAT 8.25 %",
        ),
        (Line(None, None, Decimal(1), Decimal(9)), "1 × a line without text at 9"),
    ],
)
def test_a_line_as_a_person_reads_it(told_of, text):
    """OPS-4: plans and the history show lines so, also those that have neither an item nor a text."""
    assert told(told_of) == text


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
    assert merge_lines(base, tuple(books), tuple(sales), "sales") == merged


def test_where_lines_stand():
    """BEY-2: in the winner's order, and what the other side added where that side has it."""
    more = line("tea", 2)
    assert merge_lines((TEA, CUP), (more, CUP), (POT, TEA, CUP), "sales").lines == (POT, more, CUP)
    assert merge_lines((TEA, CUP), (TEA, CUP, TEA), (TEA, CUP, TEA), "sales").lines == (TEA, CUP, TEA)
    assert merge_lines((TEA, CUP), (TEA, line("cup", 2)), (TEA, CUP, TEA), "sales").lines == (
        TEA,
        line("cup", 2),
        TEA,
    )


def test_taken_out_by_the_winner():
    """BEY-2: what the other side had changed of that line is lost, so it is a conflict."""
    assert merge_lines((TEA, CUP), (CUP,), (line("tea", 2), CUP), "sales") == MergedLines((CUP,), True)
    assert merge_lines((TEA, CUP), (CUP,), (TEA, CUP), "sales") == MergedLines((CUP,), False)
