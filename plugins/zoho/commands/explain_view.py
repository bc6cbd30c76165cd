"""What ``zoho-sync explain`` shows: to a person, and to a program."""

from collections.abc import Iterator, Mapping, Sequence

import typer
from rich.text import Text

from zoho.commands.plain import as_json as written
from zoho.commands.plain import console, in_words, moment, plain, say, table
from zoho.core.records import Side
from zoho.engine.explain.find import Found
from zoho.engine.explain.told import (
    HOLDING,
    Explanation,
    FieldOrigin,
    FieldTold,
    LinkTold,
    Reason,
    Relative,
    Seen,
    Standing,
    Why,
)

STANDINGS: Mapping[Standing, tuple[str, str]] = {
    Standing.IN_STEP: ("in step", "green"),
    Standing.PENDING: ("the next run has something to do", "yellow"),
    Standing.HELD: ("not in step", "red"),
}
_WHYS: Mapping[Why, str] = {
    Why.DELETED: "it was deleted",
    Why.LEFT_VIEW: "the view does not show it any more",
    Why.ACCOUNT_OUTSIDE: "its account is not in the view",
    Why.NOT_SHOWN: "the Books view does not show it, so nothing of it is sent to the sales side",
    Why.LEFT_ALONE: "it is left alone",
    Why.IN_QUESTION: "nothing is made for it until somebody decides",
    Why.ENDED: "its link has ended",
    Why.BURIED: "its counterpart was deleted: it is not made again until it is edited",
    Why.ELSEWHERE: "it belongs to another Books organization",
    Why.FAILED: "writing it failed",
    Why.REFUSED: "what was written came to something else and was taken back",
    Why.MISSING: "what it refers to is not linked yet",
    Why.UNREADABLE: "a value cannot be translated",
    Why.NO_WAY: "only Books has it, and nothing is sent from there",
    Why.DRIFT: "a difference may not be sent",
    Why.STOPPED: "no run begins at the moment",
    Why.BEGUN: "a run died while its counterpart was made; the next one looks whether it is there",
    Why.UNREAD: "Books tells of an edit that no run has read yet",
    Why.NEW: "the next run makes its counterpart",
    Why.NAMESAKE: "the next run links it with a record of the same name",
    Why.TO_WRITE: "the next run writes",
    Why.LACKING: "something must be set right first",
    Why.EARLIER: "it is one of the time before",
    Why.NOT_IN_STAGE: "nothing is to be made of it",
    Why.GUARDED: "a guard holds it back until somebody approves",
}
_SIDES: Mapping[Side, str] = {"sales": "the sales side", "books": "Books"}
_PLACES: Mapping[Side, str] = {"sales": "on the sales side", "books": "in Books"}


def show_found(found: Sequence[Found], *, as_json: bool) -> None:
    """Print the records that a name means."""
    if as_json:
        typer.echo(written({"found": list(found)}))
        return
    rows = table("module", "name", "sales id", "Books id")
    for one in found:
        rows.add_row(one.module, one.name, one.sales_id or "–", one.books_id or "–")
    console().print(rows)


def show_explanation(told: Explanation, *, as_json: bool) -> None:
    """Print all that is known of a record."""
    if as_json:
        typer.echo(written({**plain(told), "sales_id": told.sales_id, "books_id": told.books_id}))
        return
    out = console()
    for line in _lines(told):
        say(out, line)


def _lines(told: Explanation) -> Iterator[Text]:
    standing, colour = STANDINGS[told.standing]
    yield Text.assemble(
        (f"{told.integration} {told.module}: {in_words(told.kind)} {told.name}", "bold"), ", ", (standing, colour)
    )
    for reason in told.reasons:
        yield Text(f"  {reason_line(reason)}", "red" if reason.why in HOLDING else "yellow")
        if reason.why is Why.IN_QUESTION:
            wanted = f"--state all --text {told.sales_id or told.books_id}"
            yield Text(f"    decide about it: zoho-sync review {told.integration} list {wanted}")
    yield Text(f"  {_SIDES['sales']}: {seen_line(told.sales)}")
    yield Text(f"  {_SIDES['books']}: {seen_line(told.books)}")
    yield Text(f"  {_link(told.link)}")
    if told.above:
        yield Text(f"  contact person of {_relative(told.above)}")
    for one in told.below:
        yield Text(f"  {in_words(one.kind)} {_relative(one)}{'' if one.linked else ', not linked'}")
    yield Text("")
    for field in told.fields:
        if not field.is_blank:
            yield from _field(field, told)
    if told.blank:
        yield Text(f"{told.blank} more {'fields are' if told.blank > 1 else 'field is'} blank on both sides.", "dim")


def reason_line(reason: Reason) -> str:
    """Return a reason for the standing of a record in a line."""
    detail = f": {reason.detail}" if reason.detail else ""
    side = f" ({_SIDES[reason.side]})" if reason.side else ""
    run = f", run {reason.run_id}" if reason.run_id else ""
    at = f", {moment(reason.at)} UTC" if reason.at else ""
    return f"{_WHYS[reason.why]}{side}{detail}{run}{at}"


def seen_line(seen: Seen | None) -> str:
    """Return what a side was last seen to hold of a record in a line."""
    if seen is None:
        return "not there, as far as the runs have seen"
    absent = f"; {seen.absent}" if seen.absent else ""
    stale = "" if seen.whole else "; not read whole since"
    read = f", list read up to {moment(seen.read_at)} UTC" if seen.read_at else ""
    edited = f"edited {moment(seen.modified_at)} UTC" if seen.modified_at else "nobody knows when it was edited"
    return f"{seen.name} ({seen.entity} {seen.id}), {edited}{read}{stale}{absent}"


def _link(link: LinkTold | None) -> str:
    if link is None:
        return "never linked"
    if link.ended_at is None:
        return f"linked since {moment(link.linked_at)} UTC, last changed by run {link.run_id}"
    return f"was linked from {moment(link.linked_at)} to {moment(link.ended_at)} UTC"


def _relative(one: Relative) -> str:
    ids = {"sales": one.sales_id, "Books": one.books_id}
    return f"{one.name} ({', '.join(f'{side} {key}' for side, key in ids.items() if key)})"


def _field(field: FieldTold, told: Explanation) -> Iterator[Text]:
    sales, books = _held(told.sales, field.sales), _held(told.books, field.books)
    value = sales if sales == books else f"{sales} on the sales side, {books} in Books"
    yield Text(f"{field.key}: {value}")
    for side in field.edited:
        base = field.base_sales if side == "sales" else field.base_books
        yield Text(f"    edited {_PLACES[side]} since both were in step, when it held {_value(base)}", "yellow")
    if field.outcome == "write" and field.target:
        yield Text(f"    next run: into {_SIDES[field.target]}: {field.reason}", "yellow")
    elif field.outcome == "drift":
        yield Text(f"    {field.reason}", "red")
    if field.origin:
        yield Text(f"    {_origin(field.origin)}", "dim")


def _held(seen: Seen | None, text: str | None) -> str:
    return _value(text) if seen is None or seen.known else "not known"


def _origin(origin: FieldOrigin) -> str:
    source = f"from {_SIDES[origin.set_by]}" if origin.set_by else "held by both sides"
    by = f" by {origin.asked.by}" if origin.asked.by else ""
    return f"{source}, {moment(origin.at)} UTC, run {origin.run_id} ({origin.asked.cause}{by}): {origin.reason}"


def _value(text: str | None) -> str:
    return "blank" if text is None else f'"{text}"'
