"""What commands print for programs, and where they print it for people."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from zoho.transport import json


def as_json(value: Any) -> str:
    """Return a value as JSON: dataclasses by their fields, times in UTC."""
    return json.dumps(plain(value)).decode()


def plain(value: Any) -> Any:
    """Return a value as something that JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | Enum):
        return str(value)
    if isinstance(value, float):
        return Decimal(str(round(value, 3)))
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return value


class Calm(Console):
    """Prints nothing that would steer a terminal but what it puts there itself: names come from anywhere."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as any console does, and leave out what a text holds of such signs."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else calm(text), style, control)


def console() -> Console:
    """Return where people read: with colours on a terminal, plain text anywhere else; names stay as they are."""
    return Calm(highlight=False, markup=False, emoji=False)


def print_many(out: Console, things: Iterable[Iterable[tuple[str, str]]]) -> int:
    """Print many things as they are, some lines each: ten times as quick as line by line.

    Args:
        out: see :func:`console`.
        things: lines with their style, such as ``green``; an empty style for none. What would steer a terminal is
            left out of them; see :func:`say` for what does not fit.

    Returns:
        How many things there were.
    """
    number, waiting = 0, []
    colours, width = out.color_system is not None, out.width if out.is_terminal else 0
    for number, lines in enumerate(things, start=1):  # noqa: B007 - counted
        for text, style in lines:
            before, after = _marks(style) if colours and style else ("", "")
            told = calm(text)
            if _NARROW.fullmatch(told):
                told = _hung_plainly(told, width) if width and len(told) > width else told
            elif (width and cell_len(told) > width) or "\n" in told:
                told = "\n".join(line.plain for line in _hung(out, Text(told)))
            waiting.append(before + told + after)
        if len(waiting) > _AT_ONCE:
            out.file.write("\n".join([*waiting, ""]))
            waiting.clear()
    out.file.write("\n".join([*waiting, ""]) if waiting else "")
    out.file.flush()
    return number


def calm(text: str) -> str:
    """Return a text without what would steer a terminal."""
    return text if text.isprintable() else _STEERING.sub("", text)


def in_words(name: str) -> str:
    """Return a name of the code, such as ``contact_person``, as people read it."""
    return name.replace("_", " ")


def say(out: Console, line: Text | str) -> None:
    """Print a line; on a terminal what does not fit hangs below its beginning, and no word is cut."""
    for part in _hung(out, line if isinstance(line, Text) else Text(line)):
        out.print(part, soft_wrap=True)


def _hung(out: Console, text: Text) -> list[Text]:
    if text.cell_len <= out.width and "\n" not in text.plain:
        return [text]
    indent = len(text.plain) - len(text.plain.lstrip(" "))
    body = text[indent:]
    parts = body.wrap(out, max(out.width - indent - _HANG, _NARROWEST)) if out.is_terminal else body.split("\n")
    return [Text(" " * (indent + (_HANG if place else 0))) + part for place, part in enumerate(parts)]


def _hung_plainly(text: str, width: int) -> str:
    """Do the same as ``_hung`` with letters of one column each, without Rich's pieces of text."""
    body = text.lstrip(" ")
    indent = " " * (len(text) - len(body))
    room, parts = max(width - len(indent) - _HANG, _NARROWEST), []
    while len(body) > room:
        end = body.rfind(" ", 0, room + 1)
        end = room if end <= 0 else end
        parts.append(body[:end].rstrip(" "))
        body = body[end:].lstrip(" ")
    return indent + f"\n{indent}{' ' * _HANG}".join([*parts, body])


@cache
def _marks(style: str) -> tuple[str, str]:
    """Return what a terminal is told before and after a text of a style."""
    before, _, after = Style.parse(style).render("x", color_system=ColorSystem.STANDARD).partition("x")
    return before, after


_NARROW = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2190-\u2193]*")
"""Letters and signs of one column each, without line breaks."""

_AT_ONCE = 1_000
_HANG = 4
_NARROWEST = 20
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Rows(Table):
    """A table in which a name with line breaks begins no line of its own."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """Add a row; a cell of plain text is one line before it is folded."""
        flat = (" ".join(cell.splitlines()) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*flat, **options)


def table(*columns: str, numbers: tuple[str, ...] = ()) -> Table:
    """Return a table without lines, that reads well in 80 columns and in a log.

    Args:
        columns: their names.
        numbers: those that hold numbers.
    """
    made = Rows(box=None, header_style="dim", pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        if name in numbers:
            made.add_column(name, justify="right", no_wrap=True)
        else:
            made.add_column(name, overflow="fold")
    return made


def moment(at: datetime | None) -> str:
    """Return a time as a table shows it, in UTC; a dash where there is none."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else "–"
