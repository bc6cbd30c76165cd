"""Exact amounts: reading them from JSON, rounding them, and writing them back (TXN-6)."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sandbox.books.refusals import invalid

MAX_DIGITS = 15
"""Most digits of an amount: as many as every JSON reader keeps."""


def amount(name: str, given: Any) -> Decimal:
    """Return a number that a client gave, in JSON or as text.

    JSON numbers arrive as floats, whose shortest notation is exactly what the client wrote up to 15 digits.

    Raises:
        Refusal: It is no number, or has more digits than Books keeps.
    """
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise invalid(name)
    try:
        found = Decimal(str(given).strip())
    except InvalidOperation:
        raise invalid(name) from None
    if not found.is_finite() or len(found.as_tuple().digits) > MAX_DIGITS or abs(found.adjusted()) > MAX_DIGITS:
        raise invalid(name)
    return found


def rounded(value: Decimal, places: int) -> Decimal:
    """Return an amount rounded to decimal places, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def number(value: Decimal) -> int | float:
    """Return an amount as JSON shows it: without a fraction where there is none."""
    return int(value) if value == value.to_integral_value() else float(value)
