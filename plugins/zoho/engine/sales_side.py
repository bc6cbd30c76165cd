"""The lists of the sales side that a module keeps in step, in hundreds."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zoho.api.crm import CrmClient
from zoho.api.paging import Page, batches
from zoho.api.results import RecordResult
from zoho.api.sales import WRITE_BATCH
from zoho.api.sales_records import criterion
from zoho.engine.details import whole

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

BATCH = WRITE_BATCH
"""Records of one call."""

_FULL_NAME = "Full_Name"
"""The name of a contact, which is asked for by its parts: queries and searches do not take it (zoho-api 2.9)."""

NAMES_PER_QUERY = 50
"""Values that one condition of a query takes (zoho-api section 2.9)."""

NAMES_PER_SEARCH = 10
"""Conditions that one search takes (zoho-api section 2.8)."""

Raw = dict[str, Any]


class SalesSide:
    """What is asked of the sales side to carry out a plan, always for one list and at most ``BATCH`` records."""

    def __init__(self, job: "Job") -> None:
        self._job = job

    def create(
        self, entity: str, bodies: Sequence[Mapping[str, Any]], unique: str | None = None
    ) -> list[RecordResult]:
        """Make records; one result for each, in order.

        Args:
            entity: the list.
            bodies: their fields.
            unique: a field that no two records may hold the same value of, and that all of these hold: then each
                is made once, however often this is sent.
        """
        if unique is None:
            return self._job.sales.insert(entity, bodies, purpose="load")
        return self._job.sales.upsert(entity, bodies, check_fields=[unique], repeatable=True, purpose="load")

    def update(self, entity: str, bodies: Sequence[Mapping[str, Any]]) -> list[RecordResult]:
        """Change records, named by ``id``; one result for each, in order."""
        return self._job.sales.update(entity, bodies, purpose="load")

    def read(self, entity: str, ids: Sequence[str]) -> dict[str, Raw]:
        """Return id → record with all the fields that the module reads; one that is gone is missing."""
        fields = self._job.module.sales_lists()[entity]
        pages = self._job.sales.records(entity, fields=fields, ids=ids, purpose="load")
        rows = (record for page in pages for record in page.records)
        return {str(record["id"]): dict(record) for record in whole(self._job, entity, rows, "load")}

    def namesakes(self, entity: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield id and name of the records of a list that have one of some names, and of others that come along.

        The CRM is queried, which costs a call for 50 names. Bigin has a search only: a call for ten, and what was
        made in the last seconds may be missing (zoho-api sections 2.8 and 2.9).
        """
        field = self._job.module.named[entity]
        for page in self._called(entity, field, names):
            yield from ((str(record["id"]), str(record.get(field) or "")) for record in page.records)

    def _called(self, entity: str, field: str, names: Sequence[str]) -> Iterator[Page]:
        sales = self._job.sales
        parts = sorted({part for name in names for part in _split(field, name)})
        if isinstance(sales, CrmClient):
            for some in batches(parts, NAMES_PER_QUERY):
                yield from sales.coql(
                    " ".join(("select id,", field, "from", entity, "where", _condition(field, some)))
                )
            return
        searched = "Last_Name" if field == _FULL_NAME else field
        for lasts in batches(sorted({last for _, last in parts}), NAMES_PER_SEARCH):
            criteria = "or".join(criterion(searched, "equals", name) for name in lasts)
            yield from sales.search(entity, criteria=f"({criteria})", fields=[field])

    def changed_since(self, entity: str, since: datetime) -> Iterator[Raw]:
        """Yield the records that were made or edited since a time, to find a create whose answer was lost."""
        fields = self._job.module.sales_lists()[entity]
        for page in self._job.sales.records(entity, fields=fields, modified_since=since, purpose="recover"):
            yield from (dict(record) for record in whole(self._job, entity, page.records, "recover"))


def _split(field: str, name: str) -> list[tuple[str, str]]:
    """Return what may stand in the fields of a name: first and last name wherever a full name may be parted."""
    if field != _FULL_NAME:
        return [("", name)]
    words = name.split()
    return [(" ".join(words[:place]), " ".join(words[place:])) for place in range(len(words))]


def _condition(field: str, parts: Sequence[tuple[str, str]]) -> str:
    """Return the condition of a query; it lets others through, of a first name and another's last name."""
    whole = _quoted({last for _, last in parts})
    if field != _FULL_NAME:
        return f"{field} in ({whole})"
    firsts = _quoted({first for first, _ in parts if first})
    if not firsts:
        return f"Last_Name in ({whole})"
    return f"(Last_Name in ({whole})) and (First_Name in ({firsts}) or First_Name is null)"


def _quoted(names: Set[str]) -> str:
    escaped = (name.replace("\\", "\\\\").replace("'", "\\'") for name in sorted(names))
    return ", ".join(f"'{name}'" for name in escaped)
