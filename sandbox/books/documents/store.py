"""The documents of a Books organization in memory."""

from collections.abc import Callable
from typing import Any

from sandbox.books.customfields import CustomField
from sandbox.books.documents.document import Document, restored
from sandbox.books.documents.kinds import KINDS, Kind
from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.wire import Json


class Documents:
    """All documents.

    Attributes:
        by_id: Documents of each kind by id.
        custom_fields: Custom fields of each kind by API name.
    """

    def __init__(self, clock: Clock, journal: Journal, key: str, written: Callable[[Document], None]) -> None:
        """Begin with none.

        Args:
            clock: The sandbox's time.
            journal: Where they are kept.
            key: What the organization's keys in the data file begin with.
            written: Is told of each document that was made, changed or deleted.
        """
        self._clock = clock
        self._journal = journal
        self._key = key
        self._written = written
        self.reset()

    def reset(self) -> None:
        """Go back to none."""
        self.by_id: dict[str, dict[str, Document]] = {name: {} for name in KINDS}
        self.custom_fields: dict[str, dict[str, CustomField]] = {
            name: kind.custom_fields() for name, kind in KINDS.items()
        }
        self._numbers: dict[str, dict[str, str]] = {name: {} for name in KINDS}
        self._next: dict[str, int] = dict.fromkeys(KINDS, 1)
        self._ids: set[str] = set()

    def of(self, kind: Kind) -> dict[str, Document]:
        """Return the documents of a kind by id."""
        return self.by_id[kind.name]

    def knows(self, any_id: str) -> bool:
        """Tell whether an id is one of a document or of one of its lines."""
        return any_id in self._ids

    def next_number(self, kind: Kind) -> str:
        """Return the next number that no document of a kind has."""
        while True:
            number = f"{kind.prefix}{self._next[kind.name]:06d}"
            self._next[kind.name] += 1
            if number not in self._numbers[kind.name]:
                return number

    def with_number(self, kind: Kind, number: str) -> Document | None:
        """Return the document with a number, or None."""
        found = self._numbers[kind.name].get(number)
        return self.of(kind)[found] if found else None

    def with_custom_value(self, kind: Kind, api_name: str, value: str) -> Document | None:
        """Return the document whose custom field has a value, or None."""
        return next((item for item in self.of(kind).values() if str(item.custom.get(api_name, "")) == value), None)

    def of_party(self, contact_id: str) -> list[Document]:
        """Return the documents of a customer or vendor."""
        return [item for kind in self.by_id.values() for item in kind.values() if item.party_id == contact_id]

    def uses_item(self, item_id: str) -> bool:
        """Tell whether an item is on a line of a document."""
        documents = (item for kind in self.by_id.values() for item in kind.values())
        return any(line.get("item_id") == item_id for document in documents for line in document.lines)

    def add(self, document: Document) -> None:
        """Put a new document in and keep it."""
        self._enter(document)
        self._keep(document)

    def edit(self, document: Document, **changes: Any) -> None:
        """Set attributes of a document, move its time of modification, add it up again and keep it."""
        self._numbers[document.kind.name].pop(document.number, None)
        for name, value in changes.items():
            setattr(document, name, value)
        document.modified = self._clock.seconds()
        document.add_up()
        self._enter(document)
        self._keep(document)

    def date_back(self, document: Document, modified: int) -> None:
        """Give a document another time of modification and keep it: loading is not editing."""
        document.modified = modified
        self._journal.put(f"{self._key}/{document.kind.name}/{document.id}", document.snapshot)

    def remove(self, document: Document) -> None:
        """Take a document out."""
        del self.of(document.kind)[document.id]
        self._numbers[document.kind.name].pop(document.number, None)
        self._journal.remove(f"{self._key}/{document.kind.name}/{document.id}")
        self._written(document)

    def restore(self, kind: str, name: str, row: Json) -> None:
        """Take over one row of the data file."""
        self._enter(restored(kind, name, row))

    def set_custom_field(self, kind: Kind, item: CustomField) -> None:
        """Define a custom field of a kind and keep it."""
        self.custom_fields[kind.name][item.api_name] = item
        self._journal.put(f"{self._key}/{kind.name}_field/{item.api_name}", item.snapshot)

    def restore_field(self, kind: str, name: str, row: Json) -> None:
        """Take over a custom field from the data file."""
        self.custom_fields[kind][name] = CustomField(**row)

    def _enter(self, document: Document) -> None:
        self.of(document.kind)[document.id] = document
        self._numbers[document.kind.name][document.number] = document.id
        self._ids.update([document.id, *(line["line_item_id"] for line in document.lines)])

    def _keep(self, document: Document) -> None:
        self._journal.put(f"{self._key}/{document.kind.name}/{document.id}", document.snapshot)
        self._written(document)
