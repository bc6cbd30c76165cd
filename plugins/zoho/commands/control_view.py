"""What pausing, resuming, disabling and the like came to, as text and as JSON."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from zoho.commands.plain import calm
from zoho.transport import json

if TYPE_CHECKING:
    from zoho.orchestration.controlling import Disabled, Gone, Resumed


MOST_SHOWN = 30
"""Windows that are shown to people; a schedule of every minute has more of them in an hour."""


def tell(data: Mapping[str, Any], lines: Sequence[str], as_json: bool) -> None:
    """Print a result.

    Args:
        data: for programs.
        lines: for people.
        as_json: which of both.
    """
    typer.echo(json.dumps(dict(data)).decode() if as_json else calm("\n".join(lines)))


def missed_told(found: "Resumed") -> list[str]:
    """Return the gap and its windows in lines."""
    gap, windows = found.gap, found.windows
    lines = [f"No run began from {gap.since:%Y-%m-%d %H:%M} to {gap.until:%Y-%m-%d %H:%M} UTC."]
    if not windows:
        return [*lines, "The schedule missed no window."]
    shown = [f"  {window.start:%Y-%m-%d %H:%M} – {window.end:%Y-%m-%d %H:%M} UTC" for window in windows[:MOST_SHOWN]]
    more = [f"  and {len(windows) - MOST_SHOWN} more"] if len(windows) > MOST_SHOWN else []
    return [*lines, f"The schedule missed {len(windows)} windows:", *shown, *more]


def resumed_data(name: str, found: "Resumed") -> dict[str, Any]:
    """Return the gap, its windows and what was begun, for programs."""
    return {
        "integration": name,
        "since": found.gap.since.isoformat(),
        "until": found.gap.until.isoformat(),
        "windows": [{"start": window.start.isoformat(), "end": window.end.isoformat()} for window in found.windows],
        "begun": [
            {"dag": one.dag_id, "run": one.run_id, "backfill": one.backfill_id, "problem": one.problem}
            for one in found.begun
        ],
    }


def tell_resumed(name: str, found: "Resumed", done: str, as_json: bool) -> None:
    """Print what resuming or enabling came to.

    Raises:
        typer.Exit: with 1 when not everything could be begun.
    """
    lines = [f"{name} is {done}."]
    for one in found.begun:
        begun = one.run_id or f"backfill {one.backfill_id}"
        lines.append(f"Not begun: {one.problem}" if one.problem else f"{one.dag_id}: {begun}")
    tell(resumed_data(name, found), lines, as_json)
    if any(one.problem for one in found.begun):
        raise typer.Exit(1)


def tell_disabled(name: str, done: "Disabled", as_json: bool) -> None:
    """Print what disabling came to.

    Raises:
        typer.Exit: with 1 when something is left to be done by a repeat.
    """
    removed, failed = done.mirrors.removed, done.mirrors.failed
    lines = [f"{name} is disabled. {removed} mirrored transactions are removed from the CRM."]
    if failed:
        lines.append(f"{failed} could not be removed; the history says why. Disable it again to try once more.")
    if done.going:
        lines.append(f"Runs of {', '.join(done.going)} have not stopped yet: disable it again when they have.")
    data = {
        "integration": name,
        "state": str(done.control.state),
        "channels_removed": done.channels,
        "mirrors_removed": removed,
        "mirrors_left": failed,
        "still_going": done.going,
    }
    tell(data, lines, as_json)
    if failed or done.going:
        raise typer.Exit(1)


def tell_removed(name: str, gone: "Gone", as_json: bool) -> None:
    """Print what removing came to.

    Raises:
        typer.Exit: with 1 when the file is still there.
    """
    lines = [f"{name} is removed." if gone.deleted else f"{name} runs no more. Now delete {gone.file}"]
    if gone.problem:
        lines.append(f"Its channels end by themselves, since they could not be removed: {gone.problem}")
    data = {
        "integration": name,
        "file": str(gone.file),
        "deleted": gone.deleted,
        "channels_removed": gone.channels,
    }
    tell(data, lines, as_json)
    if not gone.deleted:
        raise typer.Exit(1)


def tell_run(name: str, module: str | None, dag_id: str, run_id: str, state: str | None, as_json: bool) -> None:
    """Print that a run was begun, or how it ended.

    Args:
        name: of the integration.
        module: of it; ``None`` for everything.
        dag_id: the DAG that runs.
        run_id: its run.
        state: in which it ended; ``None`` when nobody waited for that.
        as_json: whether for a program.

    Raises:
        typer.Exit: with 1 when it did not end well.
    """
    data = {"integration": name, "module": module, "dag": dag_id, "run": run_id}
    if state is None:
        tell(data, [f"{dag_id} runs: {run_id}"], as_json)
        return
    tell(data | {"state": state}, [f"{dag_id} has ended: {state} ({run_id})"], as_json)
    if state != "success":
        raise typer.Exit(1)
