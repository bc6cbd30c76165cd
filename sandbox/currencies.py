"""The currencies that the organizations know (zoho-api 2.15, 3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency.

    Attributes:
        id: Its id in Books.
        code: ISO 4217 code.
        name: Its name.
        symbol: Its symbol.
        places: Decimal places of its amounts.
        format: How Books shows an amount.
        dollars: What one unit is worth in US dollars, from which exchange rates are made.
    """

    id: str
    code: str
    name: str
    symbol: str
    places: int
    format: str
    dollars: Decimal


CURRENCIES: Mapping[str, Currency] = {
    currency.code: currency
    for currency in (
        Currency("600012300000000097", "USD", "US Dollar", "$", 2, "1,234,567.89", Decimal(1)),
        Currency("600012300000000099", "EUR", "Euro", "€", 2, "1.234.567,89", Decimal("1.08")),
        Currency("600012300000000101", "JPY", "Japanese Yen", "¥", 0, "1,234,567", Decimal("0.0067")),
        Currency("600012300000000103", "KWD", "Kuwaiti Dinar", "KD", 3, "1,234,567.899", Decimal("3.25")),
    )
}
"""Currencies by code: with none, two and three decimal places."""

CURRENCY_IDS: Mapping[str, str] = {code: currency.id for code, currency in CURRENCIES.items()}
"""Ids by code."""


def currency_with_id(currency_id: str) -> Currency | None:
    """Return the currency with an id, or None."""
    return next((currency for currency in CURRENCIES.values() if currency.id == currency_id), None)


def exchange_rate(code: str, base: str) -> Decimal:
    """Return what one unit of a currency is worth in the base currency, as Books counts."""
    rate = CURRENCIES[code].dollars / CURRENCIES[base].dollars
    return Decimal(1) if code == base else rate.quantize(Decimal("0.000001")).normalize()


def home_exchange_rate(code: str, base: str) -> Decimal:
    """Return what one unit of the base currency is worth in a currency, as the CRM counts: the inverse of Books."""
    rate = CURRENCIES[base].dollars / CURRENCIES[code].dollars
    return Decimal(1) if code == base else rate.quantize(Decimal("0.000000001"))
