"""Row 3: how fast a large list gets into a file, beside what else there is for it."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack import postgres
from stack import sandbox as sandbox_server
from stack.places import CHECKOUT
from stack.processes import Process, Processes
from tests.bench import others
from tests.bench.page_server import READY
from tests.bench.result import Figure, Goal, Say
from tests.support.lab import CLIENTS
from tests.support.sandbox import Sandbox
from zoho.api.crm import CrmClient
from zoho.store.migrate import upgrade
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

RECORDS = 200_000
ROUNDS = 3
"""Ours and the bare loop take turns, and the middle one counts; the others are far off and slow."""

FIELDS = (
    *("Owner", "Rating", "Account_Name", "Phone", "Account_Site", "Fax", "Website", "Account_Number"),
    *("Account_Type", "Ownership", "Industry", "Employees", "Annual_Revenue", "SIC_Code", "Ticker_Symbol"),
    *("Created_By", "Modified_By", "Created_Time", "Modified_Time", "Description"),
    *("Billing_Street", "Billing_City", "Billing_State", "Billing_Code", "Billing_Country"),
    *("Shipping_Street", "Shipping_City", "Shipping_State", "Shipping_Code", "Shipping_Country"),
)

TITLE = "Extract"
HOW = f"""\
{RECORDS:,} accounts of {len(FIELDS)} fields each, in pages of 200 with page tokens, are read by one process. A server
in a process of its own answers at once, with bytes that it prepared before, as the sandbox gives accounts.

- *Ours* is the task `extract` of a first run, into Parquet: with the mapping of the demo, its retries, the ledger of
  calls and the call budget in the database; but page by page to the end, as the others read. A run goes over to bulk
  read after 50 pages.
- *The bare loop* calls `requests` and decodes the JSON, and keeps nothing: nothing that decodes with Python's own
  parser can be faster. Ours and it take turns, {ROUNDS} times, and the middle one counts.
- *dlt* reads with its `rest_api` source into Parquet; *the SDK* is Zoho's own for Python, which makes objects. Both
  come from the package registry into an environment of their own; each runs once."""

EXAMPLE = {
    "Account_Name": "Nordlicht Handel",
    "Rating": "Active",
    "Phone": "+49 30 1234567",
    "Fax": "+49 30 1234568",
    "Website": "https://www.nordlicht.example",
    "Account_Site": "Berlin",
    "Account_Type": "Customer",
    "Ownership": "Private",
    "Industry": "Manufacturing",
    "Employees": 120,
    "Annual_Revenue": 1_250_000,
    "Billing_Street": "Lange Straße 1",
    "Billing_City": "Berlin",
    "Billing_State": "Berlin",
    "Billing_Code": "10115",
    "Billing_Country": "Germany",
    "Shipping_Street": "Am Hafen 2",
    "Shipping_City": "Hamburg",
    "Shipping_State": "Hamburg",
    "Shipping_Code": "20095",
    "Shipping_Country": "Germany",
    "Description": "Buys tea and paper twice a year; delivery to the warehouse only, weekdays before noon.",
}
SETTINGS = ("/crm/v8/settings/fields", "/crm/v8/settings/modules")
"""What the SDK wants to know before it reads."""


@dataclass(frozen=True)
class Read:
    """What a reader came to."""

    records: int
    seconds: float
    megabytes: int | None

    @property
    def rate(self) -> float:
        """Records per second."""
        return self.records / self.seconds


def measure(say: Say) -> list[Figure]:
    """Read with each reader, and compare."""
    with tempfile.TemporaryDirectory(prefix="zoho-sync-bench-") as name, Processes(Path(name) / "logs") as processes:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's user must get through it
        server = postgres.start(processes, folder / "postgres")
        server.create_database("bench")
        upgrade(server.url("bench"))
        say("prepares the pages")
        readers = _Readers(_page_server(processes, folder), server.url("bench"), folder, say)
        found: dict[str, list[Read]] = defaultdict(list)
        for _ in range(ROUNDS):
            for reader in ("bare", "ours"):
                found[reader].append(readers.run(sys.executable, reader))
        python = others.python()
        for reader in ("dlt_source", "sdk") if python else ():
            found[reader].append(readers.run(str(python), reader))
    return _figures({reader: sorted(reads, key=lambda read: read.rate) for reader, reads in found.items()})


def _figures(found: dict[str, Sequence[Read]]) -> list[Figure]:
    middle = {reader: reads[len(reads) // 2] for reader, reads in found.items()}
    ours, bare = middle["ours"], middle["bare"]
    said = {reader: f"{read.rate:,.0f}/s" for reader, read in middle.items()}
    known = {name: middle[reader] for name, reader in (("dlt", "dlt_source"), ("SDK", "sdk")) if reader in middle}
    beside = ", ".join(f"{name} {read.rate:,.0f}/s" for name, read in known.items()) or "dlt and SDK not installed"
    best = max((read.rate for read in known.values()), default=None)
    return [
        Figure(
            "ours ÷ the bare loop",
            f"{said['ours']} ÷ {said['bare']}",
            statistics.median(one.rate for one in found["ours"]) / bare.rate,
            Goal("≥", 0.6),
        ),
        Figure(
            "ours ÷ the better of dlt and SDK", beside, ours.rate / best if best else None, Goal("≥", 8), places=1
        ),
        Figure("most memory of our process", f"{ours.records:,} records", ours.megabytes, None, " MB", places=0),
    ]


@dataclass(frozen=True)
class _Readers:
    """Runs readers, each in a process of its own."""

    url: str
    store_url: str
    folder: Path
    say: Say

    def run(self, python: str, reader: str) -> Read:
        with tempfile.TemporaryDirectory(dir=self.folder) as own:
            arguments = [self.url, ",".join(FIELDS), own, *([self.store_url] if reader == "ours" else [])]
            # Only what the readers share is taken from here: another environment has other versions of the rest.
            env = {**os.environ, "PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'plugins'}", "HOME": own, "NO_PROXY": "*"}
            done = subprocess.run(
                [python, "-W", "ignore", "-m", f"tests.bench.readers.{reader}", *arguments],
                env=env,
                cwd=own,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"the reader {reader} failed:\n{done.stderr[-3000:]}")
        read = Read(**json.loads(done.stdout.strip().splitlines()[-1]))
        if read.records != RECORDS:
            raise RuntimeError(f"the reader {reader} read {read.records:,} of {RECORDS:,} records")
        self.say(f"{reader} read {read.rate:,.0f} records/s, with {read.megabytes} MB")
        return read


def _page_server(processes: Processes, folder: Path) -> str:
    """Start the server of prepared pages; returns its address."""
    path = folder / "given.json"
    path.write_text(json.dumps(_given(processes)), encoding="utf-8")
    command = [sys.executable, "-m", "tests.bench.page_server", str(path), str(RECORDS)]
    process = processes.start("pages", command, cwd=CHECKOUT)
    processes.wait_until(lambda: _address(process) is not None, "The pages are prepared", seconds=120)
    return _address(process) or ""


def _address(process: Process) -> str | None:
    for line in process.log.read_text(errors="replace").splitlines():
        if line.startswith(READY):
            return line.removeprefix(READY)
    return None


def _given(processes: Processes) -> dict[str, Any]:
    """Return an account, and what the SDK asks besides, as the sandbox answers."""
    sandbox = Sandbox(sandbox_server.start(processes, 0, data=None))
    sandbox.reset("empty")
    ids = CLIENTS["crm"]
    credentials = Credentials(ids.client_id, ids.client_secret, ids.refresh_token, sandbox.url, sandbox.url)
    crm = CrmClient(Transport("crm", credentials, MemoryTokenStore()))
    crm.insert("Accounts", [EXAMPLE])
    (account,) = [record for page in crm.records("Accounts", fields=FIELDS) for record in page.records]
    others_by_path = {
        path: crm.transport.request(
            "GET", path.removeprefix("/crm"), params={"module": "Accounts"}, purpose="bench"
        ).body
        for path in SETTINGS
    }
    return {"account": account, "others": others_by_path}
