"""The local Zoho as a process of the stack."""

import sys
from collections.abc import Mapping
from pathlib import Path

from stack.places import CHECKOUT
from stack.ports import LOOPBACK
from stack.processes import Process, Processes

READY = "Zoho sandbox on "


def start(processes: Processes, port: int, *, data: Path | None, env: Mapping[str, str] | None = None) -> str:
    """Starts the sandbox and waits until it answers.

    Args:
        processes: What stops it in the end.
        port: The port to listen on, on the loopback interface; 0 picks a free one.
        data: The file it keeps both organizations in; memory only when absent.
        env: Its whole environment; ours when absent.

    Returns:
        Its address, such as ``http://127.0.0.1:8085``.

    Raises:
        ProcessDiedError: If it ends instead.
    """
    command = [sys.executable, "-m", "sandbox", "--host", LOOPBACK, "--port", str(port)]
    if data is not None:
        data.parent.mkdir(parents=True, exist_ok=True)
        command += ["--data", str(data)]
    process = processes.start("sandbox", command, env=env, cwd=CHECKOUT)
    processes.wait_until(lambda: _address(process) is not None, "The sandbox answers", seconds=60)
    return _address(process) or ""


def _address(process: Process) -> str | None:
    for line in process.log.read_text(errors="replace").splitlines():
        if line.startswith(READY):
            return line.removeprefix(READY).split()[0]
    return None
