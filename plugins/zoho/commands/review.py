"""``zoho-sync review``: decide about records that may be the same, by hand or in a spreadsheet (BEY-6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoho.commands.session import AsJson, Include, Integration, configured_of, stored, user

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from zoho.config.load import Configured
    from zoho.engine.review.book import Wanted

app = typer.Typer(help="Records that may be the same: find them, and decide about them.", no_args_is_help=True)


class Reviewed(StrEnum):
    """The modules whose names are compared."""

    CUSTOMERS = "customers"
    VENDORS = "vendors"


class Shown(StrEnum):
    """Which proposals are shown."""

    OPEN = "open"
    LATER = "later"
    LINK = "link"
    DIFFERENT = "different"
    ALL = "all"


class Verdict(StrEnum):
    """What can be decided."""

    LINK = "link"
    DIFFERENT = "different"
    LATER = "later"
    OPEN = "open"


State = Annotated[Shown, typer.Option("--state", "-s", help="Which: not decided, put off, decided so, or all.")]
Modules = Annotated[
    list[Reviewed] | None, typer.Option("--module", "-m", help="Only of this module; can be given again.")
]
Text = Annotated[str, typer.Option("--text", "-t", help="Part of a name, or an id.")]
_DAYS = 30


@app.callback()
def review(context: typer.Context, integration: Integration) -> None:
    """Records that may be the same although their names differ: find them, and decide about them.

    Exit code of all subcommands: 0: done. 1: it cannot be so. 2: called wrongly.
    """
    context.obj = integration


@app.command("list")
def list_(
    context: typer.Context,
    module: Modules = None,
    state: State = Shown.OPEN,
    text: Text = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
    after: Annotated[str | None, typer.Option(help="Go on after the page that gave this mark.")] = None,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Show proposals, the likeliest first."""
    from zoho.commands.review_view import show_page
    from zoho.engine.review.book import list_proposals

    with _asked(context, include) as (store, configured):
        wanted = _wanted(module, state, text)
        page = list_proposals(store, configured, wanted, _now(), after=after, per_page=limit)
        show_page(page, configured.name, as_json=as_json)


@app.command()
def find(context: typer.Context, module: Modules = None, as_json: AsJson = False, include: Include = None) -> None:
    """Compare the records that are not linked, as they were last seen; asks Zoho for nothing."""
    from zoho.commands.control_view import tell
    from zoho.engine.review.book import find as look

    with _asked(context, include) as (store, configured):
        found = look(store, configured, _now(), _names(module))
        lines = [f"{module}: {number:,} to decide about." for module, number in found.items()]
        tell({"open": found}, lines, as_json)


@app.command()
def decide(
    context: typer.Context,
    sales_id: Annotated[str, typer.Argument(help="Id of the record on the sales side.")],
    books_id: Annotated[str, typer.Argument(help="Id of the record in Books.")],
    decision: Annotated[
        Verdict, typer.Argument(help="link, different, later; open takes back what nothing came of yet.")
    ],
    module: Modules = None,
    days: Annotated[int, typer.Option(min=1, help="With later: after how many days to ask again.")] = _DAYS,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Decide about a proposal; the next run of the module acts on it."""
    from zoho.commands.control_view import tell
    from zoho.engine.control.audit import acting
    from zoho.engine.review import book
    from zoho.store.proposals import Decision

    with _asked(context, include) as (store, configured):
        place = book.module_of(store, configured, _names(module), sales_id, books_id)
        said = book.Said((place, sales_id, books_id), Decision(decision.value), days)
        detail = {"sales_id": sales_id, "books_id": books_id, "decision": decision.value}
        with acting(store, user(), "review", configured.name, _now, module=place, detail=detail):
            changed = book.decide(store, configured, [said], user(), _now())
        line = f"Decided: {decision.value}." if changed else "It was decided so before."
        acts = f"The next run acts on it: zoho-sync run {configured.name} {place}"
        tell({"decided": changed}, [line, acts] if decision in (Verdict.LINK, Verdict.DIFFERENT) else [line], as_json)


@app.command()
def export(
    context: typer.Context,
    module: Modules = None,
    state: State = Shown.OPEN,
    text: Text = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file instead of the terminal.")] = None,
    include: Include = None,
) -> None:
    """Write proposals as CSV; fill its column decision with link, different or later, and import it."""
    from zoho.engine.review.book import every_proposal
    from zoho.engine.review.sheet import proposals_csv

    with _asked(context, include) as (store, configured):
        pieces = proposals_csv(every_proposal(store, configured, _wanted(module, state, text), _now()))
        if output is None:
            for piece in pieces:
                typer.echo(piece, nl=False)
            return
        output.write_text("".join(pieces), encoding="utf-8-sig", newline="")  # the mark tells spreadsheets of UTF-8


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The CSV, filled in.", dir_okay=False, exists=True)],
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Read the decisions of a CSV in: all of it, or nothing when a row is wrong."""
    from zoho.commands.control_view import tell
    from zoho.engine.control.audit import acting
    from zoho.engine.review.sheet import import_decisions

    with (
        _asked(context, include) as (store, configured),
        acting(store, user(), "review", configured.name, _now, detail={"file": file.name}) as told,
    ):
        changed = import_decisions(store, configured, file.name, file.read_bytes(), user(), _now())
        told["decided"] = changed
        tell({"decided": changed}, [f"Decided about {changed:,} proposal{'' if changed == 1 else 's'}."], as_json)


@contextmanager
def _asked(context: typer.Context, include: Path | None) -> Iterator[tuple["Engine", "Configured"]]:
    with stored(alone=True) as store:
        yield store, configured_of(context.obj, include)


def _names(modules: list[Reviewed] | None) -> list[str]:
    return [module.value for module in modules or ()]


def _wanted(modules: list[Reviewed] | None, state: Shown, text: str) -> "Wanted":
    from zoho.engine.review.book import Wanted
    from zoho.store.proposals import Decision

    return Wanted(_names(modules), None if state is Shown.ALL else Decision(state.value), text)


def _now() -> datetime:
    import pendulum

    return pendulum.now("UTC")
