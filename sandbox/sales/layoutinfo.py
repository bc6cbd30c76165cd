"""A layout's metadata as ``/settings/layouts`` shows it (zoho-api 2.14)."""

from sandbox.clock import crm_time
from sandbox.defaults import CONNECTED_USER
from sandbox.sales.fieldinfo import field_in_layout
from sandbox.sales.rendering import ORG_CREATED, profile, user_brief
from sandbox.sales.schema import Module, stable_id
from sandbox.wire import Json

_SECTION = 1
"""Number of the one section that a layout has."""


def layout_shown(module: Module, layout_id: str) -> Json:
    """Return the metadata of one layout.

    Args:
        module: Its module.
        layout_id: One of the ids in ``module.layouts``.
    """
    name = module.layouts[layout_id]
    by, time = user_brief(CONNECTED_USER.crm_id), crm_time(ORG_CREATED)
    return {
        "display_type": 1, "api_name": name, "has_more_profiles": False, "visible": True, "source": "crm",
        "id": layout_id, "name": name, "display_label": name, "mode": "default", "status": "active",
        "show_business_card": True, "generated_type": "system" if layout_id == module.layout_id else "custom",
        "created_for": None, "created_time": time, "created_by": by, "modified_time": time, "modified_by": by,
        "sections": [_section(module, layout_id)],
        "profiles": [{**profile(), "default": True, "_default_view": {
            "name": "Standard View", "id": stable_id(f"{layout_id}.view"), "type": "standard"}}],
        "actions_allowed": {"edit": True, "rename": True, "clone": True, "downgrade": False, "delete": True,
                            "deactivate": False, "set_layout_permissions": True, "add_field": True},
    }  # fmt: skip


def _section(module: Module, layout_id: str) -> Json:
    name = f"{module.singular} Information"
    fields = [field_in_layout(module, item, at, _SECTION) for at, item in enumerate(module.shown_fields())]
    return {
        "display_label": name, "sequence_number": _SECTION, "isSubformSection": False,
        "tab_traversal": "left_to_right", "api_name": name, "column_count": 2, "name": name,
        "generated_type": "default", "id": stable_id(f"{layout_id}.section"), "type": "used", "properties": None,
        "fields": fields,
    }  # fmt: skip
