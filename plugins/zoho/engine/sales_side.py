"""The lists of the sales side that a module keeps in step, in hundreds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zoho.api.results import RecordResult
from zoho.api.sales import WRITE_BATCH

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

BATCH = WRITE_BATCH
"""Records of one call."""

Raw = dict[str, Any]


class SalesSide:
    """What is asked of the sales side to carry out a plan, always for one list and at most ``BATCH`` records."""

    def __init__(self, job: "Job") -> None:
        self._job = job

    def create(self, entity: str, bodies: Sequence[Mapping[str, Any]]) -> list[RecordResult]:
        """Make records; one result for each, in order."""
        return self._job.sales.insert(entity, bodies, purpose="load")

    def update(self, entity: str, bodies: Sequence[Mapping[str, Any]]) -> list[RecordResult]:
        """Change records, named by ``id``; one result for each, in order."""
        return self._job.sales.update(entity, bodies, purpose="load")

    def read(self, entity: str, ids: Sequence[str]) -> dict[str, Raw]:
        """Return id → record with all the fields that the module reads; one that is gone is missing."""
        fields = self._job.module.sales_lists()[entity]
        pages = self._job.sales.records(entity, fields=fields, ids=ids, purpose="load")
        return {str(record["id"]): record for page in pages for record in page.records}

    def changed_since(self, entity: str, since: datetime) -> Iterator[Raw]:
        """Yield the records that were made or edited since a time, to find a create whose answer was lost."""
        fields = self._job.module.sales_lists()[entity]
        for page in self._job.sales.records(entity, fields=fields, modified_since=since, purpose="recover"):
            yield from page.records
