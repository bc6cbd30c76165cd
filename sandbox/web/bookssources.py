"""What the page's tabs list and edit in Books, through the very handlers of the API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import orjson

from sandbox.books import items
from sandbox.books.documents.actions import moving
from sandbox.books.documents.document import SETTLED, Document
from sandbox.books.documents.handlers import Handlers
from sandbox.books.documents.kinds import ESTIMATE, INVOICE, Kind
from sandbox.books.documents.payments import PaymentRefusedError, pay
from sandbox.books.taxes import TAXES
from sandbox.clock import books_date
from sandbox.currencies import CURRENCIES
from sandbox.web.forms import inputs_of
from sandbox.web.problems import Problem, books_problem
from sandbox.web.sources import Entry, Source, amount_shown
from sandbox.wire import Call, Handler, Json, Refusal, Reply
from sandbox.world import World


def ask(world: World, handler: Handler, params: Mapping[str, str], body: Json | None = None) -> Reply | None:
    """Let a handler of Books serve a person's wish; return its refusal, if it refuses."""
    call = Call(world, "books", "POST", "/", "v3", params, {}, {}, orjson.dumps(body or {}), "")
    try:
        handler(call)
    except Refusal as refusal:
        return refusal.reply
    return None


def told(reply: Reply | None) -> str:
    """Return a refusal as a sentence, empty when there is none."""
    return f"{reply.body['message']} [{reply.code}]" if reply else ""


def _badges(status: str) -> list[str]:
    return [] if status == "active" else [status]


class VendorSource(Source):
    """The vendors of Books, which are edited in the same form as customers."""

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the vendors, last written first."""
        for contact in reversed(world.books.ordered("last_modified_time", lambda item: item.modified)):
            if contact.contact_type == "vendor":
                facts = [str(contact.primary.get("email", "")), contact.values.get("website", "")]
                path = f"/page/books/{contact.id}"
                yield Entry(path, contact.name, facts, contact.modified, _badges(contact.status))


class ItemSource(Source):
    """The items of Books."""

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the items, last written first."""
        for item in sorted(world.books.items.by_id.values(), key=lambda item: (-item.modified, -int(item.id))):
            facts = [str(item.values.get(name, "")) for name in ("rate", "unit", "sku")]
            path = f"/page/edit/{self.key}/{item.id}"
            yield Entry(path, item.values["name"], facts, item.modified, _badges(item.status))

    def values(self, world: World, record_id: str) -> Json | None:
        """Return what the form of an item shows."""
        item = world.books.items.by_id.get(record_id)
        return dict(item.values) if item else None

    def save(self, world: World, record_id: str, typed: Json) -> list[Problem]:
        """Save what a person typed by the rules of the API."""
        given = {item.name: typed.get(item.name, "") for item in self.fields}
        handler = items.create_item if record_id == "new" else items.update_item
        refusal = ask(world, handler, {"item_id": record_id}, given)
        return [books_problem(refusal, inputs_of(typed), {})] if refusal else []

    def delete(self, world: World, record_id: str) -> str:
        """Delete an item that no document uses."""
        return told(ask(world, items.delete_item, {"item_id": record_id}))

    def actions(self, world: World, record_id: str) -> Sequence[str]:
        """An item can be made active or inactive."""
        item = world.books.items.by_id.get(record_id)
        return () if item is None else ("inactive",) if item.status == "active" else ("active",)

    def act(self, world: World, record_id: str, action: str) -> str:
        """Make an item active or inactive."""
        handler = items.mark_active if action == "active" else items.mark_inactive
        return told(ask(world, handler, {"item_id": record_id}))


@dataclass(frozen=True)
class DocumentSource(Source):
    """The documents of one kind in Books.

    Attributes:
        kind: The kind.
    """

    kind: Kind = ESTIMATE

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the documents, last written first."""
        today = books_date(world.clock.seconds())
        documents = world.books.documents.of(self.kind).values()
        for item in sorted(documents, key=lambda item: (-item.modified, -int(item.id))):
            path = f"/page/edit/{self.key}/{item.id}"
            total = _amount(item, item.totals.total)
            yield Entry(path, item.number, _facts(world, item), item.modified, [item.status_on(today)], total)

    def summary(self, world: World, record_id: str) -> Sequence[tuple[str, str]]:
        """Return what a document comes to, and of an invoice what is left to pay."""
        item = world.books.documents.of(self.kind).get(record_id)
        if item is None:
            return ()
        taxes = [(TAXES[tax_id].name, value) for tax_id, value in item.totals.taxes.items()]
        parts = [("Sub total", item.totals.sub_total), ("Discount", -item.totals.discount), *taxes,
                 *((label, Decimal(item.values.get(name, "0"))) for name, label in _CHARGES.items()),
                 ("Total", item.totals.total)]  # fmt: skip
        if self.kind is INVOICE:
            parts += [("Paid", item.paid), ("Left to pay", item.balance)]
        kept = {"Sub total", "Total", "Left to pay"}
        return [(label, _amount(item, value)) for label, value in parts if value or label in kept]

    def values(self, world: World, record_id: str) -> Json | None:
        """Return what the form of a document shows."""
        item = world.books.documents.of(self.kind).get(record_id)
        if item is None:
            return None
        contact = world.books.contacts.get(item.party_id)
        lines = [{**line, "id": line["line_item_id"]} for line in item.lines]
        return {**item.values, "party": contact.name if contact else "", "lines": lines}

    def save(self, world: World, record_id: str, typed: Json) -> list[Problem]:
        """Save what a person typed by the rules of the API."""
        party_id = self._party_id(world, record_id, typed["party"])
        if not party_id:
            return [Problem(f"There is no {self.kind.party} “{typed['party']}”.", "party")]
        given: Json = {item.name: typed.get(item.name, "") for item in self.fields if item.name != "party"}
        lines = [self._line(world, line) for line in typed["lines"] if line.get("name")]
        by_line = any(_is_something(line.get("discount", "")) for line in lines)
        if by_line and _is_something(given["discount"]):
            return [Problem("There is a discount on a line; there cannot be one on the whole, too.", "discount")]
        given |= {self.kind.party_key: party_id, "line_items": lines}
        given["discount_type"] = "item_level" if by_line else "entity_level"
        handlers = Handlers(self.kind)
        handler = handlers.create if record_id == "new" else handlers.update
        refusal = ask(world, handler, {"id": record_id}, given)
        return [books_problem(refusal, inputs_of(typed), {self.kind.party_key: "party"})] if refusal else []

    def delete(self, world: World, record_id: str) -> str:
        """Delete a document that nothing was paid on."""
        return told(ask(world, Handlers(self.kind).delete, {"id": record_id}))

    def actions(self, world: World, record_id: str) -> Sequence[str]:
        """Return the changes of status that are allowed, and whether something is left to pay."""
        item = world.books.documents.of(self.kind).get(record_id)
        if item is None:
            return ()
        moves = [name for name, move in self.kind.moves.items() if item.status in move.origins]
        return [*moves, PAY] if item.balance > 0 and item.status not in SETTLED else moves

    def act(self, world: World, record_id: str, action: str) -> str:
        """Change the status, or record that all that is left was paid."""
        if action == PAY and self.kind is INVOICE:
            return _paid(world, record_id)
        if action not in self.kind.moves:
            return f"{action} is not possible"
        return told(ask(world, moving(Handlers(self.kind), action), {"id": record_id}))

    def _party_id(self, world: World, record_id: str, name: str) -> str:
        """Return whom a name means: the present one if it is theirs, since names need not be unique."""
        document = world.books.documents.of(self.kind).get(record_id)
        named = [contact.id for contact in world.books.named(name) if contact.contact_type == self.kind.party]
        if document and document.party_id in named:
            return document.party_id
        return named[0] if named else ""

    def _line(self, world: World, typed: Json) -> Json:
        """Return a line to send. An item's name stands for the item, and a blank number for what Books takes then."""
        line: Json = {item.name: typed.get(item.name, "") for item in self.lines}
        line = {name: text for name, text in line.items() if text or name not in _NUMBERS}
        item = world.books.items.with_value("name", line["name"])
        named = {"item_id": item.id} if item else {}
        account = {"account_id": _PURCHASES} if self.kind.party == "vendor" else {}
        return {**account, **line, **named, **({"line_item_id": typed["id"]} if typed.get("id") else {})}


def _is_something(discount: str) -> bool:
    return bool(discount.strip("0.% "))


def _facts(world: World, document: Document) -> list[str]:
    contact = world.books.contacts.get(document.party_id)
    values = document.values
    left = f"{_amount(document, document.balance)} left to pay" if _is_partly_paid(document) else ""
    return [contact.name if contact else "", values["date"], values.get("reference_number", ""),
            values.get("zcrm_potential_name", ""), left]  # fmt: skip


def _is_partly_paid(document: Document) -> bool:
    return 0 < document.balance < document.totals.total


def _amount(document: Document, value: Decimal) -> str:
    return amount_shown(value, CURRENCIES[document.values["currency_code"]])


def _paid(world: World, invoice_id: str) -> str:
    invoice = world.books.documents.of(INVOICE).get(invoice_id)
    try:
        pay(world.books, invoice_id, invoice.balance if invoice else Decimal(0))
    except PaymentRefusedError as error:
        return str(error)
    return ""


PAY = "pay"
"""The name of the action that records a payment of all that is left."""

_CHARGES = {"shipping_charge": "Shipping", "adjustment": "Adjustment"}
_NUMBERS = ("quantity", "rate")


_PURCHASES = "600012300000000703"
"""The account that lines typed on the page go to: cost of goods sold."""
