"""What commands that look things up or bring them in step share: the store, jobs, and how errors are told."""

import getpass
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from zoho.config.folder import include_folder

if TYPE_CHECKING:
    from rich.progress import Progress
    from sqlalchemy import URL, Engine

    from zoho.config.load import Configured
    from zoho.engine.job import Job

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
def stored(*, alone: bool = False) -> Iterator["Engine"]:
    """Give the store; whatever goes wrong is told in a sentence, with exit code 1, or 2 for a wrong call.

    Args:
        alone: whether nothing but the store is asked or written. Then Airflow, which takes seconds to import, is
            left out where the environment tells the way to the store.
    """
    with telling():
        yield (_store_at_hand() if alone else None) or _store_of_airflow()


def _store_of_airflow() -> "Engine":
    from zoho.commands.connections import ready_store
    from zoho.engine.errors import PreflightError
    from zoho.hooks.store import store_engine

    for problem in ready_store():
        raise PreflightError([str(problem)])
    return store_engine()


def _store_at_hand() -> "Engine | None":
    """Return the store that the environment tells of, if it is ready."""
    from sqlalchemy.exc import SQLAlchemyError

    from zoho.store.address import from_environment
    from zoho.store.version import is_current

    url = from_environment()
    if url is None:
        return None
    store = _opened(url)
    try:
        return store if is_current(store) else None
    except SQLAlchemyError:
        return None  # to be told, or mended, where Airflow is at hand


@cache
def _opened(url: "URL") -> "Engine":
    from zoho.store.database import open_store

    return open_store(url)


@contextmanager
def telling() -> Iterator[None]:
    """Tell what goes wrong in a sentence on standard error, and end with exit code 1, or 2 for a wrong call."""
    from zoho.config.errors import SettingsError
    from zoho.engine.errors import (
        CannotUndo,
        HeldBack,
        Interrupted,
        NotNow,
        NotThere,
        PlanGone,
        PreflightError,
        ReviewError,
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
    except (ZohoError, LookupError) as error:
        code, told = 1, str(error)
    except (NotThere, PlanGone, CannotUndo, PreflightError, ReviewError) as error:
        code, told = 1, str(error)
    except (HeldBack, RunStopped, NotNow, Interrupted) as error:
        code, told = 1, str(error)
    except Exception as error:
        if not (_is_missing_connection(error) or _is_locked(error)):
            raise
        code, told = 1, str(error)
    else:
        return
    from zoho.commands.plain import calm

    typer.echo(f"Error: {calm(told)}", err=True)
    raise typer.Exit(code) from None


def _is_missing_connection(error: Exception) -> bool:
    airflow = sys.modules.get("airflow.sdk.exceptions")  # who has not imported it cannot have raised it
    return airflow is not None and isinstance(error, airflow.AirflowNotFoundException)


def _is_locked(error: Exception) -> bool:
    store = sys.modules.get("zoho.store.database")  # likewise
    return store is not None and isinstance(error, store.StoreLocked)


def configured_of(name: str, include: Path | None) -> "Configured":
    """Return an integration.

    Raises:
        SettingsError: there is none of this name, or its file is broken.
    """
    from zoho.config.load import integration

    return integration(name, include or include_folder())


class Jobs:
    """Makes jobs, with a folder for what they stage and a progress bar where somebody looks on.

    Args:
        include: the folder with the settings.
        bulk: whether they may concern many records, and leave the reserve of the quotas to what is urgent.
    """

    def __init__(self, include: Path | None, bulk: bool, folder: Path, progress: "Bar", opened: ExitStack) -> None:
        self._include, self._bulk = include, bulk
        self._folder, self._bar, self._opened = folder, progress, opened

    def __call__(self, integration: str, module: str) -> "Job":
        """Return a job."""
        from zoho.hooks.job import open_job

        job = open_job(configured_of(integration, self._include), module, bulk=self._bulk)
        job.staging = self._folder / module / job.run_id
        job.progress = self._bar
        self._opened.callback(job.close)
        return job

    def hide_bar(self) -> None:
        """Take the progress bar away, until there is progress again: something is to be printed or asked."""
        self._bar.hide()


@contextmanager
def jobs(include: Path | None, *, bulk: bool = False) -> Iterator[Jobs]:
    """Give what makes jobs; see :class:`Jobs`."""
    with tempfile.TemporaryDirectory(prefix="zoho-sync-") as folder, bar() as progress, ExitStack() as opened:
        yield Jobs(include, bulk, Path(folder), progress, opened)


class Bar:
    """A progress bar on standard error, from the first progress on; in a log there is none."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Show how far it has come; see ``zoho.engine.job.Progress``."""
        self._progress.start()
        self._progress.update(self._task, description=what, completed=done, total=total)

    def hide(self) -> None:
        """Take it away, until it is told of progress again."""
        self._progress.stop()


@contextmanager
def bar() -> Iterator[Bar]:
    """Give a progress bar that goes away in the end; nothing is shown where standard error is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    console = Console(file=sys.stderr)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    shown = Bar(Progress(*columns, console=console, transient=True, disable=not console.is_terminal))
    try:
        yield shown
    finally:
        shown.hide()
