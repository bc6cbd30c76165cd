"""``python -m tests.bench.first_sync``: a first sync of very many accounts into an empty Books, step by step.

No quota is in force, so that what is measured is the sync itself. Every step is a process of its own, as it is in
Airflow; beside its time stands the most memory that it had, and in the end what the servers have.
"""

import argparse
import csv
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import psutil
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy import URL, func, select

from tests.bench.ground import empty_lab
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.preflight import preflight
from zoho.engine.scan import scan_books, scan_sales
from zoho.store.database import open_store
from zoho.store.tables import links

MANY = 1_000_000
_MEGABYTE = 1 << 20
_FIELDS = ("Account_Name", "Phone", "Website", "Billing_Street", "Billing_City", "Billing_Country")

Came = TypeVar("Came")


class _Steps:
    """Plays the steps of one run, each in a process of its own."""

    def __init__(self, lab: Lab, console: Console) -> None:
        self._where = (lab.store.url, lab.sandbox.url, lab.folder)
        self._console = console
        self.table = Table("step", *(Column(name, justify="right") for name in ("seconds", "MB at most", "result")))

    def play(self, name: str, step: Callable[..., Came], *given: Any) -> Came:
        """Play a step and note what it took; returns what it came to."""
        began = time.monotonic()
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            came, memory = pool.submit(_played, self._where, step, given).result()
        took = time.monotonic() - began
        self.table.add_row(name, f"{took:,.0f}", f"{memory:,}", _told(came))
        self._console.print(f"{name}: {took:,.0f} s, {memory:,} MB", highlight=False)
        return came


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.first_sync", description=__doc__)
    parser.add_argument("--many", type=int, default=MANY, help="accounts of the CRM")
    many = parser.parse_args().many
    console = Console()
    with empty_lab("customers") as lab:
        _make(lab, many)
        console.print(f"{many:,} accounts are in the CRM", highlight=False)
        steps = _Steps(lab, console)
        steps.play("begin", _begin)
        sales, books = steps.play("extract sales", _scan_sales), steps.play("extract books", _scan_books)
        steps.play("take in", _take_in, sales, books)
        pairs = steps.play("dedupe", _pair)
        planned = steps.play("map", _plan, pairs)
        steps.play("load", _apply, planned)
        steps.play("close", _close)
        console.print(steps.table)
        for name, memory in _servers():
            console.print(f"{name}: {memory:,} MB", highlight=False)
        with lab.store.connect() as connection:
            linked = connection.scalar(select(func.count()).select_from(links))
        console.print(f"{linked:,} links for {many:,} accounts", highlight=False)


def _make(lab: Lab, many: int) -> None:
    """Put accounts into the CRM, some at a time."""
    folder = lab.folder / "accounts"
    folder.mkdir()
    for start in range(0, many, 100_000):
        with (folder / "Accounts.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_FIELDS)
            for one in range(start, min(start + 100_000, many)):
                place = (f"{one} Main Street", f"City {one % 1_000}", "United States")
                writer.writerow((f"Company {one}", f"+1 555 {one:07}", f"www.company{one}.example.com", *place))
        lab.sandbox.load(folder)


def _servers() -> list[tuple[str, int]]:
    """Name and memory of what the steps used: PostgreSQL's shared memory counts once."""
    found = []
    for process in psutil.Process().children(recursive=True):
        words = " ".join(process.cmdline())
        if "-m sandbox" in words:
            found.append(("sandbox", process.memory_info().rss // _MEGABYTE))
        elif "postgres" in words:
            held = process.memory_full_info()
            found.append(("PostgreSQL", held.uss // _MEGABYTE))
    sums: dict[str, int] = {}
    for name, memory in found:
        sums[name] = sums.get(name, 0) + memory
    return list(sums.items())


def _played(where: tuple[URL, str, Path], step: Callable[..., Came], given: Sequence[Any]) -> tuple[Came, int]:
    store, sandbox, folder = where
    lab = Lab(Sandbox(sandbox), open_store(store), folder / f"step-{time.time_ns()}")
    lab.settings(direction="two_way")
    came = step(lab.job(), *given)
    lab.store.dispose()
    return came, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _told(came: Any) -> str:
    if isinstance(came, tuple):
        return f"{came[1]:,}"
    if isinstance(came, list):
        return f"{sum(extract.rows for extract in came):,}"
    return "" if came is None else str(came)


def _begin(job: Any) -> None:
    lifecycle.begin(job, f"bench:{job.run_id}", dry_run=False)
    preflight(job)


def _scan_sales(job: Any) -> Any:
    return scan_sales(job)


def _scan_books(job: Any) -> Any:
    return scan_books(job)


def _take_in(job: Any, sales: Any, books: Any) -> None:
    take_in(job, sales, books)


def _pair(job: Any) -> Any:
    return pair(job)


def _plan(job: Any, pairs: Any) -> Any:
    return plan(job, pairs[0])


def _apply(job: Any, planned: Any) -> str:
    done = apply(job, planned[0])
    return f"{done.done:,} done, {done.failed:,} failed"


def _close(job: Any) -> None:
    lifecycle.close(job)


if __name__ == "__main__":
    main()
