"""``zoho-sync status``: every integration and module at a glance (OPS-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from zoho.commands.plain import as_json as written
from zoho.commands.plain import console, moment, plain, table
from zoho.commands.session import AsJson, Include, stored
from zoho.config.folder import include_folder

if TYPE_CHECKING:
    from zoho.engine.history.runs import RunEntry


@dataclass(frozen=True, slots=True)
class ModuleStatus:
    """How a module stands.

    Attributes:
        integration: name.
        module: name.
        direction: ``from_sales`` or ``two_way``.
        last: its latest run; ``None`` when there was none yet.
        failures: how many of its records failed and still do.
    """

    integration: str
    module: str
    direction: str
    last: "RunEntry | None"
    failures: int

    @property
    def needs_a_look(self) -> bool:
        """Whether the latest run did not go well, or a failure stands."""
        return self.failures > 0 or (self.last is not None and self.last.state in ("partial", "failed"))


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(status)


def status(
    integrations: Annotated[list[str] | None, typer.Argument(help="Names of integrations; all when none.")] = None,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Show every module with its latest run and the failures that stand.

    Exit code 0: all is well. 1: a run failed, or a failure stands. 2: called wrongly.
    """
    with stored(alone=True) as store:
        from zoho.engine.history.failures import FailureFilter, numbers_of_failures
        from zoho.engine.history.runs import latest_runs

        wanted = _modules(include or include_folder(), integrations or ())
        last = latest_runs(store, [(name, module) for name, module, _ in wanted])
        standing = numbers_of_failures(store, FailureFilter([name for name, *_ in wanted]))
        found = [
            ModuleStatus(*one, last=last.get((one[0], one[1])), failures=standing.get((one[0], one[1]), 0))
            for one in wanted
        ]
    _show(found, as_json=as_json)
    raise typer.Exit(1 if any(one.needs_a_look for one in found) else 0)


def _modules(include: Path, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return integration, module and direction of every module that is on.

    Raises:
        SettingsError: a name is wrong, or the settings of one that was named are broken.
    """
    from zoho.config.load import integration, load_integrations

    chosen = [integration(name, include) for name in names] if names else load_integrations(include)[0]
    return [
        (one.name, name, str(settings.direction))
        for one in chosen
        for name, settings in one.settings.modules
        if settings is not None
    ]


def _show(found: Sequence[ModuleStatus], *, as_json: bool) -> None:
    from zoho.commands.history_view import tell_waits

    if as_json:
        typer.echo(written({"modules": [{**plain(one), "needs_a_look": one.needs_a_look} for one in found]}))
        return
    out = console()
    rows = table("integration", "module", "last run (UTC)", "state", "new", "upd", "fail", "failures",
                 numbers=("new", "upd", "fail", "failures"))  # fmt: skip
    for one in found:
        last = one.last
        numbers = (last.total.added, last.total.updated, last.total.failed) if last else ("", "", "")
        rows.add_row(
            *(one.integration, one.module, moment(last.started_at) if last else "never"),
            Text(last.state if last else "–", "red" if one.needs_a_look else ""),
            *(f"{number:,}" if isinstance(number, int) else number for number in (*numbers, one.failures)),
        )
    out.print(rows if found else "No module is on.")
    tell_waits(out, [one.last for one in found if one.last])
