"""Modules and fields of the sales side: what exists, of which type, how long.

The standard modules are described by the files under ``standard/`` (zoho-api 2.15): one CSV per module with its
fields, one JSON file with the modules and one with the pick lists.
"""

import csv
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

_STANDARD = Path(__file__).with_name("standard")
ID_PREFIX = "5725767"
"""What the ids of the sales organizations begin with."""


def stable_id(name: str) -> str:
    """Return an id that is the same on every start, for something known by ``name`` (a field, a view …)."""
    return f"{ID_PREFIX}0000{zlib.crc32(name.encode()) % 10**8:08d}"


TEAM_PIPELINES = {stable_id("bigin.pipeline.Sales Pipeline"): "Sales Pipeline"}
"""Bigin's team pipelines: names by id. Each is a layout of the module Pipelines (zoho-api 4)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a module.

    Attributes:
        api_name: Name in the API.
        label: Name on the screen and in exported CSV files.
        data_type: Zoho's data type, such as ``text`` or ``lookup``.
        length: Most characters (text) or digits (numbers) a value may have.
        mandatory: Whether an insert must give it.
        read_only: Whether values that a client gives are ignored.
        display: Whether it is the record's name.
        hidden: Whether it appears in whole records only, and not in the field list.
        custom: Whether a person made it.
        unique: Whether two records may not have the same value.
        target: Module a lookup points at.
        default: Value of a record that has none.
        pick_list: Values of a pick list.
        closed: Whether a pick list takes its own values only; others grow by what is written (zoho-api 2.4).
        places: Decimal places of a number.
    """

    api_name: str
    label: str
    data_type: str
    length: int
    mandatory: bool = False
    read_only: bool = False
    display: bool = False
    hidden: bool = False
    custom: bool = False
    unique: bool = False
    target: str = ""
    default: Any = None
    pick_list: tuple[str, ...] = ()
    closed: bool = False
    places: int = 2


@dataclass(slots=True)
class Module:
    """One module with its fields.

    Attributes:
        api_name: Name in the API.
        singular: Label of one record.
        plural: Label of the module.
        check_field: The system's field for finding duplicates on upsert (zoho-api 2.6).
        product: ``crm`` or ``bigin``.
        fields: Fields by API name, in the order of the layout.
        more_layouts: Names of its layouts besides the standard one.
        rows_of: Of a subform: API name of the module whose records have its rows.
    """

    api_name: str
    singular: str
    plural: str
    check_field: str
    product: str
    fields: dict[str, Field] = field(default_factory=dict)
    more_layouts: tuple[str, ...] = ()
    rows_of: str = ""

    @property
    def id(self) -> str:
        """The module's own id."""
        return stable_id(f"{self.product}.{self.api_name}")

    @property
    def layout_id(self) -> str:
        """Id of the module's standard layout."""
        if self.api_name == "Pipelines":
            return next(iter(TEAM_PIPELINES))
        return stable_id(f"{self.product}.{self.api_name}.layout")

    @property
    def layouts(self) -> dict[str, str]:
        """Names of the module's layouts by id, the standard one first."""
        more = {stable_id(f"{self.product}.{self.api_name}.layout.{name}"): name for name in self.more_layouts}
        return {self.layout_id: "Standard", **more}

    @property
    def subform(self) -> str:
        """API name of the field with line items, ``""`` when it has none."""
        return next((item.api_name for item in self.fields.values() if item.data_type == "subform"), "")

    def field_id(self, api_name: str) -> str:
        """Return the id of a field."""
        return stable_id(f"{self.product}.{self.api_name}.{api_name}")

    @property
    def display_field(self) -> str:
        """API name of the field that names a record."""
        return next(item.api_name for item in self.fields.values() if item.display)

    def shown_fields(self) -> list[Field]:
        """Return the fields that the field list shows."""
        return [item for item in self.fields.values() if not item.hidden]

    def unique_fields(self) -> Iterable[str]:
        """Return the API names of fields that refuse duplicates."""
        return [item.api_name for item in self.fields.values() if item.unique]


@cache
def _pick_lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = json.loads((_STANDARD / "pick_lists.json").read_text("utf-8"))
    return lists


def _field(module: str, row: dict[str, str]) -> Field:
    flags = row["flags"].split()
    return Field(
        api_name=row["api_name"],
        label=row["label"],
        data_type=row["type"],
        length=int(row["length"]),
        mandatory="mandatory" in flags,
        read_only="readonly" in flags,
        display="display" in flags,
        hidden="hidden" in flags,
        unique="unique" in flags,
        target=row["target"],
        default=_default(row),
        pick_list=tuple(_pick_lists().get(f"{module}.{row['api_name']}", ())),
    )


def _default(row: dict[str, str]) -> Any:
    if not row["default"]:
        return None
    # A big integer is a string in Zoho's JSON.
    return row["default"] if row["type"] == "bigint" else json.loads(row["default"])


def standard_modules(product: str) -> dict[str, Module]:
    """Read the standard modules of ``crm`` or ``bigin`` by API name, in the order their lookups need."""
    return {name: module for name, module in _described(product).items() if not module.rows_of}


def standard_subforms(product: str) -> dict[str, Module]:
    """Read the modules of line items, which have fields of their own but no records, by API name."""
    return {name: module for name, module in _described(product).items() if module.rows_of}


def _described(product: str) -> dict[str, Module]:
    described = json.loads((_STANDARD / "modules.json").read_text("utf-8"))
    present = [entry for entry in described if product in entry["products"]]
    names = {entry["api_name"] for entry in present}
    return {entry["api_name"]: _module(entry, product, names) for entry in present}


def _module(entry: dict[str, Any], product: str, names: set[str]) -> Module:
    name, rows_of = entry["api_name"], entry.get("rows_of", "")
    layouts = tuple(entry.get("layouts", ()))
    module = Module(name, entry["singular"], entry["plural"], entry["check_field"], product, {}, layouts, rows_of)
    with (_STANDARD / f"{'Line_Items' if rows_of else name}.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            item = _field(name, row)
            if item.data_type == "layout":
                item = replace(item, pick_list=tuple(module.layouts))
            # A field that looks up a module the product does not have is not shown in its settings.
            module.fields[item.api_name] = replace(item, hidden=True) if item.target not in {"", *names} else item
    return module
