"""The integrations as their files tell them, and their DAGs as Airflow knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from zoho.config.load import Loaded, include_folder, survey

TAG = "zoho"
"""The tag of all our DAGs; another one of each is the name of its integration."""


@dataclass(frozen=True, slots=True)
class KnownDag:
    """A DAG of an integration.

    Attributes:
        dag_id: its id.
        integration: whose it is.
        module: what follows the integration's name in its id, such as ``customers``.
        paused: whether it is paused in Airflow.
        next_run: when Airflow begins it next; ``None`` when it has no schedule.
    """

    dag_id: str
    integration: str
    module: str
    paused: bool
    next_run: datetime | None


def known_integrations() -> Sequence[Loaded]:
    """Return all integrations, sound or not; their files are only read again when one of them changed."""
    folder = include_folder()
    stats = [(path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file()]
    return _surveyed(folder, tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats))


@lru_cache(maxsize=1)
def _surveyed(folder: Path, state: tuple[tuple[Path, int, int], ...]) -> Sequence[Loaded]:  # noqa: ARG001
    return survey(folder)


def known_dags() -> Sequence[KnownDag]:
    """Return all our DAGs that Airflow has, by their ids."""
    from airflow.models.dag import DagModel, DagTag
    from airflow.utils.session import create_session
    from sqlalchemy import select

    ours = select(DagTag.dag_id).where(DagTag.name == TAG)
    query = (
        select(DagModel.dag_id, DagModel.is_paused, DagModel.next_dagrun_create_after, DagTag.name)
        .join(DagTag, DagTag.dag_id == DagModel.dag_id)
        .where(DagModel.dag_id.in_(ours), ~DagModel.is_stale)
        .order_by(DagModel.dag_id)
    )
    with create_session() as session:
        rows = session.execute(query).all()
    return [
        KnownDag(row.dag_id, row.name, row.dag_id[len(prefix) :], bool(row.is_paused), row.next_dagrun_create_after)
        for row in rows
        if row.dag_id.startswith(prefix := f"zoho_{row.name}_")
    ]


def by_integration(dags: Sequence[KnownDag]) -> Mapping[str, frozenset[str]]:
    """Return integration → the ids of its DAGs."""
    found: dict[str, set[str]] = {}
    for dag in dags:
        found.setdefault(dag.integration, set()).add(dag.dag_id)
    return {name: frozenset(ids) for name, ids in found.items()}
