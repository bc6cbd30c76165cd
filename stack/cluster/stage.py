"""Runs of the demo's DAGs on a cluster: begun, watched, and told of with the seconds since the beginning."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from rich.console import Console

from stack import sandbox
from stack.airflow_api import ACTIVE_STATES, AirflowApi, Run, TaskState
from stack.cluster.cluster import Cluster
from stack.errors import StackError
from stack.run import current_or_new
from stack.syncs import SYNCS, Sync

POLL_SECONDS = 0.3
PATIENCE_SECONDS = 600.0
"""For a sync in which something dies; a minute or two is the aim, docs/deploy.md says of what."""


@dataclass(frozen=True)
class Stage:
    """A cluster and those who watch it.

    Attributes:
        cluster: What runs.
        api: Its Airflow.
        started: When Airflow was started.
        console: Where to tell what happens.
        begun: When it all began, by the monotonic clock.
    """

    cluster: Cluster
    api: AirflowApi
    started: datetime
    console: Console
    begun: float

    def tell(self, text: str) -> None:
        """Prints a line with the seconds since the beginning."""
        self.console.print(f"{time.monotonic() - self.begun:7.1f} s  {text}", markup=False)

    def begin(self, *syncs: Sync) -> dict[Sync, Run]:
        """Begins syncs."""
        runs = {}
        for sync in syncs:
            self.api.unpause(sync.dag)
            runs[sync] = current_or_new(self.api, self.cluster.processes, self.started, sync.dag)
            self.tell(f"began {sync.dag}")
        return runs

    def again(self, *syncs: Sync) -> dict[Sync, Run]:
        """Begins syncs that have run before."""
        return {sync: self.api.trigger(sync.dag) for sync in syncs}

    def task(self, sync: Sync, run: Run, name: str) -> TaskState:
        """Returns how a task of a run stands."""
        return next(task for task in self.api.task_states(sync.dag, run.id) if task.name == name)

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Waits until something is true, whatever dies meanwhile.

        Raises:
            StackError: It takes too long.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise StackError(f"Not so after {PATIENCE_SECONDS:.0f} seconds: {what}.")
            time.sleep(POLL_SECONDS)

    def until_writing(self, sync: Sync, run: Run, writes: int) -> TaskState:
        """Waits until the load of a run has written some records, and not all; returns the task.

        Args:
            sync: What is run.
            run: Its run.
            writes: How many writing calls are to be made first.

        Raises:
            StackError: It ended before.
        """
        self.until(lambda: self.task(sync, run, "load").state == "running", f"{sync.dag} loads")
        url = self.cluster.here.sandbox_url
        before = sandbox.writes(url)
        while sandbox.writes(url) < before + writes:
            if self.task(sync, run, "load").state != "running":
                raise StackError(f"{sync.dag} had written everything before anything could be killed.")
            time.sleep(POLL_SECONDS)
        return self.task(sync, run, "load")

    def settle(self) -> None:
        """Waits until no run is under way: one may have been begun by its schedule."""
        dags = [sync.dag for sync in SYNCS]
        self.until(lambda: not any(run.active for dag in dags for run in self.api.recent_runs(dag)), "all has ended")

    def finish(self, runs: Mapping[Sync, Run]) -> dict[Sync, Run]:
        """Waits until runs have ended, and tells how; returns them as they ended."""
        ended: dict[Sync, Run] = {}

        def all_ended() -> bool:
            for sync, run in runs.items():
                if sync not in ended and (state := self.api.run_state(sync.dag, run.id)) not in ACTIVE_STATES:
                    ended[sync] = replace(run, state=state)
                    repeated = [task.name for task in self.api.task_states(sync.dag, run.id) if task.tries > 1]
                    more = f"; tried more than once: {', '.join(repeated)}" if repeated else ""
                    self.tell(f"{sync.dag}: {state}{more}")
            return len(ended) == len(runs)

        self.until(all_ended, f"ended: {', '.join(sync.dag for sync in runs)}")
        return ended
