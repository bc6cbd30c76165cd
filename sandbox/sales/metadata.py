"""Settings of the sales side: modules, fields, views, layouts, related lists (zoho-api 2.14)."""

from sandbox.clock import crm_time
from sandbox.defaults import CONNECTED_USER
from sandbox.sales.fieldinfo import field_shown
from sandbox.sales.reading import organization
from sandbox.sales.refusals import bad_param, missing_param, unknown_module
from sandbox.sales.related import RelatedList, lists_of
from sandbox.sales.rendering import profile, user_brief
from sandbox.sales.schema import Module, stable_id
from sandbox.sales.views import CustomView, views_of
from sandbox.wire import Call, Json, Reply

ORG_CREATED = 1_700_000_000
"""When the organizations were made, in seconds since the epoch."""


def named_module(call: Call) -> Module:
    """Return the module that the parameter ``module`` names.

    Raises:
        Refusal: The parameter is missing, or there is no such module.
    """
    name = call.query.get("module")
    if not name:
        raise missing_param("module")
    org = organization(call)
    if name in org.subforms:
        return org.subforms[name]
    if name not in org.tables:
        raise unknown_module()
    return org.tables[name].module


def list_modules(call: Call) -> Reply:
    """Serve ``GET /settings/modules``; 304 when nothing changed since ``If-Modified-Since``."""
    if call.headers.get("if-modified-since"):
        return Reply(304)
    return Reply(200, {"modules": [_module_shown(module, at) for at, module in enumerate(_all(call))]})


def get_module(call: Call) -> Reply:
    """Serve ``GET /settings/modules/{name or id}``."""
    wanted = call.params["name"]
    for at, module in enumerate(_all(call)):
        if wanted in {module.api_name, module.id}:
            return Reply(200, {"modules": [_module_shown(module, at)]})
    raise unknown_module(2)


def _all(call: Call) -> list[Module]:
    org = organization(call)
    return [*(table.module for table in org.tables.values()), *org.subforms.values()]


def _module_shown(module: Module, at: int) -> Json:
    brief = {"name": "Administrator", "id": profile()["id"]}
    return {
        "common.search_supported": True, "deletable": True, "description": None, "creatable": True,
        "recycle_bin_on_delete": True, "inventory_template_supported": False, "modified_time": None,
        "plural_label": module.plural, "presence_sub_menu": True, "triggers_supported": True, "id": module.id,
        "chart_view": True, "isBlueprintSupported": True, "visibility": 1, "visible": True, "convertable": False,
        "editable": True, "emailTemplate_support": True, "email_parser_supported": True, "filter_supported": True,
        "show_as_tab": not module.rows_of, "web_link": None, "sequence_number": at + 1,
        "singular_label": module.singular,
        "viewable": True, "api_supported": True, "api_name": module.api_name, "quick_create": True,
        "generated_type": "subform" if module.rows_of else "default", "feeds_required": False,
        "scoring_supported": True,
        "webform_supported": True, "arguments": [], "module_name": module.plural, "chart_view_supported": True,
        "profile_count": 1, "business_card_field_limit": 5, "track_current_data": False,
        "modified_by": None, "profiles": [brief], "parent_module": {}, "activity_badge": "Disabled",
        "$field_states": [], "business_card_fields": [], "per_page": 10, "$properties": [],
        "$on_demand_properties": [], "search_layout_fields": [module.display_field],
        "kanban_view_supported": True, "kanban_view": False, "filter_status": False, "zia_view": False,
        "display_field": {"api_name": module.display_field, "id": module.field_id(module.display_field)},
        "status": "visible", "access_type": "org_based",
    }  # fmt: skip


def list_fields(call: Call) -> Reply:
    """Serve ``GET /settings/fields?module=``."""
    module = named_module(call)
    shown = [field_shown(module, item, at) for at, item in enumerate(module.shown_fields())]
    kind = call.query.get("type")
    if kind == "unused":
        return Reply(204)
    return Reply(200, {"fields": shown})


def get_field(call: Call) -> Reply:
    """Serve ``GET /settings/fields/{id or name}?module=``."""
    module = named_module(call)
    for at, item in enumerate(module.shown_fields()):
        if call.params["field"] in {item.api_name, module.field_id(item.api_name)}:
            return Reply(200, {"fields": [field_shown(module, item, at)]})
    return Reply(204)


def list_views(call: Call) -> Reply:
    """Serve ``GET /settings/custom_views?module=``."""
    module = named_module(call)
    views = views_of(module)
    shown = [_view_shown(module, view_id, view) for view_id, view in views.items()]
    default = next(view_id for view_id, view in views.items() if view.default)
    info = {"per_page": 200, "default": default, "count": len(shown), "page": 1, "more_records": False}
    info["translation"] = {"public_views": "Public Views", "other_users_views": "Other Users Views",
                           "shared_with_me": "Shared With Me", "created_by_me": "Created By Me"}  # fmt: skip
    return Reply(200, {"custom_views": shown, "info": info})


def get_view(call: Call) -> Reply:
    """Serve ``GET /settings/custom_views/{id}?module=``, with criteria, fields and order."""
    module = named_module(call)
    view = views_of(module).get(call.params["id"])
    if view is None:
        return Reply(204)
    name = module.display_field
    fields = [{"api_name": name, "id": module.field_id(name), "_pin": False}]
    more = {"criteria": view.criteria, "fields": fields, "sort_by": None, "sort_order": None}
    return Reply(200, {"custom_views": [_view_shown(module, call.params["id"], view) | more]})


def _view_shown(module: Module, view_id: str, view: CustomView) -> Json:
    owner = user_brief(CONNECTED_USER.crm_id)
    system = bool(view.system_name)
    return {
        "display_value": view.name, "system_name": view.system_name or None,
        "category": "public_views" if system else "created_by_me",
        "created_time": None if system else crm_time(ORG_CREATED),
        "modified_time": None if system else crm_time(ORG_CREATED), "last_accessed_time": None,
        "name": view.name, "created_by": None if system else owner, "modified_by": None if system else owner,
        "module": {"api_name": module.api_name, "id": module.id}, "default": view.default,
        "system_defined": system, "locked": False, "favorite": None, "offline": False,
        "access_type": "public", "shared_to": None, "id": view_id,
    }  # fmt: skip


def list_layouts(call: Call) -> Reply:
    """Serve ``GET /settings/layouts?module=``."""
    module = named_module(call)
    return Reply(200, {"layouts": [_layout_shown(module, layout_id) for layout_id in module.layouts]})


def get_layout(call: Call) -> Reply:
    """Serve ``GET /settings/layouts/{id}?module=``."""
    module = named_module(call)
    if call.params["id"] not in module.layouts:
        return Reply(204)
    return Reply(200, {"layouts": [_layout_shown(module, call.params["id"])]})


def _layout_shown(module: Module, layout_id: str) -> Json:
    name = module.layouts[layout_id]
    section_name = f"{module.singular} Information"
    section = {
        "display_label": section_name, "sequence_number": 1, "isSubformSection": False,
        "tab_traversal": "left_to_right",
        "api_name": section_name, "column_count": 2, "name": section_name, "generated_type": "default",
        "id": stable_id(f"{layout_id}.section"), "type": "used", "properties": None,
        "fields": [field_shown(module, item, at) for at, item in enumerate(module.shown_fields())],
    }  # fmt: skip
    return {
        "display_type": 1, "api_name": name, "has_more_profiles": False,
        "created_time": None, "modified_time": None, "visible": True, "source": "crm", "id": layout_id,
        "name": name, "display_label": name, "mode": "default", "status": "active",
        "show_business_card": True, "generated_type": "default", "created_for": None, "convert_mapping": None,
        "modified_by": None, "created_by": None, "sections": [section],
        "profiles": [{**profile(), "default": True, "_default_view": {
            "name": "Standard View", "id": stable_id(f"{layout_id}.view"), "type": "standard"}}],
        "actions_allowed": {"edit": True, "rename": True, "clone": True, "downgrade": False, "delete": True,
                            "deactivate": False, "set_layout_permissions": True, "add_field": True},
    }  # fmt: skip


def list_related_lists(call: Call) -> Reply:
    """Serve ``GET /settings/related_lists?module=``."""
    module = named_module(call)
    lists = lists_of(organization(call), module.api_name)
    if not lists:
        return Reply(204)
    return Reply(200, {"related_lists": [_related_shown(call, item, at) for at, item in enumerate(lists)]})


def get_related_list(call: Call) -> Reply:
    """Serve ``GET /settings/related_lists/{id}?module=``."""
    module = named_module(call)
    for at, item in enumerate(lists_of(organization(call), module.api_name)):
        shown = _related_shown(call, item, at)
        if shown["id"] == call.params["id"]:
            return Reply(200, {"related_lists": [shown]})
    return Reply(204)


def _related_shown(call: Call, item: RelatedList, at: int) -> Json:
    org = organization(call)
    child = org.tables[item.child].module
    return {
        "id": stable_id(f"{org.product}.{item.parent}.related.{item.api_name}"), "sequence_number": str(at + 1),
        "display_label": item.api_name.replace("_", " "), "api_name": item.api_name,
        "module": {"api_name": child.api_name, "id": child.id}, "name": item.api_name.replace("_", " "),
        "action": None, "href": f"{item.parent}/{{ENTITYID}}/{item.api_name}", "type": "default",
        "connectedmodule": None, "linkingmodule": None, "visible": True, "customize_sort": True,
        "customize_fields": True, "customize_display_label": True, "sort_by": None, "sort_order": None,
        "fields": [{"api_name": child.display_field, "id": child.field_id(child.display_field)}],
        "status": "visible",
    }  # fmt: skip


def pick_list_values(call: Call) -> Reply:
    """Serve ``GET /settings/fields/{id}/pick_list_values?module=``."""
    module = named_module(call)
    for at, item in enumerate(module.shown_fields()):
        if call.params["field"] in {item.api_name, module.field_id(item.api_name)}:
            return Reply(200, {"pick_list_values": field_shown(module, item, at)["pick_list_values"]})
    raise bad_param("module")
