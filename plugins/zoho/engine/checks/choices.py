"""Values of pick lists: what a side would be sent and does not know (CON-4)."""

from collections.abc import Iterator

from zoho.core.transforms.base import Transform, as_text, listed
from zoho.core.transforms.choices import Choices, GoodsOrService, YesNo
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.subject import Line, Subject


def check_choices(subject: Subject) -> Iterator[Finding]:
    """Tables, constants and defaults against the values of the sales-side pick list that they are for."""
    for line in subject.lines():
        if line.sales is not None and line.sales.choices:
            yield from _check_words(line, line.sales.choices)
            yield from _check_given(line, line.sales.choices)
            yield from _check_table_is_whole(line, line.sales.choices)


def _check_words(line: Line, known: tuple[str, ...]) -> Iterator[Finding]:
    unknown = [word for word in _words(line.transform) if word not in known]
    if not unknown:
        return
    name = line.pair.sales
    is_not = f"{listed([repr(word) for word in unknown])} {'is' if len(unknown) == 1 else 'are'} not among"
    there_are = f"the values of the pick list {name} ({listed(known)})"
    advice = "add it there or correct it" if len(unknown) == 1 else "add them there or correct them"
    yield line.finding("transform", f"{is_not} {there_are}; {advice}", blocks=line.writes_sales)


def _check_given(line: Line, known: tuple[str, ...]) -> Iterator[Finding]:
    """Constants and defaults, where they may go to the sales side."""
    if not line.writes_sales:
        return
    for key in ("constant", "default"):
        given = getattr(line.pair, key)
        if given is None:
            continue
        translate = line.transform is not None and not line.transform.needs
        stored = line.transform.to_sales(given) if line.transform and translate else given
        if stored is not None and as_text(stored) not in known:
            text = f"{as_text(stored)!r} is not among the values of the pick list {line.pair.sales} ({listed(known)})"
            yield line.finding(key, f"{text}; add it there or correct it")


def _check_table_is_whole(line: Line, known: tuple[str, ...]) -> Iterator[Finding]:
    words = _words(line.transform)
    left_out = [value for value in known if value not in words]
    if words and left_out and line.writes_books:
        text = f"records with {listed([repr(value) for value in left_out])} in {line.pair.sales} will be refused"
        yield line.finding("transform", f"{text}, since the table does not name them; add them", blocks=False)


def _words(transform: Transform | None) -> tuple[str, ...]:
    """Return the sales-side words of a transform that has a fixed set of them."""
    match transform:
        case Choices():
            return tuple(transform.table)
        case YesNo():
            return tuple(as_text(word) for word in transform.sales)
        case GoodsOrService():
            return transform.goods, transform.service
        case _:
            return ()
