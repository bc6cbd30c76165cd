"""Writing the rows of a bulk write job, each with the rules of a single record (zoho-api 2.11)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.sales.schema import Field
from sandbox.sales.store import SalesOrg, Table
from sandbox.sales.writes import RecordWriter
from sandbox.wire import Json

_NUMBERS = {"currency", "double", "percent"}
_LISTS = {"multiselectpicklist"}


@dataclass(frozen=True, slots=True)
class Mapping:
    """What one column holds.

    Attributes:
        api_name: The field, or ``id``.
        index: Place of the column from 0, or None when only the default counts.
        header: Header of the column.
        default: Value of a blank cell.
        find_by: Of a lookup: the field of its module that the cell holds, the id when None.
        format: How dates are written, such as ``MM-dd-yyyy``.
    """

    api_name: str
    index: int | None
    header: str
    default: Any = None
    find_by: str | None = None
    format: str | None = None

    def shown(self) -> Json:
        """Return the mapping as a job shows it."""
        found = {"api_name": self.api_name, "index": self.index, "find_by": self.find_by, "format": self.format}
        shown: Json = {name: value for name, value in found.items() if value is not None}
        return shown if self.default is None else {**shown, "default_value": {"value": self.default}}


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row.

    Attributes:
        status: ``ADDED``, ``UPDATED`` or ``SKIPPED``.
        record_id: The record that was written, else blank.
        error: ``<code>-<column header>``, blank when it was written.
    """

    status: str
    record_id: str = ""
    error: str = ""


class RowWriter:
    """Writes rows of one file."""

    def __init__(self, org: SalesOrg, table: Table, mappings: list[Mapping], *, ignore_empty: bool) -> None:
        """Prepare to write.

        Args:
            org: The organization.
            table: Where the rows go.
            mappings: What the columns hold.
            ignore_empty: Whether a blank cell leaves the value as it is; otherwise it clears it.
        """
        self._org = org
        self._table = table
        self._mappings = mappings
        self._ignore_empty = ignore_empty
        self._writer = RecordWriter(org, table.module.api_name)

    def write(self, operation: str, find_by: str | None, row: list[str]) -> RowResult:
        """Write one row and tell what became of it.

        Args:
            operation: ``insert``, ``update`` or ``upsert``.
            find_by: Field that finds the record to update.
            row: Its cells.
        """
        values = self._values(row)
        record_id = self._found(find_by, values) if find_by else ""
        values.pop("id", None)
        if record_id:
            return self._told(self._writer.update(record_id, values), "UPDATED")
        if operation == "update":
            return RowResult("SKIPPED", error=f"RECORD_NOT_FOUND-{self._header(find_by or '')}")
        return self._told(self._writer.insert(values), "ADDED")

    def _values(self, row: list[str]) -> Json:
        values: Json = {}
        for mapping in self._mappings:
            cell = row[mapping.index] if mapping.index is not None else ""
            given = mapping.default if cell == "" else self._typed(mapping, cell)
            if given is not None or not self._ignore_empty:
                values[mapping.api_name] = given
        return values

    def _typed(self, mapping: Mapping, cell: str) -> Any:
        """Return a cell as a client would give it in JSON; what cannot be read stays text, and is then refused."""
        field = self._table.module.fields.get(mapping.api_name)
        kind = field.data_type if field else "text"
        if kind == "boolean":
            return {"true": True, "false": False}.get(cell.lower(), cell)
        if kind in _NUMBERS:
            return _number(cell)
        if kind in _LISTS:
            return cell.split(";")
        if kind == "date" and mapping.format:
            return _date(cell, mapping.format)
        if field and kind == "lookup" and mapping.find_by not in {None, "id"}:
            return self._target(field, str(mapping.find_by), cell)
        return cell

    def _target(self, field: Field, find_by: str, cell: str) -> str:
        table = self._org.tables.get(field.target)
        found = table.find(find_by, cell) if table and find_by in table.module.fields else []
        return found[0].id if found else cell

    def _found(self, find_by: str, values: Json) -> str:
        value = values.get(find_by)
        if value in (None, ""):
            return ""
        if find_by == "id":
            return str(value) if str(value) in self._table.records else ""
        found = self._table.find(find_by, value)
        return found[0].id if found else ""

    def _told(self, result: Json, status: str) -> RowResult:
        if result["status"] == "success":
            return RowResult(status, result["details"]["id"])
        problems = result["details"].get("errors", [result])
        errors = [f"{item['code']}-{self._header(item['details'].get('api_name', ''))}" for item in problems]
        return RowResult("SKIPPED", error=";".join(errors))

    def _header(self, api_name: str) -> str:
        return next((item.header for item in self._mappings if item.api_name == api_name), api_name)


def _number(cell: str) -> int | float | str:
    try:
        return float(cell) if "." in cell else int(cell)
    except ValueError:
        return cell


def _date(cell: str, form: str) -> str:
    """Return a date written in a format such as ``MM-dd-yyyy`` as ISO 8601."""
    pattern = form.replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")
    try:
        return datetime.strptime(cell, pattern).date().isoformat()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return cell
