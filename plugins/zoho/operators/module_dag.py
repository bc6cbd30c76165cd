"""The DAG of one module of one integration."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import DAG, Param, TriggerRule

from zoho.config.load import Configured, load_integrations
from zoho.core.merge import Direction
from zoho.core.records import Side
from zoho.operators.asking import AskOperator
from zoho.operators.frame import ONE_LINE, frame, regularly
from zoho.operators.steps import (
    BeginOperator,
    CloseOperator,
    DedupeOperator,
    ExtractBooksOperator,
    ExtractSalesOperator,
    LoadOperator,
    MapOperator,
)


def _switch(title: str, description: str) -> Param:
    return Param(False, type="boolean", title=title, description=description)


def _moment(title: str, description: str) -> Param:
    return Param(None, type=["null", "string"], format="date-time", title=title, description=description)


PARAMS = {
    "full_scan": _switch(
        "Read everything", "Read all records of both sides, not only what changed since the last run."
    ),
    "window_from": _moment(
        "Window from",
        "Only what was edited at this time or later; with Window to. A backfill fills both by itself.",
    ),
    "window_to": _moment("Window to", "Only what was edited before this time."),
    "beyond_guards": _switch(
        "Beyond the guards",
        "Carry out the plan even if it changes more records than the guards of the module allow.",
    ),
    "plan": Param(
        None,
        type=["null", "string"],
        pattern=ONE_LINE,
        maxLength=256,
        title="Plan",
        description="Id of a dry run, or of one for each module with blanks between them: carry out just what it "
        "shows. What has changed since is left out and named.",
    ),
    "undo": Param(
        None,
        type=["null", "string"],
        pattern=ONE_LINE,
        maxLength=64,
        title="Undo",
        description="Id of a run: show what takes it back, with Dry run. Carry that out by its id as Plan.",
    ),
    "dry_run": _switch("Dry run", "Show in the log of the task load what would be done, and write nothing to Zoho."),
}


def module_dags(module: str, doc_md: str | None) -> dict[str, DAG]:
    """Return DAG id → DAG of a module, one for every integration that has it on (AIR-3).

    Args:
        module: name of the module, as in the settings.
        doc_md: what the Airflow UI shows about it.
    """
    usable, _ = load_integrations()
    chosen = [configured for configured in usable if getattr(configured.settings.modules, module) is not None]
    dags = [_module_dag(configured, module, doc_md) for configured in chosen]
    return {dag.dag_id: dag for dag in dags}


def _module_dag(configured: Configured, module: str, doc_md: str | None) -> DAG:
    module_settings = getattr(configured.settings.modules, module)
    with frame(configured, module, schedule=regularly(configured), params=PARAMS, doc_md=doc_md) as dag:
        two_way = module_settings.direction is Direction.TWO_WAY
        sync_steps(configured.name, module, (module,), module_settings.lead if two_way else None)
    return dag


def sync_steps(integration: str, part: str, modules: Sequence[str], lead: Side | None) -> BeginOperator:
    """Make the tasks of a regular run in the DAG at hand, and return the first of them.

    Args:
        integration: name of the integration.
        part: what the DAG synchronizes of it.
        modules: which of its modules they synchronize, in turn.
        lead: the side that is fetched first (CUS-3, PRO-1); ``None``: both at once.
    """
    common: dict[str, Any] = {"integration": integration, "modules": modules}
    begin = BeginOperator(task_id="begin", **common)
    extract_sales = ExtractSalesOperator(task_id="extract_sales", **common)
    extract_books = ExtractBooksOperator(task_id="extract_books", **common)
    dedupe = DedupeOperator(task_id="dedupe", **common)
    map_ = MapOperator(task_id="map", **common)
    load = LoadOperator(task_id="load", **common)
    close = CloseOperator(task_id="close", trigger_rule=TriggerRule.ALL_DONE, **common)
    ask = AskOperator(task_id="ask", integration=integration, part=part)
    if lead is None:
        begin >> [extract_sales, extract_books] >> dedupe
    elif lead == "sales":
        begin >> extract_sales >> extract_books >> dedupe
    else:
        begin >> extract_books >> extract_sales >> dedupe
    dedupe >> map_ >> load >> [close, ask]
    return begin
