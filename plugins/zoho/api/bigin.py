"""Zoho Bigin, API version 2 (zoho-api section 4): the CRM's engine with fewer endpoints.

Companies are the module ``Accounts``, deals the module ``Pipelines``. There is no list of deleted records:
only a walk through everything finds what is gone. Deleting a company deletes its contacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zoho.api.paging import Page
from zoho.api.sales_bulk import BulkReads
from zoho.api.sales_records import RecordReads
from zoho.api.sales_settings import Settings
from zoho.api.sales_watch import Watch
from zoho.api.sales_writes import RecordWrites
from zoho.transport.session import Transport


class BiginClient(RecordReads, RecordWrites, Settings, BulkReads, Watch):
    """One Bigin organization.

    Args:
        transport: To the product ``bigin``.
        version: Of the API.
    """

    renewal_method = "POST"

    def __init__(self, transport: Transport, version: str = "v2") -> None:
        super().__init__(transport, version)

    def team_pipeline(self, pipeline_id: str, *, fields: Sequence[str], purpose: str = "scan") -> Iterator[Page]:
        """Walk the deals of one team pipeline.

        Args:
            pipeline_id: Out of ``layouts("Pipelines")``.
            fields: API names of at most 50 fields.
            purpose: For the call log.
        """
        params = {"fields": self._fields(fields), "pipeline_id": pipeline_id}
        return self._walk(self._path("Pipelines"), params, purpose=purpose)
