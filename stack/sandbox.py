"""The local Zoho as a process of the stack, and what a person would set up in it."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from stack.errors import StackError
from stack.places import CHECKOUT
from stack.ports import LOOPBACK
from stack.processes import Process, Processes

READY = "Zoho sandbox on "
TIMEOUT_SECONDS = 30
TOLD_OF = ("estimate", "salesorder", "invoice", "purchaseorder")
"""The modules of Books that have a webhook (docs/at_once.md)."""


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


def accept_into_invoices(url: str) -> None:
    """Has Books make a draft invoice of each estimate that is accepted, which is a preference of an organization."""
    _order(url, "settings", books_accepted_estimate_makes_invoice="draft")


def tell_at_once(url: str, address: str, secret: str) -> None:
    """Makes the webhooks of Books by which it tells of every change; those of an earlier start are replaced.

    Args:
        url: Of the sandbox.
        address: Where they are posted.
        secret: What they are signed with.
    """
    for module in TOLD_OF:
        _order(url, "books_webhooks", module=module, url=address, secret=secret)


def slow_down(url: str, seconds: float) -> None:
    """Has every answer take so much longer."""
    _asked(url, "POST", "faults", [{"kind": "latency", "seconds": seconds}] if seconds else [])


def writes(url: str) -> int:
    """Returns how many calls that change a record were answered."""
    calls = [call for call in _asked(url, "GET", "calls")["calls"] if call["product"] != "oauth"]
    return sum(call["method"] != "GET" and "coql" not in call["path"] for call in calls)


def record_ids(url: str) -> set[str]:
    """Returns the ids of all records, each behind its product, since two may count alike: ``crm 4711``.

    Organizations of one product never do: their own number is a part of their ids.
    """
    organizations: dict[str, dict[str, list[dict[str, Any]]]] = _asked(url, "GET", "dump")
    return {
        f"{organization.partition('-')[0]} {record.get('id') or record[kind.removesuffix('s') + '_id']}"
        for organization, kinds in organizations.items()
        for kind, records in kinds.items()
        for record in records
    }


def _order(sandbox_url: str, what: str, **order: Any) -> None:
    _asked(sandbox_url, "PUT", what, order)


def _asked(sandbox_url: str, method: str, what: str, body: Any = None) -> Any:
    with requests.Session() as session:
        # The machine's proxy settings are not for the loopback interface.
        session.trust_env = False
        answer = session.request(method, f"{sandbox_url}/_sandbox/{what}", json=body, timeout=TIMEOUT_SECONDS)
    if not answer.ok:
        raise StackError(f"The sandbox refused {what}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


def _address(process: Process) -> str | None:
    for line in process.log.read_text(errors="replace").splitlines():
        if line.startswith(READY):
            return line.removeprefix(READY).split()[0]
    return None
