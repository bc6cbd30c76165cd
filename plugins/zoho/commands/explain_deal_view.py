"""What ``zoho-sync explain`` shows of a deal: to a person, and to a program."""

from collections.abc import Iterator, Mapping

import typer
from rich.text import Text

from zoho.commands.explain_view import STANDINGS, reason_line, seen_line
from zoho.commands.history_view import field_line
from zoho.commands.plain import as_json as written
from zoho.commands.plain import console, moment, plain
from zoho.engine.explain.deals import DealTold, Deed, DocumentTold
from zoho.engine.explain.told import HOLDING

_MAKERS: Mapping[str, str] = {
    "trigger": "made by the automation",
    "books": "made by Books of the automation's estimate",
    "person": "associated by a person",
}


def show_deal(told: DealTold, *, as_json: bool) -> None:
    """Print all that is known of a deal."""
    if as_json:
        typer.echo(written(plain(told)))
        return
    out = console()
    for line in _lines(told):
        out.print(line, soft_wrap=not out.is_terminal)


def _lines(told: DealTold) -> Iterator[Text]:
    standing, colour = STANDINGS[told.standing]
    yield Text.assemble((f"{told.integration} deals: deal {told.name}", "bold"), ", ", (standing, colour))
    for reason in told.reasons:
        yield Text(f"  {reason_line(reason)}", "red" if reason.why in HOLDING else "yellow")
    yield Text(f"  the sales side: {seen_line(told.sales)}")
    if told.stage:
        per_cent = f" ({told.probability} per cent)" if told.probability is not None else ""
        yield Text(f"  stage: {told.stage}{per_cent}; amount: {told.amount or 'none'}")
    for document in told.documents:
        yield Text(f"  {_document(document)}")
    if not told.documents:
        yield Text("  no document of Books belongs to it")
    if told.fields:
        yield Text("")
    for field in told.fields:
        same = field.deal == field.written or not told.documents
        now = _value(field.deal)
        yield Text(f"{field.key}: {now if same else f'{now} in the deal, {_value(field.written)} last written'}")
    if told.deeds:
        yield Text("")
    for deed in told.deeds:
        yield from _deed(deed)


def _document(one: DocumentTold) -> str:
    status = f", left as {one.left_in}" if one.left_in else ""
    number = f" {one.number} (Books {one.books_id})" if one.books_id else ", being made"
    return f"{one.noun}{number}: {_MAKERS[one.made_by]}{status}, {moment(one.made_at)}, run {one.run_id}"


def _deed(deed: Deed) -> Iterator[Text]:
    change = deed.change
    by = f" by {deed.asked.by}" if deed.asked.by else ""
    head = f"{moment(deed.started_at)} {change.action} {change.kind}, {change.state}: {change.error or change.reason}"
    yield Text(f"{head} (run {change.run_id}, {deed.asked.cause}{by})", "red" if change.state == "failed" else "")
    for field in change.fields:
        yield Text(f"    {field_line(field)}", "dim")


def _value(text: str | None) -> str:
    return "blank" if text is None else f'"{text}"'
