"""The names of both sides as arrays, so that 100,000 of each are compared without a loop (BEY-6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoho.core.matching.names import Name

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

FIRST_IDEOGRAPH = "\u2e80"
"""From this character on letters stand for syllables or words."""
_WORDS_WITH_INITIALS = 3


@dataclass(frozen=True, slots=True)
class Column:
    """The names of one side.

    Attributes:
        joined: each name without blanks.
        ordered: the same with the words in alphabetical order.
        initials: the first letters of the words of each name that has three or more; empty for the others.
        whole: each name without blanks as a number, the same for the same name on either side.
        initial: the initials as such a number, -1 where there are none.
        words: the words of all names one after the other, by their number in the vocabulary.
        starts: where each name's words begin; one more than there are names.
    """

    joined: list[str]
    ordered: list[str]
    initials: list[str]
    whole: Ints
    initial: Ints
    words: Ints
    starts: Ints

    @property
    def counts(self) -> Ints:
        """How many words each name has."""
        return np.diff(self.starts)

    @property
    def owners(self) -> Ints:
        """Which name each word belongs to."""
        return np.repeat(np.arange(len(self.joined)), self.counts)


@dataclass(frozen=True, slots=True)
class Table:
    """The names of both sides and their common vocabulary.

    Attributes:
        left: names of one side.
        right: names of the other.
        vocabulary: every word once, in alphabetical order.
        rarity: weight of each word, the higher the fewer names have it: log(1 + names / names with the word). It
            comes from the names given, so "Shipping" weighs little among shipping companies.
    """

    left: Column
    right: Column
    vocabulary: list[str]
    rarity: Floats


def tabulate(left: Sequence[Name], right: Sequence[Name]) -> Table:
    """Return the names of both sides as a table. Every name has to have a word."""
    vocabulary = sorted({word for side in (left, right) for name in side for word in name.words})
    numbers = {word: number for number, word in enumerate(vocabulary)}
    texts = {
        text: place
        for place, text in enumerate(dict.fromkeys(name.joined for side in (left, right) for name in side))
    }
    columns = _column(left, numbers, texts), _column(right, numbers, texts)
    held = np.zeros(len(vocabulary), np.int64)
    for column in columns:
        once = np.unique(column.owners * len(vocabulary) + column.words) % len(vocabulary)
        held += np.bincount(once, minlength=len(vocabulary))
    rarity = np.log1p((len(left) + len(right)) / held)
    return Table(*columns, vocabulary, rarity)


def _column(names: Sequence[Name], numbers: dict[str, int], texts: dict[str, int]) -> Column:
    words = np.array([numbers[word] for name in names for word in name.words], np.int64)
    starts = np.cumsum([0, *(len(name.words) for name in names)])
    joined, initials = [name.joined for name in names], [_initials(name.words) for name in names]
    return Column(
        joined,
        ["".join(sorted(name.words)) for name in names],
        initials,
        np.array([texts[text] for text in joined], np.int64),
        np.array([texts.get(text, -1) for text in initials], np.int64),
        words,
        starts,
    )


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words) if len(words) >= _WORDS_WITH_INITIALS else ""


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """Return, for groups of the given sizes laid end to end, the group of each place and the place within it."""
    groups = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return groups, np.arange(len(groups)) - starts[groups]
