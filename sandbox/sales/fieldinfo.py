"""A field's metadata as ``/settings/fields`` shows it (zoho-api 2.14)."""

from sandbox.sales.rendering import profile
from sandbox.sales.schema import Field, Module, stable_id
from sandbox.sales.stages import DEAL_MODULES, stage_choice
from sandbox.wire import Json

_JSON_TYPES = {
    "boolean": "boolean",
    "integer": "integer",
    "double": "double",
    "currency": "double",
    "percent": "double",
    "lookup": "jsonobject",
    "ownerlookup": "jsonobject",
    "userlookup": "jsonobject",
    "multiselectpicklist": "jsonarray",
    "subform": "jsonarray",
    "linetax": "jsonarray",
    "layout": "jsonobject",
}
_UI_TYPES = {"text": 1, "picklist": 2, "textarea": 3, "lookup": 133, "ownerlookup": 8, "website": 21, "email": 25,
             "integer": 32, "phone": 33, "currency": 36, "date": 24, "datetime": 333, "boolean": 301}  # fmt: skip
_UNSORTABLE = {"textarea", "profileimage", "subform", "linetax", "layout"}


def field_shown(module: Module, item: Field, at: int) -> Json:
    """Return the metadata of one field.

    Args:
        module: Its module.
        item: The field.
        at: Its place in the layout, from 0.
    """
    writable = not item.read_only
    return {
        **_identity(module, item, at),
        **_abilities(item),
        "operation_type": {"web_update": writable, "api_create": writable, "web_create": writable,
                           "api_update": writable},
        "view_type": {"view": True, "edit": writable, "quick_create": item.mandatory, "create": writable},
        "layout_associations": [{"api_name": name, "name": name, "id": layout}
                                for layout, name in module.layouts.items()],
        "profiles": [{**profile(), "permission_type": "read_write" if writable else "read_only"}],
        "email_parser": {"fields_update_supported": writable, "record_operations_supported": writable},
        "pick_list_values": _choices(module, item),
        "lookup": _lookup(item, module.product),
        "unique": {"casesensitive": "false"} if item.unique else {},
        "currency": {"rounding_option": "round_off", "precision": 2} if item.data_type == "currency" else {},
        "decimal_place": item.places if item.data_type in {"currency", "double"} else None,
        "tooltip": None, "history_tracking": None, "association_details": None, "additional_column": None,
        "rollup_summary": {}, "refer_from_field": None, "multi_module_lookup": {},
        "subform": _subform(item, module.product), "external": None, "formula": {},
        "multiselectlookup": {}, "auto_number": {}, "crypt": None,
        "hipaa_compliance_enabled": False, "hipaa_compliance": None, "created_time": None, "modified_time": None,
        **_where_it_applies(module, item),
    }  # fmt: skip


def field_in_layout(module: Module, item: Field, at: int, section: int) -> Json:
    """Return the metadata of one field as a layout shows it.

    Args:
        module: Its module.
        item: The field.
        at: Its place in the layout, from 0.
        section: Number of its section.
    """
    return {
        **field_shown(module, item, at),
        "default_value": _default(item),
        "required": item.mandatory,
        "section_id": section,
        "validation_rule": None,
    }


def _default(item: Field) -> str | None:
    """Return the value that a record gets when an insert gives none, as text; None when there is no such value."""
    value = item.default
    if value is None or isinstance(value, list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _where_it_applies(module: Module, item: Field) -> Json:
    """Return the keys that a field has only where they say something."""
    shown: Json = {}
    if (default := _default(item)) is not None:
        shown["default_value"] = default
    if item.mandatory:
        quick = [other.api_name for other in module.shown_fields() if other.mandatory]
        shown["quick_sequence_number"] = str(quick.index(item.api_name) + 1)
    if item.data_type == "textarea":
        shown["textarea"] = {"type": "small"}
    return shown


def _identity(module: Module, item: Field, at: int) -> Json:
    return {
        "id": module.field_id(item.api_name),
        "api_name": item.api_name,
        "field_label": item.label,
        "display_label": item.label,
        "column_name": item.api_name.upper(),
        "associated_module": _subform_module(item, module.product),
        "data_type": item.data_type,
        "json_type": _JSON_TYPES.get(item.data_type, "string"),
        "length": item.length,
        "sequence_number": at + 1,
        "ui_type": _UI_TYPES.get(item.data_type, 1),
        "display_type": -1,
        "show_type": 7,
        "category": 0 if item.custom else 1,
        "created_source": "user" if item.custom else "default",
        "type": "used",
    }


def _abilities(item: Field) -> Json:
    return {
        "system_mandatory": item.mandatory,
        "custom_field": item.custom,
        "read_only": item.read_only,
        "field_read_only": item.read_only,
        "display_field": item.display,
        "visible": True,
        "available_in_user_layout": True,
        "webhook": True,
        "blueprint_supported": not item.read_only,
        "virtual_field": False,
        "businesscard_supported": True,
        "filterable": item.data_type not in _UNSORTABLE,
        "sortable": item.data_type not in _UNSORTABLE,
        "searchable": item.data_type not in {"profileimage", "boolean"},
        "mass_update": not item.read_only,
        "separator": False,
        "number_separator": item.data_type in {"integer", "currency", "double"},
        "enable_colour_code": False,
        "colour_code_enabled_by_system": False,
        "pick_list_values_sorted_lexically": False,
        "customizable_properties": [],
        "static_field": False,
    }


def _choices(module: Module, item: Field) -> list[Json]:
    if item.data_type == "layout":
        return []
    choices = [
        {
            "id": stable_id(f"{module.product}.{module.api_name}.{item.api_name}.{value}"),
            "display_value": value,
            "actual_value": value,
            "reference_value": value,
            "sequence_number": at + 1,
            "colour_code": None,
            "type": "used",
        }
        for at, value in enumerate(item.pick_list)
    ]
    if item.api_name == "Stage" and module.api_name in DEAL_MODULES:
        return [stage_choice(value, choice) for value, choice in zip(item.pick_list, choices, strict=True)]
    return choices


def _subform(item: Field, product: str) -> Json | None:
    if item.data_type != "subform":
        return None
    return {"module": item.target, "id": stable_id(f"{product}.{item.target}")}


def _subform_module(item: Field, product: str) -> Json | None:
    found = _subform(item, product)
    return (
        {"module": item.target, "module_name": item.target, "api_name": item.target, "id": found["id"]}
        if found
        else None
    )


def _lookup(item: Field, product: str) -> Json:
    if item.data_type != "lookup":
        return {}
    return {
        "display_label": item.target,
        "api_name": item.target,
        "module": {"api_name": item.target, "id": stable_id(f"{product}.{item.target}")},
        "id": stable_id(f"lookup.{item.api_name}.{item.target}"),
        "query_details": None,
        "revalidate_filter_during_edit": False,
        "show_fields": [],
    }
