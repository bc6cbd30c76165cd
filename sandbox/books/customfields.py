"""Custom fields of Books contacts (zoho-api 3.8)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class CustomField:
    """One custom field, as a person defined it in Books.

    Attributes:
        customfield_id: Its id.
        api_name: Its name in the API, ``cf_…``.
        label: Its name on the screen.
        data_type: Such as ``string``.
        index: Its place, from 1.
        unique: Whether it refuses duplicates, which ``X-Unique-Identifier-Key`` needs.
    """

    customfield_id: str
    api_name: str
    label: str
    data_type: str = "string"
    index: int = 1
    unique: bool = False

    def snapshot(self) -> Json:
        """Return what is kept in the data file."""
        return asdict(self)


def standard_custom_fields() -> dict[str, CustomField]:
    """Return the custom fields that the sandbox's organization comes with, by API name."""
    fields = (
        CustomField("600012300000000501", "cf_crm_id", "CRM ID", index=1, unique=True),
        CustomField("600012300000000503", "cf_region", "Region", index=2),
    )
    return {item.api_name: item for item in fields}


def identified(fields: Mapping[str, CustomField], given: Mapping[str, Any]) -> CustomField | None:
    """Return the field that an input item names by id, API name, label or index, or None."""
    for item in fields.values():
        named = {
            "customfield_id": item.customfield_id,
            "api_name": item.api_name,
            "label": item.label,
            "index": str(item.index),
        }
        if any(key in given and str(given[key]) == value for key, value in named.items()):
            return item
    return None


def shown(fields: Mapping[str, CustomField], values: Mapping[str, Any]) -> tuple[list[Json], Json]:
    """Return ``custom_fields`` and ``custom_field_hash`` of a record; empty ones are left out."""
    rows: list[Json] = []
    by_name: Json = {}
    for name, value in values.items():
        item = fields.get(name)
        if item is None or value in (None, ""):
            continue
        rows.append(
            {
                "customfield_id": item.customfield_id,
                "index": item.index,
                "label": item.label,
                "value": value,
                "value_formatted": str(value),
                "api_name": item.api_name,
                "placeholder": item.api_name,
                "data_type": item.data_type,
                "is_active": True,
                "show_on_pdf": False,
                "show_in_all_pdf": False,
                "edit_on_portal": False,
                "edit_on_store": False,
                "search_entity": "contact",
            }
        )
        by_name |= {name: str(value), f"{name}_unformatted": value}
    return rows, by_name
