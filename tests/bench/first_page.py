"""Row 7: how long DAG files take to import, and the page to answer when there is much to show."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copytree

from stack.places import CHECKOUT
from tests.bench.result import Figure, Goal, Say
from zoho.config.load import include_folder

INTEGRATIONS = 100
TRIES = 3
DAG_FILES = sorted((CHECKOUT / "dags").glob("*.py"))

TITLE = "Import and first page"
HOW = f"""\
- *Import*: each file of `dags/` is imported by a process of its own, as Airflow's DAG processor does it, after a
  plain DAG, so that what Airflow itself loads for any DAG does not count; by the clock, with bytecode cached as
  Airflow caches it. With the integrations that come with the product, the best of {TRIES} tries; and once with
  {INTEGRATIONS} integrations of all modules, the sum over all files.
- *Page*: as `make bench-page`, the median of each view with 100,000 changes in 20,000 runs and 20 integrations; and
  what `zoho-sync apply --show` takes to print a plan of 10,000 records, with all that Python takes to begin."""

IMPORT = """
import json, sys, time
from pathlib import Path
from airflow.dag_processing.dagbag import DagBag

def bag(path):
    return DagBag(dag_folder=path, bundle_path=Path(path).parent, bundle_name="dags-folder")

bag(sys.argv[1])
begun = time.perf_counter()
found = bag(sys.argv[2])
seconds = time.perf_counter() - begun
print("RESULT" + json.dumps({"seconds": seconds, "dags": len(found.dags), "errors": found.import_errors}))
"""
PLAIN_DAG = """
from airflow.sdk import DAG, BaseOperator, CronDataIntervalTimetable, Param

schedule = CronDataIntervalTimetable("0 */2 * * *", timezone="UTC")
with DAG("plain", schedule=schedule, params={"a": Param("b", type="string")}):
    BaseOperator(task_id="p")
"""
_MEDIAN = re.compile(r"^ *(\d+) ms  (.+)$", re.M)


def measure(say: Say) -> list[Figure]:
    """Import, and visit."""
    with tempfile.TemporaryDirectory(prefix="zoho-sync-bench-") as name:
        imports = _Imports(Path(name))
        as_shipped = {file.name: imports.best_of(file, CHECKOUT / "include") for file in DAG_FILES}
        say("imported each file")
        many = _many(Path(name) / "include")
        with_many = {file.name: imports.once(file, many) for file in DAG_FILES}
        say(f"imported each file with {INTEGRATIONS} integrations")
    views = _views()
    say("visited every view")
    return [*_of_imports(as_shipped, with_many), *_of_views(views)]


Imported = dict[str, tuple[float, int]]
"""File → seconds and number of DAGs."""


def _of_imports(as_shipped: Imported, with_many: Imported) -> list[Figure]:
    slowest = max(as_shipped, key=lambda file: as_shipped[file])
    dags = sum(count for _, count in with_many.values())
    in_all = sum(seconds for seconds, _ in with_many.values())
    longest = max(with_many, key=lambda file: with_many[file])
    told = f"{dags:,} DAGs; {longest} {with_many[longest][0]:.1f} s"
    return [
        Figure(f"slowest of {len(as_shipped)} DAG files", slowest, as_shipped[slowest][0], Goal("<", 0.3), " s"),
        Figure(f"all files, {INTEGRATIONS} integrations", told, in_all, Goal("<", 5), " s"),
    ]


def _of_views(views: dict[str, int]) -> list[Figure]:
    printed = {path: views.pop(path) for path in list(views) if path.startswith("zoho-sync")}
    slowest = max(views, key=lambda path: views[path])
    figures = [
        Figure("the page's first view", "/", views["/"], Goal("<", 300), " ms", places=0),
        Figure(f"the slowest of {len(views)} views", slowest, views[slowest], Goal("<", 300), " ms", places=0),
    ]
    for path, milliseconds in printed.items():
        figures.append(Figure("a plan of 10,000 records", path, milliseconds / 1000, Goal("<", 2), " s"))
    return figures


class _Imports:
    """Imports DAG files, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._plain = folder / "plain.py"
        self._plain.write_text(PLAIN_DAG)
        self._env = {
            **os.environ,
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(CHECKOUT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/airflow.db",
            "PYTHONPATH": str(CHECKOUT / "plugins"),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        }

    def best_of(self, file: Path, include: Path) -> tuple[float, int]:
        """Return the seconds that a file takes, and how many DAGs it makes."""
        return min(self.once(file, include) for _ in range(TRIES))

    def once(self, file: Path, include: Path) -> tuple[float, int]:
        """Return the same of one try."""
        command = [sys.executable, "-c", IMPORT, str(self._plain), str(file)]
        env = {**self._env, "ZOHO_SYNC_INCLUDE": str(include)}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
        told = json.loads(line.removeprefix("RESULT"))
        if told["errors"]:
            raise RuntimeError(f"{file.name} cannot be imported: {told['errors']}")
        return told["seconds"], told["dags"]


def _many(folder: Path) -> Path:
    """Make settings of many integrations, each with every module."""
    integrations = copytree(include_folder(), folder) / "integrations"
    demo = (integrations / "demo.yaml").read_text()
    for path in integrations.glob("*.yaml"):
        path.unlink()
    for number in range(INTEGRATIONS):
        content = demo.replace("name: demo", f"name: shop{number}").replace("_demo", f"_shop{number}")
        (integrations / f"shop{number}.yaml").write_text(content)
    return folder


def _views() -> dict[str, int]:
    """Return each view, and what is printed, with its milliseconds."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/web/test_quick.py"]
    env = {**os.environ, "ZOHO_SYNC_MEASURED": "1"}
    # It fails where its own limits are not met, which the table tells, too.
    done = subprocess.run(command, env=env, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    found = {path: int(milliseconds) for milliseconds, path in _MEDIAN.findall(done.stdout)}
    if not found:
        raise RuntimeError(f"the page could not be measured:\n{done.stdout[-3000:]}")
    return found
