"""How far two ways of rounding the same document can be apart: half a unit of the last place per rounded figure."""

from decimal import Decimal

from zoho.core.money.document import Document
from zoho.core.money.exact import ONE, ZERO, exact, unit


@exact
def rounding_bound(document: Document, other_places: int) -> Decimal:
    """Return the most that rounding alone can set the total of a document apart on the two sides.

    Args:
        document: as it is in Books.
        other_places: decimal places of its currency in the CRM.
    """
    at_once = document.tax_rounding == "entity_level" and not document.inclusive
    taxed = [line.tax for line in document.lines if line.tax]
    ours = len({part.id for tax in taxed for part in tax.parts}) if at_once else sum(len(tax.parts) for tax in taxed)
    theirs = sum(len(tax.parts) for tax in taxed)
    return _half(document.places) * (ours + _carried(document)) + _half(other_places) * theirs


def _carried(document: Document) -> Decimal:
    """Return how many figures more are rounded before they are taxed: their rounding is taxed, too."""
    carried = ZERO
    for line in document.lines:
        if line.tax and document.inclusive:
            carried += ONE + line.tax.share  # the net amount of a line is rounded out of what is to be paid
        if line.tax and document.discount_before_tax and document.discount.value:
            carried += 2 * line.tax.share  # a line's part of the discount can be a whole unit off
    return carried


def _half(places: int) -> Decimal:
    return unit(places) / 2
