"""Transforms of people's names."""

from dataclasses import dataclass
from typing import Literal

from zoho.core.records import Plain
from zoho.core.transforms.base import Scalar, Transform, as_text

NameOrder = Literal["given_first", "family_first"]


@dataclass(frozen=True, slots=True)
class FirstName(Transform):
    """The given names in a full name: every word but the family name. One word alone is a family name.

    Where a name ends cannot be known from its text, so it goes one way only.

    Attributes:
        order: ``given_first`` (Ana Trujillo) or ``family_first`` (山田 太郎).
    """

    order: NameOrder = "given_first"

    @property
    def lossy(self) -> bool:
        """Always."""
        return True

    def to_books(self, value: Scalar) -> Plain:
        """Return the given names."""
        return self.normalise(value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the given names."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the given names, or blank when there is one word only."""
        words = as_text(value).split()
        return " ".join(words[:-1] if self.order == "given_first" else words[1:]) or None


@dataclass(frozen=True, slots=True)
class LastName(Transform):
    """The family name in a full name: its last word, or its first. It goes one way only.

    Attributes:
        order: ``given_first`` (Ana Trujillo) or ``family_first`` (山田 太郎).
    """

    order: NameOrder = "given_first"

    @property
    def lossy(self) -> bool:
        """Always."""
        return True

    def to_books(self, value: Scalar) -> Plain:
        """Return the family name."""
        return self.normalise(value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the family name."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the family name."""
        words = as_text(value).split()
        if not words:
            return None
        return words[-1] if self.order == "given_first" else words[0]
