"""Read a list of the sales side: page by page, and what is large by bulk read (zoho-api 2.10).

The CRM shows a list's first 100,000 records only, however it is walked. A bulk read job gives 200,000 at a time, for
as many credits as 50 pages cost, so a list that goes on after these is read by jobs. Zoho works on them in its own
time; a task that has waited a minute leaves its worker. The jobs are kept in the store, so that the next try of the
run goes on with them.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from zoho.api.crm import CrmClient
from zoho.api.paging import PER_PAGE, Page, RawPage, iso_seconds
from zoho.api.sales_bulk import JOB_COST, as_listed, bulk_query, types_of
from zoho.api.sales_records import IDS_PER_LIST, raw_row
from zoho.engine.facts import remembered
from zoho.store import facts
from zoho.store.observations import chunked
from zoho.transport import json
from zoho.transport.errors import NO_SCOPE, Fatal, Retriable, ZohoError

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

PAGES = JOB_COST
"""Pages that have cost what a bulk read job costs; what is still to come is read by jobs."""

JOBS_LAST = timedelta(hours=20)
"""How long jobs are gone on with: Zoho keeps them, and the token that leads from one to the next, for a day."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a list.

    Attributes:
        entity: the list, by its API name.
        question: hash that tells it from what else is asked.
        fields: API names.
        since: only what changed at this time or later; ``None`` for all.
        view: id of a view to keep to.
        names: whether of other records that these point at more is meant than their ids.
    """

    entity: str
    question: str
    fields: tuple[str, ...]
    since: datetime | None = None
    view: str | None = None
    names: bool = False


def list_pages(job: "Job", asked: Asked) -> Iterator[RawPage]:
    """Yield a list's records, each once; the first page tells when it was asked for.

    Raises:
        Retriable: Zoho cannot now, or is still at work on a job; ask again.
        Fatal: Zoho refuses.
    """
    crm = job.sales if isinstance(job.sales, CrmClient) else None
    jobs = _Jobs.kept(job, crm, asked) if crm else None
    if jobs is not None:
        yield RawPage([], 1, jobs.began)
        yield from jobs.pages(set())
        return
    began: datetime | None = None
    walked: set[str] = set()
    pages = job.sales.raw_records(
        asked.entity, fields=asked.fields, modified_since=asked.since, view=asked.view, purpose="scan"
    )
    for page in pages:
        began = began or page.server_time
        walked.update(record_id for record_id, _ in page.rows)
        yield page
        if crm and page.number == PAGES + 1:
            jobs = _Jobs(job, crm, asked, began, ())
            if jobs.begin():
                yield from jobs.pages(walked)
                return


def looked_into(page: RawPage) -> Page:
    """Return a page with its records taken apart."""
    return Page([json.loads(raw) for _, raw in page.rows], page.number, page.server_time)


class _Jobs:
    """The bulk read jobs that read one list; they outlast a task that dies, or leaves its worker to wait."""

    def __init__(
        self, job: "Job", crm: CrmClient, asked: Asked, began: datetime | None, ids: tuple[str, ...]
    ) -> None:
        self.began = began
        self._job = job
        self._crm = crm
        self._asked = asked
        self._ids = ids

    @classmethod
    def kept(cls, job: "Job", crm: CrmClient, asked: Asked) -> "_Jobs | None":
        """Return the jobs that an earlier try has begun for the same, unless they are too old."""
        with job.store.connect() as connection:
            known = facts.read(connection, job.configured.name, _name(job, asked), job.clock() - JOBS_LAST)
        if known is None:
            return None
        began = datetime.fromisoformat(known["began"]) if known["began"] else None
        return cls(job, crm, asked, began, tuple(known["jobs"]))

    def begin(self) -> bool:
        """Begin the first job; returns whether the connection may. If not, the list can be walked for some more."""
        try:
            self._note(self._crm.start_bulk_read(self._query(), purpose="scan"))
        except Fatal as error:
            if error.code != NO_SCOPE:
                raise
            log.warning(
                "%s has more than %d records, and the connection lacks the scope ZohoCRM.bulk.READ: it is read page "
                "by page, which ends at 100,000 records.",
                self._asked.entity,
                PAGES * PER_PAGE,
            )
            return False
        log.info("%s has more than %d records: the rest comes by bulk read.", self._asked.entity, PAGES * PER_PAGE)
        return True

    def pages(self, walked: set[str]) -> Iterator[RawPage]:
        """Yield what the jobs tell, but for the records that were given before; at their end they are forgotten.

        Args:
            walked: ids of the records that were given before.
        """
        try:
            for number, some in enumerate(chunked(self._rows(walked), PER_PAGE), 2):
                yield RawPage(some, number, None)
        except ZohoError as error:
            if not isinstance(error, Retriable):
                self._forget()  # else every further try would meet the same
            raise
        self._forget()

    def _query(self) -> dict[str, Any]:
        asked, at = self._asked, {"api_name": "Modified_Time"}
        edited = (
            {"field": at, "comparator": "greater_equal", "value": iso_seconds(asked.since)} if asked.since else None
        )
        fields = ["Modified_Time"] if self._asked.names else [name for name in asked.fields if name != "id"]
        return bulk_query(asked.entity, fields=fields, criteria=edited, view=asked.view)

    def _rows(self, walked: set[str]) -> Iterator[tuple[str, bytes]]:
        rows = self._crm.bulk_read(self._ids, note=self._note, purpose="scan")
        fresh = (row for row in rows if row["Id"] not in walked)
        return self._in_full(fresh) if self._asked.names else self._as_listed(fresh)

    def _as_listed(self, rows: Iterator[Mapping[str, str]]) -> Iterator[tuple[str, bytes]]:
        entity = self._asked.entity
        types = remembered(self._job, f"types of {entity}", lambda: types_of(self._crm.fields(entity)))
        return (raw_row(as_listed(row, types)) for row in rows)

    def _in_full(self, rows: Iterator[Mapping[str, str]]) -> Iterator[tuple[str, bytes]]:
        """Yield records of which more is meant than a job tells: the names of others that they point at."""
        entity, fields = self._asked.entity, self._asked.fields
        for some in chunked((row["Id"] for row in rows), IDS_PER_LIST):
            for page in self._crm.records(entity, fields=fields, ids=some, purpose="scan"):
                yield from map(raw_row, page.records)

    def _note(self, job_id: str) -> None:
        self._ids += (job_id,)
        value = {"began": self.began.isoformat() if self.began else None, "jobs": list(self._ids)}
        with self._job.store.begin() as connection:
            facts.keep(connection, self._job.configured.name, _name(self._job, self._asked), value, self._job.clock())

    def _forget(self) -> None:
        with self._job.store.begin() as connection:
            facts.forget(connection, self._job.configured.name, _name(self._job, self._asked))


def _name(job: "Job", asked: Asked) -> str:
    """Name the jobs of one run: to another run, which may have seen newer records, they would tell old ones."""
    return f"bulk read of {asked.entity} {asked.question} since {asked.since} for {job.run_id}"
