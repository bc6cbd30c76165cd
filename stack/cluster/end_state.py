"""What has to be true in the end, whatever died: nothing stuck, nothing doubled, nothing lost, everything in step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from stack import sandbox
from stack.airflow_api import AirflowApi
from stack.syncs import SYNCS
from zoho.engine.pair import PLACEHOLDER
from zoho.engine.report import RunReport
from zoho.store.tables import claims, links, observations, runs

DONE = ("success", "skipped")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        promise: What has to be true.
        broken: What is not so; empty when all is well.
    """

    promise: str
    broken: tuple[str, ...]


def look_at_airflow(api: AirflowApi) -> Iterator[Finding]:
    """Looks at what Airflow says of its runs, when none is under way."""
    yield Finding("Every run has ended, and well", tuple(_runs_not_well(api)))
    yield Finding("No task is left in any other state", tuple(_tasks_not_done(api)))


def look_at_records(store: Engine, sandbox_url: str, before: set[str]) -> Iterator[Finding]:
    """Looks at the records of both sides and at what the store knows of them.

    Args:
        store: The sync state.
        sandbox_url: The address of the sandbox.
        before: What ``record_ids`` told when nothing had been synchronized yet.
    """
    after = sandbox.record_ids(sandbox_url)
    with store.connect() as connection:
        yield Finding("The history has no run that is open", tuple(_open_runs(connection)))
        yield Finding("Nothing that was begun is unfinished", tuple(_claims(connection)))
        linked, placeholders = _linked(connection), _placeholders(connection)
    doubled = after - before - linked - placeholders
    yield Finding("Nothing is doubled: whatever is new is linked", tuple(sorted(doubled)))
    yield Finding("Nothing is lost: whatever is linked is there", tuple(sorted(linked - after - _persons(store))))


def look_at_reports(reports: Mapping[str, RunReport]) -> Iterator[Finding]:
    """Looks at what runs did that were begun when all others had ended, by their names."""
    yield Finding("Everything is in step: another run finds nothing to write", tuple(_written(reports)))


def _runs_not_well(api: AirflowApi) -> Iterator[str]:
    for sync in SYNCS:
        for run in api.recent_runs(sync.dag):
            if run.state != "success":
                yield f"{sync.dag} {run.id}: {run.state}"


def _tasks_not_done(api: AirflowApi) -> Iterator[str]:
    for sync in SYNCS:
        for run in api.recent_runs(sync.dag):
            for task in api.task_states(sync.dag, run.id):
                if task.state not in DONE:
                    yield f"{sync.dag} {run.id} {task.name}: {task.state}"


def _open_runs(connection: Connection) -> Iterator[str]:
    for run in connection.execute(select(runs).where(runs.c.finished_at.is_(None))):
        yield f"{run.origin}: {run.state}"


def _claims(connection: Connection) -> Iterator[str]:
    for claim in connection.execute(select(claims)):
        yield f"{claim.integration} {claim.module} {claim.name}"


def _products(connection: Connection) -> dict[str, str]:
    """Returns integration → product of its sales side, as its runs were told."""
    product = runs.c.settings["integration"]["sales"]["product"].astext
    return {
        row.integration: row.product
        for row in connection.execute(select(runs.c.integration, product.label("product")))
    }


def _linked(connection: Connection) -> set[str]:
    """Returns the ids of all records, of either side, that were ever linked."""
    products = _products(connection)
    rows = connection.execute(select(links.c.integration, links.c.sales_id, links.c.books_id)).all()
    return {f"{products[row.integration]} {row.sales_id}" for row in rows} | {f"books {row.books_id}" for row in rows}


def _placeholders(connection: Connection) -> set[str]:
    """Returns the id of the product in the CRM that stands for lines without an item, one of each integration.

    It is made for such lines and linked with nothing; a second one would be doubled.
    """
    products, first = _products(connection), func.min(observations.c.remote_id).label("first")
    mine = select(observations.c.integration, first).where(observations.c.verdict == PLACEHOLDER)
    rows = connection.execute(mine.group_by(observations.c.integration))
    return {f"{products[row.integration]} {row.first}" for row in rows}


def _persons(store: Engine) -> set[str]:
    """Returns the ids of contact persons of Books, which are no records of their own there."""
    with store.connect() as connection:
        children = select(links.c.books_id).where(links.c.role != "record")
        return {f"books {row.books_id}" for row in connection.execute(children)}


def _written(reports: Mapping[str, RunReport]) -> Iterator[str]:
    for name, report in reports.items():
        for counts in report.directions:
            if counts.added or counts.updated or counts.deleted or counts.failed:
                yield f"{name}, {counts.direction}: {counts.numbers}"


def total(store: Engine) -> int:
    """Returns how many pairs of records are linked."""
    with store.connect() as connection:
        count = connection.execute(select(func.count()).select_from(links)).scalar_one()
    return int(count)
