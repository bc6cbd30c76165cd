"""One demo at a time in one folder.

A lock tells: the kernel frees it when the last process that holds it is gone, so it never has to be
cleaned up after a crash. The guard (`stack.guard`) holds it too; what a killed demo leaves is therefore
stopped before the next one gets the lock. A file beside it says who holds it, for the message only.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from stack.errors import StackError

PATIENCE_SECONDS = 30.0
"""How long to wait for the left-overs of a demo that was killed."""


@contextmanager
def only_one(folder: Path, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[int]:
    """Holds the lock of a demo's folder, which is made when absent.

    Args:
        folder: The folder.
        patience_seconds: How long to wait if its holder is dead but the processes it started are not.

    Yields:
        The lock's file descriptor, for the guard to hold as well.

    Raises:
        StackError: If another demo uses the folder; says which process to stop.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        _acquire(lock, patience_seconds)
        lock.truncate(0)
        json.dump({"pid": os.getpid()}, lock)
        lock.flush()
        yield lock.fileno()
        lock.truncate(0)


def _acquire(lock: IO[str], patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _living_holder(lock)
            if holder is not None:
                raise StackError(
                    f"Another demo is running here (process {holder}): use that one, or stop it with Ctrl-C "
                    f"in its terminal or `kill {holder}`."
                ) from None
            if time.monotonic() > deadline:
                raise StackError(
                    f"An earlier demo does not end: `fuser -v {lock.name}` lists its processes."
                ) from None
            time.sleep(0.1)
        else:
            return


def _living_holder(lock: IO[str]) -> int | None:
    lock.seek(0)
    try:
        pid = int(json.load(lock)["pid"])
        os.kill(pid, 0)
    except (ValueError, KeyError, ProcessLookupError):
        return None
    except PermissionError:
        pass
    return pid
