"""Pause, interrupt and resume (OPS-5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from starlette.datastructures import FormData

from zoho.engine.history.runs import RunFilter, list_runs
from zoho.store.controls import Pause as How
from zoho.web import words
from zoho.web.actions.question import Choice, Choices, Deed, Question, RefusedError, Subject, refusals
from zoho.web.languages import marked
from zoho.web.security import Right

if TYPE_CHECKING:
    from zoho.orchestration.controlling import CatchUp

_SHOWN = 200
_LONGEST_WHY = 300


def why_of(filled: FormData) -> str:
    """Return the reason that was given."""
    return str(filled.get("why") or "").strip()[:_LONGEST_WHY]


def going_on(subject: Subject) -> list[str]:
    """Return the runs that are going on, in words."""
    view = subject.view
    page = list_runs(view.store, RunFilter(integrations=[subject.name], states=["running"]))
    return [
        f"{view.gettext(words.MODULES.get(run.module, run.module))}, {run.started_at:%Y-%m-%d %H:%M} UTC"
        for run in page.items
    ]


class Pause(Deed):
    """Let no run begin."""

    right = Right.EDIT
    states: ClassVar[Sequence[str]] = ("enabled",)
    label = marked("Pause")
    how = How.DRAIN

    def ask(self, subject: Subject) -> Question:
        """Tell what it means for runs that are going on, and for those to come."""
        say = subject.view.say
        told = [
            say("No run begins: neither by the schedule, nor by hand, nor when Zoho tells of a change."),
            *self._of_runs(subject),
        ]
        told += [
            say("What Zoho tells of meanwhile is kept, and what changes meanwhile is picked up on resume."),
            say("Nothing in Zoho is changed by pausing."),
        ]
        running = going_on(subject)
        lists = [(say("Going on now: %(number)s", number=len(running)), running)] if running else []
        return Question(self.label, self.label, told, lists=lists, asks_why=True)

    def _of_runs(self, subject: Subject) -> list[str]:
        return [subject.view.say("A run that has begun finishes, also those of its tasks that have not begun.")]

    def do(self, subject: Subject, filled: FormData) -> str | None:
        """Pause."""
        from zoho.orchestration import controlling

        with refusals():
            controlling.pause(subject.view.store, subject.name, self.how, subject.user, why_of(filled))
        return None


class Interrupt(Pause):
    """Let no run begin, and stop those that have begun."""

    states = ("enabled", "paused")
    label = marked("Interrupt")
    how = How.INTERRUPT

    def _of_runs(self, subject: Subject) -> list[str]:
        say = subject.view.say
        return [
            say("A run that has begun stops at the next safe point, with nothing half done."),
            say("Resuming does exactly the rest: nothing twice, nothing left out."),
        ]


class Resume(Deed):
    """Let runs begin again, and make up for those that were missed."""

    right = Right.EDIT
    states = ("paused",)
    label = marked("Resume")

    def ask(self, subject: Subject) -> Question:
        """Show the windows that were missed, and ask how to make up for them."""
        from zoho.orchestration.controlling import missed

        say = subject.view.say
        with refusals():
            windows = missed(subject.view.store, subject.usable).windows
        told = [say("Runs begin again: by the schedule, by hand, and when Zoho tells of a change.")]
        shown = [f"{one.start:%Y-%m-%d %H:%M} – {one.end:%Y-%m-%d %H:%M} UTC" for one in windows[:_SHOWN]]
        lists = [(say("Missed windows: %(number)s", number=len(windows)), shown)] if windows else []
        return Question(self.label, self.label, told, [catch_up_choices(subject, len(windows))], lists)

    def do(self, subject: Subject, filled: FormData) -> str | None:
        """Resume, and begin what makes up for the pause."""
        from zoho.orchestration import controlling

        with refusals():
            controlling.resume(subject.view.store, subject.usable, catch_up_of(filled), subject.user)
        return None


def catch_up_choices(subject: Subject, windows: int) -> Choices:
    """Return the ways to make up for a time without runs.

    Args:
        subject: of which there were none.
        windows: how many were missed.
    """
    say = subject.view.say
    covers = say("It covers all that changed meanwhile, since it reads what changed since the last run.")
    one_by_one = say("A run for each missed window, the oldest first: %(number)s windows.", number=windows)
    ways = [
        Choice("widened", say("One run now"), covers, chosen=True),
        *([Choice("backfill", say("Window by window"), one_by_one)] if windows else []),
        Choice("nothing", say("Nothing now"), say("The next scheduled run picks up what changed meanwhile.")),
    ]
    return Choices("way", marked("What was missed"), ways)


def catch_up_of(filled: FormData) -> CatchUp:
    """Return the way that was chosen."""
    from zoho.orchestration.controlling import CatchUp

    way = str(filled.get("way") or CatchUp.NOTHING)
    if way not in set(CatchUp):
        raise RefusedError(way)
    return CatchUp(way)
