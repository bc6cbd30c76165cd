"""``python health.py api-server|scheduler|dag-processor|triggerer|worker``: exits with 0 if that part is well.

For the health checks of containers, every half minute of every container, so it imports no Airflow: that would take
seconds of a processor each time. What Airflow is told by ``AIRFLOW__…`` variables, this reads from them too.
"""

import json
import os
import shlex
import subprocess
import sys
from urllib.request import ProxyHandler, build_opener

PARTS = {
    "api-server": "metadatabase",
    "scheduler": "scheduler",
    "dag-processor": "dag_processor",
    "triggerer": "triggerer",
}
"""Service → what Airflow's API calls it; the API server is well when it reaches its database."""

SECONDS = 8


def reported(part: str) -> str:
    """Return how Airflow's API says that a part is."""
    for_tasks = os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"].removesuffix("/")
    health = json.loads(_answer(f"{for_tasks.removesuffix('/execution')}/api/v2/monitor/health"))
    if part == "api-server":
        # What tasks talk to is built when it is called first, which takes seconds; better now than by a task.
        _answer(f"{for_tasks}/health")
    return str(health[PARTS[part]]["status"])


def _answer(url: str) -> bytes:
    # A proxy is for what is outside.
    with build_opener(ProxyHandler({})).open(url, timeout=SECONDS) as answer:
        body: bytes = answer.read()
    return body


def worker_answers(name: str) -> bool:
    """Tell whether the Celery worker of that name answers through the broker."""
    from celery import Celery

    command = shlex.split(os.environ["AIRFLOW__CELERY__BROKER_URL_CMD"])
    broker = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    with Celery(broker=broker) as app:
        return bool(app.control.inspect(destination=[name], timeout=SECONDS / 2).ping())


def main() -> str | None:
    """Return what is wrong, ``None`` if nothing is."""
    part = sys.argv[1]
    try:
        if part == "worker":
            return None if worker_answers(f"worker@{os.environ['HOSTNAME']}") else "it does not answer"
        status = reported(part)
    except Exception as error:  # noqa: BLE001 - whatever it is, the part is not well
        return f"{part}: {error}"
    return None if status == "healthy" else f"{part}: {status}"


if __name__ == "__main__":
    sys.exit(main())
