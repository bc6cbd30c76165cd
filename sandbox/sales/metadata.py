"""Settings of the sales side: modules, fields, views, layouts, related lists (zoho-api 2.14)."""

from sandbox.sales.fieldinfo import field_shown
from sandbox.sales.layoutinfo import layout_shown
from sandbox.sales.reading import organization
from sandbox.sales.refusals import bad_param, missing_param, unknown_module
from sandbox.sales.related import RelatedList, lists_of
from sandbox.sales.rendering import profile
from sandbox.sales.schema import Module, stable_id
from sandbox.sales.views import TRANSLATION, default_view, view_in_full, view_shown, views_of
from sandbox.wire import Call, Json, Reply


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
            return Reply(200, {"modules": [_module_shown(module, at) | _lists_of_fields(module)]})
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


def _lists_of_fields(module: Module) -> Json:
    """Return which fields a module's lists show, which is told of a single module only; rows have no lists."""
    if module.rows_of:
        return {}
    name = module.display_field
    return {
        "custom_view": view_in_full(module, default_view(module)),
        "lookup_field_properties": {
            "fields": [{"sequence_number": 1, "api_name": name, "id": module.field_id(name)}]
        },
        "related_list_properties": {"sort_by": None, "fields": [name], "sort_order": None},
    }


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
    shown = [view_shown(module, view_id) for view_id in views_of(module)]
    info = {"per_page": 200, "default": default_view(module), "count": len(shown), "page": 1, "more_records": False}
    return Reply(200, {"custom_views": shown, "info": {**info, "translation": TRANSLATION}})


def get_view(call: Call) -> Reply:
    """Serve ``GET /settings/custom_views/{id}?module=``, with criteria, fields and order."""
    module = named_module(call)
    if call.params["id"] not in views_of(module):
        return Reply(204)
    shown = view_in_full(module, call.params["id"])
    return Reply(200, {"custom_views": [shown], "info": {"translation": TRANSLATION}})


def list_layouts(call: Call) -> Reply:
    """Serve ``GET /settings/layouts?module=``."""
    module = named_module(call)
    return Reply(200, {"layouts": [layout_shown(module, layout_id) for layout_id in module.layouts]})


def get_layout(call: Call) -> Reply:
    """Serve ``GET /settings/layouts/{id}?module=``."""
    module = named_module(call)
    if call.params["id"] not in module.layouts:
        return Reply(204)
    return Reply(200, {"layouts": [layout_shown(module, call.params["id"])]})


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
        "visible": True, "customize_sort": True,
        "customize_fields": True, "customize_display_label": True, "sort_by": None, "sort_order": None,
        "fields": [{"api_name": child.display_field, "id": child.field_id(child.display_field)}],
        "status": "visible",
    }  # fmt: skip


def pick_list_values(call: Call) -> Reply:
    """Serve ``GET /settings/fields/{id}/pick_list_values?module=``: every layout has every value."""
    module = named_module(call)
    for at, item in enumerate(module.shown_fields()):
        if call.params["field"] in {item.api_name, module.field_id(item.api_name)}:
            field = field_shown(module, item, at)
            layouts = {"layout_associations": field["layout_associations"]}
            return Reply(200, {"pick_list_values": [value | layouts for value in field["pick_list_values"]]})
    raise bad_param("module")
