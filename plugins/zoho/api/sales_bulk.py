"""Bulk read: hundreds of thousands of records as one CSV (zoho-api section 2.10)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote

from zoho.api.sales import SalesApi
from zoho.transport.errors import Retriable

JOB_COST = 50
"""Credits of one job (zoho-api section 2.17)."""

_FIRST_POLL = 2.0
_LONGEST_POLL = 30.0
_PATIENCE = 3600.0


class BulkReads(SalesApi):
    """Jobs that Zoho works off one after the other, a few seconds each."""

    def bulk_read(
        self,
        module: str,
        *,
        fields: Sequence[str] | None = None,
        criteria: Mapping[str, Any] | None = None,
        view: str | None = None,
        purpose: str = "bulk",
    ) -> Iterator[dict[str, str]]:
        """Read a whole module, job after job of 200,000 rows, waiting for each.

        Args:
            module: API name.
            fields: API names of the columns; None for all of them.
            criteria: ``{"field": {"api_name"}, "comparator", "value"}`` or a group of such.
            view: Id of a custom view.
            purpose: For the call log.

        Yields:
            Rows of texts by column name: ``Id`` first, lookups as bare ids, blanks as ``""``.

        Raises:
            Retriable: The job did not end within an hour.
            Fatal: Zoho refuses the query, or the job failed.
        """
        query: dict[str, Any] = {"module": {"api_name": module}}
        query.update({"fields": list(fields)} if fields else {})
        query.update({"criteria": criteria} if criteria else {})
        query.update({"cvid": view} if view else {})
        while True:
            job = self.start_bulk_read(query, purpose=purpose)
            result = self._finished(job, purpose)
            yield from self.bulk_rows(job, purpose=purpose)
            token = result.get("next_page_token")
            if not result.get("more_records") or not token:
                return
            query = {"page_token": token}

    def start_bulk_read(self, query: Mapping[str, Any], *, purpose: str = "bulk") -> str:
        """Start a job and return its id; a job too many does no harm.

        Args:
            query: module with fields, criteria, cvid; or the page_token of the job before.
            purpose: For the call log.
        """
        path = self._bulk_path()
        answer = self.transport.request(
            "POST",
            path,
            body={"query": query, "file_type": "csv"},
            purpose=purpose,
            repeatable=True,
            about_record=False,
            cost=JOB_COST,
        )
        (result,) = self._results(answer, asked="insert", key="data", expected=1)
        if result.id is None:
            raise answer.refusal(answer.rows("data")[0])
        return result.id

    def bulk_result(self, job: str, *, purpose: str = "bulk") -> dict[str, Any] | None:
        """Return a completed job's result: count, more_records, next_page_token; None while it goes on.

        Args:
            job: Its id.
            purpose: For the call log.

        Raises:
            Fatal: The job failed.
        """
        answer = self._get(self._bulk_path(job), purpose=purpose)
        for state in answer.rows("data"):
            result: dict[str, Any] = state.get("result") or {}
            if state.get("state") in ("FAILURE", "FAILED"):
                raise answer.refusal(result.get("error_message") or {})
            return result if state.get("state") == "COMPLETED" else None
        raise answer.lacks(wanted="the job")

    def bulk_rows(self, job: str, *, purpose: str = "bulk") -> Iterator[dict[str, str]]:
        """Download a completed job's ZIP to a temporary file and give its CSV row by row.

        Args:
            job: Its id.
            purpose: For the call log.
        """
        with TemporaryFile() as file:
            answer = self.transport.download(self._bulk_path(job, "result"), file, purpose=purpose)
            file.seek(0)
            try:
                with zipfile.ZipFile(file) as archive, archive.open(archive.namelist()[0]) as content:
                    yield from csv.DictReader(io.TextIOWrapper(content, "utf-8-sig", newline=""))
            except (zipfile.BadZipFile, IndexError, EOFError):
                raise answer.lacks(wanted="a ZIP with one CSV") from None

    def _finished(self, job: str, purpose: str) -> dict[str, Any]:
        """Wait for a job's end and return its result."""
        waited, pause = 0.0, _FIRST_POLL
        while waited < _PATIENCE:
            self.transport.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, _LONGEST_POLL)
            result = self.bulk_result(job, purpose=purpose)
            if result is not None:
                return result
        message = f"Zoho did not finish bulk read job {job} within an hour."
        raise Retriable(message, product=self.transport.product, path=self._bulk_path(job))

    def _bulk_path(self, *segments: str) -> str:
        return "/".join(["", "bulk", self.version, "read", *(quote(part, safe="") for part in segments)])
