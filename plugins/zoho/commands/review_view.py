"""What ``zoho-sync review list`` shows."""

from collections.abc import Iterator

import typer
from rich.text import Text

from zoho.commands.plain import as_json as written
from zoho.commands.plain import console, moment, plain, say
from zoho.engine.history.paging import HistoryPage
from zoho.engine.review.book import Entry
from zoho.store.proposals import Decision


def show_page(page: HistoryPage[Entry], integration: str, *, as_json: bool) -> None:
    """Print a page of proposals.

    Args:
        page: of the list.
        integration: whose.
        as_json: whether a program reads it.
    """
    if as_json:
        typer.echo(written({"proposals": plain(page.items), "next": page.next}))
        return
    out = console()
    if not page.items:
        say(out, f"No proposal. Look for some: zoho-sync review {integration} find")
    for entry in page.items:
        for line in _lines(entry):
            say(out, line)
    if any(entry.state in (Decision.OPEN, Decision.LATER) for entry in page.items):
        say(out, f"Decide: zoho-sync review {integration} decide SALES_ID BOOKS_ID link|different|later")
    if page.next:
        out.print(f"More: --after {page.next}", soft_wrap=True)


def _lines(entry: Entry) -> Iterator[Text]:
    yield Text(f"{entry.score:>3}%  {entry.sales_name}  ~  {entry.books_name}", "bold")
    yield Text(f"      {entry.module}, sales side {entry.sales_id}, Books {entry.books_id}")
    for part in entry.reasons:
        yield Text(f"      {part.points:+4d}  {part.words}", "dim")
    if entry.state is not Decision.OPEN:
        until = f", until {moment(entry.later_until)}" if entry.later_until else ""
        done = ", linked" if entry.linked else ""
        yield Text(f"      {entry.state}{until}{done}: {entry.decided_by}, {moment(entry.decided_at)} UTC", "green")
