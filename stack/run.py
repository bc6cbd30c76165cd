"""One run of each of the demo's DAGs: found or triggered when it may begin, and watched until all have ended."""

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from stack.airflow_api import ACTIVE_STATES, AirflowApi, Run, TaskState
from stack.errors import StackError
from stack.processes import Processes
from stack.syncs import Sync

POLL_SECONDS = 1.0
PATIENCE_SECONDS = 900.0
SIGNS = {
    "success": ("✓", "green"),
    "failed": ("✗", "red"),
    "upstream_failed": ("✗", "red"),
    "skipped": ("–", "dim"),
}
"""How each state in which a task or a run has ended is shown."""


def current_or_new(api: AirflowApi, processes: Processes, started: datetime, dag: str) -> Run:
    """Finds the run that shows this demo's sync; two of one DAG never run at once.

    The scheduler makes a run by itself when one is due, which it is on a first start. Then that is the one. Runs
    that events began look at single records only and do not count.

    Args:
        api: The Airflow.
        processes: The stack, which has to go on running.
        started: When Airflow was started. A run begun before it is a left-over of a demo that was killed; it
            is marked as failed, and what it had begun is finished by the next.
        dag: The DAG.

    Returns:
        The run, which may even have ended already.
    """
    for run in api.recent_runs(dag):
        if run.active and run.queued_at < started:
            api.give_up(dag, run.id)
    due = api.due_at(dag)
    if due is not None and due <= datetime.now(UTC):
        processes.wait_until(lambda: bool(_since(api, started, dag)), "The run that is due is made", seconds=60)
    found = _since(api, started, dag)
    return found[-1] if found else api.trigger(dag)


def carry_out(
    api: AirflowApi, processes: Processes, started: datetime, syncs: Sequence[Sync], console: Console
) -> dict[Sync, Run]:
    """Runs DAGs, each as soon as those that it needs have ended, and shows how they stand until all have.

    Args:
        api: The Airflow.
        processes: The stack, which has to go on running.
        started: When Airflow was started.
        syncs: What to run. Those that are paused, as all are when Airflow sees them first, go on from here.
        console: Where to show them: lines that change on a terminal, else a line for each run that ends.

    Returns:
        The run of each, with its last state.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    going: dict[Sync, Run] = {}
    ended: dict[Sync, Run] = {}
    with _Progress(console, syncs) as progress:
        while time.monotonic() < deadline:
            processes.check()
            for sync in _ready(syncs, going, ended):
                api.unpause(sync.dag)
                going[sync] = current_or_new(api, processes, started, sync.dag)
            for sync, run in going.items():
                if sync in ended:
                    continue
                state = api.run_state(sync.dag, run.id)
                progress.show(sync, state, api.task_states(sync.dag, run.id) if progress.live else ())
                if state not in ACTIVE_STATES:
                    ended[sync] = replace(run, state=state)
            if len(ended) == len(syncs):
                return ended
            time.sleep(POLL_SECONDS)
    late = ", ".join(sync.dag for sync in syncs if sync not in ended)
    raise StackError(f"Not ended after {PATIENCE_SECONDS / 60:.0f} minutes: {late}.")


def _ready(syncs: Sequence[Sync], begun: Collection[Sync], ended: Collection[Sync]) -> list[Sync]:
    """Returns what can begin: nothing that it needs is still to end."""
    waited_for = {(one.integration, one.name) for one in syncs if one not in ended}
    return [
        sync
        for sync in syncs
        if sync not in begun and not waited_for & {(sync.integration, name) for name in sync.needs}
    ]


class _Progress:
    """Shows how runs stand: on a terminal in a line of tasks for each, which changes, else in a line when it ends."""

    def __init__(self, console: Console, syncs: Sequence[Sync]) -> None:
        self._console = console
        self._width = max(len(sync.dag) for sync in syncs)
        self._lines = {sync: Text(sync.dag, style="dim") for sync in syncs}
        self.live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self.live:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live:
            self.live.stop()

    def show(self, sync: Sync, state: str, tasks: Sequence[TaskState]) -> None:
        name = f"{sync.dag:<{self._width}}  "
        if self.live:
            self._lines[sync] = Text(name) + Text("  ").join(map(_shown, tasks))
            self.live.update(Group(*self._lines.values()), refresh=True)
        elif state in SIGNS:
            self._console.print(Text(f"  {name}") + Text(*SIGNS[state]))


def _since(api: AirflowApi, started: datetime, dag: str) -> list[Run]:
    return [run for run in api.recent_runs(dag) if run.queued_at >= started and not run.by_event]


def _shown(task: TaskState) -> Text:
    if task.state not in SIGNS:
        return Text(f"… {task.name}", style="yellow" if task.state == "running" else "dim")
    sign, style = SIGNS[task.state]
    seconds = f" {task.seconds:.1f} s" if task.seconds is not None else ""
    return Text(f"{sign} {task.name}{seconds}", style=style)
