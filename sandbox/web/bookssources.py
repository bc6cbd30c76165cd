"""What the page's tabs list and edit in Books, through the very handlers of the API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from sandbox.books import items
from sandbox.books.documents.actions import moving
from sandbox.books.documents.handlers import Handlers
from sandbox.books.documents.kinds import ESTIMATE, Kind
from sandbox.clock import books_date
from sandbox.web.forms import inputs_of
from sandbox.web.problems import Problem, books_problem
from sandbox.web.sources import Entry, Source
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


def _badge(status: str) -> str:
    return "" if status == "active" else status


class VendorSource(Source):
    """The vendors of Books, which are edited in the same form as customers."""

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the vendors, last written first."""
        for contact in reversed(world.books.ordered("last_modified_time", lambda item: item.modified)):
            if contact.contact_type == "vendor":
                facts = [str(contact.primary.get("email", "")), contact.values.get("website", "")]
                path = f"/page/books/{contact.id}"
                yield Entry(path, contact.name, facts, contact.modified, _badge(contact.status))


class ItemSource(Source):
    """The items of Books."""

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the items, last written first."""
        for item in sorted(world.books.items.by_id.values(), key=lambda item: (-item.modified, -int(item.id))):
            facts = [str(item.values.get(name, "")) for name in ("rate", "unit", "sku")]
            path = f"/page/edit/{self.key}/{item.id}"
            yield Entry(path, item.values["name"], facts, item.modified, _badge(item.status))

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
            contact = world.books.contacts.get(item.party_id)
            total = f"{item.totals.total} {item.values['currency_code']}"
            facts = [contact.name if contact else "", total, item.values["date"]]
            path = f"/page/edit/{self.key}/{item.id}"
            yield Entry(path, item.number, facts, item.modified, item.status_on(today))

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
        lines = [self._line(line) for line in typed["lines"] if line.get("name")]
        given |= {self.kind.party_key: party_id, "line_items": lines}
        handlers = Handlers(self.kind)
        handler = handlers.create if record_id == "new" else handlers.update
        refusal = ask(world, handler, {"id": record_id}, given)
        return [books_problem(refusal, inputs_of(typed), {self.kind.party_key: "party"})] if refusal else []

    def delete(self, world: World, record_id: str) -> str:
        """Delete a document that nothing was paid on."""
        return told(ask(world, Handlers(self.kind).delete, {"id": record_id}))

    def actions(self, world: World, record_id: str) -> Sequence[str]:
        """Return the changes of status that are allowed."""
        item = world.books.documents.of(self.kind).get(record_id)
        return [name for name, move in self.kind.moves.items() if item and item.status in move.origins]

    def act(self, world: World, record_id: str, action: str) -> str:
        """Change the status."""
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

    def _line(self, typed: Json) -> Json:
        line: Json = {item.name: typed.get(item.name, "") for item in self.lines}
        account = {"account_id": _PURCHASES} if self.kind.party == "vendor" else {}
        return {**account, **line, **({"line_item_id": typed["id"]} if typed.get("id") else {})}


_PURCHASES = "600012300000000703"
"""The account that lines typed on the page go to: cost of goods sold."""
