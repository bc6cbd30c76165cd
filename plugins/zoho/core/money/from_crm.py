"""The money of a transaction that was made in the CRM, as Books can hold it (TXN-3, TXN-6).

Prices are without tax and discounts are amounts, as in the CRM. Books takes discounts on lines or on the whole, not
both: where the CRM has both, that on the whole goes into the adjustment. A line's taxes become the tax or tax group
of Books that charges the same.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from zoho.core.money.books import books_totals
from zoho.core.money.bounds import rounding_bound
from zoho.core.money.crm import CrmDocument, CrmLine, LineTax, crm_totals
from zoho.core.money.differences import unequal
from zoho.core.money.document import Discount, Document, DocumentLine, Tax, TaxRounding
from zoho.core.money.exact import ZERO, exact, rounded, written
from zoho.core.money.exchange import books_rate, check_exchange
from zoho.core.money.limits import LIMITS, Limits, MoneyProblem, price_with_discount
from zoho.core.money.notes import notes_for_books


@exact
def from_crm(
    document: CrmDocument,
    taxes: Sequence[Tax],
    *,
    places: int | None = None,
    base_places: int | None = None,
    tax_rounding: TaxRounding = "item_level",
    limits: Limits = LIMITS,
) -> Document:
    """Return a transaction of the CRM as Books holds it; which items its lines have is the caller's to know.

    Args:
        document: the transaction.
        taxes: the taxes and tax groups of Books.
        places: decimal places of the currency in Books, if not those of the CRM.
        base_places: decimal places of the home currency; with them what the total is worth there is checked too.
        tax_rounding: where the organization rounds taxes.
        limits: what numbers Books keeps.

    Raises:
        MoneyProblem: Books would come to something else, or has no such tax; says where, and by how much.
    """
    places = document.places if places is None else places
    lines = tuple(
        _line(f"line {number}", line, document.places, places, taxes, limits)
        for number, line in enumerate(document.lines, start=1)
    )
    on_lines = any(line.discount.value for line in lines)
    late = ZERO if on_lines else max(document.discount, ZERO)
    made = Document(
        currency=document.currency,
        places=places,
        lines=lines,
        exchange_rate=books_rate(document.exchange_rate),
        discount=Discount(late),
        discount_before_tax=not late,
        adjustment=document.adjustment - (document.discount - late),
        tax_rounding=tax_rounding,
    )
    rest = _rest(made, document)
    notes = tuple(notes_for_books(document, made, rest))
    made = replace(made, adjustment=made.adjustment + rest, notes=notes)
    _check(made, limits)
    if base_places is not None:
        total = books_totals(made).total
        check_exchange(total, made.exchange_rate, document.exchange_rate, base_places)
    return made


def _line(
    name: str,
    line: CrmLine,
    crm_places: int,
    places: int,
    taxes: Sequence[Tax],
    limits: Limits,
) -> DocumentLine:
    limits.check_quantity(name, line.quantity)
    total = rounded(line.list_price * line.quantity, crm_places)
    net = total - rounded(line.discount, crm_places)
    rate, discount = price_with_discount(line.list_price, line.quantity, (total, net), places, limits)
    return DocumentLine(
        quantity=line.quantity,
        rate=rate,
        discount=Discount(discount),
        tax=_tax(name, line.taxes, taxes),
        name=line.name,
        description=line.description,
    )


def _tax(name: str, charged: Sequence[LineTax], taxes: Sequence[Tax]) -> Tax | None:
    """Return the tax of Books that charges what a line of the CRM is charged.

    Raises:
        MoneyProblem: there is none.
    """
    if not charged:
        return None
    wanted = sorted(tax.percentage for tax in charged)
    fitting = [tax for tax in taxes if sorted(share * 100 for _, share in tax.shares) == wanted]
    if fitting:
        names = {tax.name for tax in charged}
        return max(fitting, key=lambda tax: len(names & {tax.name, *(part.name for part in tax.parts)}))
    if not any(wanted):
        return None
    told = " and ".join(f"{tax.name} {written(tax.percentage)} %" for tax in charged)
    raise MoneyProblem([f"{name}: Books has no tax or tax group that charges {told}"])


def _rest(made: Document, document: CrmDocument) -> Decimal:
    """Return what rounding left, for the adjustment to take up.

    Raises:
        MoneyProblem: rounding cannot explain it, or a line is not what it must be.
    """
    seen, wanted = books_totals(made), crm_totals(document)
    rest = wanted.grand_total - seen.total
    numbered = enumerate(zip(seen.lines, wanted.lines, strict=True), start=1)
    wrong = [(f"line {number}", ours.net, theirs.after_discount) for number, (ours, theirs) in numbered]
    if abs(rest) > rounding_bound(made, document.places):
        wrong.append(("total", seen.total, wanted.grand_total))
    off = unequal(wrong, "Books", "in the CRM", made.places)
    if off:
        raise MoneyProblem(off)
    return rest


def _check(made: Document, limits: Limits) -> None:
    """Check that Books takes every figure, and keeps it.

    Raises:
        MoneyProblem: it does not.
    """
    refused = _refused(made)
    if refused:
        raise MoneyProblem(refused)
    for name, amount in books_totals(made).figures().items():
        limits.check_amount(f"{name}: an amount", amount)


def _refused(made: Document) -> list[str]:
    """Return what Books does not take: discounts below zero, and amounts finer than the currency."""
    discounts = [(f"line {number}, discount", line.discount.value) for number, line in enumerate(made.lines, start=1)]
    discounts.append(("discount", made.discount.value))
    below = [f"{name}: {written(amount)}; Books takes none below zero" for name, amount in discounts if amount < 0]
    return below + [
        f"{name}: {written(amount)} has more decimal places than {made.currency} has in Books"
        for name, amount in [*discounts, ("adjustment", made.adjustment)]
        if amount != rounded(amount, made.places)
    ]
