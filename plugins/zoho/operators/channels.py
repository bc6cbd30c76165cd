"""The DAG that keeps an integration's channels (TXN-5)."""

from typing import Any

from airflow.sdk import DAG, BaseOperator, Context, CronDataIntervalTimetable, Param

from zoho.config.load import Configured, load_integrations
from zoho.operators.module_dag import RETRIES

EVERY_HOUR = "0 * * * *"

_PARAMS = {
    "remove": Param(
        False,
        type="boolean",
        title="Remove",
        description="Remove the channels of the integration. The next run makes them again, unless at_once is taken "
        "out of the settings.",
    ),
}


class ChannelsOperator(BaseOperator):
    """Subscribe, renew or remove what is due.

    Args:
        integration: name of the integration.
    """

    ui_color = "#e8f1fb"

    def __init__(self, *, integration: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.integration = integration

    def execute(self, context: Context) -> str | None:
        """Return when the channel ends, as Zoho granted it.

        Raises:
            AirflowFailException: a repeat would not help.
            zoho.transport.errors.Retriable: a repeat may help.
        """
        from zoho.operators.channel_keeping import keep

        return keep(self.integration, context)


def channel_dags(doc_md: str | None) -> dict[str, DAG]:
    """Return DAG id → DAG, one for every integration that is told of changes at once.

    Args:
        doc_md: what the Airflow UI shows about it.
    """
    usable, _ = load_integrations()
    dags = [_channel_dag(configured, doc_md) for configured in usable if configured.settings.at_once]
    return {dag.dag_id: dag for dag in dags}


def _channel_dag(configured: Configured, doc_md: str | None) -> DAG:
    with DAG(
        dag_id=f"zoho_{configured.name}_channels",
        dag_display_name=f"Zoho {configured.name}: channels",
        schedule=CronDataIntervalTimetable(EVERY_HOUR, timezone=configured.settings.timezone),
        catchup=False,
        max_active_runs=1,
        params=_PARAMS,
        default_args={"owner": "zoho-sync", **RETRIES},
        tags=["zoho", configured.name, "at once"],
        doc_md=doc_md,
    ) as dag:
        ChannelsOperator(task_id="keep", integration=configured.name)
    return dag
