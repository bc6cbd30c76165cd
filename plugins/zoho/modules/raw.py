"""Raw records as Zoho answers them, and what a plan sends back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zoho.core.merge import FieldMerge
from zoho.core.observation import Observation
from zoho.core.records import Side, Value, fingerprint
from zoho.modules.shapes import a_lookup, a_name, an_id, check, instant

STAMPS = ("Created_Time", "Modified_Time")
"""Times of a sales-side record that are always read: by them a create is found again, and the newer record."""

READ_AT = "$read_at"
"""Where a record that is read one by one keeps when that was; Zoho's own such keys are left out as well."""


def observe_sales(
    entity: str, raw: Mapping[str, Any], name_field: str, parent_field: str | None = None
) -> Observation:
    """Return a raw sales-side record as an observation.

    Args:
        entity: the list it is from.
        raw: the record, with the fields that were asked for.
        name_field: the name by which duplicates are compared.
        parent_field: the account of a contact.

    Raises:
        ValueError: the record lacks its id or a readable ``Modified_Time``, or its name or account is none.
    """
    check(raw, {"id": an_id, name_field: a_name, **({parent_field: a_lookup} if parent_field else {})})
    parent = raw.get(parent_field) if parent_field else None
    seen = {key: value for key, value in raw.items() if key != "Modified_Time" and not key.startswith("$")}
    return Observation(
        side="sales",
        entity=entity,
        remote_id=str(raw["id"]),
        parent_id=str(parent["id"]) if parent else None,
        name=text(raw.get(name_field)),
        modified_at=instant(raw, "Modified_Time"),
        detailed=True,
        fingerprint=fingerprint(seen),
        raw=seen,
        read_at=instant(raw, READ_AT) if raw.get(READ_AT) else None,
    )


def written(fields: Sequence[FieldMerge], target: Side) -> dict[str, Value]:
    """Return field → value of what a plan item writes on a side."""
    return {field.key: field.new for field in fields if field.writes(target)}


def listed_mark(modified_at: datetime, told: Mapping[str, Any]) -> str:
    """Return the fingerprint of a Books list row.

    Args:
        modified_at: when the record was edited last.
        told: what the row tells of its counterpart; all the rest of a row says nothing.
    """
    return f"listed {modified_at.isoformat()}{f' {fingerprint(told)}' if told else ''}"


def custom_value(raw: Mapping[str, Any], api_name: str) -> Any:
    """Return the value of a custom field of a raw Books record; Books leaves empty ones out (zoho-api 3.8)."""
    for item in raw.get("custom_fields") or ():
        if api_name in (item.get("api_name"), item.get("placeholder")):
            return item.get("value")
    by_name = raw.get("custom_field_hash") or {}
    return by_name.get(f"{api_name}_unformatted", by_name.get(api_name))


def text(value: Any) -> str:
    """Return a text, or ``""`` for whatever else."""
    return value if isinstance(value, str) else ""
