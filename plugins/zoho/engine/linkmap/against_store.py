"""Lines of an identity map held against each other, the settings and the links that there are (BEY-7)."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from zoho.core.records import Kind, Side
from zoho.engine.job import Job
from zoho.engine.linkmap.line import MapLine, Problem
from zoho.store import linkmap


class AgainstStore:
    """The lines of one module, parted into those that are there already and those that are new.

    Attributes:
        lines: all of them.
        has_contacts: whether contact persons are records of their own on the sales side.
        by_link: number of a link in the file → its line.
        known: line → id of the link that the store has for it.
        new: the others, in the order of the file.
    """

    def __init__(self, job: Job, lines: Sequence[MapLine]) -> None:
        self.job, self.lines = job, lines
        self.has_contacts = any(source.child_entity for source in job.module.sources)
        self.by_link = {line.link: line for line in lines if line.link}
        with job.store.connect() as connection:
            rows: list[Row[Any]] = linkmap.of_ids(connection, job.scope, "sales", {line.sales_id for line in lines})
            rows += linkmap.of_ids(connection, job.scope, "books", {line.books_id for line in lines})
            self._above = linkmap.above(connection, [row for row in rows if row.role == "child"])
        rows = list({row.link_id: row for row in rows}.values())
        self._holding: dict[tuple[str, str, str], Row[Any]] = {}
        self._links: dict[tuple[str, str, str], list[Row[Any]]] = {}
        for row in rows:
            self._links.setdefault((row.role, row.sales_id, row.books_id), []).append(row)
            if row.retired_at is None:
                self._holding["sales", row.role, row.sales_id] = row
                self._holding["books", row.role, row.books_id] = row
        found = {line.line: self._same(line) for line in lines}
        self.known = {number: link_id for number, link_id in found.items() if link_id is not None}
        self.new = [line for line in lines if line.line not in self.known]

    def _same(self, line: MapLine) -> int | None:
        """Return the link of the store that is the line's: the pair holds, or ended as the line says."""
        for row in self._links.get((line.role, line.sales_id, line.books_id), ()):
            ended = row.retired_at is not None
            if not ended or (line.ended and row.retired_why == line.ended_why):
                return int(row.link_id)
        return None

    def customer_of(self, line: MapLine) -> str:
        """Return the Books id of the record that a contact person is below."""
        return self.by_link[str(line.below)].books_id

    def is_own_person(self, line: MapLine) -> bool:
        """Whether a contact person is, on the sales side, the very record that it is below."""
        return line.role == "child" and self.by_link[str(line.below)].sales_id == line.sales_id

    def problems(self) -> list[Problem]:
        """Return what keeps the lines from being stored, whatever the systems hold."""
        found = [*self._of_settings(), *self._twice(), *self._below_nobody()]
        return found or list(self._linked_otherwise())

    def _of_settings(self) -> Iterator[Problem]:
        organization = self.job.scope.organization_id
        module = self.job.module
        kinds = {"record": {source.kind for source in module.sources}, "child": {Kind.CONTACT_PERSON}}
        for line in self.lines:
            if line.organization_id and line.organization_id != organization:
                told = f"the integration is joined to the Books organization {organization}: delete the line"
                yield Problem(line.line, "organization_id", told)
            if line.kind not in kinds[line.role]:
                names = ", ".join(sorted(kinds[line.role]))
                told = f"a {line.role} of {module.name} is no {line.kind}, but one of: {names}"
                yield Problem(line.line, "kind", f"{told}. Correct kind or role")

    def _twice(self) -> Iterator[Problem]:
        first: dict[tuple[str, ...], int] = {}
        for line in self.lines:
            keys: list[tuple[str, tuple[str, ...]]] = [("link", ("link", line.link))] if line.link else []
            if not line.ended:
                keys += [("sales_id", ("sales", line.role, line.sales_id))]
                keys += [("books_id", ("books", line.role, line.books_id))]
            for column, key in keys:
                if key in first:
                    told = f"{key[-1]} is in line {first[key]} already, and stands once: delete one of the lines"
                    yield Problem(line.line, column, told)
                first.setdefault(key, line.line)

    def _below_nobody(self) -> Iterator[Problem]:
        for line in self.lines:
            if line.role != "child":
                continue
            above = self.by_link.get(str(line.below))
            if above is None or above.role != "record":
                told = f"no line of a record has {line.below!r} as its link: add the line of the customer"
                yield Problem(line.line, "below", told)
            elif not self.has_contacts and not self.is_own_person(line):
                told = f"a contact person of {self.job.module.name} has the sales_id of its own record: correct it"
                yield Problem(line.line, "sales_id", told)
            elif above.ended and not line.ended:
                yield Problem(line.line, "below", "the link of the customer ended: let this one be ended, too")

    def _linked_otherwise(self) -> Iterator[Problem]:
        sides: tuple[tuple[Side, str], ...] = (("sales", "the sales side"), ("books", "Books"))
        for line in self.new:
            for side, place in sides:
                own_id = line.sales_id if side == "sales" else line.books_id
                row = None if line.ended else self._holding.get((side, line.role, own_id))
                if row is not None:
                    other = row.books_id if side == "sales" else row.sales_id
                    told = f"{own_id} of {place} is linked with {other} already: delete the line, or unlink"
                    held = row if row.role == "record" else self._above[row.parent_link_id]
                    what = "those two" if held is row else "their customer, which ends the links of its persons,"
                    unlink = f"zoho-sync links unlink {self.job.configured.name} {self.job.module.name}"
                    yield Problem(line.line, f"{side}_id", f"{told} {what} before: {unlink} {held.sales_id}")
