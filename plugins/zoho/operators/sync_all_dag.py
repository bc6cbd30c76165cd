"""The DAG that runs everything of an integration now, in the order in which one part refers to another (OPS-2)."""

from itertools import groupby
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, BaseOperator, Context, TriggerRule

from zoho.config.load import Configured, load_integrations
from zoho.operators.frame import frame
from zoho.operators.module_dag import PARAMS
from zoho.operators.steps import rest_skipped
from zoho.orchestration.parts import SYNC_ALL, dags_of

SECONDS_BETWEEN_LOOKS = 5


class MayRunOperator(BaseOperator):
    """End the run here when the integration is disabled, or paused and this is no dry run (OPS-5, CON-7).

    Args:
        integration: name of the integration.
    """

    ui_color = "#e8f1fb"

    def __init__(self, *, integration: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.integration = integration

    def execute(self, context: Context) -> None:
        """Check.

        Raises:
            DownstreamTasksSkipped: no run of the integration may begin.
        """
        from zoho.engine.control.points import check_may_begin
        from zoho.engine.errors import NotNow
        from zoho.hooks.store import store_engine, store_url
        from zoho.store.migrate import upgrade

        upgrade(store_url())
        try:
            with store_engine().connect() as connection:
                check_may_begin(connection, self.integration, harmless=bool(context["params"]["dry_run"]))
        except NotNow as reason:
            raise rest_skipped(self, reason) from None


class EndOperator(BaseOperator):
    """Tell by its state whether all went well."""

    ui_color = "#e8f1fb"

    def execute(self, context: Context) -> None:
        """Do nothing; what failed before keeps it from being run."""


def sync_all_dags(doc_md: str | None) -> dict[str, DAG]:
    """Return DAG id → DAG, one for every integration that synchronizes anything (AIR-3).

    Args:
        doc_md: what the Airflow UI shows about it.
    """
    usable, _ = load_integrations()
    dags = [_sync_all_dag(configured, doc_md) for configured in usable if dags_of(configured)]
    return {dag.dag_id: dag for dag in dags}


def _sync_all_dag(configured: Configured, doc_md: str | None) -> DAG:
    params = {name: PARAMS[name] for name in ("full_scan", "dry_run")}
    title = "everything, now"
    # The DAGs that it runs tell for themselves.
    with frame(configured, SYNC_ALL, schedule=None, params=params, doc_md=doc_md, title=title, tells=False) as dag:
        dag.render_template_as_native_obj = True  # switches, not words, go to the DAGs that are triggered
        before: list[BaseOperator] = [MayRunOperator(task_id="begin", integration=configured.name)]
        every: list[BaseOperator] = []
        for _, stage in groupby(dags_of(configured), key=lambda one: one.stage):
            tasks = [_run_of(one.dag_id, one.part) for one in stage]
            for task in tasks:
                task.set_upstream(before)
            before = list(tasks)
            every += tasks
        EndOperator(task_id="end").set_upstream(every)
    return dag


def _run_of(dag_id: str, part: str) -> TriggerDagRunOperator:
    """Make the task that runs a DAG and waits for it, whatever became of those before it.

    While it waits, it is with the triggerer and holds no worker.
    """
    return TriggerDagRunOperator(
        task_id=part,
        trigger_dag_id=dag_id,
        logical_date=None,
        conf={name: "{{ params." + name + " }}" for name in ("full_scan", "dry_run")},
        wait_for_completion=True,
        deferrable=True,
        poke_interval=SECONDS_BETWEEN_LOOKS,
        fail_when_dag_is_paused=True,
        trigger_rule=TriggerRule.ALL_DONE,
        retries=0,  # the DAG that it runs has its own
    )
