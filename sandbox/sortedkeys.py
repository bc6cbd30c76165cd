"""A sorted collection of integers that stays quick with a million of them."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

_CHUNK = 2000


class SortedKeys:
    """Distinct integers in ascending order, kept in chunks so that an insertion moves at most a chunk."""

    def __init__(self) -> None:
        self._chunks: list[list[int]] = []
        self._highest: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: int) -> None:
        """Put ``key`` in; a key that is there already stays once."""
        if not self._chunks:
            self._chunks, self._highest, self._count = [[key]], [key], 1
            return
        at = min(bisect_left(self._highest, key), len(self._chunks) - 1)
        chunk = self._chunks[at]
        place = bisect_left(chunk, key)
        if place < len(chunk) and chunk[place] == key:
            return
        insort(chunk, key)
        self._count += 1
        if len(chunk) > _CHUNK:
            # An appended-to collection keeps its left part full; splitting it in half would waste memory.
            cut = _CHUNK if at == len(self._chunks) - 1 else _CHUNK // 2
            self._chunks[at : at + 1] = [chunk[:cut], chunk[cut:]]
            self._highest[at : at + 1] = [chunk[cut - 1], chunk[-1]]
        else:
            self._highest[at] = chunk[-1]

    def discard(self, key: int) -> None:
        """Take ``key`` out if it is there."""
        at = bisect_left(self._highest, key)
        if at == len(self._chunks):
            return
        chunk = self._chunks[at]
        place = bisect_left(chunk, key)
        if place == len(chunk) or chunk[place] != key:
            return
        del chunk[place]
        self._count -= 1
        if chunk:
            self._highest[at] = chunk[-1]
        else:
            del self._chunks[at], self._highest[at]

    def ascending(self, after: int | None = None) -> Iterator[int]:
        """Yield the keys above ``after`` (all when None), lowest first."""
        start = 0 if after is None else bisect_right(self._highest, after)
        for at in range(start, len(self._chunks)):
            chunk = self._chunks[at]
            yield from chunk if at > start or after is None else chunk[bisect_right(chunk, after) :]

    def descending(self, before: int | None = None) -> Iterator[int]:
        """Yield the keys below ``before`` (all when None), highest first."""
        last = len(self._chunks) - 1
        start = last if before is None else min(bisect_left(self._highest, before), last)
        for at in range(start, -1, -1):
            chunk = self._chunks[at]
            part = chunk if at < start or before is None else chunk[: bisect_left(chunk, before)]
            yield from reversed(part)

    def count_from(self, key: int, *, at_most: int) -> int:
        """Count the keys at or above ``key``, giving up once the count passes ``at_most``."""
        found = 0
        for at in range(len(self._chunks) - 1, -1, -1):
            chunk = self._chunks[at]
            if self._highest[at] < key:
                break
            found += len(chunk) - bisect_left(chunk, key)
            if found > at_most:
                break
        return found
