"""Multi-currency in the CRM: the currency and the exchange rate of records (zoho-api 2.15).

An exchange rate says how much of the record's currency one unit of the base currency is worth, so that an amount
divided by it is in the base currency. Books counts the other way round.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.currencies import CURRENCIES, Currency, home_exchange_rate
from sandbox.sales.schema import Field, Module
from sandbox.sales.store import SalesOrg
from sandbox.wire import Json

CURRENCY, RATE = "Currency", "Exchange_Rate"
"""API names of the two fields."""

_RATE_PLACES = 9


def switch_currencies(org: SalesOrg, base: str, codes: tuple[str, ...]) -> None:
    """Give the modules that have amounts a currency and an exchange rate, or take both away.

    Args:
        org: The organization.
        base: Code of its base currency.
        codes: Codes of all its currencies; empty for no multi-currency.
    """
    org.base_currency, org.currencies = base, codes
    for table in org.tables.values():
        for name in (CURRENCY, RATE):
            table.module.fields.pop(name, None)
        if codes and _has_amounts(table.module):
            choice = Field(CURRENCY, "Currency", "picklist", 120, default=base, pick_list=codes, closed=True)
            rate = Field(RATE, "Exchange Rate", "double", 9, default=1, places=_RATE_PLACES)
            table.module.fields |= {CURRENCY: choice, RATE: rate}


def _has_amounts(module: Module) -> bool:
    return any(field.data_type == "currency" for field in module.fields.values())


def currency_of(org: SalesOrg, values: Mapping[str, Any]) -> Currency:
    """Return the currency of a record with these values."""
    return CURRENCIES[values.get(CURRENCY) or org.base_currency]


def currency_values(org: SalesOrg, module: Module, present: Mapping[str, Any], given: Mapping[str, Any]) -> Json:
    """Return the currency and the exchange rate of a record after a write; nothing without multi-currency.

    A record that changes its currency takes the organization's rate, unless the write gives one; in the base
    currency the rate is 1.

    Args:
        org: The organization.
        module: The record's module.
        present: The record's values before the write.
        given: The values that are written.
    """
    if CURRENCY not in module.fields:
        return {}
    before = present.get(CURRENCY, org.base_currency)
    code = given.get(CURRENCY) or (before if CURRENCY not in given else org.base_currency)
    if code == org.base_currency:
        return {CURRENCY: code, RATE: 1}
    kept = present.get(RATE) if code == before else None
    return {CURRENCY: code, RATE: given.get(RATE) or kept or number(home_exchange_rate(code, org.base_currency))}


def exact(value: Any) -> Decimal:
    """Return a stored number as the decimal number that the client wrote; nothing is 0."""
    return Decimal(str(value or 0))


def rounded(value: Decimal, places: int) -> Decimal:
    """Return an amount rounded to a currency's decimal places, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def number(value: Decimal) -> int | float:
    """Return an amount as JSON shows it: without a fraction where there is none."""
    return int(value) if value == value.to_integral_value() else float(value)
