"""The task of a run that has a person asked about the plans that its guards hold back (BEY-5)."""

from typing import Any

from airflow.sdk import BaseOperator, Context

from zoho.orchestration.parts import APPROVAL, dag_id_of


class AskOperator(BaseOperator):
    """Begin a run of the approval DAG when the guards hold plans back; skipped when they do not.

    What Airflow's own operator for this needs takes a tenth of a second to import, which every DAG file would pay.

    Args:
        integration: name of the integration.
        part: what the DAG synchronizes.
    """

    ui_color = "#fdf3e1"

    def __init__(self, *, integration: str, part: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.integration = integration
        self.part = part

    def execute(self, context: Context) -> None:
        """Have somebody asked; a question that was asked before is not asked again.

        Raises:
            AirflowSkipException: nothing is to be asked.
            AirflowFailException: the approval DAG is switched off in Airflow, where its runs would wait.
            DagRunTriggerException: Airflow begins the run.
        """
        from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, DagRunTriggerException

        from zoho.engine.approvals import to_ask_about
        from zoho.hooks.store import store_engine

        ti: Any = context["ti"]
        plans = to_ask_about(store_engine(), self.integration, f"airflow:{ti.dag_id}:{ti.run_id}")
        if not plans:
            raise AirflowSkipException("No plan waits for approval.")
        approval = dag_id_of(self.integration, APPROVAL)
        if ti.get_dag(approval).is_paused:
            raise AirflowFailException(f"Nobody can be asked: switch the DAG {approval} on, and clear this task.")
        raise DagRunTriggerException(
            trigger_dag_id=approval,
            dag_run_id=f"held__{plans[0]}",
            conf={"part": self.part, "plans": " ".join(plans)},
            logical_date=None,
            reset_dag_run=False,
            skip_when_already_exists=True,
            wait_for_completion=False,
            allowed_states=[],
            failed_states=[],
            poke_interval=60,
            deferrable=False,
        )
