"""One line of an exported identity map: a link, with all that a restored store needs to go on as before (BEY-7)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from zoho.core.lines import from_stored
from zoho.core.records import Base, Kind
from zoho.engine.history.export import SIGNS
from zoho.engine.staging import dump
from zoho.store.links import Role
from zoho.transport import json

LINKED, ENDED = "linked", "ended"
_ROLES: tuple[Role, ...] = ("record", "child")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line cannot be taken in.

    Attributes:
        line: its number in the file, where the header is 1.
        column: which of it; empty when it is the line as a whole.
        text: what is wrong, and what to do.
    """

    line: int
    column: str
    text: str

    def told(self, file: str) -> str:
        """Return it as a person reads it: ``map.csv, line 3, sales_id: …``."""
        return ", ".join(part for part in (file, f"line {self.line}", self.column) if part) + f": {self.text}"


@dataclass(frozen=True, slots=True)
class MapLine:
    """A link as a file holds it.

    Attributes:
        line: its number in the file.
        link: its number, by which those of its children name it; ``None`` when it needs none.
        below: of a child, the number of the link of its record.
        organization_id: of Books.
        module: whose it is.
        role: record or child.
        kind: what the two are.
        sales_id: the one.
        books_id: the other.
        name: of the record on the sales side, for people; empty: not told.
        ended: whether it ended.
        ended_why: why, in a word.
        base: what both held when they were last in step.
        sales_seen: fingerprint of what was last dealt with; empty: the pair is looked at again.
        books_seen: the same in Books.
        linked_at: when they were linked; ``None``: not told.
        ended_at: when that ended.
    """

    line: int
    link: str | None
    below: str | None
    organization_id: str
    module: str
    role: Role
    kind: Kind
    sales_id: str
    books_id: str
    name: str
    ended: bool
    ended_why: str | None
    base: Base
    sales_seen: str
    books_seen: str
    linked_at: datetime | None
    ended_at: datetime | None


COLUMNS = (
    *("link", "below", "organization_id", "module", "role", "kind", "sales_id", "sales_name", "books_id"),
    *("books_name", "state", "ended_why", "linked_at", "ended_at"),
    *("base_sales", "base_books", "sales_seen", "books_seen"),
)
"""The columns of an export, in their order. The names are for people: an import goes by the ids."""

NEEDED = ("module", "kind", "sales_id", "books_id")
"""The columns without which nothing can be taken in; the others may be missing."""


def cells(row: Row[Any]) -> dict[str, str]:
    """Return a link of the store as a line of a file."""
    return {
        "link": str(row.link_id),
        "below": "" if row.parent_link_id is None else str(row.parent_link_id),
        "organization_id": row.organization_id,
        "module": row.module,
        "role": row.role,
        "kind": row.kind,
        "sales_id": row.sales_id,
        "sales_name": row.sales_name or "",
        "books_id": row.books_id,
        "books_name": row.books_name or "",
        "state": ENDED if row.retired_at else LINKED,
        "ended_why": row.retired_why or "",
        "linked_at": _written(row.linked_at),
        "ended_at": _written(row.retired_at),
        "base_sales": as_cell(row.base_sales),
        "base_books": as_cell(row.base_books),
        "sales_seen": row.sales_seen,
        "books_seen": row.books_seen,
    }


_FORMULA = re.compile(rf"(; *)([{SIGNS}])")


def as_cell(value: Any) -> str:
    """Return JSON in which no spreadsheet finds a formula, and that an import reads as it was."""
    return _FORMULA.sub(lambda found: f"{found[1]}\\u{ord(found[2]):04x}", dump(value))


def _written(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""


def parse(line: int, given: Mapping[str, str]) -> MapLine | list[Problem]:
    """Return a line of a file, or everything that is wrong with it.

    Args:
        line: its number.
        given: column → text; a column may be missing.
    """
    no_text = [name for name in COLUMNS if "\0" in (given.get(name) or "")]
    if no_text:
        return [Problem(line, name, "it holds a NUL character: leave that out") for name in no_text]
    reader = _Reader(line, given)
    role = reader.one_of("role", _ROLES, "record")
    found = MapLine(
        line=line,
        link=reader.text("link") or None,
        below=(reader.text("below") or None) if role == "child" else None,
        organization_id=reader.text("organization_id"),
        module=reader.text("module"),
        role="child" if role == "child" else "record",
        kind=Kind(reader.one_of("kind", tuple(Kind), Kind.BUSINESS)),
        sales_id=reader.id("sales_id"),
        books_id=reader.id("books_id"),
        name=reader.text("sales_name"),
        ended=reader.one_of("state", (LINKED, ENDED), LINKED) == ENDED,
        ended_why=reader.text("ended_why") or None,
        base=Base(reader.values("base_sales"), reader.values("base_books")),
        sales_seen=reader.text("sales_seen"),
        books_seen=reader.text("books_seen"),
        linked_at=reader.moment("linked_at"),
        ended_at=reader.moment("ended_at"),
    )
    if found.role == "child" and found.below is None:
        reader.wrong("below", "name the link of the customer that this contact person is below, by its column link")
    return reader.problems or found


class _Reader:
    def __init__(self, line: int, given: Mapping[str, str]) -> None:
        self.line, self.given = line, given
        self.problems: list[Problem] = []

    def wrong(self, column: str, text: str) -> None:
        self.problems.append(Problem(self.line, column, text))

    def text(self, column: str) -> str:
        return (self.given.get(column) or "").strip()

    def id(self, column: str) -> str:
        text = self.text(column)
        if not text:
            self.wrong(column, "it is empty: fill in the id, or delete the line")
        elif not text.isdigit() or not text.isascii():
            self.wrong(
                column,
                f"{text!r} is no id of Zoho, which has digits only. A spreadsheet rounds long numbers: "
                "export again, and open this column as text",
            )
        return text

    def one_of(self, column: str, known: tuple[str, ...], otherwise: str) -> str:
        text = self.text(column)
        if text in known:
            return text
        if text or column in NEEDED:
            self.wrong(column, f"{text!r} is none of {', '.join(known)}: write one of them")
        return otherwise

    def values(self, column: str) -> dict[str, Any]:
        text = self.text(column)
        if not text:
            return {}
        try:
            found = json.loads(text)
            if isinstance(found, dict):
                return from_stored(found)
        except (ValueError, KeyError, TypeError, ArithmeticError):
            pass
        self.wrong(column, "it is not as it was exported: take it from the export, or leave it and its twin empty")
        return {}

    def moment(self, column: str) -> datetime | None:
        text = self.text(column)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            self.wrong(column, f"{text!r} is no time such as 2026-01-31T12:00:00+00:00: write one, or leave it empty")
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)
