"""Reading CSV texts into rows that know where they came from."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass


class LoadError(Exception):
    """A file cannot be loaded; the message names file, line and column."""

    def __init__(self, file: str, line: int | None, column: str | None, reason: str) -> None:
        """Say what is wrong where.

        Args:
            file: Name of the file.
            line: Line on which the row begins, from 1, if it is about a row.
            column: Header of the column, if it is about a value.
            reason: What is wrong.
        """
        place = [file]
        if line is not None:
            place.append(f"line {line}")
        if column is not None:
            place.append(f"column {column}")
        super().__init__(f"{', '.join(place)}: {reason}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        file: Name of the file.
        line: Line on which it begins, from 1.
        values: Its values by header; blank ones are left out.
    """

    file: str
    line: int
    values: dict[str, str]

    def get(self, *headers: str) -> str:
        """Return the first value that is there under one of the headers, else ``""``."""
        return next((self.values[header] for header in headers if header in self.values), "")

    def error(self, column: str | None, reason: str) -> LoadError:
        """Return the error that points at one value of this row."""
        return LoadError(self.file, self.line, column, reason)


def headers_of(file: str, text: str) -> list[str]:
    """Return the headers of a CSV text.

    Raises:
        LoadError: The file is empty.
    """
    headers = next(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")), None)
    if not headers:
        raise LoadError(file, None, None, "the file is empty")
    return headers


def rows_of(file: str, text: str, *, blank: str = "", loose: bool = False) -> Iterator[Row]:
    """Yield the rows of a CSV text.

    Args:
        file: Name of the file, for errors.
        text: Its content, with a header line.
        blank: A text that stands for a blank value, such as ``NULL``.
        loose: Whether values may hold commas without being quoted. Such a comma is followed by a blank, and
            one between values is not.

    Raises:
        LoadError: A row does not have as many values as there are headers, or the text is not CSV.
    """
    headers = headers_of(file, text)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    next(reader)
    line = reader.line_num + 1
    try:
        for cells in reader:
            if cells:
                values = _joined(cells, len(headers)) if loose else cells
                if len(values) != len(headers):
                    raise LoadError(file, line, None, f"{len(values)} values where the header has {len(headers)}")
                present = {header: value for header, value in zip(headers, values, strict=True)
                           if value not in {"", blank}}  # fmt: skip
                yield Row(file, line, present)
            line = reader.line_num + 1
    except csv.Error as error:
        raise LoadError(file, line, None, str(error)) from None


def _joined(cells: list[str], wanted: int) -> list[str]:
    """Put together the parts of values that were split at their own commas."""
    while len(cells) > wanted:
        split = next((at for at in range(1, len(cells)) if cells[at].startswith(" ")), None)
        if split is None:
            break
        cells = [*cells[: split - 1], f"{cells[split - 1]},{cells[split]}", *cells[split + 1 :]]
    return cells
