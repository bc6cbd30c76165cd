"""Pages of records, and walking them without a gap or a double while records change underneath."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

PER_PAGE = 200
"""The most rows a list gives at once, in every product."""

T = TypeVar("T")


class _Identified(msgspec.Struct):
    id: str | int


_ID = msgspec.json.Decoder(_Identified)


@dataclass(frozen=True)
class Page:
    """A part of a list.

    Attributes:
        records: Rows as Zoho gives them; numbers with a fraction are Decimal, ids are texts.
        number: 1 for the first page of a walk.
        server_time: Zoho's clock when it answered, aware UTC; also on the one empty page of an empty list.
    """

    records: list[dict[str, Any]]
    number: int
    server_time: datetime | None


@dataclass(frozen=True)
class RawPage:
    """A part of a list whose rows are only to be kept.

    Attributes:
        rows: Id and JSON, in UTF-8, of each row; as Zoho sent it, or something that means the same.
        number: 1 for the first page of a walk.
        server_time: As in ``Page``.
    """

    rows: list[tuple[str, bytes]]
    number: int
    server_time: datetime | None


class Unseen:
    """Lets every row of a walk through once.

    Args:
        id_key: Name of the field that identifies a row.
    """

    def __init__(self, id_key: str) -> None:
        self._id_key = id_key
        self._seen: set[Hashable] = set()

    def of(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows that were not given before; a row without id is always one of them."""
        fresh = []
        for row in rows:
            identity = row.get(self._id_key)
            if identity is None or identity not in self._seen:
                self._seen.add(identity)
                fresh.append(row)
        return fresh

    def of_raw(self, rows: Iterable[bytes]) -> list[tuple[str, bytes]]:
        """Return id and JSON of the rows that were not given before.

        Raises:
            ValueError: A row has no id.
        """
        fresh = []
        for raw in rows:
            identity = str(_ID.decode(raw).id)
            if identity not in self._seen:
                self._seen.add(identity)
                fresh.append((identity, raw))
        return fresh

    def knows_any(self, rows: Iterable[dict[str, Any]]) -> bool:
        """Tell whether one of the rows was given before."""
        return any(row.get(self._id_key) in self._seen for row in rows)


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Split into runs of at most ``size``, in order."""
    return (items[start : start + size] for start in range(0, len(items), size))


def iso_seconds(moment: datetime) -> str:
    """Write an aware time as CRM and Bigin read it: UTC, whole seconds, ``+00:00``.

    Bigin refuses ``Z`` and fractions (zoho-api section 2.8). Cutting the fraction off moves the time back,
    so that a list of what changed since then misses nothing.
    """
    return moment.astimezone(UTC).isoformat(timespec="seconds")
