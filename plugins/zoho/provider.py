"""What Airflow should know of this package: three connection types with a readable form.

Airflow 3.3 reads the form from this data (``conn-fields`` and ``ui-field-behaviour``); the hooks behind it
are imported only when a connection is used.
"""

from __future__ import annotations

from typing import Any

# Kept beside the form and not imported from `zoho.transport`: Airflow reads this module in every process.
DATA_CENTRE_CODES = ("com", "eu", "in", "com.au", "jp", "ca", "sa", "uk", "com.cn")


def _field(label: str, description: str, **schema: Any) -> dict[str, Any]:
    """One field of the form below Airflow's own ones."""
    return {"label": label, "description": description, "schema": {"type": ["string", "null"], **schema}}


CONNECTION_FIELDS: dict[str, dict[str, Any]] = {
    "data_center": _field(
        "Data centre",
        "The ending of your Zoho address: accounts.zoho.eu is eu, accounts.zoho.in is in.",
        enum=list(DATA_CENTRE_CODES),
        default="com",
    ),
    "refresh_token": _field("Refresh token", "Made once at Zoho's API console for this client.", format="password"),
    "accounts_url": _field(
        "Accounts URL", "Only for a custom domain or a local sandbox; otherwise the data centre decides."
    ),
    "api_url": _field("API URL", "Only for a custom domain, a Zoho sandbox organization or a local sandbox."),
}

PLANS = {
    "books": ("free", "standard", "professional", "premium", "elite", "ultimate"),
    "crm": ("free", "standard", "professional", "enterprise", "ultimate"),
    "bigin": ("free", "express", "premier"),
}


def _quota_fields(product: str) -> dict[str, dict[str, Any]]:
    """What says how much Zoho gives the organization; all of it may stay empty (BEY-8)."""
    fields = {
        "plan": _field("Plan", "Of the organization; when empty, what Zoho tells.", enum=["", *PLANS[product]]),
        "calls_per_day": _field("Calls a day", "Where the syncs stop, to leave the rest to others."),
        "concurrent_calls": _field("Calls at once", "When other than the plan's."),
    }
    if product == "books":
        fields["calls_per_minute"] = _field("Calls a minute", "100 when empty; less leaves the rest to others.")
    else:
        fields["users"] = _field("User licences", "Zoho gives credits for each; when empty, what Zoho tells.")
    return fields


ORGANIZATION_FIELD: dict[str, dict[str, Any]] = {
    "organization_id": _field("Organization ID", "From Zoho Books, Settings, Organization profile. Digits only."),
}


WEBHOOK_FIELD: dict[str, dict[str, Any]] = {
    "webhook_secret": _field(
        "Webhook secret",
        "What Zoho's webhooks are proven by. Books: the secret token of the webhooks made there. "
        "CRM, Bigin: may stay empty.",
        format="password",
    ),
}


def _connection_type(product: str, hook_class: str, extra_fields: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One connection type: ``zoho_crm``, ``zoho_bigin`` or ``zoho_books``."""
    return {
        "connection-type": f"zoho_{product.lower()}",
        "hook-class-name": f"zoho.hooks.{product.lower()}.{hook_class}",
        "hook-name": f"Zoho {product}",
        "ui-field-behaviour": {
            "hidden-fields": ["host", "schema", "port", "extra"],
            "relabeling": {"login": "Client ID", "password": "Client secret"},
            "placeholders": {"login": "1000.…", "password": "from Zoho's API console"},
        },
        "conn-fields": {**CONNECTION_FIELDS, **extra_fields, **WEBHOOK_FIELD, **_quota_fields(product.lower())},
    }


def get_provider_info() -> dict[str, Any]:
    """Return the provider description that the entry point ``apache_airflow_provider`` names.

    Returns:
        The mapping whose keys Airflow's provider schema defines.
    """
    return {
        "package-name": "zoho-sync-airflow",
        "name": "Zoho",
        "description": "Keeps Zoho CRM, Zoho Bigin and Zoho Books in step.",
        "connection-types": [
            _connection_type("CRM", "ZohoCrmHook", {}),
            _connection_type("Bigin", "ZohoBiginHook", {}),
            _connection_type("Books", "ZohoBooksHook", ORGANIZATION_FIELD),
        ],
    }
