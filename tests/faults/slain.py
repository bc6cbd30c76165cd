"""A run in a process of its own that is killed by SIGKILL: nothing is rolled back, closed or said goodbye to."""

import os
import signal
import traceback
from collections.abc import Callable
from random import Random
from time import monotonic, sleep
from typing import Any

from sqlalchemy import event

from tests.long.stateful import QuickLab
from zoho.transport.exchange import Call

PATIENCE = 60.0

Doom = Callable[[QuickLab], None]
"""Has the process that calls it die later."""


def doom(choose: Random) -> tuple[str, Doom]:
    """When a process is to die, in words, and what makes it so; half of them die inside a transaction."""
    if choose.random() < 0.5:
        number = choose.randint(1, 8)
        return f"killed by SIGKILL after call {number}", lambda lab: _after_call(lab, number)
    number = choose.randint(8, 60)
    return f"killed by SIGKILL at statement {number}", lambda lab: _at_statement(lab, number)


def _after_call(lab: QuickLab, number: int) -> None:
    seen: list[Call] = []

    def after_call(call: Call) -> None:
        seen.append(call)
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    lab.on_call = after_call


def _at_statement(lab: QuickLab, number: int) -> None:
    seen: list[str] = []

    def after_execute(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(lab.store, "after_cursor_execute", after_execute)


def is_slain(lab: QuickLab, work: Callable[[], object], doomed: Doom) -> bool:
    """Does work in a child that is doomed, with connections of its own; whether it was killed before it was done.

    Raises:
        AssertionError: it failed by a mistake of ours, or never ended.
    """
    child = os.fork()
    if not child:
        try:
            lab.store.dispose(close=False)  # they are the parent's
            doomed(lab)
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever it is, the child ends here
            traceback.print_exc()
            os._exit(1)
    until = monotonic() + PATIENCE
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise AssertionError(f"a run in a process of its own did not end within {PATIENCE:.0f} s")
        sleep(0.005)
    assert os.WIFSIGNALED(ended[1]) or ended[1] == 0, "a run in a process of its own failed, as told above"
    return os.WIFSIGNALED(ended[1])
