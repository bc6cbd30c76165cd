"""``zoho-sync search``, ``fetch``, ``import``, ``refresh``: what is wanted now, without a full run (OPS-3, SRCH)."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoho.commands.session import AsJson, DryRun, Include, Integration, Yes, configured_of, jobs, stored, user

if TYPE_CHECKING:
    from zoho.engine.on_demand.bring import Brought
    from zoho.engine.on_demand.fetch import Find
    from zoho.engine.on_demand.search import Hit, SearchPage

Text = Annotated[str, typer.Argument(help="Part of a name.")]


class Module(StrEnum):
    """The modules whose records are looked for by name."""

    CUSTOMERS = "customers"
    VENDORS = "vendors"
    PRODUCTS = "products"


class AnyModule(StrEnum):
    """The modules of which a record can be fetched."""

    CUSTOMERS = "customers"
    VENDORS = "vendors"
    PRODUCTS = "products"
    ESTIMATES = "estimates"
    SALES_ORDERS = "sales_orders"
    INVOICES = "invoices"
    PURCHASE_ORDERS = "purchase_orders"


class EveryModule(StrEnum):
    """All modules, deals among them: what has plans, and what can be explained."""

    CUSTOMERS = "customers"
    VENDORS = "vendors"
    PRODUCTS = "products"
    ESTIMATES = "estimates"
    SALES_ORDERS = "sales_orders"
    INVOICES = "invoices"
    PURCHASE_ORDERS = "purchase_orders"
    DEALS = "deals"


class Refreshed(StrEnum):
    """The modules whose records may have come from the sales side."""

    CUSTOMERS = "customers"
    VENDORS = "vendors"


Of = Annotated[Module, typer.Option("--module", "-m", help="Where to look.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(search)
    app.command()(fetch)
    app.command("import")(import_)
    app.command()(refresh)


def search(
    integration: Integration,
    text: Text,
    module: Of = Module.CUSTOMERS,
    skip: Annotated[int, typer.Option(min=0, help="How many hits to leave out.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many hits at most.")] = 10,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Search the sales side by name, synchronized or not; tells what is in Books already.

    Exit code 0: found. 1: nothing found, or the sales side cannot be asked. 2: called wrongly.
    """
    from zoho.commands.lookup_view import show_hits

    page = _searched(integration, text, module, skip, limit, include)
    show_hits(page, as_json=as_json)
    raise typer.Exit(0 if page.hits else 1)


def _searched(
    integration: str, text: str, module: Module, skip: int, limit: int, include: Path | None
) -> "SearchPage":
    from zoho.engine.on_demand import search as searching

    with stored(), jobs(include) as open_job:
        return searching.search(open_job(integration, module.value), text, skip=skip, per_page=limit)


def fetch(
    integration: Integration,
    module: Annotated[AnyModule, typer.Argument(help="Module of the record.")],
    record: Annotated[str, typer.Argument(help="Id of the record on the sales side, or its name.")],
    books: Annotated[bool, typer.Option("--books", help="The id is that of the Books record.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Fetch one record and bring it in step, without a full run; nothing else is touched.

    Exit code 0: done, or it was in step. 1: it failed, or there is no such record. 2: called wrongly.
    """
    with stored():
        from zoho.engine.on_demand.fetch import find

        found = find(record, side="books" if books else "sales")
        _bring(integration, module.value, found, "fetch", dry_run=dry_run, as_json=as_json, include=include)


def import_(
    integration: Integration,
    text: Text,
    module: Of = Module.CUSTOMERS,
    id_: Annotated[str | None, typer.Option("--id", help="Which of the hits, by its id on the sales side.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Search the sales side and import the record that is picked into Books at once, whatever a view shows.

    Exit code 0: imported, with its link. 1: nothing or several found, or it failed. 2: called wrongly.
    """
    from zoho.commands.lookup_view import show_hits
    from zoho.engine.on_demand.fetch import by_hit

    page = _searched(integration, text, module, 0, _TO_CHOOSE_FROM, include)
    hits = {hit.sales_id: hit for account in page.hits for hit in (account, *account.contacts)}
    if id_ is None and len(page.hits) == 1:
        id_ = page.hits[0].sales_id
    if id_ is None:
        show_hits(page, as_json=as_json)
        if not page.hits or as_json or not sys.stdin.isatty():
            typer.echo("Error: name one of them with --id." if page.hits else "Error: nothing found.", err=True)
            raise typer.Exit(1)
        id_ = typer.prompt("Id of the record to import", err=True)
    if id_ not in hits:
        typer.echo(f"Error: {id_} is none of the hits of {text!r}.", err=True)
        raise typer.Exit(1)
    _ask_to_import(hits[id_], dry_run or yes)
    with stored():
        find = by_hit(hits[id_])
        _bring(integration, module.value, find, "import", dry_run=dry_run, as_json=as_json, include=include)


_TO_CHOOSE_FROM = 50


def _ask_to_import(hit: "Hit", asked: bool) -> None:
    if not asked:
        typer.confirm(f"Import {hit.name} ({hit.sales_id}) into Books?", abort=True, err=True)


def refresh(
    integration: Integration,
    module: Annotated[Refreshed, typer.Argument(help="Which of both.")] = Refreshed.CUSTOMERS,
    list_: Annotated[bool, typer.Option("--list", help="Only show them, and ask nobody.")] = False,
    text: Annotated[str, typer.Option("--text", "-t", help="With --list: part of a name, or an id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="With --list: how many at most.")] = 50,
    after: Annotated[str | None, typer.Option(help="With --list: go on after the page that gave this mark.")] = None,
    beyond_guards: Annotated[
        bool, typer.Option("--beyond-guards", help="Also if it changes more records than the guards allow.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Renew all customers or vendors in Books that came from the sales side, or list them.

    Exit code 0: done, or shown. 1: a record failed, or it could not be done. 2: called wrongly.
    """
    from zoho.commands.lookup_view import show_linked
    from zoho.engine.on_demand.refresh import LinkedFilter, crm_contacts, number_of, whole

    with stored(alone=list_) as store:
        configured = configured_of(integration, include)
        number = number_of(store, configured, module.value, LinkedFilter(text))
        if list_:
            page = crm_contacts(store, configured, module.value, LinkedFilter(text), after=after, per_page=limit)
            show_linked(page, number, as_json=as_json)
            return
        if not (yes or dry_run):
            typer.confirm(f"Read {number} {module.value} anew and bring them in step?", abort=True, err=True)
        _bring(
            integration,
            module.value,
            whole,
            "refresh",
            dry_run=dry_run,
            as_json=as_json,
            include=include,
            guarded=not beyond_guards,
            bulk=True,
        )


def _bring(
    integration: str,
    module: str,
    found: "Find",
    deed: str,
    *,
    dry_run: bool,
    as_json: bool,
    include: Path | None,
    guarded: bool = False,
    bulk: bool = False,
) -> None:
    """Bring records in step, print what became of them, and end with exit code 1 when one failed."""
    from zoho.engine.history.origin import asked_by
    from zoho.engine.on_demand.bring import bring

    with jobs(include, bulk=bulk) as open_job:
        job = open_job(integration, module)
        result = bring(job, asked_by("zoho-sync", deed, user()), found, dry_run=dry_run, guarded=guarded)
    _show(result, as_json=as_json)
    raise typer.Exit(0 if result.state == "success" else 1)


def _show(result: "Brought", *, as_json: bool) -> None:
    from zoho.commands.history_view import show_retried
    from zoho.commands.plain import as_json as written
    from zoho.engine.on_demand.telling import data_of

    if as_json:
        typer.echo(written(data_of(result)))
    else:
        show_retried([result], as_json=False)
