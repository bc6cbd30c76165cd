"""What a CRM and a Bigin organization say of themselves."""

from __future__ import annotations

from zoho.api.sales_settings import Settings


def introduce(client: Settings) -> str:
    """Name the organization, its edition and the connecting user in a sentence.

    Args:
        client: Of CRM or Bigin.
    """
    organization, user = client.organization(), client.current_user()
    licence = organization.get("license_details") or {}
    edition = licence.get("paid_type") or licence.get("trial_type") or "unknown"
    return (
        f"Connected to {organization.get('company_name')} ({edition} edition) "
        f"as {user.get('full_name')} <{user.get('email')}>."
    )
