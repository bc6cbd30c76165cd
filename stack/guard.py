"""Stops processes whose starter is gone.

A program that starts servers cannot stop them when it is killed itself (``kill -9``, a crashed test run).
So it starts this guard first and tells it, over a pipe, of every process it starts. The pipe ends when
the starter does, however that comes about; the guard then stops what is left and ends too.

Lines understood on standard input:

- ``watch PID SIGNAL group|leader``: PID is to be stopped with SIGNAL, sent to its whole group or to it alone;
- ``forget PID``: it has been stopped.

Run as ``python -I -S guard.py``, so it imports the standard library only and costs next to nothing.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

GRACE_SECONDS = 8.0
"""How long a process may take to end after its stop signal, before it is killed."""


def signal_process(pid: int, number: int, whole_group: bool) -> None:
    """Sends a signal to a process that leads its own group; one that is gone already is no error.

    Args:
        pid: The process, which is also the id of its group.
        number: The signal.
        whole_group: Send it to every process of the group, not only to the leader.
    """
    with suppress(ProcessLookupError, PermissionError):
        (os.killpg if whole_group else os.kill)(pid, number)


def group_exists(pid: int) -> bool:
    """Tells whether any process is left in the group that ``pid`` led."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def watched_until_end(lines: Iterable[str]) -> dict[int, tuple[int, bool]]:
    """Reads the starter's lines until it is gone.

    Args:
        lines: The lines of the pipe.

    Returns:
        What was still being watched then: the signal and whether it goes to the whole group, by process id.
    """
    watched: dict[int, tuple[int, bool]] = {}
    for line in lines:
        match line.split():
            case ["watch", pid, number, scope]:
                watched[int(pid)] = (int(number), scope == "group")
            case ["forget", pid]:
                watched.pop(int(pid), None)
    return watched


def stop(watched: dict[int, tuple[int, bool]], grace_seconds: float = GRACE_SECONDS) -> None:
    """Stops all the given processes at once, killing those that have not ended in time.

    Args:
        watched: As `watched_until_end` returns them.
        grace_seconds: How long they may take.
    """
    for pid, (number, whole_group) in watched.items():
        signal_process(pid, number, whole_group)
    deadline = time.monotonic() + grace_seconds
    left = [pid for pid in watched if group_exists(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = [pid for pid in left if group_exists(pid)]
    for pid in left:
        signal_process(pid, signal.SIGKILL, whole_group=True)


if __name__ == "__main__":
    stop(watched_until_end(sys.stdin))
