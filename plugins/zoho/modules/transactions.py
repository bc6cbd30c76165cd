"""Transactions: quotes, orders and invoices of the CRM on the one side, those of Books on the other (TXN).

Both sides are compared by what the CRM can hold: lines with prices without tax and amounts taken off, a discount, and
an adjustment. :mod:`zoho.core.money` says how a transaction of Books becomes that, to the last digit, and back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from zoho.config.mapping import FieldMapping
from zoho.config.settings import SalesProduct, TransactionModule
from zoho.core.fieldrule import FieldRule
from zoho.core.merge import FieldMerge, MergeRules, Outcome
from zoho.core.money.books import books_totals
from zoho.core.money.crm import CrmDocument, CrmLine, crm_totals
from zoho.core.money.differences import difference
from zoho.core.money.document import Document, DocumentLine
from zoho.core.money.to_crm import to_crm
from zoho.core.observation import Observation
from zoho.core.plan import PlanItem
from zoho.core.records import Kind, Line, LineTax, Record, Value, Values, canonical
from zoho.core.transforms.base import Surroundings
from zoho.modules.document_money import (
    crm_money_of,
    document_from_books,
    totals_of_books,
    totals_of_crm,
)
from zoho.modules.fieldmap import FieldMap
from zoho.modules.identity import Identity
from zoho.modules.module import BooksList, Module, Source
from zoho.modules.raw import READ_AT, STAMPS, observe_sales, text, written
from zoho.modules.references import Missing, References
from zoho.modules.shapes import a_lookup, an_id, check, refuse_odd
from zoho.modules.transaction_bodies import (
    ADJUSTMENT,
    BESIDE_MAPPING,
    CURRENCY,
    DEAL,
    DISCOUNT,
    EXCHANGE_RATE,
    LINES,
    MONEY,
    PARTY,
    Bodies,
    amount,
    has_lines,
    lines_of,
    restoring_body,
)
from zoho.modules.transaction_fields import (
    BOOKS_LINE,
    BOOKS_MONEY,
    IN_BOOKS,
    IN_SALES,
    LINES_IN_SALES,
    SALES,
    SALES_LINE,
    SALES_MONEY,
    mirrored_fields,
)
from zoho.modules.transaction_kinds import TransactionKind
from zoho.modules.transaction_notes import with_notes


class Transactions(Module):
    """The module of one kind of transaction of one integration."""

    pairs_by_name = False
    in_detail = True

    def __init__(
        self,
        what: TransactionKind,
        settings: TransactionModule,
        mapping: FieldMapping,
        around: Surroundings,
        references: References | None,
    ) -> None:
        self.what = what
        self.name = what.module
        self.books_list = BooksList(what.books, what.id_field, "reference_number")
        self.named = {what.sales: "Subject"}
        self.telling = {what.sales: ("Subject",)}
        self.layout = settings.layout
        self.inactive_status = what.voided
        self._known = references
        identity = Identity(settings.unique_id, what.id_field, {})
        numbers = [pair.sales for pair in mapping.sections[str(what.kind)] if pair.books == what.number_field]
        self.shown_number = next((name for name in numbers if name != "Subject"), None)  # that may be a person's own
        self.mirrored = list(mirrored_fields(settings, mapping.sections[str(what.kind)], references))
        further = (*identity.pairs, *self.mirrored)
        maps = {what.kind: FieldMap.of(mapping, str(what.kind), around, further)}
        super().__init__(settings, (Source(what.sales, what.kind),), maps, SalesProduct.CRM, identity)

    @property
    def title_field(self) -> str:
        """Field of Books by which a person knows a transaction: its number."""
        return self.what.number_field

    @property
    def references(self) -> References:
        """What finds the customers, vendors, items and deals."""
        if self._known is None:
            raise LookupError("this module was made to be looked at, not to read records")
        return self._known

    @property
    def bodies(self) -> Bodies:
        """What writes the fields beside the mapping."""
        return Bodies(self.what, self.references)

    def _keys(self, kind: Kind) -> tuple[str, ...]:
        return (*super()._keys(kind), *BESIDE_MAPPING)

    def _merge_rules(self, kind: Kind) -> MergeRules:
        rules = super()._merge_rules(kind)
        own = {
            PARTY: FieldRule(needed_on=frozenset({"sales", "books"})),
            DEAL: FieldRule("both" if self.what.takes_deal else "to_sales"),
            CURRENCY: FieldRule(needed_on=frozenset({"sales", "books"})),
            EXCHANGE_RATE: FieldRule(needed_on=frozenset({"books"})),
            LINES: FieldRule(needed_on=frozenset({"sales", "books"})),
        }
        subject = self.maps[kind].feeding("Subject")
        if subject and rules.of(subject).source == "books":  # a sales person's own words give way to no number
            own[subject] = replace(rules.of(subject), owner="sales")
        return replace(rules, fields={**rules.fields, **own})

    def kind_in_books(self, books_raw: Mapping[str, Any]) -> Kind:  # noqa: ARG002 - there is one
        """Every record of the list is of the one kind."""
        return self.what.kind

    def sales_lists(self) -> dict[str, tuple[str, ...]]:
        """Return what tells which transactions to read whole: their lines come with a single record only."""
        return {self.what.sales: ("Subject", "Layout", *STAMPS)}

    def named_lookups(self, entity: str) -> frozenset[str]:
        """Return the lookups whose names are meant: also the layout, which settings may name (TXN-3)."""
        return super().named_lookups(entity) | {"Layout"}

    def wants(self, raw: Mapping[str, Any]) -> bool:
        """Whether a row of the CRM's list is under the layout; any other is never touched (TXN-3)."""
        layout = raw.get("Layout")
        if layout is None:
            return False
        if a_lookup(layout):
            return True  # it is read to be refused by name
        return self.layout in (layout.get("name"), str(layout.get("id")))

    def claimed_as(self, name: str, books_raw: Mapping[str, Any]) -> str:
        """A transaction gets its number in Books; it is recognised by the reference that it is made with."""
        return text(books_raw.get("reference_number")) or name

    def view_of(self, entity: str) -> str | None:  # noqa: ARG002 - there is none
        """The layout says what is meant, not a view."""
        return None

    def mapped_entities(self) -> dict[str, str]:
        """Return section of the mapping → the list whose fields it names."""
        return {str(self.what.kind): self.what.sales}

    def observe_sales(self, entity: str, raw: Mapping[str, Any]) -> Observation:
        """Return a raw transaction of the CRM, read whole, as an observation."""
        names = ("id", "Subject", READ_AT, *STAMPS, *SALES, *SALES_MONEY, *self.maps[self.what.kind].sales_fields)
        seen = {name: raw[name] for name in dict.fromkeys(names) if name in raw}
        check(raw, {**IN_SALES, self.what.lines: LINES_IN_SALES})
        lines = raw.get(self.what.lines) or ()
        seen[self.what.lines] = [{name: line.get(name) for name in SALES_LINE} for line in lines]
        return observe_sales(entity, seen, "Subject")

    def observe_books(self, raw: Mapping[str, Any], detailed: bool) -> Observation:
        """Return a raw transaction of Books, a list row or a detail, as an observation."""
        what = self.what
        names = [what.id_field, what.number_field, what.party_field, "status", "reference_number", "created_time"]
        if detailed:
            names += ["zcrm_potential_id", *BOOKS_MONEY, *self.maps[what.kind].books_fields]
        seen = {name: raw[name] for name in dict.fromkeys(names) if name in raw}
        if detailed:
            check(raw, {**IN_BOOKS, what.party_field: an_id})
            seen["line_items"] = [{name: line.get(name) for name in BOOKS_LINE} for line in raw["line_items"]]
            seen["payment_state"] = payment_state(raw)
        return self.seen_in_books(raw, seen, detailed=detailed)

    def sales_record(
        self,
        kind: Kind,
        raw: Mapping[str, Any],
        children: Sequence[Mapping[str, Any]],  # noqa: ARG002 - it has none
    ) -> Record:
        """Return an observed transaction of the CRM in canonical terms.

        Raises:
            Missing: its customer, vendor or an item is not synchronized yet.
        """
        refuse_odd(raw)
        currency, deal = self._currency_of(raw), raw.get("Deal_Name") or {}
        money = crm_money_of(raw, self.what.lines, self.bodies.places(currency), currency)
        values = self.maps[kind].values_for_books(raw) | {
            PARTY: self._party_in_books(raw),
            DEAL: canonical(deal.get("id")),
            CURRENCY: currency,
            **self._money(
                money, [self._item(line) for line in money.lines], [line.description or None for line in money.lines]
            ),
            EXCHANGE_RATE: money.exchange_rate if raw.get("Exchange_Rate") or currency == self._home else None,
        }
        return Record(str(raw["id"]), kind, text(raw.get("Subject")), values)

    def books_record(self, kind: Kind, raw: Mapping[str, Any]) -> Record:
        """Return an observed transaction of Books (a detail) in canonical terms.

        Raises:
            MoneyProblem: the CRM cannot hold its amounts to the last digit (TXN-6).
        """
        refuse_odd(raw)
        document, money = self._as_crm_document(raw)
        books_id = str(raw[self.what.id_field])
        deal = canonical(raw.get("zcrm_potential_id")) or self.references.deal(books_id)
        values = self.maps[kind].read_books(raw) | {
            PARTY: str(raw[self.what.party_field]),
            DEAL: deal,
            CURRENCY: document.currency,
            **self._money(
                money, [line.item_id or None for line in document.lines], [_said(line) for line in document.lines]
            ),
        }
        return Record(books_id, kind, text(raw[self.what.number_field]), values)

    def create_body(self, item: PlanItem) -> dict[str, Any]:
        """Return what creates a transaction in Books; it is a draft there.

        Raises:
            MoneyProblem: Books would come to something else (TXN-6).
        """
        values = written(item.fields, "books")
        body = {**self._mapped(item.kind, values, "books"), **self.bodies.for_books(values, {}, ())}
        return {"reference_number": item.name, **{key: value for key, value in body.items() if value != ""}}

    def update_body(self, item: PlanItem, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return what changes a transaction in Books; when an amount changes, all lines go, those that stay by id.

        Raises:
            MoneyProblem: Books would come to something else (TXN-6).
        """
        values = written(item.fields, "books")
        before = self.books_record(item.kind, raw).values if values.keys() & {*MONEY, CURRENCY, EXCHANGE_RATE} else {}
        return {
            **self._mapped(item.kind, values, "books"),
            **self.bodies.for_books(values, before, raw.get("line_items", ())),
        }

    def sales_body(
        self, item: PlanItem, parent_id: str | None, before: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the fields that a plan item writes in the CRM.

        Raises:
            Missing: its customer, vendor or an item is not synchronized yet.
            ValueError: the CRM does not have its currency.
        """
        del parent_id  # nothing is above a transaction
        values = written(item.fields, "sales")
        body = self._mapped(item.kind, values, "sales")
        if before is None:
            layout = {"id": self.references.layout(self.what.sales)}
            return {**body, **self.bodies.for_sales(values, (), ()), "Layout": layout}
        rows = before.get(self.what.lines) or ()
        old = lines_of(self.sales_record(item.kind, before, ()).values[LINES]) if LINES in values and before else ()
        return {**body, **self.bodies.for_sales(values, old, rows)}

    def wrong_money(self, item: PlanItem, raw: Mapping[str, Any], held: Values) -> list[str]:
        """Compare what a side answered to a write with what it had to come to (TXN-6).

        Args:
            item: what was written.
            raw: the record as the side holds it now.
            held: the canonical values that it was to get, all of them.

        Returns:
            Each figure that is off, in a sentence.
        """
        places = self.bodies.places(str(held[CURRENCY]))
        wanted = crm_totals(self.bodies.crm_document(held))
        if item.target == "sales":
            return difference(wanted.figures(), totals_of_crm(raw, self.what.lines), "the CRM", places)
        if raw["currency_code"] != held[CURRENCY]:  # Books takes the customer's
            return [f"currency: {raw['currency_code']} in Books, {held[CURRENCY]} in the CRM"]
        ours = books_totals(self._document(raw))
        found = difference(ours.figures(), totals_of_books(raw), "Books", places)
        if not found and ours.total != wanted.grand_total:
            found.append(f"total: {ours.total} in Books, {wanted.grand_total} in the CRM")
        return [*found, *self.bodies.wrong_worth(ours.total, raw, held)]

    def is_as_sent(self, raw: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
        """Whether a transaction of Books is a draft for the party and with the lines that it was made with."""
        same_party = str(raw[self.what.party_field]) == str(body.get(self.what.party_field))
        return raw["status"] == "draft" and same_party and has_lines(raw, body.get("line_items", ()))

    def money_of(self, values: Values) -> tuple[str, Decimal] | None:
        """Return currency and total of a transaction, which both sides add up alike (TXN-6)."""
        if values.get(CURRENCY) is None or not values.get(LINES):
            return None
        return str(values[CURRENCY]), crm_totals(self.bodies.crm_document(values)).grand_total

    def restoring(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body that brings a transaction of Books back to the amounts that it had."""
        return restoring_body(before)

    def _mapped(self, kind: Kind, values: Values, target: str) -> dict[str, Any]:
        mapped = {key: value for key, value in values.items() if key not in BESIDE_MAPPING}
        return self.maps[kind].to_books(mapped) if target == "books" else self.maps[kind].to_sales(mapped)

    def _money(
        self, money: CrmDocument, items: Sequence[str | None], texts: Sequence[str | None]
    ) -> dict[str, Value]:
        lines = tuple(
            Line(
                item,
                said,
                line.quantity,
                line.list_price,
                line.discount,
                tuple(LineTax(tax.name, tax.percentage) for tax in line.taxes),
            )
            for line, item, said in zip(money.lines, items, texts, strict=True)
        )
        return {
            LINES: lines,
            DISCOUNT: money.discount,
            ADJUSTMENT: money.adjustment,
            EXCHANGE_RATE: money.exchange_rate,
        }

    def _as_crm_document(self, raw: Mapping[str, Any]) -> tuple[Document, CrmDocument]:
        """Return the money of a transaction of Books, and the same as the CRM is to hold it."""
        document = self._document(raw)
        home = self.bodies.places(self._home)
        return document, to_crm(document, places=self.bodies.places(document.currency), base_places=home)

    def _document(self, raw: Mapping[str, Any]) -> Document:
        return document_from_books(raw, self.references.taxes())

    def _item(self, line: CrmLine) -> str | None:
        if self.references.is_text_product(line.product_id):
            return None
        item = self.references.item(line.product_id)
        if item is None:
            raise Missing(
                f"the product {line.name!r} ({line.product_id}) is no item of Books yet; "
                "products are synchronized first"
            )
        return item

    def _party_in_books(self, raw: Mapping[str, Any]) -> str:
        names = ("Vendor_Name",) if self.what.party == "vendor" else ("Account_Name", "Contact_Name")
        entities = {"Vendor_Name": "Vendors", "Account_Name": "Accounts", "Contact_Name": "Contacts"}
        held = {name: raw[name] for name in names if raw.get(name)}
        for name, lookup in held.items():
            found = self.references.books_party(entities[name], str(lookup["id"]))
            if found is not None:
                return found
        if not held:
            raise Missing(f"it has no {' or '.join(names)}; name the {self.what.party} that it is for")
        told = " and ".join(f"{name} {lookup.get('name')!r}" for name, lookup in held.items())
        raise Missing(f"{told} is no {self.what.party} of Books yet; {self.what.party}s are synchronized first")

    def _currency_of(self, raw: Mapping[str, Any]) -> str:
        return str(raw.get("Currency") or self._home)

    @property
    def _home(self) -> str:
        return self.references.sales_currency()

    def explained(self, item: PlanItem, books_raw: Mapping[str, Any]) -> PlanItem:
        """Return a plan item whose reasons say how its amounts were translated (TXN-6, OPS-4)."""
        values = written(item.fields, item.target)
        if not values.keys() & set(MONEY):
            return item
        if item.target == "sales":
            return with_notes(item, self._as_crm_document(books_raw)[1].notes)
        before = self.books_record(item.kind, books_raw).values if books_raw else {}
        return with_notes(item, self.bodies.books_document(values, before).notes)

    def completed(self, item: PlanItem) -> PlanItem:
        """Return a create in the CRM with the amounts that are nothing, which a new record would leave blank."""
        known = {field.key for field in item.fields}
        blank = [key for key in (DISCOUNT, ADJUSTMENT) if key not in known]
        added = [FieldMerge(key, Outcome.WRITE, "sales", None, Decimal(0), reason=item.reason) for key in blank]
        return replace(item, fields=(*item.fields, *added))


def payment_state(raw: Mapping[str, Any]) -> str:
    """Return how far a transaction is paid, ``""`` where it asks for no money (TXN-7)."""
    if "balance" not in raw or raw.get("status") in ("draft", "void", "pending_approval", "approved"):
        return ""
    balance, total = amount(raw["balance"]), amount(raw["total"])
    if balance <= 0:
        return "Paid"
    return "Partly paid" if balance < total else "Unpaid"


def _said(line: DocumentLine) -> str | None:
    """Return the text of a line of Books; one without an item says in its first line what is sold."""
    parts = (line.description,) if line.item_id else (line.name, line.description)
    return "\n".join(part for part in parts if part) or None
