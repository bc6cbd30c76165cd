"""How alike two names are (BEY-6)."""

from math import log

import numpy as np
import pytest

from zoho.core.matching.likeness import likeness, worth_a_look
from zoho.core.matching.names import Name
from zoho.core.matching.table import tabulate

COMMON, RARE = log(2), log(3)
"""What a word weighs that two names share, and one that only one of them has."""
NONE = np.empty(0, np.int64)
FIRST = np.zeros(1, np.int64)


def table(one, other):
    return tabulate(*([Name(tuple(words.split()), ())] for words in (one, other)))


def alike(one, other):
    (found,) = likeness(table(one, other), FIRST, FIRST)
    (turned,) = likeness(table(other, one), FIRST, FIRST)
    assert found == turned
    return found


def both(of_the_other):
    """Return how alike two names of two words are whose first is the same."""
    return (COMMON + of_the_other * RARE) / (COMMON + RARE)


@pytest.mark.parametrize(
    ("one", "other", "much"),
    [
        ("acme", "acme", 1),
        ("acme steel", "steel acme", 1),
        ("kolibri", "kolbiri", 1 - 2 / 7),
        ("kolibri", "kolibr", 1 - 2 / 7),
        ("abcde", "abcdx", 0.6),
        ("abcd", "abcx", 0),
        ("acme", "acme steel", 0.6 + 0.4 * COMMON / (COMMON + RARE)),
        ("ibm", "international business machines", 0.8),
        ("ib", "international business", 0),
        ("argen x", "argenx", 0.98),
        ("abcdefghijk lmnopqrstu", "abcdefghijklmnopqrstx", 1 - 2 / 21),
        ("abcdefghijk lmnopqrstu", "abcdefghijklmnopqrsxy", 0),
        ("acme intl", "acme international", both(0.85)),
        ("acme abcde", "acme abcdx", both(0.6)),
        ("acme b", "acme bruder", both(0.8)),
        ("acme br", "acme bruder", both(0)),
        ("acme brd", "acme bruder", both(0.85)),
        ("acme brd", "acme baroda", both(0.85)),
        ("acme bru", "acme bruder", both(0)),
        ("acme brud", "acme bruder", both(0.85)),
        ("acme brude", "acme bruder", both(1 - 2 / 6)),
        ("acme bodr", "acme broedinger", both(0.85)),
        ("acme brode", "acme broadender", both(0)),
        ("acme rdr", "acme bruder", both(0)),
        ("acme bxr", "acme bruder", both(0)),
        ("acme 山", "acme 山田川", both(0)),
        ("intl", "international", 0),
    ],
)
def test_names_are_so_alike(one, other, much):
    """BEY-6: by their words, misspelled, abbreviated or left out; by initials, and by letters alone."""
    assert abs(alike(one, other) - much) < 1e-12


def test_no_pairs_are_no_likeness():
    """BEY-6: nothing to compare, nothing found."""
    assert len(likeness(table("acme", "acme"), NONE, NONE)) == 0


@pytest.mark.parametrize(
    ("one", "other", "worth"),
    [
        ("abcdefghij", "abcdefvwxy", True),
        ("abcdefghij", "abcdevwxyz", False),
        ("aaaa bbbb", "bbbb aaaa", True),
        ("ab", "ab cdefghijkl", True),
        ("acme aaaaaaaaaaaa", "acme bbbbbbbbbbbb", False),
        ("ab", "abcdefghijkl", False),
        ("ibm", "international business machines", True),
        ("ib", "international business", False),
    ],
)
def test_names_are_looked_at_if_their_letters_agree(one, other, worth):
    """BEY-6: in either order of the words; a short name also if it is the beginning or the initials of the other."""
    for sides in ((one, other), (other, one)):
        left, right = worth_a_look(table(*sides), FIRST, FIRST)
        assert (left.tolist(), right.tolist()) == (([0], [0]) if worth else ([], []))


def test_rare_words_weigh_more():
    """BEY-6: by the names that have a word, on both sides together."""
    names = [[Name((word, "co"), ()) for word in words] for words in (("acme", "bolt", "acme"), ("acme",))]
    found = tabulate(*names)
    assert found.vocabulary == ["acme", "bolt", "co"]
    assert found.rarity == pytest.approx([log(1 + 4 / 3), log(5), log(2)], rel=1e-12)
    assert len(tabulate([], []).rarity) == 0
