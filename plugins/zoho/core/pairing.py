"""Which unlinked sales-side record belongs to which Books record (CUS-4)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from zoho.core.names import distinct_name, name_key


class DuplicatePolicy(StrEnum):
    """What happens to a sales-side record whose name Books has already (CUS-4)."""

    CLONE = "clone"
    OVERWRITE = "overwrite"
    SKIP = "skip"


class Fate(StrEnum):
    """What pairing found for one sales-side record."""

    NEW = "new"
    """Books has no such customer: create it under ``books_name``."""
    DUPLICATE = "duplicate"
    """It is the same as the Books record ``books_id``: link and overwrite."""
    SKIP = "skip"
    """Left alone, for the reason given."""


@dataclass(frozen=True, slots=True)
class Named:
    """An unlinked record, by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """The decision for one unlinked sales-side record."""

    sales_id: str
    fate: Fate
    books_id: str | None
    books_name: str
    reason: str


def pair_by_name(
    sales: Iterable[Named],
    free: Iterable[Named],
    linked_names: Collection[str],
    claims: Mapping[str, str],
    policy: DuplicatePolicy,
) -> list[Pairing]:
    """Decide for every unlinked sales-side record, in the order of their ids, so that a repeat decides alike.

    Args:
        sales: the unlinked sales-side records.
        free: the Books records that no link holds.
        linked_names: name keys of the Books records that a link holds.
        claims: sales id → display name of creates that were begun before; they keep their name.
        policy: what to do with duplicates.

    Returns:
        One pairing per record of ``sales``. No Books record is given to two of them, and no two new ones
        get the same display name.
    """
    candidates: dict[str, list[Named]] = defaultdict(list)
    for record in sorted(free, key=lambda record: record.id):
        candidates[name_key(record.name)].append(record)
    taken = set(linked_names) | set(candidates) | {name_key(name) for name in claims.values()}
    for name in claims.values():
        candidates.pop(name_key(name), None)  # most likely the very record whose creation was begun
    pairings = []
    for record in sorted(sales, key=lambda record: (len(record.id), record.id)):
        pairing = _pair(record, candidates, taken, claims.get(record.id), policy)
        taken.add(name_key(pairing.books_name))
        pairings.append(pairing)
    return pairings


def _pair(
    record: Named,
    candidates: dict[str, list[Named]],
    taken: set[str],
    claimed: str | None,
    policy: DuplicatePolicy,
) -> Pairing:
    key = name_key(record.name)
    if not key:
        return Pairing(record.id, Fate.SKIP, None, "", "it has no name")
    if claimed is not None:
        return Pairing(record.id, Fate.NEW, None, claimed, "its creation was begun before and is taken up again")
    if key not in taken:
        return Pairing(record.id, Fate.NEW, None, record.name, "not in Books yet")
    same_name = candidates.get(key, [])
    if policy is DuplicatePolicy.SKIP:
        return Pairing(record.id, Fate.SKIP, None, record.name, "Books has a customer of this name (policy: skip)")
    if policy is DuplicatePolicy.OVERWRITE and same_name:
        twin = same_name.pop(0)
        return Pairing(record.id, Fate.DUPLICATE, twin.id, twin.name, "same name in Books (policy: overwrite)")
    reason = "Books has a customer of this name (policy: clone)"
    if policy is DuplicatePolicy.OVERWRITE:
        reason = "the Books customer of this name belongs to another record"
    return Pairing(record.id, Fate.NEW, None, distinct_name(record.name, taken), reason)
