"""How alike two names are, word by word, rare words counting more (BEY-6)."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import OSA, Indel, LCSseq
from rapidfuzz.process import cpdist

from zoho.core.matching.table import FIRST_IDEOGRAPH, Floats, Ints, Table, Truths, spread

_WORTH_A_LOOK = 0.55
"""Names whose letters agree less than this are not compared word by word."""
_LEAST_LIKE = 0.6
"""Words less alike than this have nothing to do with each other."""
_ABBREVIATED = 0.85
"""What an abbreviation is like its word: ``intl`` and ``international``."""
_INITIAL = 0.8
"""What a single letter is like the word that it begins, ``j`` and ``josef``, and initials are like their name."""
_OF_THE_SHORTER = 0.6
"""How much it counts that all of the shorter name is found: who leaves out words leaves out the last and least."""
_SHORTEST_ABBREVIATION = 3
_LETTERS_LEFT_OUT = 2
_SHORTEST_BEGINNING = 4
_VOWELS = frozenset("aeiouy")
_BLANKS_ONLY = 0.98
_ALMOST_JOINED = 0.9
_PAIRS_AT_ONCE = 200_000


def worth_a_look(table: Table, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return those of the pairs whose letters agree at all, in the order of the words or without any order."""
    alike = _agree(table.left.joined, table.right.joined, left, right)
    alike |= _begin(table, left, right) | _are_initials(table, left, right)
    (others,) = np.nonzero(~alike)
    alike[others] = _agree(table.left.ordered, table.right.ordered, left[others], right[others])
    return left[alike], right[alike]


def likeness(table: Table, left: Ints, right: Ints) -> Floats:
    """Return how alike the names of each pair are, from 0 to 1.

    Every word is looked for on the other side, and counts by its rarity as far as it is found there. Names that
    differ by their blanks only are the same but for a trifle.
    """
    parts = [
        _likeness(table, left[start : start + _PAIRS_AT_ONCE], right[start : start + _PAIRS_AT_ONCE])
        for start in range(0, len(left), _PAIRS_AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def _likeness(table: Table, left: Ints, right: Ints) -> Floats:
    counts, others = table.left.counts[left], table.right.counts[right]
    pair, place = spread(counts * others)
    mine, theirs = place // others[pair], place % others[pair]
    words = table.left.words[table.left.starts[left[pair]] + mine]
    other_words = table.right.words[table.right.starts[right[pair]] + theirs]
    alike = _alike(table, words, other_words, _with_a_word_in_common(pair, words == other_words))
    found = _found(table, alike, words, (np.cumsum(counts) - counts)[pair] + mine, counts)
    found_there = _found(table, alike, other_words, (np.cumsum(others) - others)[pair] + theirs, others)
    shorter, longer = np.maximum(found, found_there), np.minimum(found, found_there)
    by_words = _OF_THE_SHORTER * shorter + (1 - _OF_THE_SHORTER) * longer
    by_words = np.maximum(by_words, np.where(_are_initials(table, left, right), _INITIAL, 0.0))
    return np.maximum(by_words, _by_letters(table, left, right, counts != others))


def _found(table: Table, alike: Floats, words: Ints, slots: Ints, counts: Ints) -> Floats:
    """Return which share of one side's words is found on the other, by rarity.

    Args:
        table: the names.
        alike: of every combination of words of every pair.
        words: the word of this side in each combination.
        slots: its place among all words of this side.
        counts: words of this side in each pair.
    """
    best = np.zeros(int(counts.sum()))
    np.maximum.at(best, slots, alike)
    weight = np.zeros(len(best))
    weight[slots] = table.rarity[words]
    pairs = np.repeat(np.arange(len(counts)), counts)
    found = np.bincount(pairs, best * weight, len(counts))
    whole: Floats = found / np.bincount(pairs, weight, len(counts))
    return whole


def _with_a_word_in_common(pair: Ints, same: Truths) -> Truths:
    """Tell which combinations of words are of names that have a word in common."""
    return np.bincount(pair, same)[pair] > 0


def _alike(table: Table, words: Ints, others: Ints, may_be_short: Truths) -> Floats:
    """Return how alike words are, each distinct pair of words looked at once.

    That a word is short for another counts only where something else is the same: ``Micro`` is not ``Microsoft``.
    """
    size = len(table.vocabulary)
    distinct, places = np.unique(np.minimum(words, others) * size + np.maximum(words, others), return_inverse=True)
    alike, short = _of_words(table, distinct // size, distinct % size)
    return np.maximum(alike[places], np.where(may_be_short, short[places], 0.0))


def _of_words(table: Table, one: Ints, other: Ints) -> tuple[Floats, Floats]:
    """Return how alike words are, and as what is short for the other.

    A letter that was added, left out, replaced or swapped with its neighbour counts twice: in a short word it makes
    another word of it, in a long one it is an error of typing.
    """
    words = [table.vocabulary[number] for number in one.tolist()]
    others = [table.vocabulary[number] for number in other.tolist()]
    alike = 2 * cpdist(words, others, scorer=OSA.normalized_similarity, dtype=np.float64) - 1
    return np.where(alike < _LEAST_LIKE, 0.0, alike), _as_abbreviations(words, others)


def _agree(texts: Sequence[str], others: Sequence[str], left: Ints, right: Ints) -> Truths:
    alike = cpdist(
        [texts[place] for place in left.tolist()],
        [others[place] for place in right.tolist()],
        scorer=Indel.normalized_similarity,
        score_cutoff=_WORTH_A_LOOK,
    )
    agree: Truths = alike > 0
    return agree


def _as_abbreviations(one: list[str], other: list[str]) -> Floats:
    """Return how alike words are of which one is short for the other, 0 where none is."""
    common = cpdist(one, other, scorer=LCSseq.similarity)
    lengths, others = np.array([*map(len, one)], np.int32), np.array([*map(len, other)], np.int32)
    contained = (common == np.minimum(lengths, others)) & (np.abs(lengths - others) >= _LETTERS_LEFT_OUT)
    alike = np.zeros(len(one))
    for place in np.nonzero(contained)[0].tolist():
        brief, full = sorted((one[place], other[place]), key=len)
        alike[place] = _as_abbreviation(brief, full)
    return alike


def _as_abbreviation(brief: str, full: str) -> float:
    """Return how alike a word and some of its letters, in order, are: ``j``, ``intl``, ``brdr``, ``pharm``."""
    if brief[0] != full[0]:
        return 0.0
    if len(brief) < _SHORTEST_ABBREVIATION:
        return _INITIAL if len(brief) == 1 and brief < FIRST_IDEOGRAPH else 0.0
    begins = len(brief) >= _SHORTEST_BEGINNING and full.startswith(brief)
    return _ABBREVIATED if begins or brief[-1] == full[-1] or _VOWELS.isdisjoint(brief) else 0.0


def _by_letters(table: Table, left: Ints, right: Ints, differently_split: Truths) -> Floats:
    """Return how alike names are that are split into words differently, by their letters alone."""
    found = np.zeros(len(left))
    (places,) = np.nonzero(differently_split)
    one = [table.left.joined[place] for place in left[places].tolist()]
    other = [table.right.joined[place] for place in right[places].tolist()]
    alike = 2 * cpdist(one, other, scorer=OSA.normalized_similarity, dtype=np.float64) - 1
    alike = np.minimum(alike, _BLANKS_ONLY)
    found[places] = np.where(alike >= _ALMOST_JOINED, alike, 0.0)
    return found


def _begin(table: Table, left: Ints, right: Ints) -> Truths:
    """Tell of which pairs the one name is the beginning of the other, however short it is."""
    one, other = table.left, table.right
    begin: Truths = one.words[one.starts[left]] == other.words[other.starts[right]]
    for place in np.nonzero(begin)[0].tolist():
        text, longer = sorted((one.joined[left[place]], other.joined[right[place]]))
        begin[place] = longer.startswith(text)
    return begin


def _are_initials(table: Table, left: Ints, right: Ints) -> Truths:
    """Tell of which pairs the one name is the initials of the other."""
    one, other = table.left, table.right
    are: Truths = (one.whole[left] == other.initial[right]) | (one.initial[left] == other.whole[right])
    return are
