"""Exchange rates: Books says what a currency is worth at home, the CRM how much of it home money buys."""

from decimal import Decimal

from zoho.core.money.exact import ONE, exact, rounded, written
from zoho.core.money.limits import MoneyProblem

_CRM_PLACES = 9
"""Decimal places of the CRM's exchange rates (zoho-api 2.15)."""
_MOST_PLACES = 15


@exact
def crm_rate(rate: Decimal) -> Decimal:
    """Return the exchange rate as the CRM counts it, as fine as the CRM keeps it.

    Args:
        rate: what one unit of the currency is worth at home, above zero.
    """
    return rounded(ONE / rate, _CRM_PLACES).normalize()


@exact
def books_rate(rate: Decimal) -> Decimal:
    """Return the exchange rate as Books counts it: the shortest one that the CRM's rate can have come from.

    Args:
        rate: what one unit of the home currency is worth in the currency, above zero.
    """
    found = ONE / rate
    for places in range(_MOST_PLACES):
        short = rounded(found, places)
        if short and crm_rate(short) == rate:
            return short.normalize()
    return rounded(found, _MOST_PLACES)


@exact
def check_exchange(total: Decimal, in_books: Decimal, in_crm: Decimal, base_places: int) -> None:
    """Check that a total is worth the same on both sides.

    Args:
        total: what is to be paid, in the currency of the document.
        in_books: what one unit of it is worth at home, as Books says.
        in_crm: what one unit of the home currency is worth in it, as the CRM says.
        base_places: decimal places of the home currency.

    Raises:
        MoneyProblem: in the home currency the two come to something else (TXN-6).
    """
    worth = rounded(total * in_books, base_places)
    if in_crm <= 0:
        raise MoneyProblem([f"the CRM's exchange rate is {written(in_crm)}, in Books it is {written(in_books)}"])
    seen = rounded(total / in_crm, base_places)
    if worth != seen:
        raise MoneyProblem(
            [
                f"in the home currency: {written(worth, base_places)} in Books by its rate {written(in_books)}, "
                f"{written(seen, base_places)} in the CRM by {written(in_crm)} "
                f"({written(abs(worth - seen), base_places)} apart)"
            ]
        )
