"""What Airflow's scheduler imports once, so that no task has to: a listener of Airflow's.

With the LocalExecutor each task is a process that is forked, in the end, from the scheduler's, and has what that one
has imported; and to import all that a quiet run needs takes longer than the run. Other executors start tasks from
processes of their own, where nothing would be gained.
"""

from importlib import import_module
from typing import Any

from airflow.configuration import conf
from airflow.listeners import hookimpl

NEEDED = (
    *(
        "zoho.operators.module_dag",
        "zoho.operators.transactions_dag",
        "zoho.operators.deals",
        "zoho.operators.running",
    ),
    *("zoho.hooks.job", "zoho.store.migrate", "zoho.engine.lifecycle", "zoho.engine.preflight", "zoho.engine.scan"),
    *("zoho.engine.pair", "zoho.engine.plan", "zoho.engine.apply", "zoho.engine.approvals", "zoho.engine.at_once"),
    *("zoho.engine.deals.scan", "zoho.engine.deals.apply", "zoho.engine.undo.asked", "zoho.engine.inbox"),
)
"""What the tasks of regular runs import, one way or another."""


@hookimpl
def on_starting(component: Any) -> None:
    """Import it, in what goes on for long and forks what does not: the scheduler, and what reads DAG files.

    Args:
        component: what of Airflow is starting: a job of either of them or of the triggerer, or a task.
    """
    if type(component).__name__ == "Job" and "LocalExecutor" in conf.get("core", "executor"):
        for name in NEEDED:
            import_module(name)
