"""Files of an identity map: CSV for people, Parquet for programs, by the ending of the name."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
from pyarrow.lib import ArrowInvalid
from sqlalchemy import Engine

from zoho.engine.history.export import csv_lines
from zoho.engine.linkmap.line import COLUMNS, NEEDED, MapLine, Problem, cells, parse
from zoho.engine.staging import read_rows, write_rows
from zoho.store import linkmap

_SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])


class BadFileError(Exception):
    """A file cannot be taken in; the message names each line, its column and what to do.

    Attributes:
        told: the same, a sentence each.
    """

    def __init__(self, told: list[str]) -> None:
        super().__init__("\n".join(told))
        self.told = told


def export_csv(store: Engine, integration: str, organization_id: str | None) -> Iterator[str]:
    """Yield the identity map as CSV; see :func:`zoho.store.linkmap.every`."""
    return csv_lines(COLUMNS, (list(row.values()) for row in _rows(store, integration, organization_id)))


def export_parquet(store: Engine, integration: str, organization_id: str | None, path: Path) -> int:
    """Write the identity map as Parquet, all columns text; returns the number of links."""
    return write_rows(path, _SCHEMA, _rows(store, integration, organization_id))


def _rows(store: Engine, integration: str, organization_id: str | None) -> Iterator[dict[str, str]]:
    with store.connect() as connection:
        yield from map(cells, linkmap.every(connection, integration, organization_id))


def is_parquet(path: Path) -> bool:
    """Whether a file is, or is to be, Parquet."""
    return path.suffix.lower() == ".parquet"


def read_map(path: Path) -> list[MapLine]:
    """Return the lines of a file.

    Raises:
        BadFileError: it cannot be read, or some of its lines are wrong; all of them are told.
    """
    found: list[MapLine] = []
    problems: list[Problem] = []
    try:
        for number, given in _given(path):
            parsed = parse(number, given)
            if isinstance(parsed, MapLine):
                found.append(parsed)
            else:
                problems += parsed
    except (OSError, UnicodeDecodeError, csv.Error, ArrowInvalid) as error:
        raise BadFileError([f"{path.name} cannot be read: {error}"]) from None
    if problems:
        raise BadFileError([problem.told(path.name) for problem in problems])
    return found


def _given(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    if is_parquet(path):
        for number, row in enumerate(read_rows(path), 2):
            _check_columns(path, row)
            yield number, {name: "" if value is None else str(value) for name, value in row.items()}
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="", strict=True)
        _check_columns(path, dict.fromkeys(reader.fieldnames or ()))
        last = reader.line_num
        for row in reader:
            given = {name: value for name, value in row.items() if isinstance(name, str)}
            if any(given.values()):
                yield last + 1, given
            last = reader.line_num


def _check_columns(path: Path, given: Mapping[str, object]) -> None:
    missing = [name for name in NEEDED if name not in given]
    if missing:
        what = "this column is missing: name it in the first line"
        raise BadFileError([Problem(1, name, what).told(path.name) for name in missing])
