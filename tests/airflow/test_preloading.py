"""A scheduler that forks tasks has imported what they need (a quiet run is short)."""

import json
import os
import subprocess
import sys

import pytest

START = """
import json, sys
from types import SimpleNamespace

class Job:
    pass

class TaskRunnerMarker:
    pass

from zoho.operators import preloading

preloading.on_starting(component={"Job": Job, "TaskRunnerMarker": TaskRunnerMarker}[sys.argv[1]]())
print("RESULT" + json.dumps([name for name in preloading.NEEDED if name in sys.modules]))
"""


def needed_after(component: str, executor: str) -> tuple[int, int]:
    """How many modules of those that tasks need are imported when a component has started, and how many there are."""
    from zoho.operators import preloading

    env = {**os.environ, "AIRFLOW__CORE__EXECUTOR": executor}
    done = subprocess.run(
        [sys.executable, "-c", START, component], env=env, capture_output=True, text=True, check=True
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    return len(json.loads(line.removeprefix("RESULT"))), len(preloading.NEEDED)


def test_what_forks_tasks_imports_what_they_need() -> None:
    """The import takes longer than a quiet run's work, so it is done once."""
    imported, needed = needed_after("Job", "LocalExecutor")
    assert imported == needed > 0


@pytest.mark.parametrize(
    ("component", "executor"),
    [
        ("TaskRunnerMarker", "LocalExecutor"),
        ("Job", "airflow.providers.celery.executors.celery_executor.CeleryExecutor"),
    ],
)
def test_nobody_else_pays_for_it(component: str, executor: str) -> None:
    """Tasks of other DAGs, and schedulers that fork none, start as quickly as ever."""
    assert needed_after(component, executor)[0] == 0
