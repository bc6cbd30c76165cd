"""Row 4: pairing, merging and planning, for very many records."""

import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import log10
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import URL

from tests.bench.ground import empty_lab
from tests.bench.multiplied import edit, fill
from tests.bench.result import Figure, Goal, Say
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.engine import lifecycle
from zoho.engine.pair import pair
from zoho.engine.plan import plan
from zoho.store.database import open_store

FEW, MANY = 100_000, 1_000_000
SHARE = 100
_MEGABYTES = 1024

TITLE = "Plan"
HOW = f"""\
Pairing, merging and planning of linked customers, half of them with a contact, two-way, in a process of its own: once
with nothing changed, and once after one account in {SHARE} got another phone number. The store holds them as runs
would have left them, in a PostgreSQL as it comes (128 MB of shared memory). Memory is that of the process."""


@dataclass(frozen=True)
class _Took:
    """What planning once took.

    Attributes:
        seconds: from what is known to the staged plan.
        megabytes: most memory of the process.
        items: of the plan.
    """

    seconds: float
    megabytes: int
    items: int

    def told(self) -> str:
        """The same in words."""
        return f"{self.seconds:.1f} s, {self.megabytes:,} MB, {self.items:,} items planned"


def measure(say: Say) -> list[Figure]:
    """Plan the fewer and the more."""
    few, many = (_planned(number, say) for number in (FEW, MANY))
    growth = [log10(more.seconds / less.seconds) for less, more in zip(few, many, strict=True)]
    told = f"unchanged {growth[0]:.2f}, 1 % changed {growth[1]:.2f}"
    return [
        Figure(f"{FEW:,} linked, none changed", few[0].told(), few[0].seconds, unit=" s", places=1),
        Figure(f"{FEW:,} linked, 1 % changed", few[1].told(), few[1].seconds, unit=" s", places=1),
        Figure(f"{MANY:,} linked, none changed", many[0].told(), many[0].seconds, Goal("<", 60), " s", 1),
        Figure(f"{MANY:,} linked, 1 % changed", many[1].told(), many[1].seconds, Goal("<", 60), " s", 1),
        Figure("most memory", "", max(one.megabytes for one in many) / 1000, Goal("<", 1.5), " GB"),
        Figure("growth exponent", told, max(growth), Goal("≤", 1.05)),
    ]


def _planned(number: int, say: Say) -> tuple[_Took, _Took]:
    with empty_lab("customers") as lab:
        fill(lab, number)
        say(f"{number:,} records are linked")
        unchanged = _by_itself(lab, number)
        say(f"none changed: {unchanged.told()}")
        count = edit(lab.store, SHARE)
        changed = _by_itself(lab, number)
        say(f"{count:,} changed: {changed.told()}")
        if unchanged.items or changed.items != count:
            raise RuntimeError("the plan does not hold what was changed")
        return unchanged, changed


def _by_itself(lab: Lab, number: int) -> _Took:
    """Plan in a process of its own, so that the memory is that of planning."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_plan, lab.store.url, lab.sandbox.url, lab.folder / f"{number}-{time.time_ns()}").result()


def _plan(store: URL, sandbox: str, folder: Path) -> _Took:
    lab = Lab(Sandbox(sandbox), open_store(store), folder, runs=time.time_ns())
    lab.settings(direction="two_way")
    job = lab.job()
    lifecycle.begin(job, f"bench:{job.run_id}", dry_run=True)
    began = time.monotonic()
    _, items = plan(job, pair(job)[0])
    took = time.monotonic() - began
    lab.store.dispose()
    return _Took(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MEGABYTES, items)
