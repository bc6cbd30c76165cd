"""The few calls of Airflow's REST API that the demo makes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from stack.errors import StackError

TIMEOUT_SECONDS = 30
WARM_UP_SECONDS = 120
"""Three seconds of a free processor; a busy machine takes a multiple."""
RECENT = 20
ACTIVE_STATES = ("queued", "running")


@dataclass(frozen=True)
class Run:
    """One run of a DAG.

    Attributes:
        id: The run's id.
        queued_at: When it was made, or queued anew.
        state: ``queued``, ``running``, ``success`` or ``failed``.
        by_event: Whether an event began it, not the schedule or a person.
    """

    id: str
    queued_at: datetime
    state: str
    by_event: bool = False

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.state in ACTIVE_STATES


@dataclass(frozen=True)
class TaskState:
    """Where one task of a run stands.

    Attributes:
        name: The task's id.
        state: As Airflow calls it; ``None`` until it is scheduled.
        seconds: How long it took, or has taken so far; ``None`` before it starts.
        tries: How often it was begun.
        pid: The process that carries it out, or did.
    """

    name: str
    state: str | None
    seconds: float | None
    tries: int = 0
    pid: int | None = None


class AirflowApi:
    """One user's session with a running Airflow.

    Args:
        url: Its address, such as ``http://127.0.0.1:8080``.
        user: The user's name.
        password: The user's password.
    """

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self._login = {"username": user, "password": password}
        self._session = requests.Session()
        # The machine's proxy settings are not for the loopback interface.
        self._session.trust_env = False

    def answers(self) -> bool:
        """Tells whether the API server is up."""
        try:
            return self._health().ok
        except requests.ConnectionError:
            return False

    def healthy(self) -> bool:
        """Tells whether every part of Airflow reports that it is alive."""
        return all(part["status"] == "healthy" for part in _checked(self._health()).values())

    def log_in(self) -> None:
        """Obtains the token that every further call carries; needed before any of them."""
        answer = self._session.post(f"{self.url}/auth/token", json=self._login, timeout=TIMEOUT_SECONDS)
        self._session.headers["Authorization"] = f"Bearer {_checked(answer)['access_token']}"

    def warm_up(self) -> None:
        """Makes the API server build the part that tasks talk to, which it does on their first call."""
        self._session.get(f"{self.url}/execution/health", timeout=WARM_UP_SECONDS)

    def parsed_since(self, dag_id: str, start: datetime) -> bool:
        """Tells whether a DAG is there as its file says now.

        Args:
            dag_id: The DAG.
            start: When Airflow was started: what it knew before may be an older version.

        Raises:
            StackError: If a DAG file cannot be imported; holds the traceback.
        """
        answer = self._get(f"dags/{dag_id}", missing_ok=True)
        if answer and answer["last_parsed_time"] and datetime.fromisoformat(answer["last_parsed_time"]) >= start:
            return True
        errors = self._get("importErrors")["import_errors"]
        for error in errors:
            if datetime.fromisoformat(error["timestamp"]) >= start:
                raise StackError(f"{error['filename']} cannot be imported:\n{error['stack_trace']}")
        return False

    def due_at(self, dag_id: str) -> datetime | None:
        """Returns when the scheduler makes the DAG's next run; a past time means at once."""
        due = self._get(f"dags/{dag_id}")["next_dagrun_run_after"]
        return datetime.fromisoformat(due) if due else None

    def recent_runs(self, dag_id: str) -> list[Run]:
        """Lists the DAG's last runs, the newest first."""
        rows = self._get(f"dags/{dag_id}/dagRuns", order_by="-id", limit=RECENT)["dag_runs"]
        return [_run(row) for row in rows]

    def trigger(self, dag_id: str) -> Run:
        """Starts a run."""
        body: dict[str, Any] = {"logical_date": None, "conf": {}}
        answer = self._session.post(self._path(f"dags/{dag_id}/dagRuns"), json=body, timeout=TIMEOUT_SECONDS)
        return _run(_checked(answer))

    def unpause(self, dag_id: str) -> None:
        """Lets a DAG run, by its schedule too."""
        self._unpause(f"dags/{dag_id}")

    def unpause_all(self) -> None:
        """Lets every DAG run."""
        self._unpause("dags", dag_id_pattern="~")

    def give_up(self, dag_id: str, run_id: str) -> None:
        """Marks a run as failed, with those of its tasks that have not ended."""
        path = self._path(f"dags/{dag_id}/dagRuns/{run_id}")
        _checked(self._session.patch(path, json={"state": "failed"}, timeout=TIMEOUT_SECONDS))

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Returns a run's state: ``queued``, ``running``, ``success`` or ``failed``."""
        state: str = self._get(f"dags/{dag_id}/dagRuns/{run_id}")["state"]
        return state

    def task_states(self, dag_id: str, run_id: str) -> list[TaskState]:
        """Lists a run's tasks in the order in which they start; those that have not started come last."""
        rows = self._get(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        rows.sort(key=lambda row: row["start_date"] or "9999")
        return [
            TaskState(row["task_display_name"], row["state"], row["duration"], row["try_number"], row["pid"])
            for row in rows
        ]

    def tasks(self, dag_id: str) -> list[dict[str, Any]]:
        """Lists a DAG's tasks, as Airflow describes them."""
        rows: list[dict[str, Any]] = self._get(f"dags/{dag_id}/tasks")["tasks"]
        return rows

    def _health(self) -> requests.Response:
        return self._session.get(self._path("monitor/health"), timeout=TIMEOUT_SECONDS)

    def _unpause(self, path: str, **params: str) -> None:
        params["update_mask"] = "is_paused"
        body = {"is_paused": False}
        _checked(self._session.patch(self._path(path), json=body, params=params, timeout=TIMEOUT_SECONDS))

    def _path(self, path: str) -> str:
        return f"{self.url}/api/v2/{path}"

    def _get(self, path: str, *, missing_ok: bool = False, **params: Any) -> dict[str, Any]:
        answer = self._session.get(self._path(path), params=params, timeout=TIMEOUT_SECONDS)
        return {} if missing_ok and answer.status_code == requests.codes.not_found else _checked(answer)


def _run(row: dict[str, Any]) -> Run:
    by_event = row["run_type"] == "asset_triggered"
    return Run(row["dag_run_id"], datetime.fromisoformat(row["queued_at"]), row["state"], by_event)


def _checked(answer: requests.Response) -> dict[str, Any]:
    if not answer.ok:
        raise StackError(
            f"Airflow refused {answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}"
        )
    body: dict[str, Any] = answer.json()
    return body
