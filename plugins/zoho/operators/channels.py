"""The DAG that keeps an integration's channels (TXN-5)."""

from typing import Any

from airflow.sdk import DAG, BaseOperator, Context, Param

from zoho.config.load import Configured, load_integrations
from zoho.operators.frame import frame, regularly

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
    schedule = regularly(configured, EVERY_HOUR)
    with frame(configured, "channels", schedule=schedule, params=_PARAMS, doc_md=doc_md, tag="at once") as dag:
        ChannelsOperator(task_id="keep", integration=configured.name)
    return dag
