"""Three-way merge of one record's fields against the base (BEY-2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from zoho.core.records import Base, Side, Value, Values


class Direction(StrEnum):
    """Which way a module's records travel (CUS-3)."""

    FROM_SALES = "from_sales"
    TWO_WAY = "two_way"

    def allows(self, target: Side) -> bool:
        """Whether a write to ``target`` is allowed."""
        return target == "books" or self is Direction.TWO_WAY


class Outcome(StrEnum):
    """What the merge of one field asks for."""

    SAME = "same"
    """Nothing to do."""
    AGREED = "agreed"
    """Both sides came to hold the same: only the base is renewed, no write."""
    WRITE = "write"
    """The value goes to ``target``."""
    DRIFT = "drift"
    """The target's own side changed and the direction lets nothing through: reported, left alone."""


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """The decision for one field.

    Attributes:
        key: canonical field.
        outcome: see :class:`Outcome`.
        target: the side to be written, with ``Outcome.WRITE``.
        old: what the target holds now.
        new: what it shall hold.
        lost: the value that a conflict overruled, else ``None``.
        conflict: whether both sides had changed, differently.
        reason: why, as a sentence for the history.
    """

    key: str
    outcome: Outcome
    target: Side | None = None
    old: Value = None
    new: Value = None
    lost: Value = None
    conflict: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MergeRules:
    """The settings that decide a merge.

    Attributes:
        direction: where writes may go.
        owner: who wins when both sides changed a field differently.
        first_owner: who wins at the first meeting of two unequal records (duplicate policy *overwrite*).
    """

    direction: Direction = Direction.FROM_SALES
    owner: Side = "sales"
    first_owner: Side = "sales"


def merge_fields(
    sales: Values, books: Values, base: Base | None, keys: Iterable[str], rules: MergeRules
) -> list[FieldMerge]:
    """Merge the given fields of one record.

    Args:
        sales: what the sales side holds; a missing key is blank.
        books: what Books holds.
        base: what both held when last in step; ``None`` at their first meeting.
        keys: the mapped fields, in the mapping's order.
        rules: direction and owners.
    """
    return [_merge(key, sales.get(key), books.get(key), base, rules) for key in keys]


def _merge(key: str, sales: Value, books: Value, base: Base | None, rules: MergeRules) -> FieldMerge:
    if base is None or key not in base.sales or key not in base.books:
        return _first_meeting(key, sales, books, rules)
    sales_changed = sales != base.sales[key]
    books_changed = books != base.books[key]
    if not sales_changed and not books_changed:
        return FieldMerge(key, Outcome.SAME)
    if sales == books:
        return FieldMerge(key, Outcome.AGREED, reason="both sides hold the same value")
    if not books_changed:
        return _write(key, "books", sales, books, rules, "changed on the sales side")
    if not sales_changed:
        return _write(key, "sales", sales, books, rules, "changed in Books")
    target: Side = "books" if rules.owner == "sales" else "sales"
    return _write(key, target, sales, books, rules, f"changed on both sides; {_PLACE[rules.owner]} owns it", True)


def _first_meeting(key: str, sales: Value, books: Value, rules: MergeRules) -> FieldMerge:
    if sales == books:
        return FieldMerge(key, Outcome.AGREED, reason="both sides hold the same value")
    if books is None:
        return _write(key, "books", sales, books, rules, "blank in Books")
    if sales is None:
        return _write(key, "sales", sales, books, rules, "blank on the sales side")
    target: Side = "books" if rules.first_owner == "sales" else "sales"
    reason = f"differs at the first meeting; {_PLACE[rules.first_owner]} goes before"
    return _write(key, target, sales, books, rules, reason, True)


def _write(
    key: str,
    target: Side,
    sales: Value,
    books: Value,
    rules: MergeRules,
    reason: str,
    conflict: bool = False,
) -> FieldMerge:
    old, new = (books, sales) if target == "books" else (sales, books)
    if not rules.direction.allows(target):
        held_back = f"{reason}; not sent, the direction is {rules.direction}"
        return FieldMerge(key, Outcome.DRIFT, target, old, new, None, conflict, held_back)
    return FieldMerge(key, Outcome.WRITE, target, old, new, old if conflict else None, conflict, reason)


_PLACE = {"sales": "the sales side", "books": "Books"}
