"""The records of a sales organization, with what is needed to find and order them quickly."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.clock import Clock
from sandbox.defaults import CONNECTED_USER
from sandbox.journal import Journal
from sandbox.sales.channels import Channel
from sandbox.sales.jobs import Jobs
from sandbox.sales.schema import ID_PREFIX, Field, Module, standard_modules, standard_subforms
from sandbox.sortedkeys import SortedKeys

_FIRST_NUMBER = 3_000_001
_ID_BITS = 64


def folded(text: str) -> str:
    """Return the form in which Zoho compares names: without case and outer blanks."""
    return unicodedata.normalize("NFC", text).strip().casefold()


@dataclass(slots=True)
class Record:
    """One record.

    Attributes:
        id: Its id.
        values: Values that are set, by API name; a lookup or owner is the bare id.
        created: When it was made, in seconds since the epoch.
        modified: When it was last written.
        created_by: Id of the user who made it.
        modified_by: Id of the user who last wrote it.
    """

    id: str
    values: dict[str, Any]
    created: int
    modified: int
    created_by: str = CONNECTED_USER.crm_id
    modified_by: str = CONNECTED_USER.crm_id

    def snapshot(self) -> dict[str, Any]:
        """Return what is kept in the data file."""
        return {
            "values": self.values,
            "created": self.created,
            "modified": self.modified,
            "created_by": self.created_by,
            "modified_by": self.modified_by,
        }


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A record that was deleted.

    Attributes:
        id: Its id.
        name: Its display name at the time.
        deleted: When, in seconds since the epoch.
        created_by: Id of the user who had made it.
        deleted_by: Id of the user who deleted it.
    """

    id: str
    name: str
    deleted: int
    created_by: str
    deleted_by: str

    def snapshot(self) -> dict[str, Any]:
        """Return what is kept in the data file."""
        return {
            "name": self.name,
            "deleted": self.deleted,
            "created_by": self.created_by,
            "deleted_by": self.deleted_by,
        }


Row = tuple[int, Record]
"""A record with its position in the order of a list."""


def _time_key(at: int, record_id: str) -> int:
    return at << _ID_BITS | int(record_id)


def _position(record: Record, sort_by: str) -> int:
    if sort_by == "id":
        return int(record.id)
    return _time_key(record.created if sort_by == "Created_Time" else record.modified, record.id)


def _first(row: Row) -> int:
    return row[0]


@dataclass(slots=True)
class Table:
    """The records of one module.

    Attributes:
        module: What the module looks like.
        records: Records by id.
        deleted: Tombstones by id.
    """

    module: Module
    records: dict[str, Record] = field(default_factory=dict)
    deleted: dict[str, Tombstone] = field(default_factory=dict)
    _ids: SortedKeys = field(default_factory=SortedKeys)
    _created: SortedKeys = field(default_factory=SortedKeys)
    _modified: SortedKeys = field(default_factory=SortedKeys)
    _indexes: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Put a new record in."""
        self.records[record.id] = record
        self._ids.add(int(record.id))
        self._created.add(_time_key(record.created, record.id))
        self._modified.add(_time_key(record.modified, record.id))
        for name, index in self._indexes.items():
            self._enter(index, name, record)

    def change(self, record: Record, values: dict[str, Any], at: int) -> None:
        """Set values of a record (None clears one) and move its time of modification to ``at``."""
        for name, index in self._indexes.items():
            if name in values:
                self._leave(index, name, record)
        for name, value in values.items():
            if value is None:
                record.values.pop(name, None)
            else:
                record.values[name] = value
        for name, index in self._indexes.items():
            if name in values:
                self._enter(index, name, record)
        self._modified.discard(_time_key(record.modified, record.id))
        record.modified = at
        self._modified.add(_time_key(at, record.id))

    def remove(self, record: Record) -> None:
        """Take a record out, leaving no tombstone."""
        del self.records[record.id]
        self._ids.discard(int(record.id))
        self._created.discard(_time_key(record.created, record.id))
        self._modified.discard(_time_key(record.modified, record.id))
        for name, index in self._indexes.items():
            self._leave(index, name, record)

    def find(self, name: str, value: Any) -> list[Record]:
        """Return the records whose field equals a value, text compared without case, oldest id first."""
        ids = self._index(name).get(_index_key(value), ())
        return [self.records[item] for item in sorted(ids, key=int)]

    def ordered(self, sort_by: str, *, descending: bool, after: int | None = None) -> Iterator[Row]:
        """Yield all records with their positions in the asked order.

        Args:
            sort_by: ``id``, ``Created_Time`` or ``Modified_Time``.
            descending: Highest first.
            after: Position to go on from: that of the last record already seen.
        """
        keys = {"id": self._ids, "Created_Time": self._created, "Modified_Time": self._modified}[sort_by]
        walk = keys.descending(after) if descending else keys.ascending(after)
        mask = (1 << _ID_BITS) - 1
        for key in walk:
            yield key, self.records[str(key & mask)]

    def sorted(
        self, records: Iterable[Record], sort_by: str, *, descending: bool, after: int | None = None
    ) -> Iterator[Row]:
        """Yield the given records in the asked order, as :meth:`ordered` does for all."""
        rows = sorted(((_position(record, sort_by), record) for record in records), key=_first, reverse=descending)
        return (row for row in rows if after is None or (row[0] < after if descending else row[0] > after))

    def modified_since(self, since: int, *, at_most: int) -> list[Record] | None:
        """Return the records written at or after ``since``, or None when they are more than ``at_most``."""
        start = since << _ID_BITS
        if self._modified.count_from(start, at_most=at_most) > at_most:
            return None
        mask = (1 << _ID_BITS) - 1
        return [self.records[str(key & mask)] for key in self._modified.ascending(start - 1)]

    def _index(self, name: str) -> dict[str, set[str]]:
        # Built when first asked for: most fields are never searched by value, and a million records cost memory.
        if name not in self._indexes:
            index: dict[str, set[str]] = {}
            for record in self.records.values():
                self._enter(index, name, record)
            self._indexes[name] = index
        return self._indexes[name]

    @staticmethod
    def _enter(index: dict[str, set[str]], name: str, record: Record) -> None:
        value = record.values.get(name)
        if value is not None:
            index.setdefault(_index_key(value), set()).add(record.id)

    @staticmethod
    def _leave(index: dict[str, set[str]], name: str, record: Record) -> None:
        value = record.values.get(name)
        if value is not None:
            index.get(_index_key(value), set()).discard(record.id)


def _index_key(value: Any) -> str:
    return folded(value) if isinstance(value, str) else str(value)


Watcher = Callable[["SalesOrg", str, str, Record, Sequence[str]], None]
"""Is told of a write: organization, module, operation, record, changed fields."""


class SalesOrg:
    """One CRM or Bigin organization.

    Attributes:
        product: ``crm`` or ``bigin``.
        tables: Tables by the API name of their module.
        subforms: Modules of line items by API name.
        jobs: Bulk jobs.
        channels: Notification channels by id.
        watcher: What is told of each write.
        base_currency: Code of its own currency.
        currencies: Codes of the currencies that records can be in; empty without multi-currency.
        search_lag: How many seconds a write stays invisible to search.
    """

    def __init__(self, product: str, clock: Clock, journal: Journal) -> None:
        self.product = product
        self.clock = clock
        self._journal = journal
        self.tables: dict[str, Table] = {}
        self.subforms: dict[str, Module] = standard_subforms(product)
        self.search_lag = 0.0
        self.jobs = Jobs()
        self.channels: dict[str, Channel] = {}
        self.watcher: Watcher | None = None
        self.base_currency = "USD"
        self.currencies: tuple[str, ...] = ()
        self._before: dict[str, tuple[int, Record]] = {}
        self._next_number = _FIRST_NUMBER
        self.reset()

    def reset(self) -> None:
        """Go back to an organization without records, with the standard modules only."""
        modules = standard_modules(self.product)
        self.tables = {name: Table(module) for name, module in modules.items()}
        self.subforms = standard_subforms(self.product)
        self._next_number = _FIRST_NUMBER
        self._before.clear()
        self.jobs = Jobs()
        self.channels = {}

    def new_id(self) -> str:
        """Return an id that no record has had."""
        while True:
            fresh = f"{ID_PREFIX}{self._next_number:012d}"
            self._next_number += 1
            if not any(fresh in table.records or fresh in table.deleted for table in self.tables.values()):
                return fresh

    def insert(self, module: str, record: Record) -> None:
        """Add a record and keep it."""
        self.tables[module].add(record)
        self._keep(module, record)

    def change(self, module: str, record: Record, values: dict[str, Any], user_id: str) -> None:
        """Set values of a record now, on behalf of a user, and keep it."""
        if self.search_lag:
            self._before[record.id] = (self.clock.seconds(), replace(record, values=dict(record.values)))
        record.modified_by = user_id
        self.tables[module].change(record, values, self.clock.seconds())
        self._keep(module, record)

    def set_quietly(self, module: str, record: Record, values: dict[str, Any]) -> None:
        """Set values of a record without its time of modification moving, and keep it."""
        self.tables[module].change(record, values, record.modified)
        self._keep(module, record)

    def indexed(self, record: Record) -> Record | None:
        """Return a record as the search index knows it: as it was before its latest writes, or not at all."""
        if not self.search_lag:
            return record
        seen = self.clock.now() - self.search_lag
        if record.created > seen:
            return None
        at, before = self._before.get(record.id, (0, record))
        return before if at > seen else record

    def set_channel(self, channel_id: str, channel: Channel | None) -> None:
        """Put a notification channel in, or take it out, and keep that."""
        if channel is None:
            del self.channels[channel_id]
            self._journal.remove(f"{self.product}/channel/-/{channel_id}")
        else:
            self.channels[channel_id] = channel
            self._journal.put(f"{self.product}/channel/-/{channel_id}", channel.snapshot)

    def announce(self, module: str, operation: str, record: Record, fields: Sequence[str]) -> None:
        """Tell the watcher of an ``insert``, ``update`` or ``delete``, and of the fields that changed."""
        if self.watcher is not None and self.channels:
            self.watcher(self, module, operation, record, fields)

    def set_unique(self, module: str, api_name: str, *, unique: bool) -> None:
        """Make a field refuse duplicates, or not."""
        fields = self.tables[module].module.fields
        fields[api_name] = replace(fields[api_name], unique=unique)

    def discard(self, module: str, record: Record) -> None:
        """Take a record out as if it had never been."""
        self.tables[module].remove(record)
        self._journal.remove(f"{self.product}/record/{module}/{record.id}")

    def delete(self, module: str, record: Record, user_id: str) -> None:
        """Delete a record, leaving a tombstone, and blank the lookups that point at it."""
        self.discard(module, record)
        name = self.display_name(module, record)
        stone = Tombstone(record.id, name, self.clock.seconds(), record.created_by, user_id)
        self.tables[module].deleted[record.id] = stone
        self._journal.put(f"{self.product}/deleted/{module}/{record.id}", stone.snapshot)
        self._let_go(module, record.id)

    def _let_go(self, module: str, record_id: str) -> None:
        for other, table in self.tables.items():
            for item in _lookups_to(table.module, module):
                for record in table.find(item.api_name, record_id):
                    self.set_quietly(other, record, {item.api_name: None})

    def display_name(self, module: str, record: Record) -> str:
        """Return the name of a record, as lookups and deleted lists show it."""
        if self.tables[module].module.display_field == "Full_Name":
            return full_name(record)
        return str(record.values.get(self.tables[module].module.display_field, ""))

    def add_field(self, module: str, item: Field) -> None:
        """Add a custom field and keep it."""
        found = self.subforms.get(module) or self.tables[module].module
        found.fields[item.api_name] = item
        self._journal.put(f"{self.product}/field/{module}/{item.api_name}", lambda: _field_row(item))

    def restore(self, kind: str, module: str, name: str, row: dict[str, Any]) -> None:
        """Take over one row of the data file."""
        if kind == "channel":
            self.channels[name] = Channel(**{**row, "events": tuple(row["events"])})
            return
        if kind == "field" and module in self.subforms:
            self.subforms[module].fields[name] = _field_of(row)
        if module not in self.tables:
            return
        table = self.tables[module]
        if kind == "record":
            table.add(Record(name, **row))
        elif kind == "deleted":
            table.deleted[name] = Tombstone(name, **row)
        elif kind == "field":
            table.module.fields[name] = _field_of(row)

    def _keep(self, module: str, record: Record) -> None:
        self._journal.put(f"{self.product}/record/{module}/{record.id}", record.snapshot)


def _lookups_to(module: Module, target: str) -> list[Field]:
    return [item for item in module.fields.values() if item.data_type == "lookup" and item.target == target]


def _field_of(row: dict[str, Any]) -> Field:
    return Field(**{**row, "pick_list": tuple(row["pick_list"])})


def _field_row(item: Field) -> dict[str, Any]:
    return {name: getattr(item, name) for name in Field.__dataclass_fields__}


def full_name(record: Record) -> str:
    """Return a person's name as the read-only field Full_Name shows it."""
    parts = (record.values.get("First_Name"), record.values.get("Last_Name"))
    return " ".join(part for part in parts if part)
