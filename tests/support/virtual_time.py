"""One clock for several processes and the sandbox, which moves only while all of them sleep.

Nobody waits for anything: when the last process that is awake goes to sleep, the clock leaps to the moment at
which the first of the sleepers wakes, in the sandbox too. So a simulated hour takes no longer than its calls,
and no process can age while another one is at work.
"""

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.sandbox import Sandbox

START = datetime(2026, 5, 1, 10, tzinfo=UTC)
_AWAKE, _GONE = -1, -2
_PATIENCE = 60.0


class VirtualTime:
    """Can be handed to processes that are started with ``spawn``.

    Args:
        context: Makes the processes.
        processes: How many take part.
        sandbox_url: Whose clock goes with ours.
    """

    def __init__(self, context: Any, processes: int, sandbox_url: str) -> None:
        self._turn = context.Condition()
        self._now = context.Value("q", 0, lock=False)
        self._wakes = context.Array("q", [_AWAKE] * processes, lock=False)
        self._sandbox_url = sandbox_url
        Sandbox(sandbox_url).clock(now=START)

    def seconds(self) -> float:
        """Seconds since the start."""
        return self._now.value / 1_000

    def now(self) -> datetime:
        """The present time."""
        return START + timedelta(milliseconds=self._now.value)

    def sleeper(self, process: int) -> Callable[[float], None]:
        """The sleep of one of the processes."""

        def sleep(seconds: float) -> None:
            with self._turn:
                wake = self._now.value + max(1, round(seconds * 1_000))
                self._wakes[process] = wake
                self._leap()
                if not self._turn.wait_for(lambda: self._now.value >= wake, _PATIENCE):
                    raise TimeoutError("the other processes neither sleep nor end")
                self._wakes[process] = _AWAKE

        return sleep

    def leave(self, process: int) -> None:
        """The end of a process: the others do not wait for it any more."""
        with self._turn:
            self._wakes[process] = _GONE
            self._leap()

    def _leap(self) -> None:
        wakes = [wake for wake in self._wakes if wake != _GONE]
        if wakes and all(wake != _AWAKE and wake > self._now.value for wake in wakes):
            Sandbox(self._sandbox_url).clock(advance=(min(wakes) - self._now.value) / 1_000)
            self._now.value = min(wakes)
            self._turn.notify_all()


SPAWN = multiprocessing.get_context("spawn")
"""Processes that share nothing but what they are given."""
