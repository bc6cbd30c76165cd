"""Transforms of lookups: who owns a record, and the names of other records."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from zoho.core.records import Plain
from zoho.core.transforms.base import Need, SalesPart, Scalar, Surroundings, Transform, as_text, quoted


@dataclass(frozen=True, slots=True)
class OwnerEmail(Transform):
    """The owner on the sales side; in Books a text with the owner's e-mail (CON-6)."""

    sales_part: ClassVar[SalesPart] = "id"
    needs: ClassVar[frozenset[Need]] = frozenset({"users"})

    around: Surroundings = field(default_factory=Surroundings)

    def to_books(self, value: Scalar) -> Plain:
        """Return the e-mail of a sales-side user id."""
        return _email(value, self.around.sales_users, "the sales side")

    def to_sales(self, value: Scalar) -> Plain:
        """Return the sales-side user id of an e-mail."""
        return _user(value, self.around.sales_users, "the sales side")

    def normalise(self, value: Scalar) -> Plain:
        """Return the user id."""
        return self.to_sales(_email(value, self.around.sales_users, "the sales side"))

    def within(self, around: Surroundings) -> Transform:
        """Return the transform knowing the users."""
        return replace(self, around=around)


@dataclass(frozen=True, slots=True)
class Owner(Transform):
    """The owner on both sides: the users with the same e-mail (CON-6)."""

    sales_part: ClassVar[SalesPart] = "id"
    needs: ClassVar[frozenset[Need]] = frozenset({"users"})

    around: Surroundings = field(default_factory=Surroundings)

    def to_books(self, value: Scalar) -> Plain:
        """Return the Books user of a sales-side user id."""
        return _user(_email(value, self.around.sales_users, "the sales side"), self.around.books_users, "Books")

    def to_sales(self, value: Scalar) -> Plain:
        """Return the sales-side user of a Books user id."""
        return _user(_email(value, self.around.books_users, "Books"), self.around.sales_users, "the sales side")

    def normalise(self, value: Scalar) -> Plain:
        """Return the user id."""
        return self.to_sales(as_text(self.to_books(value) or ""))

    def within(self, around: Surroundings) -> Transform:
        """Return the transform knowing the users."""
        return replace(self, around=around)


@dataclass(frozen=True, slots=True)
class LookupName(Transform):
    """The name of the record that a sales-side lookup points at. Books receives it; it cannot go back."""

    sales_part: ClassVar[SalesPart] = "name"
    only: ClassVar[Literal["to_books"] | None] = "to_books"

    @property
    def lossy(self) -> bool:
        """Always."""
        return True

    def to_books(self, value: Scalar) -> Plain:
        """Return the name."""
        return value

    def to_sales(self, value: Scalar) -> Plain:
        """Refuse: a name does not say which record is meant."""
        raise ValueError(f"{quoted(value)} cannot be looked up: a name does not say which record is meant")

    def normalise(self, value: Scalar) -> Plain:
        """Return the name."""
        return value


def _email(value: Scalar, users: Mapping[str, str], place: str) -> str:
    email = users.get(as_text(value))
    if email is None:
        raise ValueError(f"no user of {place} has the id {as_text(value)}, or none whose e-mail can be read")
    return email.strip().casefold()


def _user(value: Scalar, users: Mapping[str, str], place: str) -> str:
    wanted = as_text(value).strip().casefold()
    for user_id, email in users.items():
        if email.strip().casefold() == wanted:
            return user_id
    raise ValueError(f"no user of {place} has the e-mail {as_text(value)}; add the user there, or change the owner")
