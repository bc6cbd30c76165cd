"""One call to each CRM endpoint that Zoho's OpenAPI files describe, and some that are refused."""

from collections.abc import Callable

import requests

from tests.conformance import given
from tests.conformance.given import BULK, RECORDS, WATCH
from tests.sandbox.client import Zoho

Exchange = Callable[[Zoho], requests.Response]
"""Makes a call and returns the answer."""

_MODULE = "/crm/v8/{module_api_name}"
_SETTINGS = "/crm/v8/settings"
_NEW_FIELD = {"fields": [{"field_label": "Shoe size", "data_type": "integer"}]}


def _with(name: str, module: str = "Accounts") -> dict[str, dict[str, str]]:
    return {"params": {name: module}}


def _then(first: object, second: requests.Response) -> requests.Response:
    """Return the second answer; the first call is made before it."""
    return second


def _middle_page(zoho: Zoho, path: str, fields: str) -> requests.Response:
    """Return the second page of rows shown one by one: only there ``info`` has all that it can have."""
    params = {"fields": fields, "per_page": "1"}
    first = zoho.crm("GET", path, params=params).json()["info"]
    return zoho.crm("GET", path, params={**params, "page_token": first["next_page_token"]})


def _upserted_twice(zoho: Zoho) -> requests.Response:
    """Return the answer to an upsert that finds a record, and so names the field that it was found by."""
    body = {"data": [{"Account_Name": "Upserted"}]}
    zoho.crm("POST", "/Accounts/upsert", json=body)
    return zoho.crm("POST", "/Accounts/upsert", json=body)


_RECORDS: dict[str, Exchange] = {
    f"record.json GET {_MODULE}": lambda z: _then(
        [given.record(z) for _ in range(3)], _middle_page(z, "/Accounts", "Account_Name,Owner,Created_By")
    ),
    f"record.json POST {_MODULE}": lambda z: z.crm("POST", "/Accounts", json={"data": [RECORDS["Accounts"]]}),
    f"record.json PUT {_MODULE}": lambda z: z.crm(
        "PUT", "/Accounts", json={"data": [{"id": given.record(z), "Phone": "2"}]}
    ),
    f"record.json DELETE {_MODULE}": lambda z: z.crm("DELETE", "/Accounts", params={"ids": given.record(z)}),
    f"record.json GET {_MODULE}/{{id}}": lambda z: z.crm("GET", f"/Deals/{given.record(z, 'Deals')}"),
    f"record.json PUT {_MODULE}/{{id}}": lambda z: z.crm(
        "PUT", f"/Accounts/{given.record(z)}", json={"data": [{"Phone": "2"}]}
    ),
    f"record.json DELETE {_MODULE}/{{id}}": lambda z: z.crm("DELETE", f"/Accounts/{given.record(z)}"),
    f"record.json POST {_MODULE}/upsert": _upserted_twice,
    f"record.json GET {_MODULE}/search": lambda z: _then(
        given.record(z, "Contacts"), z.crm("GET", "/Contacts/search", params={"email": "a.b@example.com"})
    ),
    "module_search.json GET /crm/v8/{module}/search": lambda z: _then(
        given.record(z, "Contacts"), z.crm("GET", "/Contacts/search", params={"email": "a.b@example.com"})
    ),
    "module_search.json GET /crm/v8/{module}/search 400": lambda z: z.crm(
        "GET", "/Contacts/search", params={"criteria": "((Nonsense"}
    ),
    f"record.json GET {_MODULE}/actions/count": lambda z: z.crm("GET", "/Accounts/actions/count"),
    f"record_count.json GET {_MODULE}/actions/count": lambda z: z.crm("GET", "/Accounts/actions/count"),
    f"record_count.json GET {_MODULE}/actions/count 400": lambda z: z.crm("GET", "/Nowhere/actions/count"),
    f"record.json GET {_MODULE}/deleted": lambda z: _then(
        z.crm("DELETE", f"/Accounts/{given.record(z)}"), z.crm("GET", "/Accounts/deleted")
    ),
    f"related_records.json GET {_MODULE}/{{record_id}}/{{related_list_api_name}}": lambda z: _middle_page(
        z, f"/Accounts/{given.account_with_contact(z, contacts=3)}/Contacts", "Last_Name"
    ),
}
_METADATA: dict[str, Exchange] = {
    "org.json GET /crm/v8/org": lambda z: z.crm("GET", "/org"),
    "users.json GET /crm/v8/users": lambda z: z.crm("GET", "/users"),
    "users.json GET /crm/v8/users 204": lambda z: z.crm("GET", "/users", params={"type": "DeletedUsers"}),
    "users.json GET /crm/v8/users 400": lambda z: z.crm("GET", "/users", params={"type": "Nobody"}),
    "users.json GET /crm/v8/users/{user}": lambda z: z.crm("GET", f"/users/{given.user(z)}"),
    f"fields.json GET {_SETTINGS}/fields": lambda z: z.crm("GET", "/settings/fields", **_with("module", "Deals")),
    f"fields.json GET {_SETTINGS}/fields 400": lambda z: z.crm("GET", "/settings/fields"),
    f"fields.json POST {_SETTINGS}/fields": lambda z: z.crm(
        "POST", "/settings/fields", json=_NEW_FIELD, **_with("module")
    ),
    f"fields.json POST {_SETTINGS}/fields 400": lambda z: z.crm(
        "POST", "/settings/fields", json={"fields": [{"data_type": "text"}]}, **_with("module")
    ),
    f"fields.json GET {_SETTINGS}/fields/{{field}}": lambda z: z.crm(
        "GET", f"/settings/fields/{given.field(z)}", **_with("module", "Deals")
    ),
    f"pick_list_values.json GET {_SETTINGS}/fields/{{field_id}}/pick_list_values": lambda z: z.crm(
        "GET", f"/settings/fields/{given.field(z)}/pick_list_values", **_with("module", "Deals")
    ),
    f"pick_list_values.json GET {_SETTINGS}/fields/{{field_id}}/pick_list_values 400": lambda z: z.crm(
        "GET", "/settings/fields/1/pick_list_values", **_with("module", "Deals")
    ),
    f"modules.json GET {_SETTINGS}/modules": lambda z: z.crm("GET", "/settings/modules"),
    f"modules.json GET {_SETTINGS}/modules/{{api_name}}": lambda z: z.crm("GET", "/settings/modules/Deals"),
    f"modules.json GET {_SETTINGS}/modules/{{api_name}} 400": lambda z: z.crm("GET", "/settings/modules/Nowhere"),
    f"custom_views.json GET {_SETTINGS}/custom_views": lambda z: z.crm(
        "GET", "/settings/custom_views", **_with("module")
    ),
    f"custom_views.json GET {_SETTINGS}/custom_views 400": lambda z: z.crm("GET", "/settings/custom_views"),
    f"custom_views.json GET {_SETTINGS}/custom_views/{{id}}": lambda z: z.crm(
        "GET", f"/settings/custom_views/{given.first(z, 'custom_views')}", **_with("module")
    ),
    f"layouts.json GET {_SETTINGS}/layouts": lambda z: z.crm("GET", "/settings/layouts", **_with("module")),
    f"layouts.json GET {_SETTINGS}/layouts 400": lambda z: z.crm("GET", "/settings/layouts"),
    f"layouts.json GET {_SETTINGS}/layouts/{{id}}": lambda z: z.crm(
        "GET", f"/settings/layouts/{given.first(z, 'layouts')}", **_with("module")
    ),
    f"pipeline.json GET {_SETTINGS}/pipeline": lambda z: z.crm(
        "GET", "/settings/pipeline", **_with("layout_id", given.first(z, "layouts", "Deals"))
    ),
    f"pipeline.json GET {_SETTINGS}/pipeline 400": lambda z: z.crm("GET", "/settings/pipeline"),
    f"related_lists.json GET {_SETTINGS}/related_lists": lambda z: z.crm(
        "GET", "/settings/related_lists", **_with("module")
    ),
    f"related_lists.json GET {_SETTINGS}/related_lists 400": lambda z: z.crm("GET", "/settings/related_lists"),
    f"related_lists.json GET {_SETTINGS}/related_lists/{{id}}": lambda z: z.crm(
        "GET", f"/settings/related_lists/{given.first(z, 'related_lists')}", **_with("module")
    ),
    "currencies.json GET /crm/v8/org/currencies": lambda z: z.crm("GET", "/org/currencies"),
}
_COQL = "select id from Accounts where id is not null"
_OTHERS: dict[str, Exchange] = {
    "coql.json POST /crm/v8/coql": lambda z: _then(
        given.record(z), z.crm("POST", "/coql", json={"select_query": _COQL})
    ),
    "coql.json POST /crm/v8/coql 400": lambda z: z.crm("POST", "/coql", json={"select_query": "select id"}),
    "bulk_read.json POST /crm/bulk/v8/read": given.start_read,
    "bulk_read.json POST /crm/bulk/v8/read 400": lambda z: given.start_read(
        z, query={"module": {"api_name": "Nowhere"}}
    ),
    "bulk_read.json GET /crm/bulk/v8/read/{job_id}": lambda z: z.crm("GET", f"/read/{given.read_job(z)}", **BULK),
    "bulk_read.json GET /crm/bulk/v8/read/{job_id} 404": lambda z: z.crm("GET", "/read/1", **BULK),
    "bulk_read.json GET /crm/bulk/v8/read/{job_id}/result": lambda z: z.crm(
        "GET", f"/read/{given.read_job(z)}/result", **BULK
    ),
    "bulk_write.json POST /crm/v8/upload": given.upload,
    "bulk_write.json POST /crm/bulk/v8/write": given.start_write,
    "bulk_write.json POST /crm/bulk/v8/write 400": lambda z: given.start_write(z, module="Nowhere"),
    "bulk_write.json GET /crm/bulk/v8/write/{job_id}": lambda z: z.crm(
        "GET", f"/write/{given.write_job(z)['id']}", **BULK
    ),
    "bulk_write.json GET /{download_url}": lambda z: z.crm(
        "GET", f"/write/{given.write_job(z)['id']}/result", **BULK
    ),
    "notifications.json POST /crm/v8/actions/watch": lambda z: z.crm("POST", "/actions/watch", json=WATCH),
    "notifications.json GET /crm/v8/actions/watch": lambda z: _then(given.channel(z), z.crm("GET", "/actions/watch")),
    "notifications.json GET /crm/v8/actions/watch 204": lambda z: z.crm("GET", "/actions/watch"),
    "notifications.json PUT /crm/v8/actions/watch": lambda z: _then(
        given.channel(z), z.crm("PUT", "/actions/watch", json=WATCH)
    ),
    "notifications.json PATCH /crm/v8/actions/watch": lambda z: _then(
        given.channel(z), z.crm("PATCH", "/actions/watch", json={"watch": [{"channel_id": "1", "token": "t"}]})
    ),
    "notifications.json DELETE /crm/v8/actions/watch": lambda z: z.crm(
        "DELETE", "/actions/watch", **_with("channel_ids", given.channel(z))
    ),
    "notifications.json DELETE /crm/v8/actions/watch 400": lambda z: z.crm("DELETE", "/actions/watch"),
    "composite_requests.json POST /crm/v8/__composite_requests": lambda z: z.crm(
        "POST", "/__composite_requests", json=_TWO
    ),
}
_TWO = {
    "__composite_requests": [
        {"sub_request_id": "1", "method": "GET", "uri": "/crm/v8/org"},
        {"sub_request_id": "2", "method": "GET", "uri": "/crm/v8/users"},
    ]
}

CRM = {**_RECORDS, **_METADATA, **_OTHERS}
"""Calls by Zoho's OpenAPI file, the method and path in it, and the status when it is not a success."""
