"""A field mapping as a form: a table of pairs for every kind of record, and what a filled one changes (CUS-6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, get_args

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from zoho.config.mapping import FieldMapping
from zoho.config.yamltree import KeyPath
from zoho.core.fieldrule import FieldDirection, Owner

COLUMNS = ("sales", "books", "constant", "direction", "transform", "default", "owner")
"""The keys of a pair, in the order in which they are written."""

CHOICES: Mapping[str, Sequence[str]] = {"direction": get_args(FieldDirection), "owner": get_args(Owner)}
"""Keys of which the values are known."""

REMOVED = "removed"
NEW_ROWS = 1
"""Blank lines at the end of a table, for pairs to come."""

_YAML_VALUES = ("constant", "transform", "default")
"""Keys that may hold more than a text."""


@dataclass(frozen=True, slots=True)
class Row:
    """A pair of fields.

    Attributes:
        key: where it stands in the file.
        cells: key of the pair → what it holds, as it is entered.
        is_new: whether the file does not have it yet.
    """

    key: KeyPath
    cells: Mapping[str, str]
    is_new: bool = False

    def name(self, column: str) -> str:
        """Return the name of a cell in the form: ``business.0.books``."""
        return ".".join(str(part) for part in (*self.key, column))


@dataclass(frozen=True, slots=True)
class Table:
    """The pairs of one kind of record.

    Attributes:
        section: its key.
        help: which records are meant.
        rows: the pairs, then blank ones.
        books: Books fields to choose from.
    """

    section: str
    help: str
    rows: Sequence[Row]
    books: Sequence[str]


def mapping_form(model: type[FieldMapping], content: Any, filled: Mapping[str, str] | None = None) -> list[Table]:
    """Return the form of a mapping file.

    Args:
        model: what reads it.
        content: what it holds.
        filled: what was entered already; it may have more lines.
    """
    held = content if isinstance(content, Mapping) else {}
    tables = []
    for section in model.catalogues:
        pairs = [pair if isinstance(pair, Mapping) else {} for pair in held.get(section) or ()]
        rows = [Row((section, place), _cells(pair)) for place, pair in enumerate(pairs)]
        lines = max(len(rows) + NEW_ROWS, _lines(section, filled or {}))
        blank = dict.fromkeys(COLUMNS, "")
        rows += [Row((section, place), blank, is_new=True) for place in range(len(rows), lines)]
        writable, readable = model.catalogues[section]
        told = model.model_fields[section].description or ""
        tables.append(Table(section, told, rows, sorted({*writable, *readable})))
    return tables


def mapping_changes(tables: Sequence[Table], filled: Mapping[str, str]) -> dict[KeyPath, Any]:
    """Return what a filled form changes: key → new value, ``None`` where it is taken out.

    Lines are taken out last and from below, so that the places of the others hold until then.
    """
    changes: dict[KeyPath, Any] = {}
    gone: list[KeyPath] = []
    for table in tables:
        for row in table.rows:
            entered = {column: filled.get(row.name(column), "").strip() for column in COLUMNS}
            if row.name(REMOVED) in filled:
                gone += [] if row.is_new else [row.key]
            elif row.is_new:
                pair = {column: _value(column, text) for column, text in entered.items() if text}
                changes |= {row.key: pair} if pair else {}
            else:
                changes |= {
                    (*row.key, column): _value(column, text) if text else None
                    for column, text in entered.items()
                    if text != row.cells[column]
                }
    return {**changes, **dict.fromkeys(sorted(gone, reverse=True))}


def _cells(pair: Mapping[str, Any]) -> dict[str, str]:
    return {column: _text(column, pair[column]) if column in pair else "" for column in COLUMNS}


def _lines(section: str, filled: Mapping[str, str]) -> int:
    """Return how many lines of a table were filled."""
    places = [name.split(".")[1] for name, text in filled.items() if name.startswith(f"{section}.") and text]
    return max((int(place) + 1 for place in places if place.isdecimal()), default=0)


def _text(column: str, value: Any) -> str:
    """Return a value as it is entered: a text as it is unless it would be read as something else."""
    if isinstance(value, str) and (column not in _YAML_VALUES or _value(column, value) == value):
        return value
    written = StringIO()
    yaml = YAML(typ="safe")
    yaml.default_flow_style = True
    yaml.width = 4096
    yaml.dump(value, written)
    return written.getvalue().removesuffix("\n").removesuffix("\n...")


def _value(column: str, text: str) -> Any:
    """Return what was entered as the file holds it; what is no YAML is a text."""
    if column not in _YAML_VALUES:
        return text
    try:
        value = YAML(typ="safe").load(text)
    except (YAMLError, ValueError):
        return text
    return text if value is None else value
