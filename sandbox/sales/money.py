"""Currencies and pipelines of the sales side (zoho-api 2.14)."""

from sandbox.clock import crm_time
from sandbox.currencies import CURRENCIES, Currency, home_exchange_rate
from sandbox.defaults import CONNECTED_USER
from sandbox.sales.reading import organization
from sandbox.sales.refusals import missing_param
from sandbox.sales.rendering import ORG_CREATED, user_brief
from sandbox.sales.schema import stable_id
from sandbox.sales.stages import STAGES
from sandbox.wire import Call, Json, Reply


def list_currencies(call: Call) -> Reply:
    """Serve ``GET /org/currencies``: the base currency, and with the multi-currency feature the others."""
    settings = call.world.settings
    codes = settings.crm_currency_codes or (settings.crm_base_currency,)
    shown = [_currency(CURRENCIES[code], settings.crm_base_currency) for code in codes]
    return Reply(200, {"currencies": shown})


def _currency(currency: Currency, base: str) -> Json:
    code, by = currency.code, user_brief(CONNECTED_USER.crm_id)
    places = str(currency.places)
    return {
        "symbol": currency.symbol, "created_time": crm_time(ORG_CREATED), "is_active": True,
        "exchange_rate": f"{home_exchange_rate(code, base):.9f}",
        "format": {"decimal_separator": "Period", "thousand_separator": "Comma", "decimal_places": places},
        "created_by": by, "prefix_symbol": True, "is_base": code == base, "modified_time": crm_time(ORG_CREATED),
        "name": f"{currency.name} - {code}", "modified_by": by, "id": stable_id(f"currency.{code}"),
        "iso_code": code,
    }  # fmt: skip


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
