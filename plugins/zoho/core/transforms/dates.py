"""Transforms of dates."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zoho.core.records import Plain
from zoho.core.transforms.base import Scalar, Transform, as_text, quoted

_TOKENS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{2})", "DD": r"(?P<day>\d{2})"}


@dataclass(frozen=True, slots=True)
class Date(Transform):
    """A date, each side in its own format.

    Attributes:
        sales: format on the sales side, made of ``YYYY``, ``MM`` and ``DD``; a date field has ``YYYY-MM-DD``.
        books: format in Books, such as ``DD.MM.YYYY`` for a text field.
    """

    sales: str = "YYYY-MM-DD"
    books: str = "YYYY-MM-DD"

    def __post_init__(self) -> None:
        for layout in (self.sales, self.books):
            if any(layout.count(token) != 1 for token in _TOKENS):
                raise ValueError(f"{layout!r} is no date format; write YYYY, MM and DD once each, as in DD.MM.YYYY")

    def to_books(self, value: Scalar) -> Plain:
        """Return the date in Books' format."""
        return _written(_read(value, self.sales), self.books)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the date in the sales side's format."""
        return _written(_read(value, self.books), self.sales)

    def normalise(self, value: Scalar) -> Plain:
        """Return the date in the sales side's format."""
        return _written(_read(value, self.sales), self.sales)


@dataclass(frozen=True, slots=True)
class Day(Transform):
    """The date of a point in time. The time of day is lost, so it goes one way only.

    Attributes:
        timezone: where the date is read off, such as ``Asia/Tokyo``.
    """

    timezone: str = "UTC"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{self.timezone!r} is not a time zone; use a name such as 'Asia/Tokyo'") from None

    @property
    def lossy(self) -> bool:
        """Always."""
        return True

    def to_books(self, value: Scalar) -> Plain:
        """Return the date."""
        return self.normalise(value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the date."""
        return self.normalise(value)

    def normalise(self, value: Scalar) -> Plain:
        """Return the date as ``YYYY-MM-DD``."""
        try:
            moment = datetime.fromisoformat(as_text(value))
        except ValueError:
            raise ValueError(f"{quoted(value)} is not a time") from None
        if moment.tzinfo is None:
            raise ValueError(f"{quoted(value)} is a time without an offset")
        try:
            return moment.astimezone(ZoneInfo(self.timezone)).date().isoformat()
        except OverflowError:
            raise ValueError(f"{quoted(value)} is out of the calendar") from None


def _read(value: Scalar, layout: str) -> date:
    pattern = re.escape(layout)
    for token, group in _TOKENS.items():
        pattern = pattern.replace(token, group)
    found = re.fullmatch(pattern, as_text(value), re.ASCII)
    try:
        if found:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        pass
    raise ValueError(f"{quoted(value)} is not a date written as {layout}")


def _written(day: date, layout: str) -> str:
    text = layout.replace("YYYY", f"{day.year:04}").replace("MM", f"{day.month:02}")
    return text.replace("DD", f"{day.day:02}")
