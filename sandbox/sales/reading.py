"""Reading what a call on the sales side says: version, module, fields, body."""

from typing import Any

import orjson

from sandbox.clock import parse_time
from sandbox.sales.refusals import bad_body, missing_param, not_found_in_body, refuse, too_many, unknown_module
from sandbox.sales.store import SalesOrg, Table
from sandbox.wire import Call, Json, Refusal, Reply

MAX_FIELDS = 50
MAX_RECORDS = 100


def organization(call: Call) -> SalesOrg:
    """Return the organization that the call is about."""
    return call.world.sales[call.product]


def table_of(call: Call, name: str = "module") -> Table:
    """Return the table of the module in the path.

    Raises:
        Refusal: There is no such module.
    """
    table = organization(call).tables.get(call.params[name])
    if table is None:
        raise unknown_module()
    return table


def is_old(call: Call) -> bool:
    """Tell whether the call uses v2, where ``fields`` is optional and page tokens do not exist (zoho-api 2.16)."""
    return call.version == "v2" and organization(call).product == "crm"


def chosen_fields(call: Call, *, mandatory: bool) -> list[str] | None:
    """Return the names in ``fields``, or None when all fields are wanted.

    Raises:
        Refusal: ``fields`` is missing though mandatory, or names too many.
    """
    names = [name.strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    if not names:
        if mandatory:
            raise missing_param("fields")
        return None
    if len(names) > MAX_FIELDS:
        raise too_many(MAX_FIELDS, param_name="fields")
    return names


def since(call: Call) -> int | None:
    """Return the time of ``If-Modified-Since``.

    Raises:
        Refusal: The header is not a time.
    """
    text = call.headers.get("if-modified-since")
    if text is None:
        return None
    at = parse_time(text)
    if at is None:
        raise refuse(400, "INVALID_DATA", "invalid data", {"header_name": "If-Modified-Since"})
    return at


def json_body(call: Call) -> Json:
    """Return the JSON object in the body, whatever its declared content type.

    Raises:
        Refusal: The body is not a JSON object.
    """
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        raise bad_body() from None
    if not isinstance(body, dict):
        raise bad_body()
    return body


def records_in(call: Call) -> tuple[Json, list[Any]]:
    """Return the body and its ``data`` list.

    Raises:
        Refusal: There is no such list, it is empty, or it holds more than one call may carry.
    """
    body = json_body(call)
    data = body.get("data")
    if data is None:
        problem = not_found_in_body(0, "data")
        problem["details"] = {"api_name": "data", "json_path": "$.data"}
        raise Refusal(Reply(400, problem, code="MANDATORY_NOT_FOUND"))
    if not isinstance(data, list) or not data:
        details = {"expected_data_type": "jsonarray", "api_name": "data", "json_path": "$.data"}
        raise refuse(400, "INVALID_DATA", "invalid data", details)
    if len(data) > MAX_RECORDS:
        raise too_many(
            MAX_RECORDS, "only 100 records can be processed at a time", api_name="data", json_path="$.data"
        )
    return body, data
