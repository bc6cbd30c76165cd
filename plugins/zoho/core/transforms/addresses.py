"""Transforms of address lines: the sales side keeps a street in lines, Books in two fields of one line."""

from dataclasses import dataclass

from zoho.core.records import Plain
from zoho.core.transforms.base import Scalar, Transform, as_text


@dataclass(frozen=True, slots=True)
class Line(Transform):
    """One line of a text of several. The others are lost, so it goes one way only.

    Attributes:
        number: which line, from 1; blank lines do not count.
        and_following: take all later lines too, with ``", "`` between them.
    """

    number: int
    and_following: bool = False

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError("number must be 1 or more")

    @property
    def lossy(self) -> bool:
        """Always."""
        return True

    def to_books(self, value: Scalar) -> Plain:
        """Return the line."""
        return self.normalise(value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the line."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the line, or blank when there are fewer."""
        lines = _parts(as_text(value).splitlines())[self.number - 1 :]
        return ", ".join(lines if self.and_following else lines[:1]) or None


@dataclass(frozen=True, slots=True)
class OneLine(Transform):
    """Lines on the sales side, one line in Books, with a sign between them.

    Attributes:
        separator: one punctuation mark with blanks around it as wished. It separates lines wherever it occurs.
    """

    separator: str = ", "

    def __post_init__(self) -> None:
        sign = self.separator.strip()
        if len(sign) != 1 or sign.isalnum() or "\n" in self.separator:
            raise ValueError("separator must be one punctuation mark, such as ', ' or ' / '")

    def to_books(self, value: Scalar) -> Plain:
        """Return the lines as one."""
        return self.separator.join(self._lines(value)) or None

    def to_sales(self, value: Scalar) -> Plain:
        """Return the one line as several."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the lines, parted at the separator too, without blank ones."""
        return "\n".join(self._lines(value)) or None

    def _lines(self, value: Scalar) -> list[str]:
        sign = self.separator.strip()
        return _parts([part for line in as_text(value).splitlines() for part in line.split(sign)])


def _parts(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]
