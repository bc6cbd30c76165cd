"""Why a run cannot go on, beyond what Zoho itself answers."""

from collections.abc import Sequence


class PreflightError(Exception):
    """Something must be set right before anything can be written (CON-4).

    Attributes:
        problems: one sentence each, saying what to change.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class RunStopped(Exception):
    """The run ended before its plan was carried out; the message says why."""


class NotNow(Exception):
    """No run of the integration may begin: it is paused, disabled or removed (OPS-5, CON-7)."""


class Interrupted(Exception):
    """A run stops since somebody wants it to; what it has begun is finished, the next run does the rest (OPS-5)."""


class FailedInPart(Exception):
    """The run finished, but some records failed; everything else is written."""


class NotThere(Exception):
    """What somebody asked for is not there, or may not be sent; the message says what to do (OPS-3, SRCH-3)."""


class PlanGone(Exception):
    """A plan that was shown cannot be carried out any more; nothing of it was written (BEY-1)."""


class HeldBack(Exception):
    """A guard keeps a plan from being carried out; nothing of it was written (BEY-5)."""


class CannotUndo(Exception):
    """A run cannot be undone; the message says why, and nothing was written (BEY-3)."""


class NeverTold(ValueError):
    """Something of the two organizations is not known yet, for no run has asked for it, and nobody is to be asked."""


class ReviewError(Exception):
    """What somebody decided in the review cannot be so; nothing was stored, and the message says why."""
