"""The endpoints of the sales side, most specific first."""

from sandbox.description import bodies
from sandbox.routing import Endpoint, Manners
from sandbox.sales import (
    bulkread,
    bulkwrite,
    coql,
    fieldwrites,
    lists,
    metadata,
    money,
    orgs,
    refusals,
    taxes,
    upload,
    watch,
    writes,
)
from sandbox.sales.composite import composite
from sandbox.wire import Call

_SEARCH = "ZohoSearch.securesearch.READ"
_MODULE, _PAGE = ("module",), ("page", "per_page")
_SINCE, _UNLESS = ("If-Modified-Since",), ("If-Unmodified-Since",)
_FOUND = ("criteria", "email", "phone", "word")
_LISTED = ("fields", *_PAGE, "page_token", "sort_by", "sort_order", "pipeline_id", *_SINCE)

_SINGLE = (
    Endpoint("GET", "/org", orgs.get_org, ("org.READ",)),
    Endpoint("GET", "/org/currencies", money.list_currencies, ("settings.currencies.READ",)),
    Endpoint("GET", "/org/taxes", taxes.list_taxes, ("settings.taxes.READ",)),
    Endpoint("GET", "/org/taxes/{id}", taxes.get_tax, ("settings.taxes.READ",)),
    Endpoint("POST", "/coql", coql.run_query, ("coql.READ",), body=bodies.query),
    Endpoint(
        "POST",
        "/settings/fields",
        fieldwrites.create_fields,
        ("settings.fields.CREATE",),
        takes=_MODULE,
        body=bodies.fields,
    ),
    Endpoint("GET", "/settings/pipeline", money.list_pipelines, ("settings.pipeline.READ",), takes=("layout_id",)),
    Endpoint("GET", "/users", orgs.list_users, ("users.READ",), takes=("type", "ids", *_PAGE)),
    Endpoint("GET", "/users/{id}", orgs.get_user, ("users.READ",)),
    Endpoint("GET", "/settings/modules", metadata.list_modules, ("settings.modules.READ",), takes=_SINCE),
    Endpoint("GET", "/settings/modules/{name}", metadata.get_module, ("settings.modules.READ",)),
    Endpoint("GET", "/settings/fields", metadata.list_fields, ("settings.fields.READ",), takes=("type", *_MODULE)),
    Endpoint("GET", "/settings/fields/{field}", metadata.get_field, ("settings.fields.READ",), takes=_MODULE),
    Endpoint(
        "GET",
        "/settings/fields/{field}/pick_list_values",
        metadata.pick_list_values,
        ("settings.fields.READ",),
        takes=_MODULE,
    ),
    Endpoint(
        "GET",
        "/settings/custom_views",
        metadata.list_views,
        ("settings.custom_views.READ",),
        takes=(*_MODULE, *_PAGE),
    ),
    Endpoint("GET", "/settings/custom_views/{id}", metadata.get_view, ("settings.custom_views.READ",), takes=_MODULE),
    Endpoint("GET", "/settings/layouts", metadata.list_layouts, ("settings.layouts.READ",), takes=_MODULE),
    Endpoint("GET", "/settings/layouts/{id}", metadata.get_layout, ("settings.layouts.READ",), takes=_MODULE),
    Endpoint(
        "GET", "/settings/related_lists", metadata.list_related_lists, ("settings.related_lists.READ",), takes=_MODULE
    ),
    Endpoint(
        "GET",
        "/settings/related_lists/{id}",
        metadata.get_related_list,
        ("settings.related_lists.READ",),
        takes=_MODULE,
    ),
    Endpoint("POST", "/actions/watch", watch.subscribe, ("notifications.CREATE",), body=bodies.channels),
    Endpoint("GET", "/actions/watch", watch.details, ("notifications.READ",), takes=("channel_id", *_MODULE, *_PAGE)),
    Endpoint("PUT", "/actions/watch", watch.replace, ("notifications.UPDATE",), body=bodies.channels),
    Endpoint("PATCH", "/actions/watch", watch.change, ("notifications.UPDATE",), body=bodies.channels),
    Endpoint("DELETE", "/actions/watch", watch.unsubscribe, ("notifications.DELETE",), takes=("channel_ids",)),
    Endpoint(
        "GET",
        "/{module}/search",
        lists.search_records,
        ("modules.{module}.READ", _SEARCH),
        takes=("fields", *_FOUND, *_PAGE),
    ),
    Endpoint(
        "GET", "/{module}/deleted", lists.list_deleted, ("modules.{module}.READ",), takes=("type", *_SINCE, *_PAGE)
    ),
    Endpoint(
        "GET", "/{module}/actions/count", lists.count_records, ("modules.{module}.READ",), takes=("cvid", *_FOUND)
    ),
    Endpoint("POST", "/{module}/upsert", writes.upsert_records, ("modules.{module}.CREATE",), body=bodies.upserted),
    Endpoint("GET", "/{module}/{id}/{related}", lists.list_related, ("modules.{module}.READ",), takes=_LISTED),
    Endpoint("GET", "/{module}/{id}", lists.get_record, ("modules.{module}.READ",), takes=("fields",)),
    Endpoint(
        "PUT",
        "/{module}/{id}",
        writes.update_records,
        ("modules.{module}.UPDATE",),
        takes=_UNLESS,
        body=bodies.records,
    ),
    Endpoint("DELETE", "/{module}/{id}", writes.delete_records, ("modules.{module}.DELETE",)),
    Endpoint("GET", "/{module}", lists.list_records, ("modules.{module}.READ",), takes=("cvid", "ids", *_LISTED)),
    Endpoint("POST", "/{module}", writes.insert_records, ("modules.{module}.CREATE",), body=bodies.records),
    Endpoint(
        "PUT", "/{module}", writes.update_records, ("modules.{module}.UPDATE",), takes=_UNLESS, body=bodies.records
    ),
    Endpoint("DELETE", "/{module}", writes.delete_records, ("modules.{module}.DELETE",), takes=("ids",)),
)


def _manners_of(call: Call) -> Manners:
    return BIGIN if call.product == "bigin" else CRM


ENDPOINTS = (
    Endpoint(
        "POST",
        "/upload",
        upload.upload_file,
        ("ZohoFiles.files.CREATE", "bulk.CREATE"),
        takes=("feature", "X-CRM-ORG"),
        file="file",
    ),
    Endpoint(
        "POST",
        "/__composite_requests",
        composite(_SINGLE, _manners_of),
        (),
        body=bodies.composite,
    ),
    *_SINGLE,
)
"""Endpoints below ``/{version}``."""

BULK_ENDPOINTS = (
    Endpoint("POST", "/read", bulkread.create_job, ("bulk.READ",), body=bodies.read_job),
    Endpoint("GET", "/read/{job_id}", bulkread.get_job, ("bulk.READ",)),
    Endpoint("GET", "/read/{job_id}/result", bulkread.get_result, ("bulk.READ",)),
    Endpoint("POST", "/write", bulkwrite.create_job, ("bulk.CREATE",), body=bodies.write_job),
    Endpoint("GET", "/write/{job_id}", bulkwrite.get_job, ("bulk.READ",)),
    Endpoint("GET", "/write/{job_id}/result", bulkwrite.get_result, ("bulk.READ",)),
)
"""Endpoints below ``/bulk/{version}``."""

VERSIONS = ("v2", "v2.1", "v3", "v4", "v5", "v6", "v7", "v8")
"""Versions of the CRM API that are served; their paths are the same (zoho-api 2.16)."""

BIGIN_VERSIONS = ("v1", "v2")
"""Versions of the Bigin API that are served."""

BIGIN = Manners("bigin", "ZohoBigin", refusals.no_credentials, refusals.bad_token, refusals.missing_scope)
"""How Bigin refuses; like the CRM, with its own scopes."""

CRM = Manners("crm", "ZohoCRM", refusals.no_credentials, refusals.bad_token, refusals.missing_scope)
"""How the CRM refuses."""

NOT_IN_BIGIN = frozenset({"/{module}/deleted", "/settings/pipeline", "/org/taxes", "/org/taxes/{id}"})
"""Paths that Bigin does not have; its team pipelines are layouts (zoho-api 4), and it has no line items to tax."""
