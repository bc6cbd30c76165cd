"""What a query can ask of records: a field of theirs, one of a looked-up record, or a figure over many records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sandbox.sales.comparing import comparable
from sandbox.sales.coql.refusals import bad_type, too_many, unknown_column
from sandbox.sales.rendering import View
from sandbox.sales.store import Record, SalesOrg

MAX_RELATIONS = 2
_NUMBERS = {"currency", "double", "integer", "bigint", "autonumber"}
_LOOKUPS = {"lookup", "ownerlookup", "userlookup"}
_UNSUPPORTED = {"subform", "linetax", "multiselectlookup", "fileupload", "imageupload", "profileimage"}
_TAKES = {
    "SUM": _NUMBERS,
    "AVG": _NUMBERS,
    "MIN": {*_NUMBERS, "date", "datetime"},
    "MAX": {*_NUMBERS, "date", "datetime"},
    "COUNT": {*_NUMBERS, *_LOOKUPS, "picklist"},
}
FUNCTIONS = frozenset(_TAKES)
"""The aggregate functions; Zoho tells their capitals from small letters."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field that a query names.

    Attributes:
        name: As the query names it, with the lookups that lead to it.
        data_type: Its type.
        joins: The lookups that lead to it, each with those before it.
        shown: Reads its value from a record of the query's module, in the form of the answer.
    """

    name: str
    data_type: str
    joins: tuple[str, ...]
    shown: Callable[[Record], Any]

    def of(self, records: Sequence[Record]) -> Any:
        """Return the value that these records share."""
        return self.shown(records[0])

    def plain(self, record: Record) -> Any:
        """Return the value to compare: of a lookup its id."""
        value = self.shown(record)
        return value["id"] if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over a group of records.

    Attributes:
        function: One of ``FUNCTIONS``.
        column: What it is computed from; empty values do not count.
    """

    function: str
    column: Column

    @property
    def name(self) -> str:
        """The name of the column in the answer, such as ``SUM(Amount)``."""
        return f"{self.function}({self.column.name})"

    def of(self, records: Sequence[Record]) -> Any:
        """Return the figure: 0 for a count of nothing, None for every other of nothing."""
        values = [value for record in records if (value := self.column.plain(record)) is not None]
        if self.function == "COUNT":
            return len(values)
        if not values:
            return None
        if self.function in ("MIN", "MAX"):
            return (min if self.function == "MIN" else max)(values, key=comparable)
        total = sum((Decimal(str(value)) for value in values), Decimal())
        return _number(total / len(values) if self.function == "AVG" else total)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def aggregate(function: str, column: Column) -> Aggregate:
    """Return a figure over a column.

    Raises:
        Refusal: The function does not take columns of this type. Zoho's page says so of ``COUNT`` only (numbers,
            lookups and pick lists); of the others it shows numbers, to which dates are added where they make sense.
    """
    if column.data_type not in _TAKES[function]:
        raise bad_type(f"{function}({column.name})", column.data_type)
    return Aggregate(function, column)


def resolve(org: SalesOrg, module: str, name: str, clause: str) -> Column:
    """Return the column of a name such as ``Phone``, ``Account_Name.Phone`` or ``Account_Name.id``.

    Args:
        org: The organization.
        module: The query's module.
        name: The name.
        clause: Where the query names it.

    Raises:
        Refusal: There is no such field, its type cannot be queried, or more than two lookups lead to it.
    """
    *lookups, last = name.split(".")
    if last == "id" and lookups:
        whole = resolve(org, module, ".".join(lookups), clause)
        if whole.data_type not in _LOOKUPS:
            raise unknown_column(name, module)
        return replace(whole, name=name, data_type="bigint", shown=whole.plain)
    if len(lookups) > MAX_RELATIONS:
        raise too_many(MAX_RELATIONS, clause)
    tables = []
    for lookup in lookups:
        field = org.tables[module].module.fields.get(lookup)
        if field is None or field.target not in org.tables:
            raise unknown_column(name, module)
        tables.append((lookup, org.tables[field.target]))
        module = field.target
    data_type, read = _field(org, module, last, name)

    def shown(record: Record) -> Any:
        for lookup, table in tables:
            other = table.records.get(record.values.get(lookup, ""))
            if other is None:
                return None
            record = other
        return read(record)

    joins = tuple(".".join(lookups[: count + 1]) for count in range(len(lookups)))
    return Column(name, data_type, joins, shown)


def _field(org: SalesOrg, module: str, field_name: str, name: str) -> tuple[str, Callable[[Record], Any]]:
    if field_name == "id":
        return "bigint", lambda record: record.id
    field = org.tables[module].module.fields.get(field_name)
    if field is None:
        raise unknown_column(name, module)
    if field.data_type in _UNSUPPORTED:
        raise bad_type(name, field.data_type)
    view = View(org, module, [field_name])
    # Zoho's page: since version 7 a lookup comes with the name of its record; Bigin's samples have the id only.
    keys = ("name", "id") if org.product == "crm" else ("id",)

    def read(record: Record) -> Any:
        value = view(record)[field_name]
        return {key: value[key] for key in keys} if isinstance(value, dict) else value

    return field.data_type, read
