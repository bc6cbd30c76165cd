"""The DAG of all transactions of one integration: every two hours, and at once when Zoho tells of a change (TXN)."""

from airflow.sdk import DAG, Context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from zoho.config.load import Configured, load_integrations
from zoho.config.settings import TRANSACTIONS
from zoho.engine.errors import NotNow
from zoho.operators.frame import frame, regularly_and_at_once
from zoho.operators.module_dag import PARAMS, sync_steps
from zoho.operators.steps import SyncStep, rest_skipped

_NAME = "transactions"

ROUNDS = 20
"""How often one run looks into the journal again; what comes later waits for the next bell."""


class AtOnceOperator(SyncStep):
    """Bring the records in step that webhooks told of, and skip the rest of the run.

    In any other run it does nothing. Airflow may hold an asset event back while a run is going, so the journal is
    looked into until it is empty.
    """

    opens_run = True

    def execute(self, context: Context) -> dict[str, int]:
        """Return how many rounds there were of each module.

        Raises:
            AirflowFailException: some records failed; all the others are done.
            DownstreamTasksSkipped: the run is done with.
        """
        from zoho.operators.running import run_type

        if run_type(context) != "asset_triggered":
            return {}
        rounds = dict.fromkeys(self.modules, 0)
        problems: list[str] = []
        stopped = self._rounds(context, rounds, problems)
        context["ti"].xcom_push(key="rounds", value=rounds)
        if problems:
            raise AirflowFailException("\n".join(problems))
        raise rest_skipped(self, stopped)

    def _rounds(self, context: Context, rounds: dict[str, int], problems: list[str]) -> Exception | None:
        """Look until nothing waits; returns why that ended before, if the integration is paused or disabled."""
        for _ in range(ROUNDS):
            waiting = [module for module in self.modules if self._is_told(module)]
            for module in waiting:
                rounds[module] += 1
                try:
                    self._sync(module, context, rounds[module])
                except (NotNow, AirflowSkipException) as stop:
                    return stop
                except AirflowFailException as problem:
                    problems.append(f"{module}: {problem}")
            if not waiting:
                break
        return None

    def _is_told(self, module: str) -> bool:
        from zoho.engine.at_once import lists_of
        from zoho.hooks.store import store_engine
        from zoho.store import events

        with store_engine().connect() as connection:
            return events.undone(connection, self.integration, lists_of(module)) > 0

    def _sync(self, module: str, context: Context, number: int) -> None:
        from zoho.engine.at_once import sync_told
        from zoho.operators.running import running

        with running(self.integration, module, context, opens=True, more=(str(number),)) as job:
            sync_told(job)


def transaction_dags(doc_md: str | None) -> dict[str, DAG]:
    """Return DAG id → DAG, one for every integration that has transactions of any kind on (AIR-3).

    Args:
        doc_md: what the Airflow UI shows about it.
    """
    usable, _ = load_integrations()
    dags = [_transactions_dag(configured, doc_md) for configured in usable if _kinds(configured)]
    return {dag.dag_id: dag for dag in dags}


def _kinds(configured: Configured) -> tuple[str, ...]:
    modules = configured.settings.modules
    return tuple(name for name in TRANSACTIONS if getattr(modules, name) is not None)


def _transactions_dag(configured: Configured, doc_md: str | None) -> DAG:
    schedule = regularly_and_at_once(configured, _NAME)
    with frame(configured, _NAME, schedule=schedule, params=PARAMS, doc_md=doc_md) as dag:
        at_once = AtOnceOperator(task_id="at_once", integration=configured.name, modules=_kinds(configured))
        at_once >> sync_steps(configured.name, _NAME, _kinds(configured), "books")
    return dag
