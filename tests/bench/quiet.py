"""Row 5: how long a run with nothing to do takes in Airflow, and how much of that is ours."""

import json
import re
import statistics
from pathlib import Path
from shutil import copytree
from typing import Any

from stack.places import CHECKOUT
from tests.bench.result import Figure, Goal, Say
from tests.bench.running import Running, running
from zoho.config.load import include_folder

ONE, EVERY = "zoho_demo_customers", "zoho_demo_sync_all"
ROUNDS = {ONE: 5, EVERY: 2}

TITLE = "Quiet run in Airflow"
HOW = f"""\
Seconds from a trigger to success, as Airflow notes them, when nothing has changed on either side: of `{ONE}`, and
of `{EVERY}`, which runs customers, vendors, products, deals and transactions in their order. Beside it stand DAGs of
the same shape (tasks, order, trigger rules, and waits for other DAGs) whose tasks do nothing; a worker carries them
out like any others. The two take turns, {ROUNDS[ONE]} and {ROUNDS[EVERY]} times, and the medians count. What ours
take more is our share.

PostgreSQL, LocalExecutor with four workers, the scheduler's own pace; the sandbox answers at once."""

EMPTY = '''\
"""DAGs of the shape of others, whose tasks do nothing."""

import json
from pathlib import Path

from airflow.sdk import DAG, BaseOperator


class Nothing(BaseOperator):
    def execute(self, context):
        pass


def task_of(given):
    common = {"task_id": given["task_id"], "trigger_rule": given["trigger_rule"]}
    if "triggers" not in given:
        return Nothing(**common)
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

    waits = {"wait_for_completion": True, "deferrable": True, "poke_interval": 5, "logical_date": None}
    return TriggerDagRunOperator(trigger_dag_id=given["triggers"], **waits, **common)


for dag_id, given in json.loads(Path(__file__).with_suffix(".json").read_text()).items():
    with DAG(dag_id, schedule=None, max_active_runs=1) as dag:
        tasks = {one["task_id"]: task_of(one) for one in given}
        for one in given:
            for after in one["downstream_task_ids"]:
                tasks[one["task_id"]] >> tasks[after]
    globals()[dag_id] = dag
'''


def measure(say: Say) -> list[Figure]:
    """Run ours and the empty ones in turn."""
    seconds: dict[str, list[float]] = {}
    folders: list[Path] = []

    def dags(folder: Path) -> Path:
        folders.append(copytree(CHECKOUT / "dags", folder))
        return folder

    with running(_settings, dags) as ground:
        say("Airflow is up")
        _settle(ground)
        say("both sides are in step")
        _add_empty(ground, folders[0])
        for dag, rounds in ROUNDS.items():
            for _ in range(rounds):
                for one in (dag, _empty(dag)):
                    seconds.setdefault(one, []).append(ground.run(one))
                    say(f"{one}: {seconds[one][-1]:.1f} s")
    return [figure for dag in ROUNDS for figure in _figures(dag, seconds)]


def _figures(dag: str, seconds: dict[str, list[float]]) -> list[Figure]:
    ours, empty = statistics.median(seconds[dag]), statistics.median(seconds[_empty(dag)])
    what = "one module" if dag == ONE else "all modules of an integration"
    share = 100 * (ours - empty) / ours
    return [Figure(f"our share, {what}", f"{ours:.1f} s, empty {empty:.1f} s", share, Goal("<", 20), " %", places=0)]


def _settings(folder: Path, url: str) -> Path:
    """Make the settings: all modules of the demo, without telling at once, which would begin runs."""
    copytree(include_folder(), folder)
    demo = folder / "integrations" / "demo.yaml"
    text = re.sub(r"^at_once:.*\n(?:  .*\n)+\n", "", demo.read_text(), flags=re.MULTILINE)
    demo.write_text(text.replace('schedule: "0 */2 * * *"', 'schedule: "0 0 1 1 *"'))
    return folder


def _settle(ground: Running) -> None:
    """Run everything until nothing is left to do."""
    for part in [task["task_id"] for task in _tasks(ground, EVERY) if task["task_id"] not in ("begin", "end")]:
        ground.wait_for(f"zoho_demo_{part}")
    for _ in range(2):
        ground.run(EVERY)


def _tasks(ground: Running, dag: str) -> list[dict[str, Any]]:
    """Return the tasks of a DAG, as far as its shape goes."""
    ground.wait_for(dag)
    keys = ("task_id", "trigger_rule", "downstream_task_ids")
    shape = [{key: task[key] for key in keys} for task in ground.api.tasks(dag)]
    if dag == EVERY:
        for task in shape:
            if task["task_id"] not in ("begin", "end"):
                task["triggers"] = _empty(f"zoho_demo_{task['task_id']}")
    return shape


def _add_empty(ground: Running, folder: Path) -> None:
    """Add the empty DAGs, in a file for those of modules and one for that which runs them, like ours."""
    every = _tasks(ground, EVERY)
    parts = [f"zoho_demo_{task['task_id']}" for task in every if "triggers" in task]
    for name, dags in (("empty_modules", parts), ("empty_sync_all", [EVERY])):
        shapes = {_empty(dag): _tasks(ground, dag) for dag in dags}
        (folder / f"{name}.json").write_text(json.dumps(shapes))
        (folder / f"{name}.py").write_text(EMPTY)
    for dag in (*parts, EVERY):
        ground.wait_for(_empty(dag))


def _empty(dag: str) -> str:
    """The id of the empty DAG that has the shape of one of ours."""
    return dag.replace("zoho_", "empty_", 1)
