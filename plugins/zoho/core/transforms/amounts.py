"""Transforms of numbers and money. Nothing is rounded unless the mapping says so."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import ClassVar, Literal

from zoho.core.records import Plain
from zoho.core.transforms.base import Need, Scalar, Surroundings, Transform, as_text, quoted

NumberForm = Literal["number", "text"]

_EXACT = Context(prec=60)
_MOST_DIGITS = 25
"""Digits before and after the point that the sales side can hold (zoho-api 2.4: 16 + 9)."""


@dataclass(frozen=True, slots=True)
class Number(Transform):
    """A number that one of the sides keeps as text.

    Attributes:
        sales: ``number`` or ``text``.
        books: ``number`` or ``text``.
    """

    sales: NumberForm = "number"
    books: NumberForm = "number"

    def to_books(self, value: Scalar) -> Plain:
        """Return the number as Books keeps it."""
        return _formed(_number(value), self.books)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the number as the sales side keeps it."""
        return _formed(_number(value), self.sales)

    def normalise(self, value: Scalar) -> Plain:
        """Return the number without superfluous zeros."""
        return _formed(_number(value), self.sales)


@dataclass(frozen=True, slots=True)
class Money(Transform):
    """An amount with at most as many decimal places as its currency has; more are an error, never rounded away.

    Attributes:
        currency: ISO code; without it the base currency of the two organizations.
        rounded: round half up instead of refusing. What is rounded off is lost, so it then goes one way only.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"currency"})

    currency: str | None = None
    rounded: bool = False

    def __post_init__(self) -> None:
        if self.currency is not None:
            _places(self.currency)

    @property
    def lossy(self) -> bool:
        """When it rounds."""
        return self.rounded

    def to_books(self, value: Scalar) -> Plain:
        """Return the amount."""
        return self.normalise(value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the amount."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the amount without superfluous zeros."""
        amount = _number(value)
        if self.currency is None:
            return _formed(amount, "number")
        places = _places(self.currency)
        exact = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)
        if exact != amount and not self.rounded:
            raise ValueError(f"{as_text(amount)} has more decimal places than {self.currency}, which has {places}")
        return _formed(exact, "number")

    def within(self, around: Surroundings) -> Transform:
        """Return the transform in the base currency, unless the mapping names another."""
        return replace(self, currency=self.currency or around.currency)


def _number(value: Scalar) -> Decimal:
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise ValueError(f"{quoted(value)} is not a number; write it with digits and a point") from None
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError(f"{quoted(value)} is not a number")
    exponent = number.as_tuple().exponent
    if number.adjusted() >= _MOST_DIGITS or (isinstance(exponent, int) and exponent < -_MOST_DIGITS):
        raise ValueError(f"{quoted(value)} has more digits than Zoho can hold")
    return number


def _formed(number: Decimal, form: NumberForm) -> Plain:
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text in ("-0", ""):
        text = "0"
    if form == "text":
        return text
    return Decimal(text) if "." in text else int(text)


def _places(currency: str) -> int:
    # Imported late: it costs the import of a DAG file more than all else here.
    from babel.numbers import get_currency_precision, list_currencies

    if currency not in list_currencies():
        raise ValueError(f"{currency!r} is no currency; use its ISO code, such as EUR")
    return get_currency_precision(currency)
