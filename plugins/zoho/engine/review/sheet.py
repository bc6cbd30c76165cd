"""Proposals as CSV, to be decided about in a spreadsheet and read back (BEY-6)."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from zoho.config.load import Configured
from zoho.engine.errors import ReviewError
from zoho.engine.history.export import csv_lines
from zoho.engine.review.book import LATER_DAYS, MOST_DAYS, Entry, Said, UndecidableError, decide, pair_of
from zoho.store.proposals import Decision

KEY, DECISION, DAYS = "proposal", "decision", "days"
COLUMNS = (
    *(KEY, "score", "sales_name", "books_name", DECISION, DAYS, "reasons", "state", "decided_by", "decided_utc"),
    *("later_until_utc", "module", "sales_id", "books_id"),
)
"""Of these ``proposal`` says which one is meant: a spreadsheet would round the ids, which are long numbers."""

MOST_BYTES = 20_000_000
_MOST_TOLD = 20
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in a file of decisions.

    Attributes:
        line: in which line, from 1 on.
        column: in which column.
        problem: what it is, as a sentence.
    """

    line: int
    column: str
    problem: str


class SheetError(ReviewError):
    """A file of decisions cannot be read in; nothing of it was.

    Attributes:
        wrong: everything that is wrong with it.
    """

    def __init__(self, file: str, wrong: Sequence[Wrong]) -> None:
        told = [f"{file}, line {one.line}, column {one.column}: {one.problem}" for one in wrong[:_MOST_TOLD]]
        more = [f"And {len(wrong) - _MOST_TOLD} more."] if len(wrong) > _MOST_TOLD else []
        super().__init__("\n".join([*told, *more]))
        self.wrong = wrong


def proposals_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield proposals as CSV, a piece at a time, safe to be opened in a spreadsheet; ``decision`` is to be filled."""
    return csv_lines(COLUMNS, map(_row, entries))


def _row(entry: Entry) -> Sequence[object]:
    reasons = "; ".join(f"{part.words} ({part.points:+d})" for part in entry.reasons)
    return (
        *(entry.key, entry.score, entry.sales_name, entry.books_name, None, None, reasons, entry.state),
        *(entry.decided_by, entry.decided_at, entry.later_until, entry.module, entry.sales_id, entry.books_id),
    )


def import_decisions(store: Engine, configured: Configured, file: str, content: bytes, by: str, at: datetime) -> int:
    """Read the decisions of a file in, all of it or nothing; rows without one are passed over.

    Args:
        store: the database.
        configured: the integration.
        file: its name, for the messages.
        content: UTF-8, with commas, semicolons or tabs between the columns, as spreadsheets write it.
        by: who decided.
        at: when.

    Returns:
        How many proposals are decided otherwise than before.

    Raises:
        SheetError: something in it is wrong; the message names file, line and column.
        ReviewError: a module is not on.
    """
    lines = _read(file, content)
    try:
        return decide(store, configured, list(lines), by, at)
    except UndecidableError as error:
        wrong = [Wrong(lines[one], KEY if "not proposed" in why else DECISION, why) for one, why in error.problems]
        raise SheetError(file, wrong) from None


def _read(file: str, content: bytes) -> dict[Said, int]:
    """Return the decisions of a file, each with its line."""
    if len(content) > MOST_BYTES:
        raise SheetError(file, [Wrong(1, KEY, f"The file is larger than {MOST_BYTES // 1_000_000} MB.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SheetError(file, [Wrong(line, KEY, "It is not UTF-8; save it as CSV UTF-8.")]) from None
    head = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    said: dict[Said, int] = {}
    wrong: list[Wrong] = []
    try:
        missing = [name for name in (KEY, DECISION) if name not in (reader.fieldnames or ())]
        if missing:
            raise SheetError(file, [Wrong(1, name, "The first line does not name this column.") for name in missing])
        for row in reader:
            one = _said(row, reader.line_num, wrong)
            if one is not None:
                said.setdefault(one, reader.line_num)
    except csv.Error as error:
        wrong.append(Wrong(reader.line_num, KEY, f"It is no CSV: {error}."))
    if wrong:
        raise SheetError(file, wrong)
    return said


def _said(row: Mapping[str, str | None], line: int, wrong: list[Wrong]) -> Said | None:
    """Return what a row decides, if anything; what is wrong with it is added to the list."""
    decision = (row[DECISION] or "").strip().lower()
    if not decision:
        return None
    pair = pair_of(row[KEY] or "")
    days = (row.get(DAYS) or "").strip() or str(LATER_DAYS)
    if pair is None:
        wrong.append(Wrong(line, KEY, f"{row[KEY]!r} is none; it is a module and two ids, with colons between."))
    if decision not in set(Decision):
        wrong.append(Wrong(line, DECISION, f"{row[DECISION]!r} is none of {', '.join(Decision)}."))
        return None
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= MOST_DAYS):
        wrong.append(Wrong(line, DAYS, f"{days!r} is no number of days from 1 to {MOST_DAYS}."))
        return None
    return Said(pair, Decision(decision), int(days)) if pair else None
