"""Texts that one side may hold and the other is too short for: told once a section, as a note (CON-4)."""

from collections.abc import Iterator

from zoho.engine.checks.finding import Finding
from zoho.engine.checks.subject import Line, Subject

_TEXTS = frozenset({"text", "textarea", "website", "email", "phone", "mediumtext"})


def check_lengths(subject: Subject) -> Iterator[Finding]:
    """Values longer than the other side takes are refused record by record; better cut them, or know of it."""
    tight_in_books: dict[str, list[str]] = {}
    tight_in_sales: dict[str, list[str]] = {}
    for line in subject.lines():
        ours, theirs = _lengths(line)
        if ours is None or theirs is None or line.transform is not None:
            continue
        if line.writes_books and ours > theirs:
            tight_in_books.setdefault(line.section, []).append(f"{line.pair.books} ({ours} → {theirs})")
        elif line.writes_sales and theirs > ours:
            tight_in_sales.setdefault(line.section, []).append(f"{line.pair.sales} ({theirs} → {ours})")
    yield from _told(subject, tight_in_books, "Books", "; cut them with transform: {cut: …} and direction: to_books")
    yield from _told(subject, tight_in_sales, "the sales side", "")


def _lengths(line: Line) -> tuple[int | None, int | None]:
    """Return the most characters on the sales side and in Books; ``None`` where there is no limit to speak of."""
    sales = line.sales.length if line.sales and line.sales.type in _TEXTS else None
    return sales, line.books.limit if line.books else None


def _told(subject: Subject, tight: dict[str, list[str]], side: str, advice: str) -> Iterator[Finding]:
    for section, fields in tight.items():
        text = f"longer values than {side} takes are refused record by record: {', '.join(fields)}{advice}"
        yield Finding(subject.mapping_file.problem((section,), text), blocks=False, is_note=True)
