"""``zoho-sync history`` and ``failures``: what the runs did, what still fails, and trying that again (OPS-4)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoho.commands.session import AsJson, Include, Yes, jobs, stored, user

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from zoho.engine.history.failures import FailureFilter

_NAMES = typer.Option("--integration", "-i", help="Only of this integration; can be given again.")
_MODULES = typer.Option("--module", "-m", help="Only of this module; can be given again.")
Integrations = Annotated[list[str] | None, _NAMES]
Modules = Annotated[list[str] | None, _MODULES]
Text = Annotated[str, typer.Option("--text", "-t", help="Part of the name of a record, or its id on either side.")]
Limit = Annotated[int, typer.Option(min=1, max=500, help="How many at most.")]
After = Annotated[str | None, typer.Option(help="Go on after the page that gave this mark.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print all of it as CSV.")]
_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class Direction(StrEnum):
    """Which way."""

    SALES_TO_BOOKS = "sales_to_books"
    BOOKS_TO_SALES = "books_to_sales"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(history)
    app.command()(failures)


def history(
    run: Annotated[str | None, typer.Argument(help="Id of one run, or its beginning: shows what it changed.")] = None,
    integration: Integrations = None,
    module: Modules = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", "-s", help="Only in this state: of runs, or with RUN of its changes."),
    ] = None,
    action: Annotated[
        list[str] | None, typer.Option(help="With RUN: only changes of this kind, such as create.")
    ] = None,
    direction: Annotated[Direction | None, typer.Option(help="Only what went this way.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_FORMATS, help="From this time on, in UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_FORMATS, help="Before this time, in UTC.")] = None,
    text: Text = "",
    busy: Annotated[bool, typer.Option("--busy", help="Only runs that did something, failed or stopped.")] = False,
    limit: Limit = 20,
    after: After = None,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show the runs, the newest first; with RUN what one of them changed, field by field.

    Exit code 0: shown. 1: there is no such run, or the store cannot be used. 2: called wrongly.
    """
    if run is not None:
        with stored(alone=True) as store:
            _one_run(store, run, action or [], state or [], direction, text, limit, after, as_csv, as_json)
        return
    from zoho.commands import history_view as view
    from zoho.engine.history.export import runs_csv
    from zoho.engine.history.runs import RunFilter, list_runs

    wanted = RunFilter(integration or (), module or (), state or (), _utc(since), _utc(until), direction, text, busy)
    with stored(alone=True) as store:
        if as_csv:
            _write(runs_csv(store, wanted))
            return
        page = list_runs(store, wanted, after=after, per_page=limit)
        view.show_runs(page, as_json=as_json)


def _one_run(
    store: "Engine",
    text_of_id: str,
    actions: list[str],
    states: list[str],
    direction: Direction | None,
    text: str,
    limit: int,
    after: str | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    from zoho.commands import history_view as view
    from zoho.engine.history.changes import ChangeFilter, list_changes
    from zoho.engine.history.export import changes_csv
    from zoho.engine.history.runs import one_run, run_id_of

    run_id, wanted = run_id_of(store, text_of_id), ChangeFilter(actions, states, direction, text)
    if as_csv:
        _write(changes_csv(store, run_id, wanted))
        return
    page = list_changes(store, run_id, wanted, after=after, per_page=limit)
    view.show_run(one_run(store, run_id), page, as_json=as_json)


def failures(
    integration: Integrations = None,
    module: Modules = None,
    run: Annotated[str | None, typer.Option(help="Only those of this run, by its id or its beginning.")] = None,
    text: Text = "",
    retry: Annotated[bool, typer.Option("--retry", help="Try just these records again, all of them.")] = False,
    yes: Yes = False,
    limit: Limit = 50,
    after: After = None,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Show the records that failed and have not been mended since; with --retry try just those again.

    Exit code 0: none stands, or not any more. 1: some stand. 2: called wrongly.
    """
    from zoho.commands import history_view as view
    from zoho.engine.history.export import failures_csv
    from zoho.engine.history.failures import FailureFilter, list_failures
    from zoho.engine.history.runs import run_id_of

    with stored(alone=not retry) as store:
        run_id = run_id_of(store, run) if run else None
        wanted = FailureFilter(integration or (), module or (), text=text, run_id=run_id)
        if retry:
            _retry(store, wanted, include, yes=yes, as_json=as_json)
            return
        if as_csv:
            _write(failures_csv(store, wanted))
            return
        page = list_failures(store, wanted, after=after, per_page=limit)
        view.show_failures(page, as_json=as_json)
        raise typer.Exit(1 if page.items else 0)


def _retry(store: "Engine", wanted: "FailureFilter", include: Path | None, *, yes: bool, as_json: bool) -> None:
    from zoho.commands import history_view as view
    from zoho.engine.history.failures import every_failure
    from zoho.engine.history.origin import asked_by
    from zoho.engine.on_demand.again import try_again
    from zoho.engine.urgency import FEW

    failed = list(every_failure(store, wanted))
    if failed and not yes:
        typer.confirm(f"Try {len(failed)} records again?", abort=True, err=True)
    with jobs(include, bulk=len(failed) > FEW) as open_job:
        results = list(try_again(open_job, asked_by("zoho-sync", "retry", user()), failed))
    view.show_retried(results, as_json=as_json)
    raise typer.Exit(1 if any(result.state != "success" for result in results) else 0)


def _write(pieces: Iterable[str]) -> None:
    for piece in pieces:
        typer.echo(piece, nl=False)


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at else None
