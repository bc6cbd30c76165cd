"""Totals that were worked out, held against totals that a side answered (TXN-6)."""

from collections.abc import Iterable
from decimal import Decimal

from zoho.core.money.books import Figures
from zoho.core.money.exact import written


def difference(ours: Figures, theirs: Figures, where: str = "Books", places: int = 2) -> list[str]:
    """Return the figures that differ, each in a sentence.

    Args:
        ours: what was worked out.
        theirs: what a side answered. What only one of the two knows is not compared; lines, where it tells any, are
            counted.
        where: the side's name.
        places: decimal places of the currency.

    Returns:
        For instance ``line 2: 10.01 in Books, 10.00 computed (0.01 more)``, in the order of ours; nothing when all
        that both know agrees.
    """
    pairs = ((name, theirs[name], value) for name, value in ours.items() if name in theirs)
    found = unequal(pairs, where, "computed", places)
    our_lines, their_lines = _lines(ours), _lines(theirs)
    if their_lines and our_lines != their_lines:
        found.insert(0, f"lines: {their_lines} in {where}, {our_lines} computed")
    return found


def unequal(pairs: Iterable[tuple[str, Decimal, Decimal]], where: str, otherwise: str, places: int) -> list[str]:
    """Return in sentences which amounts are not what they must be.

    Args:
        pairs: of each amount its name, what it would be, and what it must be.
        where: where it would be so.
        otherwise: where it is what it must be, such as ``in Books``.
        places: decimal places of the currency.
    """
    return [
        f"{name}: {apart(seen, wanted, where, otherwise, places)}" for name, seen, wanted in pairs if seen != wanted
    ]


def apart(theirs: Decimal, ours: Decimal, where: str, otherwise: str, places: int) -> str:
    """Return how two amounts differ: ``10.01 in Books, 10.00 computed (0.01 more)``."""
    word = "more" if theirs > ours else "less"
    off = written(abs(theirs - ours), places)
    return f"{written(theirs, places)} in {where}, {written(ours, places)} {otherwise} ({off} {word})"


def _lines(figures: Figures) -> int:
    return sum(1 for name in figures if name.removeprefix("line ").isdecimal())
