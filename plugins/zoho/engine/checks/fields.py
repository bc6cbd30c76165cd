"""Whether every mapped field exists on its side, can be written where it must be, and holds what comes (CON-4)."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from zoho.config.books_fields import CUSTOM, FieldType
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.missing import advice_for_books, creatable
from zoho.engine.checks.subject import Line, Subject

_FREE_TEXT = frozenset({"text", "textarea", "website", "email", "phone", "mediumtext", "picklist"})
_DATES = frozenset({"date", "datetime"})
_NUMBERS = frozenset({"integer", "long", "bigint", "double", "percent", "currency", "decimal"})

GIVES: Mapping[FieldType, frozenset[str]] = {
    "text": _FREE_TEXT | _DATES | {"autonumber", "formula"},
    "id": _FREE_TEXT | _NUMBERS | {"autonumber", "formula"},
    "number": _NUMBERS,
    "yes_no": frozenset({"boolean"}),
}
"""Type of a Books field → sales-side types whose values it can hold without a transform."""

TAKES: Mapping[FieldType, frozenset[str]] = {
    "text": _FREE_TEXT,
    "id": _FREE_TEXT,
    "number": _NUMBERS | {"text", "textarea"},
    "yes_no": frozenset({"boolean"}),
}
"""Type of a Books field → sales-side types that can hold its values without a transform."""


def check_existence(subject: Subject) -> Iterator[Finding]:
    """Fields that are named and not there."""
    for line in subject.lines():
        if line.pair.sales and subject.sales and line.sales is None:
            yield _missing_in_sales(line)
        if (line.pair.books or "").startswith(CUSTOM) and line.books is None:
            yield from _missing_in_books(line)


def check_types(subject: Subject) -> Iterator[Finding]:
    """Values that the other side's field cannot hold; a transform may make anything of them."""
    for line in subject.lines():
        if line.sales is None or line.books is None or line.transform is not None:
            continue
        kind, name = line.sales.type, line.pair.sales
        advice = "give the line a transform, or take it out"
        if line.writes_books and kind not in GIVES[line.books.type]:
            text = f"{name!r} is of type {kind}, which {line.pair.books} in Books cannot hold; {advice}"
            yield line.finding("sales", text)
        elif line.writes_sales and kind not in TAKES[line.books.type]:
            text = f"{name!r} is of type {kind}, which cannot hold {line.pair.books} of Books; {advice}"
            yield line.finding("sales", text)


def check_writable(subject: Subject) -> Iterator[Finding]:
    """Targets on the sales side that can be read only."""
    for line in subject.lines():
        if line.sales is not None and line.writes_sales and not line.sales.writable:
            advice = "take the line out" if line.pair.books is None else "set direction: to_books"
            yield line.finding("sales", f"{line.pair.sales!r} is read only on the sales side; {advice}")


def _missing_in_sales(line: Line) -> Finding:
    subject = line.subject
    assert subject.sales
    product = subject.sales.product_name
    text = f"{line.entity} has no field {line.pair.sales!r} on the sales side"
    if subject.module.settings.create_missing_custom_fields:
        made = creatable(line)
        if made is not None:
            label, kind = made.body["field_label"], made.body["data_type"]
            return line.finding("sales", f"{text}; the next run makes it: {label!r}, {kind}", blocks=False)
        text += ", and what it should hold cannot be told from the mapping"
    close = get_close_matches(line.pair.sales or "", subject.sales.fields.get(line.entity, {}), 1, 0.75)
    hint = f" (is {close[0]!r} meant?)" if close else ""
    rest = f"make the field, or show it to the connecting user, in {product}"
    return line.finding("sales", f"{text}{hint}; correct the API name, {rest}")


def _missing_in_books(line: Line) -> Iterator[Finding]:
    books = line.subject.books
    if books is None or not books.organizations:
        return
    name = (line.pair.books or "").removeprefix(CUSTOM)
    if books.custom_fields is None:
        text = f"Books does not tell its custom fields; see that {name} is there"
        yield line.finding("books", text, blocks=False)
    else:
        yield line.finding("books", f"Books has no custom field {name}; {advice_for_books(line)}")
