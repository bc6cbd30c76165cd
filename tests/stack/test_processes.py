"""Whatever is started is stopped, even when the starter cannot do it itself."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from stack.errors import StackError
from stack.processes import ProcessDiedError, Processes, stop_left_overs, tail

SLEEP = ["sleep", "60"]
STUBBORN = ["sh", "-c", "trap '' TERM; echo deaf; sleep 60 & wait"]
PARENT = ["sh", "-c", "sleep 60 & echo $!; wait"]
KILLED_STARTER = """
import os, signal, sys
from pathlib import Path
from stack.processes import Processes
processes = Processes(Path(sys.argv[1]))
started = processes.start("sleeper", ["sleep", "60"])
print(started.popen.pid, processes._guard.pid, flush=True)
if sys.argv[2] == "guard too":
    os.kill(processes._guard.pid, signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


def eventually(true: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def killed_starter(logs: Path, how: str) -> tuple[int, int]:
    """Runs a program that starts a process and is killed; returns the ids of that process and of the guard."""
    command = [sys.executable, "-c", KILLED_STARTER, str(logs), how]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    started, guard = map(int, done.stdout.split())
    return started, guard


def test_leaving_the_block_stops_everything(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        pids = [processes.start(name, SLEEP).popen.pid for name in ("one", "two")]
        assert all(map(runs, pids))

    assert not any(map(runs, pids))


def test_children_of_a_process_are_stopped_with_it(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        parent = processes.start("parent", PARENT)
        assert eventually(lambda: bool(parent.log.read_text().strip()))
        child = int(parent.log.read_text())
        assert runs(child)

    assert not runs(child)


def test_a_process_that_will_not_end_is_killed(tmp_path: Path) -> None:
    with Processes(tmp_path, grace_seconds=0.2) as processes:
        deaf = processes.start("deaf", STUBBORN)
        assert eventually(lambda: "deaf" in deaf.log.read_text())

    assert deaf.popen.returncode == -signal.SIGKILL


def test_foundations_outlive_what_stands_on_them(tmp_path: Path) -> None:
    order = tmp_path / "order"
    note = "trap 'echo {name} >> {order}; exit' TERM; echo up; while :; do sleep 0.05; done"
    with Processes(tmp_path) as processes:
        for name, foundation in (("database", True), ("server", False)):
            command = ["sh", "-c", note.format(name=name, order=order)]
            started = processes.start(name, command, foundation=foundation)
            assert eventually(lambda log=started.log: "up" in log.read_text())

    assert order.read_text().split() == ["server", "database"]


def test_one_that_ends_by_itself_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("weak one", ["sh", "-c", "echo no luck today; exit 3"])

        with pytest.raises(ProcessDiedError, match=r"(?s)weak one stopped .*\(exit code 3\).*no luck today"):
            processes.wait_until(lambda: False, "It is well", seconds=15)


def test_waiting_has_an_end(tmp_path: Path) -> None:
    with (
        Processes(tmp_path) as processes,
        pytest.raises(StackError, match="The moon answers: not so after 0 seconds"),
    ):
        processes.wait_until(lambda: False, "The moon answers", seconds=0)


def test_the_guard_stops_what_a_killed_starter_leaves(tmp_path: Path) -> None:
    """BEY-4: `kill -9` of a demo leaves nothing running."""
    started, guard = killed_starter(tmp_path, "alone")

    assert eventually(lambda: not runs(started))
    assert eventually(lambda: not runs(guard))


def test_the_next_start_stops_what_a_killed_guard_leaves(tmp_path: Path) -> None:
    """BEY-4: nor does killing its guard as well, once the next one starts."""
    started, _ = killed_starter(tmp_path, "guard too")
    assert runs(started)

    assert stop_left_overs(tmp_path / "another") == 0
    assert stop_left_overs(tmp_path) == 1
    assert not runs(started)


def test_the_tail_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert tail(log) == "    (it wrote nothing)"
    log.write_text("one\ntwo\nthree\n")
    assert tail(log, lines=2) == "    two\n    three"
