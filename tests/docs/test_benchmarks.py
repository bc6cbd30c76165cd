"""What `make bench` writes, and how it judges."""

from datetime import date

import pytest

from tests.bench.document import BEGIN, END, PATH, measured, replaced
from tests.bench.result import Figure, Goal, Row, percentile

FIGURES = [Figure("ours ÷ theirs", "9/s ÷ 2/s", 4.5, Goal("≥", 4)), Figure("MB", "")]
ROW = Row(3, "Extract", "How it is read.", FIGURES)
LIMITS = {"≤": 1.02, "<": 20.0, "≥": 0.6}


def test_only_what_was_measured_is_written_anew() -> None:
    """What was slow and what was done is kept by hand in the same file."""
    text = PATH.read_text(encoding="utf-8")
    once = replaced(text, measured([ROW], date(2026, 11, 22), "Quiet."))
    twice = replaced(once, "other")
    assert "| 3. Extract | ours ÷ theirs | 9/s ÷ 2/s | 4.50 | ≥ 4 | met |" in once
    assert "How it is read." in once
    assert "How it is read." not in twice
    for changed in (once, twice):
        assert changed.split(BEGIN)[0] == text.split(BEGIN)[0]
        assert changed.split(END)[1] == text.split(END)[1]


@pytest.mark.parametrize(
    ("sign", "value", "met"),
    [
        *(("≤", 1.02, "met"), ("≤", 1.021, "not met")),
        *(("<", 20, "not met"), ("<", 19.9, "met")),
        *(("≥", 0.6, "met"), ("≥", 0.59, "not met")),
    ],
)
def test_a_goal_is_met_or_not(sign: str, value: float, met: str) -> None:
    """A row that misses its goal says so."""
    assert Figure("x", "y", value, Goal(sign, LIMITS[sign])).met == met


def test_what_was_not_measured_is_not_met() -> None:
    """Without a registry there is nothing to compare with, which is no success."""
    assert Figure("x", "y", None, Goal("≥", 8)).met == "not measured"


def test_percentiles() -> None:
    """95 of a hundred are not longer."""
    assert percentile([float(n) for n in range(100, 0, -1)], 0.95) == 95
    assert percentile([3.0], 0.95) == 3
