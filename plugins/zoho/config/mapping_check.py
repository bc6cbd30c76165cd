"""What a mapping file can get wrong beyond its shape: each problem with file, line and key (CUS-6)."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from zoho.config.books_fields import CUSTOM, BooksField, Catalogue
from zoho.config.errors import Problem, SettingsError
from zoho.config.mapping import FieldMapping, FieldPair, Given
from zoho.config.sales_fields import READ_ONLY
from zoho.config.transforms import load_library, transform_of
from zoho.config.yamlfile import YamlFile
from zoho.core.records import Plain
from zoho.core.transforms.base import Scalar, Transform, as_text
from zoho.core.transforms.choices import Choices
from zoho.core.transforms.library import Library

Model = TypeVar("Model", bound=FieldMapping)
Found = Iterator[tuple[str, str]]
"""Key within a pair, and what is wrong with it."""


def load_mapping(path: Path, model: type[Model]) -> YamlFile[Model]:
    """Read a mapping file, with the transforms that it names; they stand in ``../transforms`` beside its folder.

    Raises:
        SettingsError: something in it cannot be used; everything that is wrong is named.
    """
    file = YamlFile(path, model)
    if file.model.transforms is not None:
        own = path.parent.parent / "transforms" / file.model.transforms
        try:
            file.model = file.model.with_library(load_library(own))
        except ValueError as error:
            raise SettingsError([file.problem(("transforms",), str(error))]) from None
    problems = check_mapping(file)
    if problems:
        raise SettingsError(problems)
    return file


def check_mapping(file: YamlFile[Model]) -> list[Problem]:
    """Return what is wrong with the pairs of a mapping, in the order of the file."""
    problems = []
    mapping = file.model
    for section, pairs in mapping.sections.items():
        writable, readable = mapping.catalogues[section]
        for place, pair in enumerate(pairs):
            for key, text in _check_pair(pair, writable, readable, mapping.library):
                problems.append(file.problem((section, place, key), text))
    for section, place, key, text in _fed_twice(mapping):
        problems.append(file.problem((section, place, key), text))
    return sorted(problems, key=lambda problem: problem.line or 0)


def check_two_way(file: YamlFile[Model]) -> list[Problem]:
    """Return what keeps a mapping from making records on the sales side, for modules that are two-way (CUS-3)."""
    problems = []
    for section, needed in file.model.named_in_sales.items():
        fed = {pair.sales for pair in file.model.sections[section] if pair.writes_sales}
        for name in needed:
            if name not in fed:
                text = f"feeds no {name} on the sales side, where nothing can be made without it; map it both ways"
                problems.append(file.problem((section,), text))
    return problems


def _fed_twice(mapping: FieldMapping) -> Iterator[tuple[str, int, str, str]]:
    """Find targets that two pairs feed: in Books within a section, on the sales side within a record."""
    partner = {section: other for pair in mapping.one_record for section, other in (pair, pair[::-1])}
    fed_sales: dict[str, dict[str, str]] = {}
    for section, pairs in mapping.sections.items():
        fed_books: set[str] = set()
        elsewhere = fed_sales.get(partner.get(section, ""), {})
        mine = fed_sales.setdefault(section, {})
        for place, pair in enumerate(pairs):
            if pair.books and pair.writes_books:
                if pair.books in fed_books:
                    yield section, place, "books", f"{pair.books!r} is fed by an earlier line too; keep one"
                fed_books.add(pair.books)
            if pair.sales and pair.writes_sales:
                other = mine.get(pair.sales) or elsewhere.get(pair.sales)
                if other:
                    advice = "set direction: to_books in one of the two"
                    yield section, place, "direction", f"{pair.sales!r} gets the value of {other!r} already; {advice}"
                mine.setdefault(pair.sales, pair.books or f"the constant {pair.constant}")


def _check_pair(pair: FieldPair, writable: Catalogue, readable: Catalogue, library: Library) -> Found:
    if pair.sales in READ_ONLY and pair.writes_sales:
        yield "direction", f"{pair.sales} cannot be written on the sales side; set direction: to_books"
    if pair.owner is not None and pair.travels != "both":
        yield "owner", "decides between two edits, but the field goes one way only; remove it"
    if pair.books is not None:
        yield from _check_books(pair, writable, readable)
    try:
        transform = transform_of(pair, library)
    except ValueError as error:
        yield "transform", str(error)
        return
    if transform is not None:
        yield from _check_transform(pair, transform)
        yield from _check_table(pair, transform, writable.get(pair.books or ""))
    yield from _check_given(pair, transform, writable.get(pair.books or ""))


def _check_books(pair: FieldPair, writable: Catalogue, readable: Catalogue) -> Found:
    path = pair.books or ""
    if path.startswith(CUSTOM):
        if "contact_id" not in readable and "item_id" not in readable:
            yield "books", "contact persons have no custom fields in Books"
    elif path in readable and path not in writable:
        if pair.writes_books:
            yield "books", f"{path!r} is no writable Books field, it can be read only; set direction: to_sales"
    elif path not in writable:
        known = ", ".join(sorted(writable))
        yield "books", f"{path!r} is no writable Books field; there are: {known}, and custom_fields.<API name>"


def _check_transform(pair: FieldPair, transform: Transform) -> Found:
    name = pair.transform_name
    if pair.travels == "both" and transform.lossy:
        ways = "to_books" if transform.only else "to_books or to_sales"
        yield "direction", f"{name} loses something of the value, so the field can go one way only; set {ways}"
    elif transform.only and pair.travels != transform.only:
        yield "direction", f"{name} serves only direction: {transform.only}"


def _check_table(pair: FieldPair, transform: Transform, field: BooksField | None) -> Found:
    """Check what a table of choices would send to Books."""
    if isinstance(transform, Choices) and field is not None and pair.writes_books:
        for sales, books in transform.table.items():
            yield from (("transform", f"the value for {sales!r} {text}") for text in _unfit(books, field))


def _check_given(pair: FieldPair, transform: Transform | None, field: BooksField | None) -> Found:
    """Check a constant or default, which are known without any record."""
    for key, given in (("constant", pair.constant), ("default", pair.default)):
        if given is None:
            continue
        if given == "":
            yield key, "is blank; leave it out"
            continue
        try:
            written = _as_written(given, key, pair, transform)
        except ValueError as error:
            yield key, str(error)
            continue
        if field is not None and pair.writes_books and written is not None:
            yield from ((key, text) for text in _unfit(written, field))


def _as_written(given: Given, key: str, pair: FieldPair, transform: Transform | None) -> Plain:
    """Return what the target gets for a constant or default; ``None`` when that depends on the organizations."""
    if transform is None:
        return given
    if transform.needs:
        return None
    if key == "constant":
        return transform.to_sales(given) if pair.writes_sales else transform.to_books(given)
    if pair.travels == "both":
        transform.to_sales(given)
    return given


def _unfit(given: Scalar, field: BooksField) -> Iterator[str]:
    text = as_text(given)
    if field.limit is not None and len(text) > field.limit:
        yield f"has {len(text)} characters; Books takes {field.limit}"
    if field.choices and text not in field.choices:
        yield f"must be one of {', '.join(field.choices)}, not {text!r}"
    if field.type == "number" and (isinstance(given, bool) or not isinstance(given, int | Decimal)):
        yield f"must be a number, not {given!r}"
    if field.type == "yes_no" and not isinstance(given, bool):
        yield f"must be true or false, not {given!r}"
    if field.type == "id" and not text.isdigit():
        yield f"must be an id, which is made of digits, not {given!r}"
