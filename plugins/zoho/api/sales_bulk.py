"""Bulk read: hundreds of thousands of records as one CSV (zoho-api section 2.10)."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from tempfile import TemporaryFile
from typing import Any, TextIO
from urllib.parse import quote

from zoho.api.sales import SalesApi
from zoho.transport.errors import Action, Retriable
from zoho.transport.retry import LONGEST_WAIT

JOB_COST = 50
"""Credits of one job (zoho-api section 2.17)."""

MOST_ROWS = 200_000
"""Of one job (zoho-api section 2.10)."""

LONGEST_LINE = 8_000_000
"""Letters in one line; what a record may hold is a tenth of it."""

_FIRST_POLL = 2.0
_LONGEST_POLL = 30.0

_NUMBERS = {"currency", "double", "percent", "integer"}
_LOOKUPS = {"lookup", "ownerlookup", "userlookup", "layout"}
_LISTS = {"multiselectpicklist"}


def bulk_query(
    module: str,
    *,
    fields: Sequence[str] | None = None,
    criteria: Mapping[str, Any] | None = None,
    view: str | None = None,
) -> dict[str, Any]:
    """Return what a job is asked for.

    Args:
        module: API name.
        fields: API names of the columns; None for all of them.
        criteria: ``{"field": {"api_name"}, "comparator", "value"}`` or a group of such.
        view: Id of a custom view.
    """
    query: dict[str, Any] = {"module": {"api_name": module}}
    query.update({"fields": list(fields)} if fields else {})
    query.update({"criteria": criteria} if criteria else {})
    query.update({"cvid": view} if view else {})
    return query


def as_listed(row: Mapping[str, str], types: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of texts as a list would give the record: numbers exact, blanks ``None``, lookups by their id.

    Args:
        row: of a result.
        types: API name → ``data_type`` of the module's fields; what is of none of them stays text.
    """
    values = {name: _typed(cell, types.get(name, "text")) for name, cell in row.items() if name != "Id"}
    return {**values, "id": row["Id"]}


def types_of(fields: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return API name → data type of a module's fields, a formula's being that of its result.

    Args:
        fields: as the settings tell them.
    """
    return {
        str(field["api_name"]): str((field.get("formula") or {}).get("return_type") or field["data_type"])
        for field in fields
    }


def _typed(cell: str, kind: str) -> Any:
    if not cell:
        return None
    if kind == "boolean":
        return cell.lower() == "true"
    if kind in _NUMBERS:
        return _number(cell)
    if kind in _LOOKUPS:
        return {"id": cell}
    return cell.split(";") if kind in _LISTS else cell


def _number(cell: str) -> int | Decimal | str:
    try:
        return int(cell) if cell.lstrip("-").isdigit() else Decimal(cell)
    except InvalidOperation:
        return cell  # whoever reads the field says which record it is


class BulkReads(SalesApi):
    """Jobs that Zoho works off one after the other, a few seconds each."""

    def bulk_read(
        self, begun: Sequence[str], *, note: Callable[[str], None] = lambda _: None, purpose: str = "bulk"
    ) -> Iterator[dict[str, str]]:
        """Read what jobs of 200,000 rows find; while one is downloaded Zoho works on the next.

        Args:
            begun: The first job, and those after it that were begun before.
            note: Told the id of each job that is begun for the rest.
            purpose: For the call log.

        Yields:
            Rows of texts by column name: ``Id`` first, lookups as bare ids, blanks as ``""``.

        Raises:
            Retriable: A job goes on for longer than a call waits; ask again with what was begun.
            Fatal: A job failed, or is not known any more.
        """
        jobs = deque(begun)
        while jobs:
            job = jobs.popleft()
            result = self._finished(job, purpose)
            token = result.get("next_page_token") if result.get("more_records") else None
            if token and not jobs:
                jobs.append(self.start_bulk_read({"page_token": token}, purpose=purpose))
                note(jobs[-1])
            yield from self.bulk_rows(job, purpose=purpose)

    def start_bulk_read(self, query: Mapping[str, Any], *, purpose: str = "bulk") -> str:
        """Start a job and return its id; a job too many does no harm.

        Args:
            query: See ``bulk_query``; or the page_token of the job before.
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

        It is unpacked while it is read, so that memory does not grow with it, whatever it claims to be.

        Args:
            job: Its id.
            purpose: For the call log.

        Raises:
            Retriable: It is no such ZIP, or holds more than any job gives.
        """
        with TemporaryFile() as file:
            answer = self.transport.download(self._bulk_path(job, "result"), file, purpose=purpose)
            file.seek(0)
            try:
                with zipfile.ZipFile(file) as archive, archive.open(archive.namelist()[0]) as content:
                    rows = csv.DictReader(_lines(io.TextIOWrapper(content, "utf-8-sig", newline="")))
                    for number, row in enumerate(rows, start=1):
                        if number > MOST_ROWS:
                            raise _TooMuch
                        yield row
            except (zipfile.BadZipFile, zlib.error, IndexError, EOFError, UnicodeDecodeError, csv.Error, _TooMuch):
                raise answer.lacks(wanted="a ZIP with one CSV") from None

    def _finished(self, job: str, purpose: str) -> dict[str, Any]:
        """Wait for a job's end and return its result; as long as for any other answer."""
        waited, pause = 0.0, _FIRST_POLL
        while waited < LONGEST_WAIT:
            self.transport.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, _LONGEST_POLL)
            result = self.bulk_result(job, purpose=purpose)
            if result is not None:
                return result
        raise Retriable(
            f"Zoho is still at work on bulk read job {job}.",
            product=self.transport.product,
            path=self._bulk_path(job),
            retry_after=LONGEST_WAIT,
            action=Action.WAIT,
        )

    def _bulk_path(self, *segments: str) -> str:
        return "/".join(["", "bulk", self.version, "read", *(quote(part, safe="") for part in segments)])


class _TooMuch(Exception):
    """A file holds what no job gives: unpacked, a small one may fill any memory and any disk."""


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise _TooMuch
        yield line.replace("\0", "\ufffd")  # as ``json.loads`` does
