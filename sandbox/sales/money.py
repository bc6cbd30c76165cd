"""Currencies and pipelines of the sales side (zoho-api 2.14)."""

from sandbox.clock import crm_time
from sandbox.defaults import CONNECTED_USER
from sandbox.sales.reading import organization
from sandbox.sales.refusals import missing_param
from sandbox.sales.rendering import ORG_CREATED, user_brief
from sandbox.sales.schema import stable_id
from sandbox.sales.stages import STAGES
from sandbox.wire import Call, Json, Reply


def list_currencies(call: Call) -> Reply:
    """Serve ``GET /org/currencies``: the base currency only, as without the multi-currency feature."""
    code, name, symbol = call.world.settings.crm_currency
    by = user_brief(CONNECTED_USER.crm_id)
    shown = {
        "symbol": symbol, "created_time": crm_time(ORG_CREATED), "is_active": True, "exchange_rate": "1.000000000",
        "format": {"decimal_separator": "Period", "thousand_separator": "Comma", "decimal_places": "2"},
        "created_by": by, "prefix_symbol": True, "is_base": True, "modified_time": crm_time(ORG_CREATED),
        "name": f"{name} - {code}", "modified_by": by, "id": stable_id(f"currency.{code}"), "iso_code": code,
    }  # fmt: skip
    return Reply(200, {"currencies": [shown]})


def list_pipelines(call: Call) -> Reply:
    """Serve ``GET /settings/pipeline?layout_id=``: the stages in their order, without probabilities."""
    if not call.query.get("layout_id"):
        raise missing_param("layout_id")
    module = organization(call).tables["Deals"].module
    if call.query["layout_id"] != module.layout_id:
        return Reply(204)
    pipeline: Json = {
        "display_value": "Standard (Standard)", "actual_value": "Standard (Standard)", "default": True,
        "id": stable_id("pipeline.Standard"),
        "maps": [
            {
                "display_value": stage.label, "actual_value": stage.name, "sequence_number": at + 1,
                "forecast_category": stage.forecast_category, "forecast_type": stage.forecast_type,
                "id": stable_id(f"pipeline.{stage.name}"),
            }
            for at, stage in enumerate(STAGES.values())
        ],
    }  # fmt: skip
    return Reply(200, {"pipeline": [pipeline]})
