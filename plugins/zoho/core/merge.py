"""Three-way merge of one record's fields against the base (BEY-2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from zoho.core.fieldrule import FieldRule, Owner
from zoho.core.lines import Lines, merge_lines
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
    """The value would have to go to ``target`` and may not: reported, left alone."""


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

    def writes(self, target: Side) -> bool:
        """Whether the field is to be written on a side."""
        return self.outcome is Outcome.WRITE and self.target == target


@dataclass(frozen=True, slots=True)
class MergeRules:
    """The settings that decide a merge.

    Attributes:
        direction: where writes may go.
        owner: who wins when both sides changed a field differently.
        first_owner: who wins at the first meeting of two unequal records (duplicate policy *overwrite*).
        newer: the side whose record was modified last.
        fields: what the mapping says of single fields; one that is missing has no rule of its own.
        sales_barred: why nothing of this pair may be written on the sales side, where that is so (CUS-5).
    """

    direction: Direction = Direction.FROM_SALES
    owner: Owner = "sales"
    first_owner: Owner = "sales"
    newer: Side = "sales"
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    sales_barred: str | None = None

    def of(self, key: str) -> FieldRule:
        """Return what the mapping says of a field."""
        return self.fields.get(key, _NO_RULE)

    def with_newer(self, newer: Side) -> "MergeRules":
        """Return the rules for a pair of which that side's record was modified last."""
        return replace(self, newer=newer)

    def winner(self, key: str, first: bool) -> Side:
        """Return the side whose value stands when the two differ.

        A field that travels one way only is its source's, unless the mapping names an owner.

        Args:
            key: the field.
            first: whether the two records meet for the first time.
        """
        rule = self.of(key)
        owner = rule.owner or rule.source or (self.first_owner if first else self.owner)
        return self.newer if owner == "newest" else owner


_NO_RULE = FieldRule()


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

    Returns:
        A decision for each field; two for lines that both sides changed, since both get what the other did.
    """
    merged: list[FieldMerge] = []
    for key in keys:
        ours, theirs = sales.get(key), books.get(key)
        lines = _lines_of(key, ours, theirs, base)
        if lines is not None and isinstance(ours, tuple) and isinstance(theirs, tuple):
            merged += _merge_lines(key, lines, ours, theirs, rules)
        else:
            merged.append(_merge(key, ours, theirs, base, rules))
    return merged


def _lines_of(key: str, sales: Value, books: Value, base: Base | None) -> Lines | None:
    """Return the base of lines that both sides changed, differently; ``None`` for whatever else."""
    if base is None or sales == books:
        return None
    known = base.sales.get(key)
    both_changed = known not in (sales, books) and known == base.books.get(key)
    return known if both_changed and isinstance(known, tuple) else None


def _merge_lines(key: str, base: Lines, sales: Lines, books: Lines, rules: MergeRules) -> list[FieldMerge]:
    winner = rules.winner(key, first=False)
    merged = merge_lines(base, sales, books, winner)
    reason = "lines changed on both sides"
    if merged.conflict:
        reason += f"; where it was the same line, {_wins(winner, key, rules)}"
    held: dict[Side, Lines] = {"sales": sales, "books": books}
    decided = []
    for target, lines in held.items():
        if lines != merged.lines:
            ours, theirs = (merged.lines, lines) if target == "books" else (lines, merged.lines)
            lost = merged.conflict and target != winner
            decided.append(_write(key, target, ours, theirs, rules, reason, lost))
    return decided


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
    winner = rules.winner(key, first=False)
    return _write(
        key, _OTHER[winner], sales, books, rules, f"changed on both sides; {_wins(winner, key, rules)}", True
    )


def _first_meeting(key: str, sales: Value, books: Value, rules: MergeRules) -> FieldMerge:
    if sales == books:
        return FieldMerge(key, Outcome.AGREED, reason="both sides hold the same value")
    if books is None:
        return _write(key, "books", sales, books, rules, BLANK["books"])
    if sales is None:
        return _write(key, "sales", sales, books, rules, BLANK["sales"])
    winner = rules.winner(key, first=True)
    reason = f"differs at the first meeting; {PLACE[winner]} goes before"
    return _write(key, _OTHER[winner], sales, books, rules, reason, True)


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
    obstacle = _obstacle(key, target, new, rules)
    if obstacle:
        return FieldMerge(key, Outcome.DRIFT, target, old, new, None, conflict, f"{reason}; not sent, {obstacle}")
    return FieldMerge(key, Outcome.WRITE, target, old, new, old if conflict else None, conflict, reason)


def _obstacle(key: str, target: Side, new: Value, rules: MergeRules) -> str | None:
    """Return what keeps a value from being written, if anything does."""
    rule = rules.of(key)
    if target == "sales" and rules.sales_barred:
        return rules.sales_barred
    if not rules.direction.allows(target):
        return f"the direction is {rules.direction}"
    if not rule.allows(target):
        return f"the field is mapped {rule.direction}"
    if new is None and target in rule.needed_on:
        return f"{PLACE[target]} needs a value here"
    return None


def _wins(winner: Side, key: str, rules: MergeRules) -> str:
    rule = rules.of(key)
    if (rule.owner or rule.source or rules.owner) == "newest":
        return f"{PLACE[winner]} was edited last"
    return f"{PLACE[winner]} owns it"


BLANK: Mapping[Side, str] = {"sales": "blank on the sales side", "books": "blank in Books"}
"""Why a side is written that holds nothing in a field, when its records meet there for the first time."""

PLACE: Mapping[Side, str] = {"sales": "the sales side", "books": "Books"}
"""A side as a sentence calls it."""

_OTHER: Mapping[Side, Side] = {"sales": "books", "books": "sales"}
