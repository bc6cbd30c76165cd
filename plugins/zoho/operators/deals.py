"""The DAGs of deals: what their stages make in Books (TRG), and associations with a form (DEAL)."""

from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Context, Param, TriggerRule

from zoho.config.load import Configured, load_integrations
from zoho.operators.asking import AskOperator
from zoho.operators.frame import ID, LONGEST_TEXT, ONE_LINE, frame, regularly_and_at_once
from zoho.operators.module_dag import PARAMS
from zoho.operators.steps import BeginOperator, CloseOperator, SyncStep

if TYPE_CHECKING:
    from zoho.engine.job import Job

_DEALS = "deals"
_NOUNS = {"estimate": "estimates", "sales order": "sales_orders", "invoice": "invoices"}

_FORM = {
    "do": Param(
        "list",
        enum=["list", "associate", "dissociate"],
        title="What to do",
        description="list: show the deals of the document's customer in the log, to choose from.",
    ),
    "document": Param(
        "estimate",
        enum=list(_NOUNS),
        title="Document",
        description="Which kind of document of Books the number below is of.",
    ),
    "number": Param(
        "",
        type="string",
        pattern=ONE_LINE,
        maxLength=LONGEST_TEXT,
        title="Number",
        description="Of the document, such as QT-000001; or its id in Books.",
    ),
    "deal_id": Param(
        None,
        type=["null", "string"],
        pattern=ID,
        title="Deal",
        description="To associate: id of the deal on the sales side, as the list shows it.",
    ),
}


class BeginDealsOperator(BeginOperator):
    """Open the run in the history, and compare the settings with the stages that there are (CON-4)."""

    def step(self, job: "Job", context: Context) -> None:  # noqa: ARG002 - as all steps
        """Check; nothing is handed on."""
        from zoho.engine.approved import check_approved
        from zoho.engine.deals.preflight import preflight_deals

        check_approved(job)
        preflight_deals(job)


class ExtractDealsOperator(SyncStep):
    """Stage the deals that changed; in a run that an event began, those that events tell of."""

    def step(self, job: "Job", context: Context) -> str:
        """Return the address of the staged deals."""
        from zoho.engine.deals.inbox import take
        from zoho.engine.deals.scan import scan_deals
        from zoho.operators.running import run_type

        told = take(job)
        if run_type(context) == "asset_triggered":
            job.only = told
        return _uri(scan_deals(job))


class DecideOperator(SyncStep):
    """Take in the deals and decide what is to be done about each (TRG)."""

    def step(self, job: "Job", context: Context) -> str:
        """Return the address of the staged plan."""
        from zoho.engine.deals.decide import decide_deals
        from zoho.engine.deals.scan import take_in
        from zoho.engine.inbox import finish

        take_in(job, _path(self.from_task(job, context, "extract")))
        finish(job)
        return _uri(decide_deals(job)[0])


class LoadDealsOperator(SyncStep):
    """Carry out what was decided, or only show it in a dry run."""

    def step(self, job: "Job", context: Context) -> dict[str, int]:
        """Return how many deals were dealt with, and how many could not be; a guard may hold all of it (BEY-5)."""
        from zoho.engine.deals.apply import apply_deals, show_deals
        from zoho.engine.deals.guards import may_be_carried_out

        path = _path(self.from_task(job, context, "decide"))
        if context["params"]["dry_run"]:
            return {"planned": show_deals(job, path)}
        if not may_be_carried_out(job, path):
            return {"held": 1}
        applied = apply_deals(job, path)
        return {"done": applied.done, "failed": applied.failed}


class AssociateOperator(SyncStep):
    """List the deals of a document's customer, associate one with the document, or undo that (DEAL)."""

    def execute(self, context: Context) -> Any:
        """Do what the form says; the log tells the result.

        Raises:
            AirflowFailException: it cannot be done; the message says why.
        """
        from zoho.operators.associating import associating

        params: Any = context["params"]
        document = _NOUNS[params["document"]]
        return associating(self.integration, context, params["do"], document, params["number"], params["deal_id"])


def deal_dags(doc_md: str | None) -> dict[str, DAG]:
    """Return DAG id → DAG, one for every integration that makes something of its deals (AIR-3)."""
    usable, _ = load_integrations()
    dags = [_deals_dag(one, doc_md) for one in usable if (deals := one.settings.modules.deals) and deals.make]
    return {dag.dag_id: dag for dag in dags}


def association_dags(doc_md: str | None) -> dict[str, DAG]:
    """Return DAG id → DAG with the form, one for every integration whose customers are synchronized."""
    usable, _ = load_integrations()
    dags = [_association_dag(one, doc_md) for one in usable if one.settings.modules.customers]
    return {dag.dag_id: dag for dag in dags}


def _deals_dag(configured: Configured, doc_md: str | None) -> DAG:
    common: dict[str, Any] = {"integration": configured.name, "modules": (_DEALS,)}
    schedule = regularly_and_at_once(configured, _DEALS)
    form = {name: PARAMS[name] for name in ("full_scan", "beyond_guards", "plan", "dry_run")}
    with frame(configured, _DEALS, schedule=schedule, params=form, doc_md=doc_md) as dag:
        begin = BeginDealsOperator(task_id="begin", **common)
        extract = ExtractDealsOperator(task_id="extract", **common)
        decide = DecideOperator(task_id="decide", **common)
        load = LoadDealsOperator(task_id="load", **common)
        close = CloseOperator(task_id="close", trigger_rule=TriggerRule.ALL_DONE, **common)
        ask = AskOperator(task_id="ask", integration=configured.name, part=_DEALS)
        begin >> extract >> decide >> load >> [close, ask]
    return dag


def _association_dag(configured: Configured, doc_md: str | None) -> DAG:
    title = "associate a deal"
    with frame(configured, "associate", schedule=None, params=_FORM, doc_md=doc_md, title=title, tag=_DEALS) as dag:
        AssociateOperator(task_id="associate", integration=configured.name, modules=(_DEALS,))
    return dag


def _uri(path: Any) -> str:
    return str(path)


def _path(uri: str) -> Any:
    from airflow.sdk import ObjectStoragePath

    return ObjectStoragePath(uri)
