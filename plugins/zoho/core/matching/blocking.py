"""Which pairs of names are worth a comparison: those that share something rare (BEY-6).

Every name has keys: its words, pairs of its words, pieces of four letters (of two ideographs), its rarest words less
one letter, its initials, and all of it without blanks. Two names are compared if they share one of their rarest keys.
A key that many have on both sides, as "international", brings nobody together; so the work grows with the number of
names, not with its square.
"""

import zlib
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from zoho.core.matching.table import FIRST_IDEOGRAPH, Column, Floats, Ints, Table, spread

Keys = NDArray[np.uint64]
Pairs = tuple[Ints, Ints]

MOST_PAIRS_OF_A_KEY = 400
"""A key that would bring together more pairs than this is not rare."""
KEYS_OF_A_NAME = 12
"""How many of its rarest keys count for a name."""
_MOST_PAIRS_OF_A_NAME = 10_000
"""The same bound for names that are the same to the letter."""
_WORDS_PAIRED = 4
_WORDS_SHORTENED = 2
_SHORTEST_SHORTENED = 4
_PIECE = 4
_PAIRS_AT_ONCE = 2_000_000

_WORD, _TWO_WORDS, _WHOLE, _LETTERS, _SHORTENED = (np.uint64(kind << 60) for kind in range(1, 6))
_BODY = np.uint64((1 << 60) - 1)
_PRIME = np.uint64(0x100000001B3)


def candidates(table: Table) -> Iterator[Pairs]:
    """Yield the places of pairs worth a comparison, left ones ascending, no pair twice."""
    shortened = _shortened(table.vocabulary)
    sides = [_keys(column, table, shortened) for column in (table.left, table.right)]
    yield from join(*_rare(*sides))


def same_marks(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> Iterator[Pairs]:
    """Yield the places of pairs that share a mark, such as a tax number, unless many share it."""
    numbers = {
        mark: place
        for place, mark in enumerate(sorted({one for side in (left, right) for marks in side for one in marks}))
    }
    sides = []
    for side in (left, right):
        owners = np.repeat(np.arange(len(side)), [len(marks) for marks in side])
        sides.append((owners, np.array([numbers[mark] for marks in side for mark in marks], np.uint64) | _WORD))
    yield from join(*_rare(*sides))


def join(left: tuple[Ints, Keys], right: tuple[Ints, Keys], at_once: int = _PAIRS_AT_ONCE) -> Iterator[Pairs]:
    """Yield the pairs of owners that have a key in common, some at a time.

    Args:
        left: owners in ascending order, and a key of each.
        right: the same for the other side, in any order.
        at_once: common keys after which the pairs found are yielded, those of one left owner together.
    """
    owners, keys = left
    order = np.argsort(right[1])
    others, other_keys = right[0][order], right[1][order]
    first = np.searchsorted(other_keys, keys, "left")
    counts = np.searchsorted(other_keys, keys, "right") - first
    before = np.cumsum(counts) - counts
    width = int(others.max(initial=0)) + 1
    start = 0
    while start < len(owners):
        end = int(np.searchsorted(before, before[start] + at_once, "right"))
        end = int(np.searchsorted(owners, owners[end - 1], "right"))  # never between two keys of one owner
        groups, places = spread(counts[start:end])
        found = np.unique(owners[start:end][groups] * width + others[first[start:end][groups] + places])
        yield found // width, found % width
        start = end


def _keys(column: Column, table: Table, shortened: tuple[Keys, Ints]) -> tuple[Ints, Keys]:
    """Return the keys of a side's names, and whose they are, sorted by key and without repetition."""
    rarest = _rarest_words(column, table.rarity)
    found = [
        (column.owners, column.words.astype(np.uint64) | _WORD),
        *_pairs_of_words(rarest, len(table.vocabulary)),
        (np.arange(len(column.joined)), _checksums(column.joined) | _WHOLE),
        _initials(column.initials),
        *_pieces(column.joined),
        *_shortened_words(rarest, shortened),
    ]
    return np.concatenate([owners for owners, _ in found]), np.concatenate([keys for _, keys in found])


def _rare(left: tuple[Ints, Keys], right: tuple[Ints, Keys]) -> tuple[tuple[Ints, Keys], tuple[Ints, Keys]]:
    """Return each owner's rarest keys among those that both sides have."""
    (owners, keys), (other_owners, other_keys) = _once(*left), _once(*right)
    distinct, counts = np.unique(keys, return_counts=True)
    others, other_counts = np.unique(other_keys, return_counts=True)
    shared, mine, theirs = np.intersect1d(distinct, others, assume_unique=True, return_indices=True)
    pairs = counts[mine] * other_counts[theirs]
    bound = np.where((shared & ~_BODY) == _WHOLE, _MOST_PAIRS_OF_A_NAME, MOST_PAIRS_OF_A_KEY)
    shared, pairs = shared[pairs <= bound], pairs[pairs <= bound]
    return _rarest(owners, keys, shared, pairs), _rarest(other_owners, other_keys, shared, pairs)


def _once(owners: Ints, keys: Keys) -> tuple[Ints, Keys]:
    order = np.lexsort((owners, keys))
    owners, keys = owners[order], keys[order]
    new = np.ones(len(keys), bool)
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    return owners[new], keys[new]


def _rarest(owners: Ints, keys: Keys, shared: Keys, pairs: Ints) -> tuple[Ints, Keys]:
    if not len(shared):
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    places = np.minimum(np.searchsorted(shared, keys), len(shared) - 1)
    is_shared = shared[places] == keys
    owners, keys, places = owners[is_shared], keys[is_shared], places[is_shared]
    order = np.lexsort((keys, pairs[places], owners))
    owners, keys = owners[order], keys[order]
    rank = np.arange(len(owners)) - np.searchsorted(owners, owners, "left")
    return owners[rank < KEYS_OF_A_NAME], keys[rank < KEYS_OF_A_NAME]


def _rarest_words(column: Column, rarity: Floats) -> Ints:
    """Return the rarest words of each name, one row a name, rarest first, -1 where there are no more."""
    order = np.lexsort((column.words, -rarity[column.words], column.owners))
    _, places = spread(column.counts)
    rows = np.full((len(column.joined), _WORDS_PAIRED), -1, np.int64)
    kept = places < _WORDS_PAIRED
    rows[column.owners[kept], places[kept]] = column.words[order][kept]
    return rows


def _pairs_of_words(rarest: Ints, vocabulary: int) -> Iterator[tuple[Ints, Keys]]:
    for one, other in combinations(range(_WORDS_PAIRED), 2):
        (owners,) = np.nonzero(rarest[:, other] >= 0)
        low, high = np.sort(rarest[owners][:, [one, other]]).T
        yield owners, (low * vocabulary + high).astype(np.uint64) | _TWO_WORDS


def _initials(initials: list[str]) -> tuple[Ints, Keys]:
    """Return initials as whole names, so that they meet the names that consist of them."""
    owners = [place for place, letters in enumerate(initials) if letters]
    return np.array(owners, np.int64), _checksums([initials[owner] for owner in owners]) | _WHOLE


def _checksums(texts: Sequence[str]) -> Keys:
    return np.array([zlib.crc32(text.encode()) for text in texts], np.uint64)


def _pieces(joined: list[str]) -> Iterator[tuple[Ints, Keys]]:
    """Yield every piece of four characters of each name, with its beginning marked, and of two ideographs."""
    letters = np.frombuffer("".join("^" + text for text in joined).encode("utf-32-le"), np.uint32).astype(np.uint64)
    owners = np.repeat(np.arange(len(joined)), [len(text) + 1 for text in joined])
    ideograph = letters >= ord(FIRST_IDEOGRAPH)
    for size in (_PIECE, _PIECE // 2):
        count = max(len(letters) - size + 1, 0)
        inside = owners[:count] == owners[size - 1 :][:count]
        if size < _PIECE:
            inside &= ideograph[:count] & ideograph[1:][:count]
        (starts,) = np.nonzero(inside)
        keys = np.full(len(starts), size, np.uint64)
        for place in range(size):
            keys = keys * _PRIME + letters[starts + place]
        yield owners[starts], (keys & _BODY) | _LETTERS


def _shortened(vocabulary: Sequence[str]) -> tuple[Keys, Ints]:
    """Return every word and what it is less one letter, as keys, and where each word's keys begin."""
    spellings = [
        {word, *(word[:place] + word[place + 1 :] for place in range(len(word) * (len(word) >= _SHORTEST_SHORTENED)))}
        for word in vocabulary
    ]
    starts = np.cumsum([0, *(len(found) for found in spellings)])
    return _checksums([one for found in spellings for one in found]) | _SHORTENED, starts


def _shortened_words(rarest: Ints, shortened: tuple[Keys, Ints]) -> Iterator[tuple[Ints, Keys]]:
    keys, starts = shortened
    for place in range(_WORDS_SHORTENED):
        (owners,) = np.nonzero(rarest[:, place] >= 0)
        words = rarest[owners, place]
        groups, within = spread(starts[words + 1] - starts[words])
        yield owners[groups], keys[starts[words[groups]] + within]
