"""What ``zoho-sync search`` and ``refresh --list`` show: to a person, and to a program."""

from collections.abc import Iterator

import typer

from zoho.commands.plain import as_json as written
from zoho.commands.plain import console, moment, table
from zoho.engine.history.paging import HistoryPage
from zoho.engine.on_demand.refresh import CrmContact
from zoho.engine.on_demand.search import Hit, SearchPage

_BESIDE = {"sales": "made from the sales side", "books": "made from Books", "both": "was on both sides"}


def show_hits(page: SearchPage, *, as_json: bool) -> None:
    """Print hits, an account with its contacts below it."""
    if as_json:
        typer.echo(written({"hits": page.hits, "next": page.next, "calls": page.calls}))
        return
    out = console()
    rows = table("name", "id", "in Books")
    for hit in page.hits:
        for row in _rows(hit, ""):
            rows.add_row(*row)
    out.print(rows if page.hits else "Nothing found.")
    if page.next is not None:
        out.print(f"There is more: --skip {page.next}")


def _rows(hit: Hit, indent: str) -> Iterator[tuple[str, str, str]]:
    email = f" <{hit.email}>" if hit.email else ""
    yield f"{indent}{hit.name}{email}", hit.sales_id, _in_books(hit)
    for contact in hit.contacts:
        yield from _rows(contact, f"{indent}  ")


def _in_books(hit: Hit) -> str:
    if hit.linked is None:
        return "no"
    name = hit.linked.name or hit.linked.books_id
    return f"person of {name}" if hit.linked.as_person else f"{name} ({hit.linked.books_id})"


def show_linked(page: HistoryPage[CrmContact], number: int, *, as_json: bool) -> None:
    """Print customers or vendors that came from the sales side."""
    if as_json:
        typer.echo(written({"number": number, "linked": page.items, "next": page.next}))
        return
    out = console()
    rows = table("in Books", "Books id", "on the sales side", "sales id", "since (UTC)")
    for one in page.items:
        origin = f"{one.sales_name or '–'} ({one.gone})" if one.gone else one.sales_name or "–"
        rows.add_row(one.books_name or "–", one.books_id, origin, one.sales_id, moment(one.linked_at))
    out.print(rows if page.items else "None.")
    out.print(f"{len(page.items)} of {number}.")
    if page.next:
        out.print(f"There is more: --after {page.next}", soft_wrap=True)
