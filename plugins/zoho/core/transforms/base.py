"""What every transform is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from zoho.core.records import Plain

Scalar = str | Decimal | int | bool
"""A value that is there: a transform never sees a blank."""

SalesPart = Literal["value", "id", "name"]
"""What of a sales-side field is meant: the value itself, or the id or name of the record that a lookup holds."""

_QUOTED = 60

Need = Literal["currency", "users"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a transform may have to know beside the value.

    Attributes:
        currency: ISO code of the base currency that both organizations share (CON-4).
        sales_users: user id → e-mail on the sales side.
        books_users: user id → e-mail in Books.
    """

    currency: str | None = None
    sales_users: Mapping[str, str] = field(default_factory=dict)
    books_users: Mapping[str, str] = field(default_factory=dict)


class Transform(ABC):
    """Translates the values of one field.

    The round-trip law: ``to_sales(to_books(x)) == normalise(x)`` for every sales-side value that can be converted,
    unless the transform is ``lossy``. A lossy one can serve one direction only.

    A value that cannot be converted raises ``ValueError`` with a sentence for the user. A result may be ``None``:
    blank.

    Attributes:
        sales_part: what of the sales-side field it works on.
        needs: which :class:`Surroundings` it must know.
        only: the one direction it can serve; ``None`` when it can serve any.
    """

    __slots__ = ()
    sales_part: ClassVar[SalesPart] = "value"
    needs: ClassVar[frozenset[Need]] = frozenset()
    only: ClassVar[Literal["to_books"] | None] = None

    @property
    def lossy(self) -> bool:
        """Whether something of the value is lost on the way."""
        return False

    @abstractmethod
    def to_books(self, value: Scalar) -> Plain:
        """Return a sales-side value as Books shall hold it."""

    @abstractmethod
    def to_sales(self, value: Scalar) -> Plain:
        """Return a Books value as the sales side shall hold it."""

    @abstractmethod
    def normalise(self, value: Scalar) -> Plain:
        """Return the one way of writing a sales-side value that survives the way to Books and back."""

    def within(self, around: Surroundings) -> "Transform":
        """Return the transform with what it must know about its surroundings."""
        del around
        return self


class AsItIs(Transform):
    """No translation: what a pair without a transform has."""

    __slots__ = ()

    def to_books(self, value: Scalar) -> Plain:
        """Return the value."""
        return value

    def to_sales(self, value: Scalar) -> Plain:
        """Return the value."""
        return value

    def normalise(self, value: Scalar) -> Plain:
        """Return the value."""
        return value


def as_text(value: Scalar) -> str:
    """Return a value as text: numbers in plain digits, truth values as ``true`` and ``false``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def quoted(value: object) -> str:
    """Return a value for an error message; a long one by its beginning."""
    written = repr(value)
    return written if len(written) <= _QUOTED else f"{written[:_QUOTED]}…"


def listed(values: object) -> str:
    """Return the first dozen of some values, for an error message."""
    every = [str(value) for value in values] if isinstance(values, Mapping | list | tuple | set) else [str(values)]
    return ", ".join(every[:12]) + (f" and {len(every) - 12} more" if len(every) > 12 else "")
