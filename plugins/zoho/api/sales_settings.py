"""What CRM and Bigin tell of themselves: organization, users, modules, fields, views (zoho-api 2.14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zoho.api.results import RecordResult
from zoho.api.sales import SalesApi

FIELDS_PER_CREATE = 5


class Settings(SalesApi):
    """Metadata; small, read before a run and cached by whoever needs it often."""

    def organization(self) -> dict[str, Any]:
        """Return the organization: id, zgid, company_name, iso_code, license_details and more."""
        return self._first("org", "org")

    def current_user(self) -> dict[str, Any]:
        """Return the user whom the refresh token belongs to."""
        return self._first("users", "users", {"type": "CurrentUser"})

    def users(self, *, kind: str = "AllUsers") -> list[dict[str, Any]]:
        """Return the users of the organization.

        Args:
            kind: ``AllUsers``, ``ActiveUsers``, ``ActiveConfirmedUsers``, ``DeletedUsers`` …
        """
        return self._settings("users", key="users", params={"type": kind})

    def modules(self) -> list[dict[str, Any]]:
        """Return the modules: api_name, api_supported, creatable, editable, viewable and more."""
        return self._list(self._path("settings", "modules"), "modules")

    def fields(self, module: str) -> list[dict[str, Any]]:
        """Return the fields of a module: api_name, data_type, length, pick_list_values and more."""
        return self._list(self._path("settings", "fields"), "fields", {"module": module})

    def custom_views(self, module: str) -> list[dict[str, Any]]:
        """Return the views of a module, standard ones too: id, name, display_value, system_name and more."""
        return self._settings("settings", "custom_views", key="custom_views", params={"module": module})

    def layouts(self, module: str) -> list[dict[str, Any]]:
        """Return the layouts of a module; those of Bigin's ``Pipelines`` are its team pipelines."""
        return self._list(self._path("settings", "layouts"), "layouts", {"module": module})

    def related_lists(self, module: str) -> list[dict[str, Any]]:
        """Return the related lists of a module: api_name, module, name and more."""
        return self._list(self._path("settings", "related_lists"), "related_lists", {"module": module})

    def create_fields(self, module: str, fields: Sequence[Mapping[str, Any]]) -> list[RecordResult]:
        """Create custom fields, five a call (CUS-6).

        Args:
            module: API name.
            fields: field_label, data_type, length … of each.

        Returns:
            One result per field, in order.
        """
        path = self._path("settings", "fields")
        return self._send_all(
            fields,
            lambda batch: self._send_batch(
                "POST",
                path,
                batch,
                asked="insert",
                key="fields",
                purpose="settings",
                params={"module": module},
            ),
            "insert",
            size=FIELDS_PER_CREATE,
        )

    def _settings(self, *segments: str, key: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A list of settings that comes in pages."""
        pages = self._walk(self._path(*segments), params, purpose="settings", key=key)
        return [row for page in pages for row in page.records]

    def _first(self, segment: str, key: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        answer = self._get(self._path(segment), params, purpose="settings")
        rows = answer.rows(key)
        if not rows:
            raise answer.lacks(f"one of {key}")
        return rows[0]
