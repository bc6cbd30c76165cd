"""``zoho-sync``: the command line."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from zoho.config.load import include_folder

if TYPE_CHECKING:
    from zoho.commands.check import CheckReport

app = typer.Typer(
    name="zoho-sync",
    help="Keep Zoho CRM or Bigin and Zoho Books in step.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _zoho_sync() -> None:
    """Keep Zoho CRM or Bigin and Zoho Books in step."""


@app.command()
def check(
    integrations: Annotated[list[str] | None, typer.Argument(help="Names of integrations; all when none.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Check the files only; ask nobody.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    include: Annotated[
        Path | None, typer.Option(help="The folder with integrations/ and mappings/.", file_okay=False, exists=True)
    ] = None,
) -> None:
    """Check settings, mappings and own transforms; with connections also what both organizations tell.

    Exit code 0: no errors, though perhaps warnings. 1: errors. 2: called wrongly.
    """
    from zoho.commands import check as checking
    from zoho.commands.check_view import as_data, show

    include = include or include_folder()
    try:
        report = checking.check(include, integrations or ()) if offline else _ask_zoho(include, integrations or ())
    except checking.UnknownIntegrationError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        typer.echo(as_data(report))
    else:
        show(report, Console(highlight=False))
    raise typer.Exit(1 if report.errors else 0)


def _ask_zoho(include: Path, names: Sequence[str]) -> "CheckReport":
    from zoho.commands import check as checking
    from zoho.commands.connections import connect, ready_store

    problems = ready_store()
    report = checking.check(include, names, None if problems else connect)
    return replace(report, loose=[*problems, *report.loose])


def main() -> None:
    """Run the command line; what the console entry calls."""
    app()


if __name__ == "__main__":
    main()
