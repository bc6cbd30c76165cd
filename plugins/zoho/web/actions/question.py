"""What is asked before something is done, and what it takes to do it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from starlette.datastructures import FormData

from zoho.config.load import Configured
from zoho.web.security import Right

if TYPE_CHECKING:
    from zoho.web.view import View


class RefusedError(Exception):
    """It cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to do it.

    Attributes:
        value: in the form.
        label: what it is.
        told: what it means.
        chosen: whether it is chosen unless somebody chooses another.
    """

    value: str
    label: str
    told: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Ways of which one, or several, are chosen.

    Attributes:
        name: in the form.
        label: what is to be chosen; translated where it is shown.
        choices: the ways.
        several: whether more than one may be chosen.
    """

    name: str
    label: str
    choices: Sequence[Choice]
    several: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something is done.

    Attributes:
        heading: what it is; translated where it is shown, as the button is.
        button: what does it.
        told: what will happen, a sentence each, in the user's language.
        groups: what is to be chosen.
        lists: headings with what they are about.
        typed: what must be typed to be sure; ``None`` for nothing.
        asks_why: whether a reason is asked for.
        grave: whether it cannot be undone by the next button.
    """

    heading: str
    button: str
    told: Sequence[str]
    groups: Sequence[Choices] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    typed: str | None = None
    asks_why: bool = False
    grave: bool = False


@dataclass(frozen=True)
class Subject:
    """What something is done with.

    Attributes:
        view: who wants it.
        name: of the integration.
        configured: the integration; ``None`` when its settings cannot be used.
    """

    view: View
    name: str
    configured: Configured | None = field(repr=False)

    @property
    def user(self) -> str:
        """What Airflow calls the user."""
        return self.view.user.get_name()

    @property
    def usable(self) -> Configured:
        """The integration.

        Raises:
            RefusedError: its settings cannot be used.
        """
        if self.configured is None:
            raise RefusedError(self.view.say("The settings cannot be used, so nothing of this integration runs."))
        return self.configured


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the engine and Airflow refuse into a refusal that the page shows."""
    from airflow.sdk.exceptions import AirflowNotFoundException

    from zoho.engine.associations import AssociationError
    from zoho.engine.control.state import ControlError
    from zoho.engine.errors import HeldBack, Interrupted, NotNow, NotThere, PreflightError, ReviewError, RunStopped
    from zoho.orchestration.errors import OrchestrationError
    from zoho.store.database import StoreLocked
    from zoho.transport.errors import ZohoError

    asked_for = (AssociationError, ControlError, NotThere, OrchestrationError, ReviewError)
    stopped = (HeldBack, Interrupted, NotNow, PreflightError, RunStopped, StoreLocked, ZohoError)
    try:
        yield
    except (*asked_for, *stopped, AirflowNotFoundException) as error:
        raise RefusedError(str(error)) from None


class Deed(ABC):
    """Something that can be done with an integration.

    Attributes:
        right: what it takes.
        states: of the integration in which it is offered.
        label: what it is called; translated where it is shown.
    """

    right: ClassVar[Right]
    states: ClassVar[Sequence[str]]
    label: ClassVar[str]

    @abstractmethod
    def ask(self, subject: Subject) -> Question:
        """Return what is asked before it is done.

        Raises:
            RefusedError: it cannot be done, as can be told already.
        """

    @abstractmethod
    def do(self, subject: Subject, filled: FormData) -> str | None:
        """Do it.

        Returns:
            The address to go on at, below the page; ``None``: that of the integration.

        Raises:
            RefusedError: it cannot be done.
        """
