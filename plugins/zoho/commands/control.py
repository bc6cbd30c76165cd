"""``zoho-sync pause``, ``resume``, ``enable``, ``disable``, ``remove``, ``run``: who may run, and run now (OPS)."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoho.commands.control_view import (
    missed_told,
    resumed_data,
    tell,
    tell_disabled,
    tell_removed,
    tell_resumed,
    tell_run,
)
from zoho.config.folder import include_folder

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from zoho.config.load import Configured
    from zoho.orchestration.controlling import CatchUp
    from zoho.orchestration.runs import RunSeen

Name = Annotated[str, typer.Argument(help="Name of the integration.")]
Why = Annotated[str, typer.Option(help="Why, for those who wonder later.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
NoRun = Annotated[bool, typer.Option("--no-run", help="Leave it to the next run by the schedule.")]
Include = Annotated[
    Path | None, typer.Option(help="The folder with integrations/ and mappings/.", file_okay=False, exists=True)
]

_EXIT_CODES = "Exit code 0: done. 1: refused, failed, or not all of it done. 2: called wrongly."


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (pause, resume, enable, disable, remove, run):
        app.command(help=f"{command.__doc__}\n\n{_EXIT_CODES}")(command)


def pause(
    integration: Name,
    interrupt: Annotated[
        bool, typer.Option("--interrupt", help="Stop runs that have begun at the next safe point.")
    ] = False,
    why: Why = "",
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Let no run begin. A run that has begun is finished, or with --interrupt stopped; the next run does the rest."""
    with _acting(integration, include) as (store, configured):
        from zoho.engine.control.wording import as_it_is
        from zoho.orchestration import controlling
        from zoho.store.controls import Pause

        going = "Runs that have begun stop at the next safe point." if interrupt else "Runs that have begun finish."
        _ask(f"Pause {integration}? No run begins until it is resumed. {going}", yes)
        how = Pause.INTERRUPT if interrupt else Pause.DRAIN
        control = controlling.pause(store, configured.name, how, _user(), why)
    data = {"integration": integration, "pause": str(control.pause), "why": control.why}
    tell(data, [as_it_is(control)], as_json)


def resume(
    integration: Name,
    widened: Annotated[
        bool, typer.Option("--widened", help="One run now over all that changed; the default.")
    ] = False,
    backfill: Annotated[bool, typer.Option("--backfill", help="A run for each missed window, in order.")] = False,
    no_run: NoRun = False,
    list_: Annotated[bool, typer.Option("--list", help="Only show which windows were missed.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Let runs begin again after a pause, and catch up with what it has missed."""
    with _acting(integration, include) as (store, configured):
        from zoho.orchestration import controlling

        how = _catch_up(widened, backfill, no_run)
        found = controlling.missed(store, configured)
        if not list_:
            _ask("\n".join((*missed_told(found), f"Resume {integration}? {_FOLLOWS[how]}")), yes)
            found = controlling.resume(store, configured, how, _user())
    if list_:
        tell(resumed_data(integration, found), missed_told(found), as_json)
    else:
        tell_resumed(integration, found, "resumed", as_json)


def enable(
    integration: Name, no_run: NoRun = False, yes: Yes = False, as_json: AsJson = False, include: Include = None
) -> None:
    """Let runs of a disabled or removed integration begin again; it goes on with the links that it has."""
    with _acting(integration, include) as (store, configured):
        from zoho.orchestration import controlling

        how = _catch_up(widened=False, backfill=False, nothing=no_run)
        _ask(f"Enable {integration}? It goes on with its links. {_FOLLOWS[how]}", yes)
        found = controlling.enable(store, configured, how, _user())
    tell_resumed(integration, found, "enabled", as_json)


def disable(
    integration: Name, why: Why = "", yes: Yes = False, as_json: AsJson = False, include: Include = None
) -> None:
    """Let no run begin until it is enabled, stop those that have begun, and take mirrors out of the CRM.

    Books and all links are left untouched. A repeat removes what is left.
    """
    with _acting(integration, include) as (store, configured):
        from rich.console import Console
        from rich.progress import Progress, TextColumn

        from zoho.engine.control.mirrors import count_mirrors
        from zoho.orchestration import controlling

        _ask(
            f"Disable {integration}? No run begins until it is enabled. {count_mirrors(store, integration)} mirrored "
            "transactions are removed from the CRM; Books is left untouched.",
            yes,
        )
        columns = [TextColumn("Mirrored transactions removed from the CRM: {task.completed:.0f}")]
        with Progress(*columns, console=Console(stderr=True), disable=as_json, transient=True) as progress:
            task = progress.add_task("mirrors", total=None)
            done = controlling.disable(
                store, configured, _user(), why, note=lambda some: progress.advance(task, some)
            )
    tell_disabled(integration, done, as_json)


def remove(
    integration: Name, why: Why = "", yes: Yes = False, as_json: AsJson = False, include: Include = None
) -> None:
    """Delete the settings of an integration, its schedules and its notifications; all records and links stay."""
    with _ready() as store:
        from zoho.engine.control.removal import settings_file
        from zoho.orchestration import controlling

        folder = include or include_folder()
        file = settings_file(integration, folder)
        _ask(
            f"Remove {integration}? {file} is deleted, and with it the schedules. Records stay as they are in both "
            "systems, and so does what is known of them.",
            yes,
        )
        gone = controlling.remove(store, integration, folder, _user(), why)
    tell_removed(integration, gone, as_json)


def run(
    integration: Name,
    module: Annotated[
        str | None, typer.Argument(help="A module, or transactions; everything in its order when left out.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and write nothing.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the run has ended; 1 when it failed.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Begin a run now: of one module, or of everything in the order in which one part refers to another."""
    with _acting(integration, include) as (store, configured):
        from zoho.orchestration import controlling

        what = f"{integration} {module}" if module else f"everything of {integration}"
        _ask(f"Run {what} now?{' Nothing is written.' if dry_run else ''}", yes)
        conf = {name: True for name, given in (("full_scan", full), ("dry_run", dry_run)) if given}
        dag_id, run_id = controlling.run_now(store, configured, module, _user(), **conf)
        ended = _waited(dag_id, run_id, quiet=as_json) if wait else None
    tell_run(integration, module, dag_id, run_id, ended.state if ended else None, as_json)


_FOLLOWS: Mapping[str, str] = {
    "widened": "One run of everything begins now, over all that changed.",
    "backfill": "Each missed window gets a run, one after the other.",
    "nothing": "The next run by the schedule finds what changed.",
}


def _catch_up(widened: bool, backfill: bool, nothing: bool) -> "CatchUp":
    from zoho.orchestration.controlling import CatchUp

    if widened + backfill + nothing > 1:
        raise typer.BadParameter("choose one of --widened, --backfill and --no-run")
    if backfill:
        return CatchUp.BACKFILL
    return CatchUp.NOTHING if nothing else CatchUp.WIDENED


def _waited(dag_id: str, run_id: str, *, quiet: bool) -> "RunSeen":
    from rich.console import Console

    from zoho.orchestration.runs import wait_for

    console = Console(stderr=True, quiet=quiet)
    with console.status(f"{dag_id} runs …"):
        (ended,) = wait_for([(dag_id, run_id)])
    return ended


def _ask(question: str, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True, err=True)


def _user() -> str:
    return getpass.getuser()


@contextmanager
def _ready() -> "Iterator[Engine]":
    """Give the store; what goes wrong is told in one sentence, with exit code 1.

    Whatever Airflow prints meanwhile is held back: standard output is for the result.
    """
    with redirect_stdout(StringIO()):
        yield from _store()


def _store() -> "Iterator[Engine]":
    from airflow.sdk.exceptions import AirflowNotFoundException

    from zoho.commands.connections import ready_store
    from zoho.config.errors import SettingsError
    from zoho.engine.control.state import ControlError
    from zoho.engine.errors import NotNow
    from zoho.hooks.store import store_engine
    from zoho.orchestration.errors import OrchestrationError
    from zoho.store.database import StoreLocked
    from zoho.transport.errors import ZohoError

    told = (ControlError, NotNow, OrchestrationError, SettingsError, StoreLocked, ZohoError, AirflowNotFoundException)
    try:
        for problem in ready_store():
            raise ControlError(str(problem))
        yield store_engine()
    except told as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@contextmanager
def _acting(name: str, include: Path | None) -> "Iterator[tuple[Engine, Configured]]":
    """Give the store and an integration; see ``_ready``."""
    from zoho.config.load import integration

    with _ready() as store:
        yield store, integration(name, include or include_folder())
