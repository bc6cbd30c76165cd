"""Which unlinked record of one side belongs to which record of the other (CUS-4, PRO-1)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from zoho.core.names import distinct_name, name_key
from zoho.core.records import Side


class DuplicatePolicy(StrEnum):
    """What happens to a record whose name the other side has already (CUS-4)."""

    CLONE = "clone"
    OVERWRITE = "overwrite"
    SKIP = "skip"


class Fate(StrEnum):
    """What pairing found for one unlinked record."""

    NEW = "new"
    """The other side has no such record: create it there under ``target_name``."""
    DUPLICATE = "duplicate"
    """It is the same as the record ``target_id``: link the two and merge them."""
    SKIP = "skip"
    """Left alone, for the reason given."""


@dataclass(frozen=True, slots=True)
class Named:
    """An unlinked record, by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """The decision for one unlinked record.

    Attributes:
        source: the side that it is on.
        source_id: its id there.
        fate: what becomes of it.
        target_id: its counterpart, with ``Fate.DUPLICATE``.
        target_name: the name that it has, or is to get, on the other side.
        reason: why, as a sentence.
    """

    source: Side
    source_id: str
    fate: Fate
    target_id: str | None
    target_name: str
    reason: str

    @property
    def sales_id(self) -> str | None:
        """Id of the sales-side record; ``None`` when it has still to be made."""
        return self.source_id if self.source == "sales" else self.target_id

    @property
    def books_id(self) -> str | None:
        """Id of the Books record; ``None`` when it has still to be made."""
        return self.source_id if self.source == "books" else self.target_id


@dataclass(frozen=True, slots=True)
class OtherSide:
    """What the other side has that could collide.

    Attributes:
        free: its records that no link holds and that may be paired.
        taken: name keys of the others.
        claims: source id → name of creates that were begun before; they keep their name.
    """

    free: Collection[Named] = ()
    taken: Collection[str] = ()
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What a record tells of its counterpart, whatever their names.

    Attributes:
        sales_id: the sales-side record.
        books_id: the Books record.
        reason: by what it is told, as a sentence.
    """

    sales_id: str
    books_id: str
    reason: str


def pair_by_identity(told: Iterable[Told], sales: Collection[str], books: Mapping[str, str]) -> list[Pairing]:
    """Pair unlinked records that tell of each other, under any policy for duplicates.

    Args:
        told: what they tell, the surest first; one that tells of a record that is not there says nothing.
        sales: ids of the unlinked records of the sales side.
        books: id → name of those of Books.

    Returns:
        The pairs; no record is in two of them.
    """
    free_in_sales, free_in_books = set(sales), dict(books)
    pairings = []
    for one in told:
        if one.sales_id in free_in_sales and one.books_id in free_in_books:
            free_in_sales.remove(one.sales_id)
            name = free_in_books.pop(one.books_id)
            pairings.append(Pairing("sales", one.sales_id, Fate.DUPLICATE, one.books_id, name, one.reason))
    return pairings


def pair_by_name(source: Side, records: Iterable[Named], other: OtherSide, policy: DuplicatePolicy) -> list[Pairing]:
    """Decide for every unlinked record of a side, in the order of their ids, so that a repeat decides alike.

    Args:
        source: the side that the records are on.
        records: the unlinked records.
        other: what the other side has.
        policy: what to do with duplicates.

    Returns:
        One pairing per record. No record of the other side is given to two of them, and no two new ones get the
        same name in Books, which has every name once.
    """
    pairer = _Pairer(source, other, policy)
    return [pairer.pair(record) for record in sorted(records, key=lambda record: (len(record.id), record.id))]


class _Pairer:
    def __init__(self, source: Side, other: OtherSide, policy: DuplicatePolicy) -> None:
        self.source = source
        self.place = "Books" if source == "sales" else "The sales side"
        self.policy = policy
        self.claims = other.claims
        self.free: dict[str, list[Named]] = defaultdict(list)
        for record in sorted(other.free, key=lambda record: record.id):
            self.free[name_key(record.name)].append(record)
        self.taken = set(other.taken) | set(self.free) | {name_key(name) for name in other.claims.values()}
        for name in other.claims.values():
            self.free.pop(name_key(name), None)  # most likely the very record whose creation was begun

    def pair(self, record: Named) -> Pairing:
        """Decide for one record."""
        key = name_key(record.name)
        if not key:
            return self._decided(record, Fate.SKIP, None, "", "it has no name")
        claimed = self.claims.get(record.id)
        if claimed is not None:
            reason = "its creation was begun before and is taken up again"
            return self._decided(record, Fate.NEW, None, claimed, reason)
        if key not in self.taken:
            place = "in Books" if self.source == "sales" else "on the sales side"
            return self._decided(record, Fate.NEW, None, record.name, f"not {place} yet")
        if self.policy is DuplicatePolicy.SKIP:
            reason = f"{self.place} has a record of this name (policy: skip)"
            return self._decided(record, Fate.SKIP, None, record.name, reason)
        namesakes = self.free.get(key, [])
        if self.policy is DuplicatePolicy.OVERWRITE and namesakes:
            twin = namesakes.pop(0)
            reason = f"{self.place} has a record of this name (policy: overwrite)"
            return self._decided(record, Fate.DUPLICATE, twin.id, twin.name, reason)
        reason = f"{self.place} has a record of this name (policy: clone)"
        if self.policy is DuplicatePolicy.OVERWRITE:
            reason = f"{self.place} has a record of this name, which belongs to another one"
        name = distinct_name(record.name, self.taken) if self.source == "sales" else record.name
        return self._decided(record, Fate.NEW, None, name, reason)

    def _decided(self, record: Named, fate: Fate, target_id: str | None, name: str, reason: str) -> Pairing:
        if name:
            self.taken.add(name_key(name))
        return Pairing(self.source, record.id, fate, target_id, name, reason)
