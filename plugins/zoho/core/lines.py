"""The lines of transactions: merged one by one, though they are written as a whole (TXN-2, BEY-2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from zoho.core.records import Line, LineTax, Side, Value

Lines = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class MergedLines:
    """What became of the lines that both sides changed.

    Attributes:
        lines: what both sides are to hold.
        conflict: whether the two had changed the same thing of a line differently, so that one of them lost.
    """

    lines: Lines
    conflict: bool


def merge_lines(base: Lines, sales: Lines, books: Lines, winner: Side) -> MergedLines:
    """Merge lines that both sides changed.

    A line that only one side changed, added or took out is as that side has it. Of a line that both changed, each
    field is as the side has it that changed it. What both changed differently is as the winner has it; a line that
    one took out while the other changed it is a conflict too.

    Args:
        base: the lines when both were last in step.
        sales: those of the sales side now.
        books: those of Books now.
        winner: the side whose lines stand where both changed the same.

    Returns:
        The winner's lines in its order; what the other side added stands where that side has it.
    """
    ours, theirs = (sales, books) if winner == "sales" else (books, sales)
    in_ours, in_theirs = partners(base, ours), partners(base, theirs)
    of_ours = {place: at for at, place in enumerate(in_ours) if place is not None}
    of_theirs = {place: at for at, place in enumerate(in_theirs) if place is not None}
    conflict = False
    merged: list[Line] = []
    for place, line in enumerate(ours):
        at = of_ours.get(place)
        counterpart = None if at is None else in_theirs[at]
        if at is None:
            merged.append(line)
        elif counterpart is not None:
            one, lost = _merge_line(base[at], line, theirs[counterpart])
            merged.append(one)
            conflict |= lost
        elif line != base[at]:
            merged.append(line)
            conflict = True
    added_alike = _added(ours, of_ours)
    for place, line in enumerate(theirs):
        at = of_theirs.get(place)
        if at is None and line in added_alike:
            added_alike.remove(line)  # both have added it; a second one like it is theirs alone
        elif at is None:
            merged.insert(min(place, len(merged)), line)
        elif in_ours[at] is None and line != base[at]:
            conflict = True
    return MergedLines(tuple(merged), conflict)


def _added(lines: Lines, known: Mapping[int, int]) -> list[Line]:
    return [line for place, line in enumerate(lines) if place not in known]


def _merge_line(base: Line, ours: Line, theirs: Line) -> tuple[Line, bool]:
    changes: dict[str, Any] = {}
    lost = False
    for name in (field.name for field in fields(Line)):
        old, mine, other = (getattr(line, name) for line in (base, ours, theirs))
        if mine == old:
            changes[name] = other
        lost |= mine != old and other not in (old, mine)
    return replace(ours, **changes), lost


def partners(old: Sequence[Line], new: Sequence[Line]) -> list[int | None]:
    """Return for each old line the place of the new line that it has become; ``None`` for one that is gone.

    Equal lines belong together in their order, then lines of the same item or text, then, between two such pairs,
    what stands in the same place. So a line keeps its identity on a side whatever of it is changed.
    """
    found: list[int | None] = [None] * len(old)
    keys = (lambda line: line, lambda line: (line.item, line.description), lambda line: line.item or line.description)
    for key in keys:
        left_old = [at for at, place in enumerate(found) if place is None]
        left_new = [place for place in range(len(new)) if place not in found]
        matcher = SequenceMatcher(
            None, [key(old[at]) for at in left_old], [key(new[place]) for place in left_new], autojunk=False
        )
        for block in matcher.get_matching_blocks():
            for step in range(block.size):
                found[left_old[block.a + step]] = left_new[block.b + step]
    return found


def from_stored(values: Mapping[str, Any]) -> dict[str, Value]:
    """Return canonical values as they were before they were stored as JSON: their lines are lines again."""
    return {key: _parsed(value) if isinstance(value, list) else value for key, value in values.items()}


def _parsed(rows: Iterable[Mapping[str, Any]]) -> Lines:
    return tuple(
        Line(
            row["item"],
            row["description"],
            Decimal(row["quantity"]),
            Decimal(row["rate"]),
            Decimal(row["discount"]),
            tuple(LineTax(tax["name"], Decimal(tax["percentage"])) for tax in row["taxes"]),
        )
        for row in rows
    )


def to_store(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return canonical values as something that JSON can hold."""
    return {key: list(_rows(value)) if isinstance(value, tuple) else value for key, value in values.items()}


def _rows(lines: Lines) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield {
            "item": line.item,
            "description": line.description,
            "quantity": line.quantity,
            "rate": line.rate,
            "discount": line.discount,
            "taxes": [{"name": tax.name, "percentage": tax.percentage} for tax in line.taxes],
        }


def told(line: Line) -> str:
    """Return a line as a person reads it: ``2 × Green Tea at 9.50``."""
    name, *_ = (line.description or line.item or "a line without text").splitlines()
    text = f"{line.quantity.normalize():f} × {name} at {line.rate}"
    less = f" less {line.discount}" if line.discount else ""
    taxes = "".join(f" + {tax.name} {tax.percentage.normalize():f} %" for tax in line.taxes)
    return text + less + taxes
