"""The DAG in which a person approves plans that a guard holds back (BEY-5).

It is a DAG of its own, so that a question that nobody answers keeps no run of a module from its turn.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Context, Param

from zoho.config.load import Configured, load_integrations
from zoho.operators.frame import ONE_LINE, frame
from zoho.orchestration.parts import APPROVAL, dag_id_of, dags_of

if TYPE_CHECKING:
    from zoho.engine.approvals import Question

CARRY_OUT = "Carry out"
LEAVE = "Do not carry out"

_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")
"""Every sign that may mean something in Markdown."""

QUESTIONS_AT_ONCE = 16
"""How many questions of an integration may wait for their answers at the same time."""


class ApproveOperator(HITLOperator):
    """Show plans to a person in Airflow, under *Required Actions*, and wait for the answer; nobody's is a no.

    Args:
        integration: name of the integration.
    """

    ui_color = "#fdf3e1"

    def __init__(self, *, integration: str, **kwargs: Any) -> None:
        super().__init__(subject="A plan waits for approval", options=[CARRY_OUT, LEAVE], defaults=[LEAVE], **kwargs)
        self.integration = integration

    def execute(self, context: Context) -> Any:
        """Ask, and tell those that the settings name.

        Raises:
            AirflowFailException: the form names something that is no plan.
        """
        import pendulum
        from airflow.sdk.exceptions import AirflowFailException

        from zoho.config.load import integration
        from zoho.engine.approvals import ask
        from zoho.hooks.store import store_engine
        from zoho.operators.alerting import tell_held

        settings, plans, now = integration(self.integration).settings, _plans(context), pendulum.now("UTC")
        try:
            questions = ask(store_engine(), settings.modules, plans, now)
        except LookupError as error:
            raise AirflowFailException(str(error)) from None
        until = min(question.until for question in questions)
        self.response_timeout = timedelta(seconds=(until - now).total_seconds())
        self.subject = f"{', '.join(question.module for question in questions)}: carry out what a guard held back?"
        self.body = "\n\n".join(map(_markdown, questions))
        tell_held(settings, context, questions)
        return super().execute(context)


class CarryOutOperator(TriggerDagRunOperator):
    """Note the answer, and begin the run that carries the plans out, if it was a yes.

    Args:
        integration: name of the integration.
    """

    ui_color = "#fdf3e1"

    def __init__(self, *, integration: str, **kwargs: Any) -> None:
        super().__init__(
            trigger_dag_id=dag_id_of(integration, "{{ params.part }}"),
            logical_date=None,
            skip_when_already_exists=True,
            fail_when_dag_is_paused=True,
            **kwargs,
        )

    def execute(self, context: Context) -> None:
        """Do what was answered.

        Raises:
            AirflowSkipException: the plans are not carried out.
        """
        import pendulum
        from airflow.sdk.exceptions import AirflowSkipException

        from zoho.engine.approvals import note_answer
        from zoho.hooks.store import store_engine
        from zoho.store.approvals import Answer

        given = context["ti"].xcom_pull(task_ids="approve")
        user = (given["responded_by_user"] or {}).get("name")
        yes = given["chosen_options"] == [CARRY_OUT]
        answer = Answer.CARRIED_OUT if yes else Answer.REJECTED if user else Answer.NONE
        plans = _plans(context)
        note_answer(store_engine(), plans, answer, user, pendulum.now("UTC"))
        if not yes:
            raise AirflowSkipException(f"Rejected by {user}." if user else "Nobody answered in time.")
        self.conf = {"plan": " ".join(plans)}
        self.trigger_run_id = f"approved__{plans[0]}"
        super().execute(context)


def approval_dags(doc_md: str | None) -> dict[str, DAG]:
    """Return DAG id → DAG, one for every integration that synchronizes anything (AIR-3).

    Args:
        doc_md: what the Airflow UI shows about it.
    """
    usable, _ = load_integrations()
    dags = [_approval_dag(configured, doc_md) for configured in usable if dags_of(configured)]
    return {dag.dag_id: dag for dag in dags}


def _approval_dag(configured: Configured, doc_md: str | None) -> DAG:
    parts = [one.part for one in dags_of(configured)]
    params = {
        "part": Param(parts[0], enum=parts, title="Part", description="What the plans are of."),
        "plans": Param(
            "",
            type="string",
            pattern=ONE_LINE,
            maxLength=256,
            title="Plans",
            description="Ids of runs that a guard held back, with blanks between them.",
        ),
    }
    with frame(configured, APPROVAL, schedule=None, params=params, doc_md=doc_md, title="approval") as dag:
        dag.max_active_runs = QUESTIONS_AT_ONCE
        approve = ApproveOperator(task_id="approve", integration=configured.name)
        approve >> CarryOutOperator(task_id="carry_out", integration=configured.name)
    return dag


def _plans(context: Context) -> Sequence[str]:
    params: Any = context["params"]
    return str(params["plans"]).split()


def _markdown(question: "Question") -> str:
    """Return a question as Airflow shows it."""
    rows = [
        f"| {_plain(what) if first else ''} | {_plain(field)} |"
        for what, fields in question.records
        for first, field in zip(chain([True], repeat(False)), fields or [""], strict=False)
    ]
    more = [f"\n… and {question.more:,} more records."] if question.more else []
    return "\n".join(
        [
            f"**{question.module}**: {question.why}",
            "",
            f"{question.plan} {question.cost}",
            "",
            "| Record | Change |",
            "| --- | --- |",
            *rows,
            *more,
            "",
            f"All of it: [Zoho Sync, run {question.run_id}](/zoho/runs/{question.run_id}), "
            f"or `zoho-sync history {question.run_id}`.",
        ]
    )


def _plain(text: str) -> str:
    """Return text in which nothing is markup, whatever records are called."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
