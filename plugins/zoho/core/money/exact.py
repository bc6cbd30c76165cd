"""Arithmetic that loses nothing, and the one place where it is rounded."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import wraps
from typing import ParamSpec, TypeVar

ZERO = Decimal(0)
ONE = Decimal(1)

_WIDE = Context(prec=120)
"""Products of amounts need some 60 digits; a quotient cut off at 120 can never be taken for a tie."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def exact(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Make a function calculate with so many digits that nothing is rounded unasked."""

    @wraps(function)
    def exactly(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with localcontext(_WIDE):
            return function(*args, **kwargs)

    return exactly


def rounded(value: Decimal, places: int) -> Decimal:
    """Return an amount rounded to decimal places, halves away from zero, as both Zoho products do."""
    return value.quantize(unit(places), ROUND_HALF_UP, _WIDE)


def unit(places: int) -> Decimal:
    """Return one unit of the last decimal place: 0.01 for two places."""
    return ONE.scaleb(-places)


def decimals(value: Decimal) -> int:
    """Return how many decimal places a number needs."""
    exponent = value.normalize(_WIDE).as_tuple().exponent
    assert isinstance(exponent, int), f"{value} is no number"
    return max(0, -exponent)


def digits(value: Decimal) -> int:
    """Return how many significant digits a number has, before and after the point."""
    return len(value.normalize(_WIDE).as_tuple().digits)


def written(value: Decimal, places: int = 0) -> str:
    """Return an amount as people read it: with at least so many decimal places, with more if it has more."""
    return f"{value:,.{max(places, decimals(value))}f}"
