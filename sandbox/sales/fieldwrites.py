"""Creating custom fields through the API (zoho-api 2.14)."""

import re
from typing import Any

from sandbox.sales.metadata import named_module
from sandbox.sales.reading import json_body, organization
from sandbox.sales.refusals import problem, refuse, too_many
from sandbox.sales.schema import Field, Module
from sandbox.wire import Call, Json, Reply

MAX_FIELDS_PER_CALL = 5
_LENGTHS = {
    "text": 255, "textarea": 2000, "email": 100, "phone": 30, "website": 450, "picklist": 120, "integer": 9,
    "bigint": 18, "double": 16, "currency": 16, "percent": 5, "boolean": 5, "date": 20, "datetime": 120,
    "multiselectpicklist": 120,
}  # fmt: skip


def create_fields(call: Call) -> Reply:
    """Serve ``POST /settings/fields?module=``."""
    module = named_module(call)
    given = json_body(call).get("fields")
    if not isinstance(given, list) or not given:
        details = {"api_name": "fields", "json_path": "$.fields"}
        raise refuse(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    if len(given) > MAX_FIELDS_PER_CALL:
        raise too_many(MAX_FIELDS_PER_CALL, api_name="fields", json_path="$.fields")
    results = [_created(call, module, item, at) for at, item in enumerate(given)]
    good = sum(result["status"] == "success" for result in results)
    return Reply(201 if good == len(results) else 207 if good else 400, {"fields": results}, code=results[0]["code"])


def _created(call: Call, module: Module, given: Any, at: int) -> Json:
    if not isinstance(given, dict):
        return problem("INVALID_DATA", "invalid data", {"expected_data_type": "jsonobject"})
    for name in ("field_label", "data_type"):
        if not isinstance(given.get(name), str) or not given[name].strip():
            return _wrong("MANDATORY_NOT_FOUND", "required field not found", at, name)
    data_type, label = given["data_type"], given["field_label"].strip()
    if data_type not in _LENGTHS:
        return _wrong("INVALID_DATA", "invalid data", at, "data_type", supported_values=sorted(_LENGTHS))
    if any(item.label.casefold() == label.casefold() for item in module.fields.values()):
        return _wrong("DUPLICATE_DATA", "duplicate data", at, "field_label")
    length = given.get("length", _LENGTHS[data_type])
    if isinstance(length, bool) or not isinstance(length, int) or not 0 < length <= _LENGTHS[data_type]:
        return _wrong("INVALID_DATA", "invalid data", at, "length", maximum_length=_LENGTHS[data_type])
    field = Field(
        api_name=_api_name(module, label),
        label=label,
        data_type=data_type,
        length=length,
        custom=True,
        unique=bool(given.get("unique")),
        default=False if data_type == "boolean" else None,
        pick_list=_pick_list(given.get("pick_list_values")),
    )
    organization(call).add_field(module.api_name, field)
    details = {"id": module.field_id(field.api_name)}
    return {"code": "SUCCESS", "details": details, "message": "field created", "status": "success"}


def _pick_list(given: Any) -> tuple[str, ...]:
    values = given if isinstance(given, list) else []
    return tuple(
        str(value["display_value"]) for value in values if isinstance(value, dict) and "display_value" in value
    )


def _api_name(module: Module, label: str) -> str:
    """Return the API name that Zoho makes of a label: words joined by underscores, numbered if taken."""
    stem = re.sub(r"[^A-Za-z0-9]+", "_", label).strip("_") or "Custom_field"
    stem = stem if stem[0].isalpha() else f"field_{stem}"
    name, number = stem, 0
    while name in module.fields:
        number += 1
        name = f"{stem}{number}"
    return name


def _wrong(code: str, message: str, at: int, name: str, **details: Any) -> Json:
    return problem(code, message, {**details, "api_name": name, "json_path": f"$.fields[{at}].{name}"})
