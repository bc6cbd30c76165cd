"""The tasks of a DAG: extract → dedupe → map → load, for one module or for several in turn (AIR-1).

Nothing heavy is imported here, since Airflow reads DAG files every few seconds; a task imports the engine when
it runs. Between tasks travel only addresses of staged files and counts.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, Context

if TYPE_CHECKING:
    from airflow.sdk.exceptions import DownstreamTasksSkipped

    from zoho.engine.job import Job

log = logging.getLogger(__name__)

Staged = dict[str, Any]
"""What a task tells the next of a file: ``{"uri": …, "rows": …}``, with ``entity`` for a list."""


class SyncStep(BaseOperator):
    """One step of a run of each of some modules, one after the other.

    Args:
        integration: name of the integration.
        modules: names of the modules.
    """

    ui_color = "#e8f1fb"
    opens_run = False
    closes_run = False

    def __init__(self, *, integration: str, modules: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.integration = integration
        self.modules = tuple(modules)

    def execute(self, context: Context) -> dict[str, Any]:
        """Do the step; note what it cost and, when it cannot be done, why.

        Returns:
            Module → what the step hands on.

        Raises:
            AirflowSkipException: the run is to stop; what it has begun is finished (OPS-5).
            AirflowFailException: a repeat would not help.
            zoho.transport.errors.Retriable: a repeat may help.
        """
        from airflow.sdk.exceptions import AirflowSkipException

        from zoho.operators.running import interrupt_with

        try:
            return {module: self.of_module(module, context) for module in self.modules}
        except AirflowSkipException as stop:
            interrupt_with(self.integration, self.modules, context, str(stop), opens=self.opens_run)
            raise

    def of_module(self, module: str, context: Context) -> Any:
        """Do the step for one module; see ``execute``."""
        from zoho.operators.running import running

        with running(
            self.integration,
            module,
            context,
            opens=self.opens_run,
            closes=self.closes_run,
            joined=module != self.modules[0],
        ) as job:
            return self.step(job, context)

    def step(self, job: "Job", context: Context) -> Any:
        """Do the step's own work; what it returns goes to XCom."""
        raise NotImplementedError

    def from_task(self, job: "Job", context: Context, task_id: str) -> Any:
        """Return what an earlier task of the run handed on of a job's module."""
        return context["ti"].xcom_pull(task_ids=task_id)[job.module_name]


class BeginOperator(SyncStep):
    """Open the run in the history and check that it can do its work (CON-4)."""

    opens_run = True

    def execute(self, context: Context) -> dict[str, Any]:
        """Bring the store to this code's version first; every other task finds it there.

        Raises:
            DownstreamTasksSkipped: the integration is paused or disabled, so the run ends here (OPS-5, CON-7).
        """
        from zoho.engine.errors import NotNow
        from zoho.hooks.store import store_url
        from zoho.store.migrate import upgrade

        upgrade(store_url())
        try:
            return super().execute(context)
        except NotNow as reason:
            raise rest_skipped(self, reason) from None

    def step(self, job: "Job", context: Context) -> None:
        """Check; nothing is handed on."""
        from zoho.engine.approved import check_approved
        from zoho.engine.inbox import take
        from zoho.engine.preflight import preflight
        from zoho.engine.undo.asked import check_undo

        check_approved(job)
        check_undo(job)
        preflight(job)
        take(job)


class ExtractSalesOperator(SyncStep):
    """Stage what changed on the sales side."""

    def step(self, job: "Job", context: Context) -> list[Staged]:
        """Return the staged lists."""
        from zoho.engine.inbox import only_of
        from zoho.engine.scan import scan_sales

        job.also = only_of(job)
        return [_staged(extract.path, extract.rows, extract.entity) for extract in scan_sales(job)]


class ExtractBooksOperator(SyncStep):
    """Stage what changed in Books."""

    def step(self, job: "Job", context: Context) -> list[Staged]:
        """Return the staged lists."""
        from zoho.engine.inbox import only_of
        from zoho.engine.scan import scan_books

        job.also = only_of(job)
        return [_staged(extract.path, extract.rows, extract.entity) for extract in scan_books(job)]


class DedupeOperator(SyncStep):
    """Take in what was extracted and pair the records that belong together (CUS-4)."""

    def step(self, job: "Job", context: Context) -> Staged:
        """Return the staged pairs."""
        from zoho.engine.inbox import finish
        from zoho.engine.pair import pair, take_in

        sales = _extracts(self.from_task(job, context, "extract_sales"))
        books = _extracts(self.from_task(job, context, "extract_books"))
        take_in(job, sales, books)
        finish(job)
        return _staged(*pair(job))


class MapOperator(SyncStep):
    """Merge paired records field by field into a plan (BEY-1, BEY-2)."""

    def step(self, job: "Job", context: Context) -> Staged:
        """Return the staged plan."""
        from zoho.engine.plan import plan

        return _staged(*plan(job, _path(self.from_task(job, context, "dedupe")["uri"])))


class LoadOperator(SyncStep):
    """Carry out the plan, or only show it in a dry run."""

    def step(self, job: "Job", context: Context) -> Mapping[str, int]:
        """Return how many items were done and how many failed; a plan that a guard holds back is kept (BEY-5)."""
        from zoho.engine.apply import apply, show
        from zoho.engine.approvals import may_be_carried_out

        path = _path(self.from_task(job, context, "map")["uri"])
        if context["params"]["dry_run"]:
            return {"planned": show(job, path)}
        if not may_be_carried_out(job, path):
            return {"held": 1}
        applied = apply(job, path)
        return {"done": applied.done, "failed": applied.failed}


class CloseOperator(SyncStep):
    """Close the run: its counts, its failures with their reasons. Runs whatever happened before."""

    closes_run = True

    def execute(self, context: Context) -> dict[str, Any]:
        """Close the runs of all modules, also when one did not come to its end.

        Raises:
            AirflowFailException: some records failed, or a run stopped before its end.
            AirflowSkipException: a run was interrupted.
        """
        from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

        closed, problems, stopped = {}, [], None
        for module in self.modules:
            try:
                closed[module] = self.of_module(module, context)
            except AirflowSkipException as stop:
                stopped = stop
            except AirflowFailException as problem:
                problems.append(f"{module}: {problem}" if len(self.modules) > 1 else str(problem))
        if problems:
            raise AirflowFailException("\n".join(problems))
        if stopped:
            raise stopped
        return closed

    def step(self, job: "Job", context: Context) -> Mapping[str, Mapping[str, int]]:
        """Return the counts of the run per direction.

        Raises:
            AirflowFailException: some records failed, or the run stopped before its end.
        """
        from zoho.engine.lifecycle import close

        return {
            counts.direction: {
                "added": counts.added,
                "updated": counts.updated,
                "skipped": counts.skipped,
                "unchanged": counts.unchanged,
            }
            for counts in close(job).directions
        }


def rest_skipped(operator: BaseOperator, reason: object = None) -> "DownstreamTasksSkipped":
    """Return what a task raises to end the run of its DAG without a failure.

    Args:
        operator: the task.
        reason: in a sentence, for its log.
    """
    from airflow.sdk.exceptions import DownstreamTasksSkipped

    if reason:
        log.warning("%s", reason)
    skipped = operator.get_flat_relatives(upstream=False)
    return DownstreamTasksSkipped(tasks=[task.task_id for task in skipped])  # type: ignore[no-untyped-call]


def _staged(path: Any, rows: int, entity: str | None = None) -> Staged:
    return {"uri": str(path), "rows": rows, **({"entity": entity} if entity else {})}


def _extracts(staged: Sequence[Staged]) -> Any:
    from zoho.engine.scan import Extract

    return [Extract(_path(entry["uri"]), entry["entity"], entry["rows"]) for entry in staged]


def _path(uri: str) -> Any:
    from airflow.sdk import ObjectStoragePath

    return ObjectStoragePath(uri)
