"""Starting servers, waiting until they are ready, and stopping every one of them again.

Each process leads its own session, so a Ctrl-C in the terminal reaches only us and we decide the order in
which things stop. A guard (`stack.guard`) stops them if we are killed.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from stack import guard
from stack.errors import StackError

POLL_SECONDS = 0.1
TAIL_LINES = 25
MARK = "ZOHO_SYNC_STACK"
"""The variable that marks every process of a stack, with the folder of its logs as the value."""


class ProcessDiedError(StackError):
    """A process ended though it should have gone on.

    Attributes:
        name: Which one.
        code: Its exit code; negative for the signal that ended it.
        log: Where its output is.
    """

    def __init__(self, name: str, code: int, log: Path) -> None:
        self.name = name
        self.code = code
        self.log = log
        super().__init__(f"{name} stopped by itself (exit code {code}). The end of {log}:\n{tail(log)}")


@dataclass(frozen=True)
class Process:
    """A server that was started.

    Attributes:
        name: What it is called in messages.
        popen: The process, which leads its own group.
        log: The file that holds its output.
        stop_signal: What asks it to end.
        whole_group: Whether that signal goes to all processes of its group, or to it alone.
        foundation: Whether others stand on it, so that it is stopped after them.
    """

    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    whole_group: bool = True
    foundation: bool = False

    def ended(self) -> bool:
        """Tells whether it and every process it started have ended."""
        return self.popen.poll() is not None and not _group_lives(self.popen.pid)


class Processes:
    """The processes one program has started; leaving the ``with`` block stops them.

    Args:
        logs: The folder for their log files; made when absent.
        inherit: File descriptors the guard keeps open until everything has stopped, such as that of a lock.
        grace_seconds: How long a process may take to end before it is killed.
    """

    def __init__(self, logs: Path, inherit: Sequence[int] = (), grace_seconds: float = guard.GRACE_SECONDS) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._grace_seconds = grace_seconds
        self._started: list[Process] = []
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__],
            stdin=subprocess.PIPE,
            pass_fds=tuple(inherit),
            start_new_session=True,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop_all()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: int | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        whole_group: bool = True,
        foundation: bool = False,
    ) -> Process:
        """Starts a server with its output in ``<logs>/<name>.log``.

        Args:
            name: What it is called in messages and in its log file's name.
            command: The program and its arguments.
            env: Its whole environment; ours when absent.
            cwd: The folder it runs in; ours when absent.
            user: The user id (and group id) it runs as; ours when absent.
            stop_signal: See `Process`.
            whole_group: See `Process`.
            foundation: See `Process`.

        Returns:
            The process, which need not be ready yet: see `wait_until`.
        """
        log = self._logs / f"{name.replace(' ', '-')}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**(os.environ if env is None else env), **marked(self._logs)},
                cwd=cwd,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        process = Process(name, popen, log, stop_signal, whole_group, foundation)
        self._started.append(process)
        self._tell_guard(f"watch {popen.pid} {int(stop_signal)} {'group' if whole_group else 'leader'}")
        return process

    def check(self) -> None:
        """Sees that everything still runs.

        Raises:
            ProcessDiedError: If something does not.
        """
        for process in self._started:
            code = process.popen.poll()
            if code is not None:
                raise ProcessDiedError(process.name, code, process.log)

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Waits until something is true, while every process goes on running.

        Args:
            ready: Asked again and again.
            what: What is waited for, to complete the sentence "… after N seconds: not yet".
            seconds: How long at most.

        Raises:
            ProcessDiedError: If a process ends meanwhile.
            StackError: If the time is up.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise StackError(f"{what}: not so after {seconds:.0f} seconds. See the logs in {self._logs}.")
            time.sleep(POLL_SECONDS)

    def stop(self, *processes: Process) -> None:
        """Stops some of them, all at once; a process that does not end in time is killed.

        Args:
            processes: Which ones.
        """
        going = [process for process in processes if process in self._started]
        for process in going:
            guard.signal_process(process.popen.pid, process.stop_signal, process.whole_group)
        deadline = time.monotonic() + self._grace_seconds
        while any(not process.ended() for process in going) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS / 2)
        for process in going:
            if not process.ended():
                guard.signal_process(process.popen.pid, signal.SIGKILL, whole_group=True)
            process.popen.wait()
            self._started.remove(process)
            self._tell_guard(f"forget {process.popen.pid}")

    def stop_all(self) -> None:
        """Stops everything, foundations last, and then the guard."""
        self.stop(*(process for process in self._started if not process.foundation))
        self.stop(*self._started)
        assert self._guard.stdin is not None
        with suppress(BrokenPipeError):
            self._guard.stdin.close()
        self._guard.wait()

    def _tell_guard(self, line: str) -> None:
        assert self._guard.stdin is not None
        with suppress(BrokenPipeError):  # a guard that was killed must not keep us from stopping things ourselves
            self._guard.stdin.write(line + "\n")
            self._guard.stdin.flush()


def marked(logs: Path) -> dict[str, str]:
    """Returns the variables by which `stop_left_overs` knows a process of the stack with these logs."""
    # Airflow's parts rename themselves, which would overwrite their variables, where a system shows them to others.
    return {MARK: str(logs), "SPT_NOENV": "1"}


def stop_left_overs(logs: Path) -> int:
    """Stops what runs on from an earlier `Processes` of the same log folder; call it before starting anew.

    There is something to stop only when the earlier program and its guard were both killed.

    Args:
        logs: The folder.

    Returns:
        How many processes there were.
    """
    found = [process for process in psutil.process_iter() if _is_marked(process, logs)]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=guard.GRACE_SECONDS)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn)
    return len(found)


def _group_lives(group: int) -> bool:
    # Members whose parent died stay zombies until init looks after them, which takes some inits a second.
    return guard.group_exists(group) and any(_is_live_member(process, group) for process in psutil.process_iter())


def _is_live_member(process: psutil.Process, group: int) -> bool:
    try:
        return os.getpgid(process.pid) == group and bool(process.status() != psutil.STATUS_ZOMBIE)
    except (OSError, psutil.Error):  # gone meanwhile
        return False


def _is_marked(process: psutil.Process, logs: Path) -> bool:
    try:
        return process.pid != os.getpid() and bool(process.environ().get(MARK) == str(logs))
    except psutil.Error:  # another user's, or gone meanwhile
        return False


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """Returns the last lines of a log file, each indented; a sentence when there are none."""
    text = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"    {line}" for line in text[-lines:]) or "    (it wrote nothing)"


def inherited_environment() -> dict[str, str]:
    """Our own environment without what would lead an Airflow of ours astray.

    That is other settings of Airflow, and the wish not to keep compiled code, for which every task would pay.
    """
    unwanted = "PYTHONDONTWRITEBYTECODE"
    return {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW") and key != unwanted}
