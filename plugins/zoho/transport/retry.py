"""When a request is sent again: exponential backoff with full jitter, and never longer than a minute."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, stop_after_attempt, stop_any, wait_random_exponential
from tenacity.stop import stop_base

from zoho.transport.errors import Retriable

TRIES = 5
LONGEST_WAIT = 60.0
_FIRST_WAIT = 1.0
_backoff = wait_random_exponential(multiplier=_FIRST_WAIT, max=20.0)


def retrying(*, repeatable: bool, sleep: Callable[[float], None]) -> Retrying:
    """Return the loop for one request.

    Args:
        repeatable: Whether sending twice does no harm. A request that is not repeatable is sent again only
            when it certainly had no effect.
        sleep: Waits for so many seconds.

    Returns:
        A tenacity loop; when it gives up it raises the last error. A wait that Zoho asks for and that does
        not fit into the minute ends the loop at once: the error carries ``retry_after`` for the scheduler.
    """

    def worth_repeating(state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        return isinstance(error, Retriable) and (repeatable or not error.outcome_unknown)

    return Retrying(
        retry=worth_repeating,
        wait=_wait,
        stop=stop_any(_TooLong(), stop_after_attempt(TRIES)),
        sleep=sleep,
        reraise=True,
    )


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Retriable) else None
    return max(asked or 0.0, _backoff(state))


class _TooLong(stop_base):
    def __call__(self, retry_state: RetryCallState) -> bool:
        return retry_state.idle_for + retry_state.upcoming_sleep > LONGEST_WAIT
