"""What commands that look things up or bring them in step share: the store, jobs, and how errors are told."""

import getpass
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from zoho.config.load import include_folder

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from zoho.config.load import Configured
    from zoho.engine.job import Job
    from zoho.engine.on_demand.again import Open

Integration = Annotated[str, typer.Argument(help="Name of the integration.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Include = Annotated[
    Path | None, typer.Option(help="The folder with integrations/ and mappings/.", file_okay=False, exists=True)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and write nothing to Zoho.")]


def user() -> str:
    """Return who calls the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return "somebody"


@contextmanager
def stored() -> Iterator["Engine"]:
    """Give the store; whatever goes wrong is told in a sentence, with exit code 1, or 2 for a wrong call."""
    from zoho.commands.connections import ready_store
    from zoho.engine.errors import PreflightError
    from zoho.hooks.store import store_engine

    with telling():
        for problem in ready_store():
            raise PreflightError([str(problem)])
        yield store_engine()


@contextmanager
def telling() -> Iterator[None]:
    """Tell what goes wrong in a sentence on standard error, and end with exit code 1, or 2 for a wrong call."""
    from airflow.sdk.exceptions import AirflowNotFoundException

    from zoho.config.errors import SettingsError
    from zoho.engine.errors import (
        CannotUndo,
        HeldBack,
        Interrupted,
        NotNow,
        NotThere,
        PlanGone,
        PreflightError,
        RunStopped,
    )
    from zoho.engine.history.paging import BadMarkError
    from zoho.transport.errors import ZohoError

    try:
        yield
    except (SettingsError, BadMarkError) as error:
        code, told = 2, str(error)
    except (KeyError, IndexError):
        raise  # a mistake of ours
    except (ZohoError, AirflowNotFoundException, LookupError) as error:
        code, told = 1, str(error)
    except (NotThere, PlanGone, CannotUndo, PreflightError, HeldBack, RunStopped, NotNow, Interrupted) as error:
        code, told = 1, str(error)
    else:
        return
    typer.echo(f"Error: {told}", err=True)
    raise typer.Exit(code) from None


def configured_of(name: str, include: Path | None) -> "Configured":
    """Return an integration.

    Raises:
        SettingsError: there is none of this name, or its file is broken.
    """
    from zoho.config.load import integration

    return integration(name, include or include_folder())


@contextmanager
def jobs(include: Path | None) -> Iterator["Open"]:
    """Give what makes jobs, with a folder for what they stage and a progress bar where somebody looks on."""
    from zoho.hooks.job import open_job

    with tempfile.TemporaryDirectory(prefix="zoho-sync-") as folder, bar() as progress, ExitStack() as opened:

        def job_of(integration: str, module: str) -> "Job":
            job = open_job(configured_of(integration, include), module)
            job.staging = Path(folder) / module / job.run_id
            job.progress = progress
            opened.callback(job.close)
            return job

        yield job_of


class Bar:
    """A progress bar on standard error; in a log there is none."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("looking", total=None)

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Show how far it has come; see ``zoho.engine.job.Progress``."""
        self._progress.update(self._task, description=what, completed=done, total=total)


@contextmanager
def bar() -> Iterator[Bar]:
    """Give a progress bar that goes away in the end; nothing is shown where standard error is no terminal."""
    console = Console(file=sys.stderr)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bar(progress)
