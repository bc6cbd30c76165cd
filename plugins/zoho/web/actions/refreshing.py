"""Renew all Books customers and vendors that came from the sales side (SRCH-1)."""

from __future__ import annotations

from starlette.datastructures import FormData

from zoho.engine.control.audit import acting
from zoho.engine.on_demand.refresh import MODULES, number_of
from zoho.web import words
from zoho.web.actions.question import Choice, Choices, Deed, Question, Subject, refusals
from zoho.web.languages import marked
from zoho.web.overview import modules_on
from zoho.web.security import Right


class Refresh(Deed):
    """Begin a run of the DAG that refreshes them."""

    right = Right.RUN
    states = ("enabled",)
    label = marked("Refresh CRM customers")

    def ask(self, subject: Subject) -> Question:
        """Ask which, with numbers."""
        say, view, configured = subject.view.say, subject.view, subject.usable
        choices = [
            Choice(module, say(words.MODULES[module]), str(number_of(view.store, configured, module)), place == 0)
            for place, module in enumerate(one for one in MODULES if one in modules_on(configured.settings))
        ]
        told = [
            say("All records that came from the sales side are read there again, in hundreds, and brought in step."),
            say("It runs in Airflow; the history shows what it changed."),
        ]
        return Question(self.label, marked("Refresh"), told, [Choices("module", marked("Which"), choices)])

    def do(self, subject: Subject, filled: FormData) -> str | None:
        """Begin the run."""
        from zoho.orchestration.parts import dag_id_of
        from zoho.orchestration.runs import trigger

        view, module = subject.view, str(filled.get("module") or "")
        with (
            refusals(),
            acting(view.store, subject.user, "refresh", subject.name, view.clock, module=module) as told,
        ):
            told["run"] = trigger(dag_id_of(subject.name, "refresh"), {"module": module}, subject.user)
        return f"/integrations/{subject.name}/customers"
