"""What is sent of a transaction beside its mapped fields: who it is for, its lines and its amounts (TXN-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zoho.core.lines import Lines, partners
from zoho.core.money.crm import CrmDocument, CrmLine
from zoho.core.money.crm import LineTax as CrmTax
from zoho.core.money.document import Document, DocumentLine
from zoho.core.money.exchange import books_rate, check_exchange
from zoho.core.money.from_crm import from_crm
from zoho.core.money.limits import MoneyProblem
from zoho.core.records import Line, Value, Values
from zoho.core.transforms.base import quoted
from zoho.modules.document_money import taxes_of_books
from zoho.modules.references import Missing, References
from zoho.modules.transaction_kinds import TransactionKind

PARTY = "party"
DEAL = "deal"
LINES = "lines"
DISCOUNT = "discount"
ADJUSTMENT = "adjustment"
CURRENCY = "currency"
EXCHANGE_RATE = "exchange_rate"

MONEY = (LINES, DISCOUNT, ADJUSTMENT)
"""The canonical fields that decide what a transaction comes to."""

BESIDE_MAPPING = (PARTY, DEAL, CURRENCY, EXCHANGE_RATE, *MONEY)
"""The canonical fields that travel whatever the mapping says."""

_MONEY_BODY = (
    *("is_inclusive_tax", "discount_type", "discount", "is_discount_before_tax"),
    *("shipping_charge", "adjustment"),
)
_SENT_LINE = ("line_item_id", "item_id", "name", "description", "quantity", "rate", "discount", "tax_id")
_CLEARED_LINE = ("description", "tax_id")
"""What a line keeps unless it is told that there is none."""

_LOOKUPS = {"Accounts": "Account_Name", "Contacts": "Contact_Name", "Vendors": "Vendor_Name"}
_USUAL_PLACES = 2


@dataclass(frozen=True)
class Bodies:
    """Writes the canonical fields of one kind of transaction as either side takes them.

    Attributes:
        what: the kind.
        references: finds customers, vendors, items and deals.
    """

    what: TransactionKind
    references: References

    def places(self, currency: str) -> int:
        """Return the decimal places of a currency in the CRM; one that it does not have has those of most."""
        return self.references.sales_currencies().get(currency, _USUAL_PLACES)

    def crm_document(self, values: Values) -> CrmDocument:
        """Return the money of canonical values in the CRM's terms."""
        currency = str(values[CURRENCY])
        return CrmDocument(
            currency=currency,
            places=self.places(currency),
            lines=tuple(_crm_line(line) for line in lines_of(values.get(LINES))),
            discount=amount(values.get(DISCOUNT)),
            adjustment=amount(values.get(ADJUSTMENT)),
            exchange_rate=amount(values.get(EXCHANGE_RATE)) or Decimal(1),
        )

    def for_books(self, values: Values, before: Values, raw_lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what Books is sent; when an amount changes, all lines go, those that stay by their id.

        Args:
            values: what is written.
            before: what Books holds in canonical terms; empty for a new transaction.
            raw_lines: its raw lines.

        Raises:
            MoneyProblem: Books would come to something else (TXN-6).
        """
        body: dict[str, Any] = {}
        if PARTY in values:
            body[self.what.party_field] = values[PARTY]
        if DEAL in values and self.what.takes_deal:
            body["zcrm_potential_id"] = values[DEAL] or ""
        if CURRENCY in values and before:
            differing = f"currency: {values[CURRENCY]} in the CRM, {before[CURRENCY]} in Books"
            raise MoneyProblem([f"{differing}, which bills in that of the {self.what.party}"])
        if values.get(EXCHANGE_RATE) and {**before, **values}[CURRENCY] != self.references.sales_currency():
            body["exchange_rate"] = books_rate(amount(values[EXCHANGE_RATE]))
        if values.keys() & set(MONEY):
            made, wanted = self.books_document(values, before), {**before, **values}
            body |= _money_body(made)
            body["line_items"] = _line_bodies(made, lines_of(wanted[LINES]), lines_of(before.get(LINES)), raw_lines)
        return body

    def books_document(self, values: Values, before: Values) -> Document:
        """Return the money of a transaction as Books is to have it; the arguments are those of ``for_books``.

        Raises:
            MoneyProblem: Books would come to something else (TXN-6).
        """
        home = self.references.sales_currency()
        return from_crm(
            self.crm_document({CURRENCY: home, **before, **values}),
            taxes_of_books(self.references.taxes()),
            base_places=self.places(home),
            tax_rounding=self.references.tax_rounding(),
        )

    def wrong_worth(self, total: Decimal, raw: Mapping[str, Any], held: Values) -> Sequence[str]:
        """Return what is off in the worth of a transaction at home, by the rate that Books answered.

        Args:
            total: what it comes to.
            raw: the transaction as Books holds it.
            held: what it had to become; without an exchange rate there is nothing to compare.
        """
        rate = amount(held.get(EXCHANGE_RATE))
        if not rate:
            return ()
        try:
            check_exchange(total, amount(raw["exchange_rate"]), rate, self.places(self.references.sales_currency()))
        except MoneyProblem as problem:
            return problem.sentences
        return ()

    def for_sales(self, values: Values, old: Lines, raw_lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what the CRM is sent; of its lines, those that stay keep their id, and those that go are told so.

        Args:
            values: what is written.
            old: the lines that the CRM holds, in canonical terms; none of a new transaction.
            raw_lines: the same as the CRM holds them.

        Raises:
            Missing: its customer, vendor or an item is not synchronized yet.
            ValueError: the CRM does not have its currency.
        """
        body: dict[str, Any] = {}
        if PARTY in values:
            body |= self._party(str(values[PARTY]))
        if DEAL in values:
            body["Deal_Name"] = {"id": values[DEAL]} if values[DEAL] else None
        if CURRENCY in values:
            body |= self._currency(values)
        elif EXCHANGE_RATE in values and len(self.references.sales_currencies()) > 1:
            body["Exchange_Rate"] = values[EXCHANGE_RATE]
        for key, name in ((DISCOUNT, "Discount"), (ADJUSTMENT, "Adjustment")):
            if key in values:
                body[name] = values[key] or Decimal(0)
        if LINES in values:
            body[self.what.lines] = self._rows(lines_of(values[LINES]), old, raw_lines)
        return body

    def _rows(self, new: Lines, old: Lines, raw_lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        stay = _places_before(old, new)
        rows = [
            {**self._row(line), **({"id": str(raw_lines[stay[place]]["id"])} if place in stay else {})}
            for place, line in enumerate(new)
        ]
        gone = [raw for at, raw in enumerate(raw_lines) if at not in stay.values()]
        return [*rows, *({"id": str(raw["id"]), "_delete": None} for raw in gone)]

    def _row(self, line: Line) -> dict[str, Any]:
        product = self.references.text_product() if line.item is None else self.references.product(line.item)
        if product is None:
            raise Missing(
                f"the item {line.item} of the line {line.description!r} is no product of the CRM yet; "
                "products are synchronized first"
            )
        return {
            "Product_Name": {"id": product},
            "Quantity": line.quantity,
            "List_Price": line.rate,
            "Discount": line.discount,
            "Line_Tax": [{"name": tax.name, "percentage": tax.percentage} for tax in line.taxes],
            "Description": line.description,
        }

    def _party(self, books_id: str) -> dict[str, Any]:
        found, party = self.references.sales_party(books_id), self.what.party
        if found is None:
            raise Missing(f"the {party} {books_id} of Books is not in the CRM yet; {party}s are synchronized first")
        entity, sales_id = found
        return {_LOOKUPS[entity]: {"id": sales_id}}

    def _currency(self, values: Values) -> dict[str, Any]:
        currency, known = str(values[CURRENCY]), self.references.sales_currencies()
        if currency not in known:
            raise ValueError(f"it is in {currency}, and the CRM has {', '.join(sorted(known))} only; add it there")
        if len(known) == 1:
            return {}
        return {"Currency": currency, "Exchange_Rate": values.get(EXCHANGE_RATE) or Decimal(1)}


def restoring_body(before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that brings a transaction of Books back to the amounts of its raw record."""
    body = {key: before[key] for key in _MONEY_BODY if key in before}
    return {**body, "line_items": [_as_sent(line) for line in before.get("line_items", ())]}


def has_lines(raw: Mapping[str, Any], sent: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a raw transaction of Books has the lines that it was sent: as many, of the same at the same price."""
    held = raw.get("line_items", ())
    return len(held) == len(sent) and all(
        (str(has.get("item_id") or ""), amount(has["quantity"]), amount(has["rate"]))
        == (str(line.get("item_id") or ""), amount(line["quantity"]), amount(line["rate"]))
        for has, line in zip(held, sent, strict=True)
    )


def lines_of(value: Value) -> Lines:
    """Return the lines that a canonical value holds."""
    return value if isinstance(value, tuple) else ()


def amount(value: Any) -> Decimal:
    """Return a number of a raw record or a canonical value; nothing is zero.

    Raises:
        ValueError: it is none.
    """
    try:
        return Decimal(value or 0)
    except (ArithmeticError, TypeError, ValueError):
        raise ValueError(f"{quoted(value)} is no amount") from None


def _places_before(old: Lines, new: Lines) -> dict[int, int]:
    """Return place of a new line → place of the old line that it is, of those that there were before."""
    return {place: at for at, place in enumerate(partners(old, new)) if place is not None}


def _line_bodies(
    made: Document, new: Lines, old: Lines, raw_lines: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    kept = _places_before(old, new)
    return [
        {
            **_line_body(line, document_line),
            **({"line_item_id": str(raw_lines[kept[place]]["line_item_id"])} if place in kept else {}),
        }
        for place, (line, document_line) in enumerate(zip(new, made.lines, strict=True))
    ]


def _line_body(line: Line, document_line: DocumentLine) -> dict[str, Any]:
    name, _, more = (line.description or "").partition("\n")
    own = {"name": name, "description": more} if line.item is None else {"item_id": line.item}
    if line.item is not None and line.description is not None:
        own["description"] = line.description
    return {
        **own,
        "quantity": document_line.quantity,
        "rate": document_line.rate,
        "discount": document_line.discount.value,
        "tax_id": document_line.tax.id if document_line.tax else "",
    }


def _money_body(document: Document) -> dict[str, Any]:
    on_lines = any(line.discount.value for line in document.lines)
    return {
        "is_inclusive_tax": document.inclusive,
        "discount_type": "item_level" if on_lines else "entity_level",
        "discount": Decimal(0) if on_lines else document.discount.value,
        "is_discount_before_tax": document.discount_before_tax,
        "shipping_charge": document.shipping,
        "adjustment": document.adjustment,
    }


def _as_sent(line: Mapping[str, Any]) -> dict[str, Any]:
    held = {key: line[key] for key in _SENT_LINE if line.get(key) not in (None, "")}
    return {**dict.fromkeys(_CLEARED_LINE, ""), **held}


def _crm_line(line: Line) -> CrmLine:
    taxes = tuple(CrmTax(tax.name, tax.percentage) for tax in line.taxes)
    return CrmLine(line.rate, line.quantity, line.discount, taxes)
