"""The examples of docs/semantics.md, as its tables tell them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stack.places import CHECKOUT
from zoho.core.records import Side

PAGE = CHECKOUT / "docs" / "semantics.md"

_TABLE = re.compile(
    r"^\| \*(?P<title>[^|*]+)\* \| sales side \| Books \|\n\| --- \| --- \| --- \|\n(?P<rows>(?:\|.*\|\n)+)", re.M
)
_ROW = re.compile(r"^\| (?P<label>[^|]+) \|(?P<sales>[^|]*)\|(?P<books>[^|]*)\|$")
_RECORD = re.compile(r"^(?P<kind>[a-z]+)(?: \*\*(?P<name>[^*]+)\*\*)?(?: of \*\*(?P<parent>[^*]+)\*\*)?(?P<rest>.*)$")
_VALUE = re.compile(r", (?P<field>[\w.]+) (?:`(?P<value>[^`]+)`|(?P<blank>blank))|, (?P<state>[a-z]+)(?=,|$)")
_TOLD = re.compile(r"^(?P<verb>[a-z]+) \*\*(?P<name>[^*]+)\*\*: `(?P<reason>[^`]+)`$")
_SETTING = re.compile(r"`(?P<text>[^`]+)`")

SIDES: tuple[Side, Side] = ("sales", "books")


class Unreadable(AssertionError):
    """The page says something that the tests do not understand."""


@dataclass(frozen=True)
class Line:
    """One record in a cell: ``contact **Ann Lee** of **Acme**, Email `ann@example.com```.

    Attributes:
        kind: as its side calls it: account, person, item …
        name: by which it is found; ``""`` for a person without one.
        parent: the account of a contact, the customer of a person.
        values: the fields that are named; a blank is ``None``.
        state: ``deleted``, ``inactive`` or ``None``.
    """

    kind: str
    name: str
    parent: str | None
    values: dict[str, str | None] = field(default_factory=dict)
    state: str | None = None


@dataclass(frozen=True)
class Told:
    """One entry of the history: ``skipped **Acme**: `Books has …```."""

    verb: str
    name: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One row of a table: what is done, or what is to be seen, on both sides.

    Attributes:
        label: what kind of row.
        at: its place, ``semantics.md:12``.
        cells: side → its parts.
    """

    label: str
    at: str
    cells: dict[Side, list[str]]

    def lines(self, side: Side) -> list[Line]:
        """The records of a cell."""
        return [_line(part, self.at) for part in self.cells[side]]

    def told(self, side: Side) -> list[Told]:
        """The entries of the history about writes on a side."""
        return [_told(part, self.at) for part in self.cells[side]]

    @property
    def settings(self) -> list[str]:
        """The settings and lines of a mapping that it names."""
        return [one["text"] for part in self.cells["sales"] for one in _SETTING.finditer(part)]


@dataclass(frozen=True)
class Example:
    """One table."""

    title: str
    line: int
    rows: list[Row]

    def __str__(self) -> str:
        return f"line{self.line} {self.title}"


def examples(path: Path = PAGE) -> Iterator[Example]:
    """The tables of a page, in its order."""
    page = path.read_text(encoding="utf-8")
    for table in _TABLE.finditer(page):
        first = page[: table.start("rows")].count("\n") + 1
        rows = [_row(text, f"{path.name}:{first + at}") for at, text in enumerate(table["rows"].splitlines())]
        yield Example(table["title"], first - 2, rows)


def _row(text: str, at: str) -> Row:
    found = _ROW.match(text)
    if found is None:
        raise Unreadable(f"{at}: {text}")
    cells = {side: [part.strip() for part in found[side].split("<br>") if part.strip()] for side in SIDES}
    return Row(found["label"], at, cells)


def _line(part: str, at: str) -> Line:
    found = _RECORD.match(part)
    if found is None:
        raise Unreadable(f"{at}: {part}")
    values, state, end = {}, None, 0
    for item in _VALUE.finditer(found["rest"]):
        if item.start() != end:
            break
        end = item.end()
        if item["state"]:
            state = item["state"]
        else:
            values[item["field"]] = None if item["blank"] else item["value"]
    if end != len(found["rest"]):
        raise Unreadable(f"{at}: {found['rest'][end:]!r} in {part}")
    return Line(found["kind"], found["name"] or "", found["parent"], values, state)


def _told(part: str, at: str) -> Told:
    found = _TOLD.match(part)
    if found is None:
        raise Unreadable(f"{at}: {part}")
    return Told(found["verb"], found["name"], found["reason"])
