"""Whether the custom fields that keep a counterpart's id are there, and refuse to hold one twice (BEY-4)."""

from collections.abc import Iterator

from zoho.config.books_fields import CUSTOM
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.subject import Subject


def check_unique_ids(subject: Subject) -> Iterator[Finding]:
    """Unique ids that are missing, may be held twice, or are mapped by hand as well."""
    yield from _in_books(subject)
    yield from _in_sales(subject)


def _in_books(subject: Subject) -> Iterator[Finding]:
    name = subject.module.identity.unique.books
    if name is None:
        return
    key = ("modules", subject.module.name, "unique_id", "books")
    told = subject.books.custom_fields if subject.books else None
    place = "Items" if subject.module.name == "products" else "Customers and Vendors"
    where = f"Settings → {place} → Custom Fields, type Text Box (Single Line), Prevent duplicate values"
    if told is not None and name not in told:
        yield subject.at_setting(*key, text=f"Books has no custom field {name}; make it by hand ({where})")
    elif subject.books and name in subject.books.repeatable_fields:
        yield subject.at_setting(*key, text=f"{name} in Books may hold a value twice; change that there ({where})")
    if any(line.pair.books == f"{CUSTOM}{name}" for line in subject.lines()):
        yield subject.at_setting(*key, text=f"{name} is a field of the mapping too; take its line out there")


def _in_sales(subject: Subject) -> Iterator[Finding]:
    name = subject.module.identity.unique.sales
    if name is None:
        return
    key = ("modules", subject.module.name, "unique_id", "sales")
    if not subject.two_way:
        yield subject.at_setting(*key, text="the sales side is written to in two_way only; take this line out")
        return
    for entity in dict.fromkeys(source.entity for source in subject.module.sources if source.skip_reason is None):
        if subject.sales is not None:
            field = subject.sales.fields.get(entity, {}).get(name)
            place = "on the sales side (single line, Do not allow duplicate values)"
            if field is None:
                yield subject.at_setting(*key, text=f"{entity} has no field {name!r}; make it {place}")
            elif not field.unique or not field.writable:
                yield subject.at_setting(*key, text=f"{name!r} of {entity} is not unique; change that {place}")
        if any(line.entity == entity and line.pair.sales == name for line in subject.lines()):
            yield subject.at_setting(*key, text=f"{name!r} is a field of the mapping too; take its line out there")
