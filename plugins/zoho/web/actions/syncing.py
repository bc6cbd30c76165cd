"""Sync now: one module, or everything in the order in which one part refers to another (OPS-2)."""

from __future__ import annotations

from starlette.datastructures import FormData

from zoho.web import words
from zoho.web.actions.question import Choice, Choices, Deed, Question, Subject, refusals
from zoho.web.languages import marked
from zoho.web.security import Right

ALL = "all"


class Sync(Deed):
    """Begin runs now."""

    right = Right.RUN
    states = ("enabled",)
    label = marked("Sync now")

    def ask(self, subject: Subject) -> Question:
        """Ask what, and how thoroughly."""
        from zoho.orchestration.parts import dags_of

        say = subject.view.say
        parts = [one.part for one in dags_of(subject.usable)]
        named = [(part, say(words.MODULES[part])) for part in parts]
        order = ", ".join(name for _, name in named)
        everything = Choice(ALL, say("Everything"), say("In this order: %(parts)s.", parts=order), True)
        ways = [
            Choice(
                "full_scan",
                say("Read everything"),
                say("Not only what changed since the last run. It takes longer and more API calls."),
            ),
            Choice("dry_run", say("Dry run"), say("Writes nothing to Zoho; the history shows what would be done.")),
        ]
        told = [
            say("A run begins in Airflow now. It reads what changed on both sides and writes the differences."),
            say("The schedule stays as it is."),
        ]
        groups = [
            Choices("part", marked("What"), [everything, *(Choice(part, name) for part, name in named)]),
            Choices("way", marked("How"), ways, several=True),
        ]
        return Question(self.label, marked("Sync now"), told, groups)

    def do(self, subject: Subject, filled: FormData) -> str | None:
        """Begin a run."""
        from zoho.orchestration.controlling import run_now

        part = str(filled.get("part") or ALL)
        conf = {way: True for way in ("full_scan", "dry_run") if way in filled.getlist("way")}
        with refusals():
            run_now(subject.view.store, subject.usable, None if part == ALL else part, subject.user, **conf)
        return None
