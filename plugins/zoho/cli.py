"""``zoho-sync``: the command line."""

import gc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from zoho.commands import control, deals, explain, history, links, lookup, planning, review, status
from zoho.config.folder import include_folder

if TYPE_CHECKING:
    from zoho.commands.check import CheckReport


class Readable(TyperGroup):
    """Takes arguments that are text; bytes of another encoding and NUL would only go wrong later, and worse."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse what no command can look for or print.

        Raises:
            UsageError: an argument is no text.
        """
        for argument in args:
            if "\0" in argument or argument.encode(errors="ignore").decode() != argument:
                ctx.fail(f"{argument!a} is no text in UTF-8; type it anew.")
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="zoho-sync",
    cls=Readable,
    help="Keep Zoho CRM or Bigin and Zoho Books in step.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.add_typer(deals.app, name="deals")
app.add_typer(links.app, name="links")
app.add_typer(review.app, name="review")
status.register(app)
history.register(app)
lookup.register(app)
control.register(app)
planning.register(app)
explain.register(app)


@app.callback()
def _zoho_sync() -> None:
    """Keep Zoho CRM or Bigin and Zoho Books in step."""


@app.command()
def check(
    integrations: Annotated[list[str] | None, typer.Argument(help="Names of integrations; all when none.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Check the files only; ask nobody.")] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Also tell where one side takes shorter texts than the other.")
    ] = False,
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
    from zoho.commands.plain import console

    include = include or include_folder()
    try:
        report = checking.check(include, integrations or ()) if offline else _ask_zoho(include, integrations or ())
    except checking.UnknownIntegrationError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        typer.echo(as_data(report))
    else:
        show(report, console(), notes=notes)
    raise typer.Exit(1 if report.errors else 0)


def _ask_zoho(include: Path, names: Sequence[str]) -> "CheckReport":
    from zoho.commands import check as checking
    from zoho.commands.connections import connect, ready_store

    problems = ready_store()
    report = checking.check(include, names, None if problems else connect)
    return replace(report, loose=[*problems, *report.loose])


@app.command()
def reconcile(
    integrations: Annotated[list[str] | None, typer.Argument(help="Names of integrations; all when none.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    include: Annotated[
        Path | None, typer.Option(help="The folder with integrations/ and mappings/.", file_okay=False, exists=True)
    ] = None,
) -> None:
    """Compare the transactions of both sides: their totals by customer, currency and month, and every difference.

    It writes nothing, and costs a call per two hundred transactions of either side. Exit code 0: no difference.
    1: differences. 2: nothing could be compared.
    """
    from zoho.commands.connections import open_all, ready_store
    from zoho.commands.plain import calm, console
    from zoho.commands.reconcile import CannotReconcileError, reconcile_all
    from zoho.commands.reconcile_view import as_data, show

    try:
        for problem in ready_store():
            raise CannotReconcileError(str(problem))
        found = list(reconcile_all(include or include_folder(), integrations or (), open_all))
    except CannotReconcileError as error:
        typer.echo(f"Error: {calm(str(error))}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(as_data(found))
    else:
        out = console()
        for one in found:
            show(one, out)
    raise typer.Exit(1 if any(one.differences for one in found) else 0)


_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python looks for garbage after every 700, which takes a command a tenth of its time, and finds none."""


def main() -> None:
    """Run the command line; what the console entry calls."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    app()


if __name__ == "__main__":
    main()
