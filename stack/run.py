"""One run of the demo's DAG: found or triggered, and watched until it ends."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from stack.airflow_api import ACTIVE_STATES, AirflowApi, Run, TaskState
from stack.errors import StackError
from stack.processes import Processes

DAG = "zoho_demo_customers"
POLL_SECONDS = 0.25
PATIENCE_SECONDS = 900.0
SIGNS = {
    "success": ("✓", "green"),
    "failed": ("✗", "red"),
    "upstream_failed": ("✗", "red"),
    "skipped": ("–", "dim"),
}
"""How each state in which a task has ended is shown."""


def current_or_new(api: AirflowApi, processes: Processes, started: datetime) -> Run:
    """Finds the run that shows this demo's sync; two never run at once.

    The scheduler makes a run by itself when one is due, which it is on a first start. Then that is the one.

    Args:
        api: The Airflow.
        processes: The stack, which has to go on running.
        started: When Airflow was started. A run begun before it is a left-over of a demo that was killed; it
            is marked as failed, and what it had begun is finished by the next.

    Returns:
        The run, which may even have ended already.
    """
    for run in api.recent_runs(DAG):
        if run.active and run.queued_at < started:
            api.give_up(DAG, run.id)
    due = api.due_at(DAG)
    if due is not None and due <= datetime.now(UTC):
        processes.wait_until(lambda: bool(_since(api, started)), "The run that is due is made", seconds=60)
    found = _since(api, started)
    return found[-1] if found else api.trigger(DAG)


def watch(api: AirflowApi, processes: Processes, run: Run, console: Console) -> str:
    """Shows the states of a run's tasks until it ends.

    Args:
        api: The Airflow.
        processes: The stack, which has to go on running.
        run: The run.
        console: Where to show them: one line that changes on a terminal, else a line for each task that ends.

    Returns:
        The run's last state.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    with _Progress(console) as progress:
        while time.monotonic() < deadline:
            processes.check()
            state = api.run_state(DAG, run.id)
            progress.show(api.task_states(DAG, run.id))
            if state not in ACTIVE_STATES:
                return state
            time.sleep(POLL_SECONDS)
    raise StackError(f"The run {run.id} has not ended after {PATIENCE_SECONDS / 60:.0f} minutes.")


class _Progress:
    """Shows how tasks stand: on a terminal in one line that changes, else in a line for each that ends."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._told: set[str] = set()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, tasks: Sequence[TaskState]) -> None:
        if self._live:
            self._live.update(Text("  ").join(map(_shown, tasks)), refresh=True)
            return
        for task in tasks:
            if task.state in SIGNS and task.name not in self._told:
                self._told.add(task.name)
                self._console.print(Text("  ") + _shown(task))


def _since(api: AirflowApi, started: datetime) -> list[Run]:
    return [run for run in api.recent_runs(DAG) if run.queued_at >= started]


def _shown(task: TaskState) -> Text:
    if task.state not in SIGNS:
        return Text(f"… {task.name}", style="yellow" if task.state == "running" else "dim")
    sign, style = SIGNS[task.state]
    seconds = f" {task.seconds:.1f} s" if task.seconds is not None else ""
    return Text(f"{sign} {task.name}{seconds}", style=style)
