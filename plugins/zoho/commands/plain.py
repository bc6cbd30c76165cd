"""What commands print for programs, and where they print it for people."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.table import Table

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


def console() -> Console:
    """Return where people read: with colours on a terminal, plain text anywhere else; names stay as they are."""
    return Console(highlight=False, markup=False, emoji=False)


def print_many(out: Console, things: Iterable[Iterable[tuple[str, str]]]) -> int:
    """Print many things as they are, some lines each: ten times as quick as line by line.

    Args:
        out: see :func:`console`.
        things: lines with their style, such as ``green``; an empty style for none. What would steer a terminal is
            left out of them.

    Returns:
        How many things there were.
    """
    number, waiting = 0, []
    for number, lines in enumerate(things, start=1):  # noqa: B007 - counted
        waiting += [_styled(out, text, style) for text, style in lines]
        if len(waiting) > _AT_ONCE:
            out.file.write("\n".join([*waiting, ""]))
            waiting.clear()
    out.file.write("\n".join([*waiting, ""]) if waiting else "")
    out.file.flush()
    return number


def _styled(out: Console, text: str, style: str) -> str:
    plainly = _STEERING.sub("", text) if _STEERING.search(text) else text
    if not style or out.color_system is None:
        return plainly
    return _parsed(style).render(plainly, color_system=ColorSystem.STANDARD)


_parsed = cache(Style.parse)
_AT_ONCE = 1_000
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def table(*columns: str, numbers: tuple[str, ...] = ()) -> Table:
    """Return a table without lines, that reads well in 80 columns and in a log.

    Args:
        columns: their names.
        numbers: those that hold numbers.
    """
    made = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        if name in numbers:
            made.add_column(name, justify="right", no_wrap=True)
        else:
            made.add_column(name, overflow="fold")
    return made


def moment(at: datetime | None) -> str:
    """Return a time as a table shows it, in UTC; a dash where there is none."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else "–"
