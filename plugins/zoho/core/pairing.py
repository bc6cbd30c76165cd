"""Which unlinked record of one side belongs to which record of the other (CUS-4, PRO-1)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from zoho.core.names import distinct_name, is_told_apart, name_key, stem_key, suffix_order
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
    HOLD = "hold"
    """Not created, since it may be the same as another one: a person is to say (BEY-6)."""


PLANNED = (Fate.NEW, Fate.DUPLICATE)
"""The fates with which something is planned, in the order in which it is."""

LEFT_ALONE = (Fate.SKIP, Fate.HOLD)
"""The fates with which nothing is written."""


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
        apart: sales id and Books id of records that are not the same, whatever they are called.
    """

    free: Collection[Named] = ()
    taken: Collection[str] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    apart: Collection[tuple[str, str]] = ()


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


def pair_by_identity(
    told: Iterable[Told], sales: Collection[str], books: Mapping[str, str], apart: Collection[tuple[str, str]] = ()
) -> list[Pairing]:
    """Pair unlinked records that tell of each other, under any policy for duplicates.

    Args:
        told: what they tell, the surest first; one that tells of a record that is not there says nothing.
        sales: ids of the unlinked records of the sales side.
        books: id → name of those of Books.
        apart: sales id and Books id of records that are not the same, whatever they tell.

    Returns:
        The pairs; no record is in two of them.
    """
    free_in_sales, free_in_books = set(sales), dict(books)
    pairings = []
    for one in told:
        free = one.sales_id in free_in_sales and one.books_id in free_in_books
        if free and (one.sales_id, one.books_id) not in apart:
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

    With *overwrite* the records of equal names come together first. Then what is left meets the ones that were once
    told apart from those by a suffix, " (2)" in Books, so that nothing is made again when the links are lost: the
    oldest meets the lowest suffix, as they were given.

    Returns:
        One pairing per record. No record of the other side is given to two of them, and no two new ones get the
        same name in Books, which has every name once.
    """
    pairer = _Pairer(source, other, policy)
    in_order = sorted(records, key=_age)
    if policy is DuplicatePolicy.OVERWRITE:
        pairer.find_twins(in_order)
    return [pairer.pair(record) for record in in_order]


def _age(record: Named) -> tuple[int, str]:
    """Zoho's ids grow: the oldest comes first."""
    return len(record.id), record.id


_STEM = 190
"""Characters of a name that a suffix never cuts off: Books' limit is 200."""


class _Pairer:
    def __init__(self, source: Side, other: OtherSide, policy: DuplicatePolicy) -> None:
        self.source, self.other = source, other
        self.place = "Books" if source == "sales" else "The sales side"
        self.policy = policy
        self.claims = other.claims
        self.free: dict[str, list[Named]] = defaultdict(list)
        for record in sorted(other.free, key=_age):
            self.free[name_key(record.name)].append(record)
        self.taken = set(other.taken) | set(self.free) | {name_key(name) for name in other.claims.values()}
        for name in other.claims.values():
            self.free.pop(name_key(name), None)  # most likely the very record whose creation was begun
        self.twins: dict[str, Named] = {}

    def find_twins(self, records: Collection[Named]) -> None:
        """Give away the records of the other side: to those of the same name, then to those told apart from them."""
        met = set(self.other.taken)
        alone = []
        for record in records:
            key = name_key(record.name)
            if record.id in self.claims:
                continue
            twin = next((one for one in self.free.get(key, ()) if not self._are_apart(record, one)), None)
            if twin is None:
                alone.append(record)
                continue
            self.free[key].remove(twin)
            self.twins[record.id] = twin
            met.add(key)
        left: dict[str, list[Named]] = defaultdict(list)
        for namesakes in self.free.values():
            for one in namesakes:
                left[stem_key(one.name)[:_STEM]].append(one)
        for record in sorted(alone, key=lambda one: suffix_order(one.name)):
            candidates = left[stem_key(record.name)[:_STEM]]
            found = [one for one in candidates if self._were_told_apart(record, one, met)]
            if found:
                twin = min(found, key=lambda one: (suffix_order(one.name), _age(one)))
                candidates.remove(twin)
                self.twins[record.id] = twin

    def _were_told_apart(self, record: Named, other: Named, met: Collection[str]) -> bool:
        """Whether the one in Books got its suffix since another one had the name of the one on the sales side."""
        in_sales, in_books = (record, other) if self.source == "sales" else (other, record)
        told_apart = name_key(in_sales.name) in met and is_told_apart(in_books.name, in_sales.name)
        return told_apart and not self._are_apart(record, other)

    def _are_apart(self, record: Named, other: Named) -> bool:
        """Whether somebody has said that the two are not the same."""
        in_sales, in_books = (record, other) if self.source == "sales" else (other, record)
        return (in_sales.id, in_books.id) in self.other.apart

    def pair(self, record: Named) -> Pairing:
        """Decide for one record."""
        key = name_key(record.name)
        if not key:
            return self._decided(record, Fate.SKIP, None, "", "it has no name")
        claimed = self.claims.get(record.id)
        if claimed is not None:
            reason = "its creation was begun before and is taken up again"
            return self._decided(record, Fate.NEW, None, claimed, reason)
        twin = self.twins.get(record.id)
        if twin is not None:
            alike = "this name" if name_key(twin.name) == key else "this name with a suffix"
            reason = f"{self.place} has a record of {alike} (policy: overwrite)"
            return self._decided(record, Fate.DUPLICATE, twin.id, twin.name, reason)
        if key not in self.taken:
            place = "in Books" if self.source == "sales" else "on the sales side"
            return self._decided(record, Fate.NEW, None, record.name, f"not {place} yet")
        if self.policy is DuplicatePolicy.SKIP:
            reason = f"{self.place} has a record of this name (policy: skip)"
            return self._decided(record, Fate.SKIP, None, record.name, reason)
        reason = f"{self.place} has a record of this name (policy: clone)"
        if self.policy is DuplicatePolicy.OVERWRITE:
            reason = f"{self.place} has a record of this name, which belongs to another one"
        name = distinct_name(record.name, self.taken) if self.source == "sales" else record.name
        return self._decided(record, Fate.NEW, None, name, reason)

    def _decided(self, record: Named, fate: Fate, target_id: str | None, name: str, reason: str) -> Pairing:
        self.taken.add(name_key(name))
        return Pairing(self.source, record.id, fate, target_id, name, reason)
