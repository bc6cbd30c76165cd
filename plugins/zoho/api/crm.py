"""Zoho CRM, API version 8 (zoho-api section 2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from zoho.api.paging import PER_PAGE, Page, Unseen, iso_seconds
from zoho.api.sales_bulk import BulkReads
from zoho.api.sales_records import RecordReads
from zoho.api.sales_settings import Settings
from zoho.api.sales_watch import Watch
from zoho.api.sales_writes import RecordWrites
from zoho.transport.session import Transport


class CrmClient(RecordReads, RecordWrites, Settings, BulkReads, Watch):
    """One CRM organization.

    Args:
        transport: To the product ``crm``.
        version: Of the API.
    """

    def __init__(self, transport: Transport, version: str = "v8") -> None:
        super().__init__(transport, version)

    def deleted(self, module: str, *, since: datetime | None = None, purpose: str = "scan") -> Iterator[Page]:
        """Walk what was deleted: 60 days back in the recycle bin, 120 days when deleted for good.

        Args:
            module: API name.
            since: Only what was deleted at this time or later, aware.
            purpose: For the call log.

        Yields:
            Pages of rows with id, display_name, type (``recycle`` or ``permanent``), deleted_time; one empty
            page when there is nothing, for its server time.
        """
        headers = {"If-Modified-Since": iso_seconds(since)} if since else None
        return self._walk(self._path(module, "deleted"), {"type": "all"}, purpose=purpose, headers=headers)

    def coql(self, query: str, *, purpose: str = "search") -> Iterator[Page]:
        """Run a query and walk its answer, 200 rows a call, 10,000 at most (zoho-api section 2.9).

        Args:
            query: ``select … from … where …``, without ``limit``.
            purpose: For the call log.

        Yields:
            Pages of flat rows: a joined column stands under its dotted name.
        """
        path = self._path("coql")
        unseen = Unseen("id")
        number = 1
        while True:
            limited = f"{query} limit {(number - 1) * PER_PAGE}, {PER_PAGE}"
            answer = self.transport.request(
                "POST",
                path,
                body={"select_query": limited},
                purpose=purpose,
                repeatable=True,
                about_record=False,
            )
            yield Page(unseen.of(answer.rows("data")), number, answer.received_at)
            if not ((answer.body or {}).get("info") or {}).get("more_records"):
                return
            number += 1

    def pipelines(self, layout_id: str) -> list[dict[str, Any]]:
        """Return the pipelines of a deal layout with their stages (``maps``).

        Probabilities are not here but in ``pick_list_values`` of the field ``Stage``.
        """
        return self._list(self._path("settings", "pipeline"), "pipeline", {"layout_id": layout_id})

    def currencies(self) -> list[dict[str, Any]]:
        """Return the currencies of the organization; empty when it has only its own."""
        return self._list(self._path("org", "currencies"), "currencies")
