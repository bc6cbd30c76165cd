"""The endpoints of the sales side, most specific first."""

from sandbox.routing import Endpoint, Manners
from sandbox.sales import bulkread, coql, fieldwrites, lists, metadata, money, orgs, refusals, watch, writes

_SEARCH = "ZohoSearch.securesearch.READ"

ENDPOINTS = (
    Endpoint("GET", "/org", orgs.get_org, ("org.READ",)),
    Endpoint("GET", "/org/currencies", money.list_currencies, ("org.READ",)),
    Endpoint("POST", "/coql", coql.run_query, ("coql.READ",)),
    Endpoint("POST", "/settings/fields", fieldwrites.create_fields, ("settings.fields.CREATE",)),
    Endpoint("GET", "/settings/pipeline", money.list_pipelines, ("settings.pipeline.READ",)),
    Endpoint("GET", "/users", orgs.list_users, ("users.READ",)),
    Endpoint("GET", "/users/{id}", orgs.get_user, ("users.READ",)),
    Endpoint("GET", "/settings/modules", metadata.list_modules, ("settings.modules.READ",)),
    Endpoint("GET", "/settings/modules/{name}", metadata.get_module, ("settings.modules.READ",)),
    Endpoint("GET", "/settings/fields", metadata.list_fields, ("settings.fields.READ",)),
    Endpoint("GET", "/settings/fields/{field}", metadata.get_field, ("settings.fields.READ",)),
    Endpoint(
        "GET", "/settings/fields/{field}/pick_list_values", metadata.pick_list_values, ("settings.fields.READ",)
    ),
    Endpoint("GET", "/settings/custom_views", metadata.list_views, ("settings.custom_views.READ",)),
    Endpoint("GET", "/settings/custom_views/{id}", metadata.get_view, ("settings.custom_views.READ",)),
    Endpoint("GET", "/settings/layouts", metadata.list_layouts, ("settings.layouts.READ",)),
    Endpoint("GET", "/settings/layouts/{id}", metadata.get_layout, ("settings.layouts.READ",)),
    Endpoint("GET", "/settings/related_lists", metadata.list_related_lists, ("settings.related_lists.READ",)),
    Endpoint("GET", "/settings/related_lists/{id}", metadata.get_related_list, ("settings.related_lists.READ",)),
    Endpoint("POST", "/actions/watch", watch.subscribe, ("notifications.CREATE",)),
    Endpoint("GET", "/actions/watch", watch.details, ("notifications.READ",)),
    Endpoint("PUT", "/actions/watch", watch.replace, ("notifications.UPDATE",)),
    Endpoint("PATCH", "/actions/watch", watch.change, ("notifications.UPDATE",)),
    Endpoint("DELETE", "/actions/watch", watch.unsubscribe, ("notifications.DELETE",)),
    Endpoint("GET", "/{module}/search", lists.search_records, ("modules.{module}.READ", _SEARCH)),
    Endpoint("GET", "/{module}/deleted", lists.list_deleted, ("modules.{module}.READ",)),
    Endpoint("GET", "/{module}/actions/count", lists.count_records, ("modules.{module}.READ",)),
    Endpoint("POST", "/{module}/upsert", writes.upsert_records, ("modules.{module}.CREATE",)),
    Endpoint("GET", "/{module}/{id}/{related}", lists.list_related, ("modules.{module}.READ",)),
    Endpoint("GET", "/{module}/{id}", lists.get_record, ("modules.{module}.READ",)),
    Endpoint("PUT", "/{module}/{id}", writes.update_records, ("modules.{module}.UPDATE",)),
    Endpoint("DELETE", "/{module}/{id}", writes.delete_records, ("modules.{module}.DELETE",)),
    Endpoint("GET", "/{module}", lists.list_records, ("modules.{module}.READ",)),
    Endpoint("POST", "/{module}", writes.insert_records, ("modules.{module}.CREATE",)),
    Endpoint("PUT", "/{module}", writes.update_records, ("modules.{module}.UPDATE",)),
    Endpoint("DELETE", "/{module}", writes.delete_records, ("modules.{module}.DELETE",)),
)

BULK_ENDPOINTS = (
    Endpoint("POST", "/read", bulkread.create_job, ("bulk.READ",)),
    Endpoint("GET", "/read/{job_id}", bulkread.get_job, ("bulk.READ",)),
    Endpoint("GET", "/read/{job_id}/result", bulkread.get_result, ("bulk.READ",)),
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

WITHOUT_DELETED = "/{module}/deleted"
"""What Bigin does not have (zoho-api 4)."""
