"""Disable, enable and remove an integration (CON-7, CON-8)."""

from __future__ import annotations

from starlette.datastructures import FormData

from zoho.config.load import include_folder
from zoho.engine.control.mirrors import count_mirrors
from zoho.engine.control.removal import settings_file
from zoho.web.actions.pausing import catch_up_choices, catch_up_of, going_on, why_of
from zoho.web.actions.question import Deed, Question, RefusedError, Subject, refusals
from zoho.web.languages import marked
from zoho.web.security import Right


class Disable(Deed):
    """Let no run begin until it is enabled, and take the mirrored transactions out of the CRM."""

    right = Right.EDIT
    states = ("enabled", "paused", "disabled")
    label = marked("Disable")

    def ask(self, subject: Subject) -> Question:
        """Tell what goes, with numbers, and what stays."""
        say, number = subject.view.say, count_mirrors(subject.view.store, subject.name)
        told = [
            say("No run begins until it is enabled again; one that is going on stops at the next safe point."),
            say("Zoho's notifications are unsubscribed, where there are any."),
        ]
        if number:
            told += [
                say(
                    "Transactions that were mirrored from Books are removed from the CRM: %(number)s.", number=number
                ),
                say("Transactions that were made in the CRM stay there."),
            ]
        told += [
            say("Books is left untouched."),
            say("All links are kept: enabling goes on where it stopped, and the mirrored transactions come again."),
        ]
        running = going_on(subject)
        lists = [(say("Going on now: %(number)s", number=len(running)), running)] if running else []
        return Question(self.label, self.label, told, lists=lists, asks_why=True, grave=True)

    def do(self, subject: Subject, filled: FormData) -> str | None:
        """Disable; what is left of an earlier time is done too."""
        from zoho.orchestration import controlling

        view, say = subject.view, subject.view.say
        with refusals():
            done = controlling.disable(view.store, subject.usable, subject.user, why_of(filled))
        if done.going:
            modules = ", ".join(done.going)
            text = say(
                "Disabled, but runs have not stopped yet: %(modules)s. Disable it again later.", modules=modules
            )
            raise RefusedError(text)
        if done.mirrors.failed:
            number = done.mirrors.failed
            raise RefusedError(say("Disabled, but the CRM does not give up %(number)s transactions.", number=number))
        return None


class Enable(Deed):
    """Let runs begin again after it was disabled."""

    right = Right.EDIT
    states = ("disabled", "removed")
    label = marked("Enable")

    def ask(self, subject: Subject) -> Question:
        """Tell what happens next."""
        say = subject.view.say
        told = [
            say("Runs begin again by the schedule, and go on where they stopped, with all links intact."),
            say("Mirrored transactions come again."),
        ]
        return Question(self.label, self.label, told, [catch_up_choices(subject, 0)])

    def do(self, subject: Subject, filled: FormData) -> str | None:
        """Enable, and begin what makes up for the time without runs."""
        from zoho.orchestration import controlling

        with refusals():
            controlling.enable(subject.view.store, subject.usable, catch_up_of(filled), subject.user)
        return None


class Remove(Deed):
    """Take the settings and the schedules away; nothing in either system is touched."""

    right = Right.EDIT
    states = ("enabled", "paused", "disabled", "broken")
    label = marked("Remove")

    def ask(self, subject: Subject) -> Question:
        """Tell what goes and what stays; the name must be typed."""
        say = subject.view.say
        with refusals():
            file = f"integrations/{settings_file(subject.name, include_folder()).name}"
        told = [
            say("The file %(file)s is deleted, and with it the schedules.", file=file),
            say("Where the folder is read-only you are told which file to delete."),
            say("Zoho's notifications are unsubscribed, where there are any."),
            say("Records that were synchronized stay in both systems and stay editable."),
            say("Links and history are kept: with the file put back, all goes on as before."),
        ]
        return Question(self.label, self.label, told, typed=subject.name, asks_why=True, grave=True)

    def do(self, subject: Subject, filled: FormData) -> str | None:
        """Remove."""
        from zoho.orchestration import controlling

        view = subject.view
        if str(filled.get("typed") or "").strip() != subject.name:
            raise RefusedError(view.say("What was typed is not the name of the integration."))
        with refusals():
            gone = controlling.remove(view.store, subject.name, include_folder(), subject.user, why_of(filled))
        if not gone.deleted:
            text = view.say("No run begins any more. Now delete %(file)s, which is read-only here.", file=gone.file)
            raise RefusedError(text)
        return None
