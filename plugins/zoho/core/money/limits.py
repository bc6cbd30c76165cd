"""What keeps the money of a transaction from being the same on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from zoho.core.money.exact import decimals, digits, exact, rounded, unit, written


class MoneyProblem(ValueError):
    """The other side cannot hold this money to the last digit, so the record is reported and not written (TXN-6).

    Attributes:
        sentences: each figure that is off, and by how much.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("; ".join(sentences))
        self.sentences = tuple(sentences)


@dataclass(frozen=True, slots=True)
class Limits:
    """What numbers a side keeps exactly.

    Attributes:
        price_places: most decimal places of a price (zoho-api 2.4: 9 in the CRM).
        quantity_places: most decimal places of a quantity.
        digits: most digits of a number in all. Zoho writes numbers as JSON, where more than 15 are not safe.
    """

    price_places: int = 9
    quantity_places: int = 9
    digits: int = 15

    def keeps_price(self, price: Decimal) -> bool:
        """Tell whether a price is kept as it is."""
        return decimals(price) <= self.price_places and digits(price) <= self.digits

    def check_quantity(self, name: str, quantity: Decimal) -> None:
        """Check the quantity of a line.

        Raises:
            MoneyProblem: it is not kept as it is.
        """
        if decimals(quantity) > self.quantity_places:
            off = abs(quantity - rounded(quantity, self.quantity_places))
            raise MoneyProblem(
                [
                    f"{name}: a quantity of {written(quantity)} has more than {self.quantity_places} decimal places "
                    f"and would be off by {written(off)}"
                ]
            )
        self.check_amount(f"{name}: a quantity", quantity)

    def check_amount(self, name: str, amount: Decimal) -> None:
        """Check any number.

        Raises:
            MoneyProblem: it has too many digits.
        """
        if digits(amount) > self.digits:
            kept = self.digits - 1 - amount.adjusted()
            off = abs(amount - rounded(amount, kept))
            raise MoneyProblem(
                [f"{name} of {written(amount)} has more than {self.digits} digits and would be off by {written(off)}"]
            )


LIMITS = Limits()
"""Those of the CRM and of Books, as far as they are known."""


@exact
def price_with_discount(
    price: Decimal, quantity: Decimal, amounts: tuple[Decimal, Decimal], places: int, limits: Limits
) -> tuple[Decimal, Decimal]:
    """Return a price that a side keeps, and the discount with which a line comes to what it must.

    A line that costs more after its discount than before (part of a discount falls on a line of negative price) gets
    the price that makes a discount needless: discounts below zero are nothing to rely on.

    Args:
        price: the price as it is.
        quantity: the quantity.
        amounts: what the line is to come to before and after its discount.
        places: decimal places of the currency on that side.
        limits: what the side keeps.
    """
    total, net = amounts
    found = _list_price(price, quantity, total, places, limits)
    if rounded(found * quantity, places) < net:
        found = _list_price(found, quantity, net, places, limits)
    return found, rounded(found * quantity, places) - net


def _list_price(price: Decimal, quantity: Decimal, total: Decimal, places: int, limits: Limits) -> Decimal:
    """Return a price that a side keeps, which comes to a total with a quantity.

    Args:
        price: the price as it is; taken when the side keeps it and it comes to the total.
        quantity: the quantity.
        total: what the line is to come to before discount.
        places: decimal places of the currency on that side.
        limits: what the side keeps.

    Returns:
        The price, or that with the fewest decimals that comes to the total. Where the side keeps too few for that,
        the next one that comes to more than the total, for a discount to take off; so the next higher one, and where
        less than nothing is sold the next lower one.
    """
    if not quantity:
        return price if limits.keeps_price(price) else rounded(price, _most_places(price, limits))
    if limits.keeps_price(price) and rounded(price * quantity, places) == total:
        return price
    wanted = total / quantity
    most = _most_places(wanted, limits)
    for count in range(min(places, most), most + 1):
        found = rounded(wanted, count)
        if rounded(found * quantity, places) == total:
            return found
    return found if found * quantity > total else found + unit(most).copy_sign(quantity)


def _most_places(price: Decimal, limits: Limits) -> int:
    """Return how many decimals of a price a side keeps; less than none when even its whole part is too long."""
    return min(limits.price_places, limits.digits - 1 - price.adjusted())
