"""Transforms of texts: trimming, cutting, phone numbers."""

import re
import unicodedata
from dataclasses import dataclass

from zoho.core.records import Plain
from zoho.core.transforms.base import Scalar, Transform, as_text

_PHONE = re.compile(r"\(?\+?[0-9][0-9 ().\-]*")
_TRUNK_ZERO = re.compile(r"\+.*\(0\)")


@dataclass(frozen=True, slots=True)
class Trim(Transform):
    """Text without blanks around it."""

    def to_books(self, value: Scalar) -> Plain:
        """Return the trimmed text."""
        return self.normalise(value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the trimmed text."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the trimmed text."""
        return as_text(value).strip() or None


@dataclass(frozen=True, slots=True)
class Cut(Transform):
    """Text cut to the given number of characters. What is cut off is lost, so it goes one way only.

    Attributes:
        length: most characters that are kept.
    """

    length: int

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError("length must be 1 or more")

    @property
    def lossy(self) -> bool:
        """Always."""
        return True

    def to_books(self, value: Scalar) -> Plain:
        """Return the beginning of the text."""
        return self.normalise(value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the beginning of the text."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the beginning of the text."""
        return as_text(value)[: self.length]


@dataclass(frozen=True, slots=True)
class Phone(Transform):
    """Phone number in compact form: an optional plus and digits, as ``+493012345``.

    Numbers that differ in punctuation only are then the same. No digit is ever added, removed or changed: what is
    not plainly one number (an extension, two numbers, letters, a trunk zero in brackets) stays as it was typed.
    """

    def to_books(self, value: Scalar) -> Plain:
        """Return the compact number."""
        return self.normalise(value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the compact number."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the compact number, or what was typed."""
        typed = as_text(value)
        plain = unicodedata.normalize("NFKC", typed).strip()
        if not _PHONE.fullmatch(plain) or _TRUNK_ZERO.match(plain.lstrip("(")):
            return typed
        return "+" * plain.count("+") + re.sub(r"[^0-9]", "", plain)
