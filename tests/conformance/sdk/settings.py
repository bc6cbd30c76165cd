"""What the organization is made of."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from zohocrmsdk.src.com.zoho.crm.api.currencies import CurrenciesOperations
from zohocrmsdk.src.com.zoho.crm.api.custom_views import (
    CustomViewsOperations,
    GetCustomViewParam,
    GetCustomViewsParam,
)
from zohocrmsdk.src.com.zoho.crm.api.fields import FieldsOperations, GetFieldParam, GetFieldsParam
from zohocrmsdk.src.com.zoho.crm.api.layouts import GetLayoutParam, GetLayoutsParam, LayoutsOperations
from zohocrmsdk.src.com.zoho.crm.api.modules import GetModulesHeader, ModulesOperations
from zohocrmsdk.src.com.zoho.crm.api.org import OrgOperations
from zohocrmsdk.src.com.zoho.crm.api.pick_list_values import PickListValuesOperations
from zohocrmsdk.src.com.zoho.crm.api.pipeline import PipelineOperations
from zohocrmsdk.src.com.zoho.crm.api.related_lists import GetRelatedListsParam, RelatedListsOperations
from zohocrmsdk.src.com.zoho.crm.api.taxes import TaxesOperations
from zohocrmsdk.src.com.zoho.crm.api.users import GetUsersParam, UsersOperations

from tests.conformance.sdk.session import answered, headers, log_in, parameters


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    yield from _modules()
    yield from _fields()
    yield from _views_and_layouts()
    yield from _organization()


def _modules() -> Iterator[str]:
    modules = ModulesOperations()
    names = {item.get_api_name() for item in answered(modules.get_modules()).get_modules()}
    assert {"Accounts", "Contacts", "Vendors", "Products", "Deals"} <= names
    yield "list the modules"
    (accounts,) = answered(modules.get_module_by_api_name("Accounts")).get_modules()
    assert (accounts.get_api_supported(), accounts.get_generated_type().get_value()) == (True, "default")
    yield "get one"
    later = headers({GetModulesHeader.if_modified_since: datetime(2100, 1, 1, tzinfo=UTC)})
    assert modules.get_modules(None, later).get_status_code() == 304
    yield "list those that changed"


def _fields() -> Iterator[str]:
    for module in ("Accounts", "Contacts", "Vendors", "Products", "Deals"):
        found = answered(FieldsOperations().get_fields(parameters({GetFieldsParam.module: module}))).get_fields()
        assert all(item.get_api_name() and item.get_data_type() and item.get_id() for item in found)
        yield f"list the fields of {module}"
    stage = next(item for item in found if item.get_api_name() == "Stage")
    assert {value.get_actual_value() for value in stage.get_pick_list_values()} > {"Qualification", "Closed Won"}
    assert all(isinstance(value.get_probability(), int) for value in stage.get_pick_list_values())
    yield "read the stages with their probability"
    only = parameters({GetFieldParam.module: "Deals"})
    (field,) = answered(FieldsOperations().get_field(stage.get_id(), only)).get_fields()
    assert field.get_api_name() == "Stage"
    yield "get one field"
    values = answered(PickListValuesOperations(stage.get_id(), "Deals").get_pick_list_values())
    assert len(values.get_pick_list_values()) == len(stage.get_pick_list_values())
    yield "list its values"


def _views_and_layouts() -> Iterator[str]:
    views = CustomViewsOperations()
    listed = answered(views.get_custom_views(parameters({GetCustomViewsParam.module: "Accounts"}))).get_custom_views()
    (default,) = [item for item in listed if item.get_default()]
    yield "list the custom views"
    one = parameters({GetCustomViewParam.module: "Accounts"})
    (view,) = answered(views.get_custom_view(default.get_id(), one)).get_custom_views()
    assert view.get_display_value() == default.get_display_value()
    yield "get one"
    (layout,) = answered(LayoutsOperations().get_layouts(parameters({GetLayoutsParam.module: "Deals"}))).get_layouts()
    yield "list the layouts"
    one = parameters({GetLayoutParam.module: "Deals"})
    (same,) = answered(LayoutsOperations().get_layout(layout.get_id(), one)).get_layouts()
    assert same.get_sections()[0].get_fields()
    yield "get one"
    (pipeline,) = answered(PipelineOperations(layout.get_id()).get_pipelines()).get_pipeline()
    assert {item.get_forecast_type() for item in pipeline.get_maps()} == {"Open", "Closed Won", "Closed Lost"}
    yield "list the pipelines with their stages"
    related = RelatedListsOperations().get_related_lists(parameters({GetRelatedListsParam.module: "Accounts"}))
    assert "Contacts" in {item.get_api_name() for item in answered(related).get_related_lists()}
    yield "list the related lists"


def _organization() -> Iterator[str]:
    users = answered(UsersOperations().get_users(parameters({GetUsersParam.type: "AllUsers"}))).get_users()
    (same,) = answered(UsersOperations().get_user(users[0].get_id())).get_users()
    assert same.get_email() == users[0].get_email()
    yield "list the users and get one"
    (org,) = answered(OrgOperations().get_organization()).get_org()
    assert (org.get_iso_code(), org.get_license_details().get_paid_type()) == ("USD", "enterprise")
    yield "get the organization with its edition"
    (currency,) = answered(CurrenciesOperations().get_currencies()).get_currencies()
    assert (currency.get_iso_code(), currency.get_is_base()) == ("USD", True)
    yield "list the currencies"
    taxes = answered(TaxesOperations().get_taxes()).get_org_taxes().get_taxes()
    (same,) = answered(TaxesOperations().get_tax(taxes[0].get_id())).get_org_taxes().get_taxes()
    assert (same.get_name(), same.get_value(), len(taxes)) == ("Sales Tax", 8.25, 4)
    yield "list the taxes and get one"
