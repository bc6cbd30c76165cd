"""How much Zoho gives an organization, by its plan or edition (zoho-api sections 2.17, 3.10 and 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoho.transport.errors import Fatal

CALLS_PER_MINUTE = 100
"""Calls to one Books organization in any minute."""


@dataclass(frozen=True)
class Limits:
    """What one organization may ask of one product.

    Attributes:
        per_day: Calls (Books) or credits (CRM, Bigin) a day.
        concurrent: Calls at the same time.
        per_minute: Calls in any 60 seconds; None for no limit.
        rolling: Whether the day is any 24 hours (CRM, Bigin) and not one that Zoho begins (Books).
        cap: Calls a day, those of others too, after which ours stop though Zoho would give more (Books).
    """

    per_day: int
    concurrent: int
    per_minute: int | None = None
    rolling: bool = False
    cap: int | None = None


@dataclass(frozen=True)
class Edition:
    """One row of Zoho's price list.

    Attributes:
        per_day: Calls or credits a day.
        concurrent: Calls at the same time.
        per_user: Further credits for each user licence.
        most: Where those end; None when they do not.
    """

    per_day: int
    concurrent: int
    per_user: int = 0
    most: int | None = None

    def daily(self, users: int) -> int:
        """Return the credits of an organization with so many user licences."""
        wanted = self.per_day + self.per_user * users
        return wanted if self.most is None else min(wanted, self.most)


EDITIONS: Mapping[str, Mapping[str, Edition]] = {
    "books": {
        "free": Edition(1_000, 5),
        "standard": Edition(2_000, 10),
        "professional": Edition(5_000, 10),
        "premium": Edition(10_000, 10),
        "elite": Edition(10_000, 10),
        "ultimate": Edition(10_000, 10),
    },
    "crm": {
        "free": Edition(5_000, 5),
        "standard": Edition(50_000, 10, 250, 100_000),
        "professional": Edition(50_000, 15, 500, 1_000_000),
        "enterprise": Edition(50_000, 20, 1_000, 2_000_000),
        "ultimate": Edition(50_000, 25, 2_000),
    },
    "bigin": {
        "free": Edition(5_000, 5),
        "express": Edition(50_000, 10, 250, 100_000),
        "premier": Edition(50_000, 10, 250, 100_000),
    },
}
"""By product and edition; the first is taken where none is known."""

_OTHER_NAMES = {"starter": "standard", "zohoone": "enterprise", "crmplus": "ultimate"}
_SALES_SETTINGS = {"calls_per_day": "per_day", "concurrent_calls": "concurrent"}
_SETTINGS = {
    "books": {"calls_per_minute": "per_minute", "calls_per_day": "cap", "concurrent_calls": "concurrent"},
    "crm": _SALES_SETTINGS,
    "bigin": _SALES_SETTINGS,
}


def limits_for(product: str, settings: Mapping[str, Any], learned: Mapping[str, Any] | None = None) -> Limits:
    """Return the limits of an organization.

    Args:
        product: ``crm``, ``bigin`` or ``books``.
        settings: Extra of the connection: ``plan`` and ``users``; ``calls_per_minute`` (Books),
            ``calls_per_day`` and ``concurrent_calls`` for other limits than the plan's. Empty texts count as
            absent.
        learned: ``plan`` and ``users`` as Zoho tells them; for what the settings leave open.

    Raises:
        Fatal: A setting is no number above 0, or names a plan that the product does not have.
    """
    known = learned or {}
    edition = _edition(product, settings.get("plan"), known.get("plan"))
    users = _number(product, "users", settings.get("users")) or int(known.get("users") or 0)
    given = {
        name: number
        for setting, name in _SETTINGS[product].items()
        if (number := _number(product, setting, settings.get(setting))) is not None
    }
    facts: dict[str, Any] = {
        "per_day": edition.daily(users),
        "concurrent": edition.concurrent,
        "per_minute": CALLS_PER_MINUTE if product == "books" else None,
        "rolling": product != "books",
    }
    return Limits(**{**facts, **given})


def _edition(product: str, wanted: Any, learned: Any) -> Edition:
    editions = EDITIONS[product]
    if wanted:
        found = editions.get(_plain(wanted))
        if found is None:
            message = f"The connection's plan is {wanted!r}; it must be one of {', '.join(editions)}."
            raise Fatal(message, product=product)
        return found
    return editions.get(_plain(learned or ""), next(iter(editions.values())))


def _plain(name: Any) -> str:
    """An edition as the table writes it: Zoho says ``Enterprise``, ``biginpremier``, ``Zoho One``."""
    letters = "".join(letter for letter in str(name).lower() if letter.isalpha()).removeprefix("bigin")
    return _OTHER_NAMES.get(letters, letters)


def _number(product: str, setting: str, value: Any) -> int | None:
    if value is None or value == "":
        return None
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        message = f"The connection's {setting} is {value!r}; it must be a whole number above 0."
        raise Fatal(message, product=product)
    return int(text)
