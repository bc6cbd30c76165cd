"""Transforms of choices: picklists, yes and no, goods or service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from zoho.core.records import Plain
from zoho.core.transforms.base import Scalar, Transform, as_text, listed, quoted


@dataclass(frozen=True, slots=True)
class Choices(Transform):
    """A table of picklist values: sales side → Books. A value that is not in it is an error.

    When two sales-side values mean the same in Books it goes one way only.

    Attributes:
        table: sales-side value → Books value.
    """

    whole: ClassVar[str] = "table"
    """The option that all of the YAML under the transform's name stands for."""

    table: Mapping[str, Scalar]

    def __post_init__(self) -> None:
        if not self.table:
            raise ValueError("the table is empty; write it as {Wholesale: W, Retail: R}")

    @property
    def lossy(self) -> bool:
        """When two sales-side values share one Books value."""
        return len({as_text(value) for value in self.table.values()}) < len(self.table)

    def to_books(self, value: Scalar) -> Plain:
        """Return the Books value beside a sales-side one."""
        found = self.table.get(as_text(value))
        if found is None:
            raise ValueError(f"{quoted(value)} is not in the table of choices ({listed(self.table)}); add it there")
        return found

    def to_sales(self, value: Scalar) -> Plain:
        """Return the first sales-side value that has this Books value."""
        for sales, books in self.table.items():
            if as_text(books) == as_text(value):
                return sales
        known = listed(list(self.table.values()))
        raise ValueError(f"{quoted(value)} is not in the table of choices ({known}); add it there")

    def normalise(self, value: Scalar) -> Plain:
        """Return the value as the table writes it."""
        self.to_books(value)
        return as_text(value)


@dataclass(frozen=True, slots=True)
class YesNo(Transform):
    """Yes and no, each side in its own words. ``true`` and ``false`` are understood as text too.

    Attributes:
        sales: what yes and no are on the sales side.
        books: what they are in Books.
    """

    sales: tuple[Scalar, Scalar] = (True, False)
    books: tuple[Scalar, Scalar] = (True, False)

    def __post_init__(self) -> None:
        for words in (self.sales, self.books):
            if _word(words[0]) == _word(words[1]):
                raise ValueError(f"yes and no are both {words[0]!r}")

    def to_books(self, value: Scalar) -> Plain:
        """Return the Books word."""
        return self.books[_place(value, self.sales)]

    def to_sales(self, value: Scalar) -> Plain:
        """Return the sales-side word."""
        return self.sales[_place(value, self.books)]

    def normalise(self, value: Scalar) -> Plain:
        """Return the sales-side word as the settings write it."""
        return self.sales[_place(value, self.sales)]


@dataclass(frozen=True, slots=True)
class GoodsOrService(Transform):
    """A sales-side field with two values that sets the Books product type (PRO-2).

    Books' digital services count as services; an item that is one stays one.

    Attributes:
        goods: what goods are called on the sales side.
        service: what services are called there.
    """

    goods: str = "Goods"
    service: str = "Service"

    def __post_init__(self) -> None:
        if _word(self.goods) == _word(self.service):
            raise ValueError(f"goods and service are both {self.goods!r}")

    def to_books(self, value: Scalar) -> Plain:
        """Return ``goods`` or ``service``."""
        return ("goods", "service")[_place(value, (self.goods, self.service))]

    def to_sales(self, value: Scalar) -> Plain:
        """Return the sales-side word for a product type."""
        kind = as_text(value).removeprefix("digital_").removeprefix("capital_")
        return (self.goods, self.service)[_place(kind, ("goods", "service"))]

    def normalise(self, value: Scalar) -> Plain:
        """Return the sales-side word as the settings write it."""
        return (self.goods, self.service)[_place(value, (self.goods, self.service))]


def _word(value: Scalar) -> str:
    return as_text(value).strip().casefold()


def _place(value: Scalar, words: tuple[Scalar, Scalar]) -> int:
    for place, word in enumerate(words):
        if _word(word) == _word(value):
            return place
    raise ValueError(f"{quoted(value)} is neither {as_text(words[0])!r} nor {as_text(words[1])!r}")
