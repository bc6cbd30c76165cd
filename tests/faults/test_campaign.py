"""Nothing is lost and nothing is doubled, whatever goes wrong, in schedules drawn at random (BEY-4, OPS-7, OPS-8).

``ZOHO_FAULT_MINUTES`` lets it play for so long, ``ZOHO_FAULT_SEED`` is the seed of the first schedule.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
from pathlib import Path

import pytest

from tests.faults.campaign import KINDS, Schedule
from tests.faults.conftest import TOLD
from tests.faults.deals import DealSchedule
from tests.faults.mishaps import SPOILED
from tests.faults.transactions import TransactionSchedule
from tests.long.stateful import QuickLab, failure_of, shrunk
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store

MINUTES = float(os.environ.get("ZOHO_FAULT_MINUTES") or 0)
SEED = int(os.environ.get("ZOHO_FAULT_SEED") or 0)
FIRST = SEED or 1
SCHEDULES = {"records": 10, "transactions": 5, "deals": 4}
"""How many are played where no time is named."""

SHARES = {"records": 0.5, "transactions": 0.35, "deals": 0.15}
"""Of the time, where one is named; in it each of two workers plays every other schedule."""

WORKERS = [
    pytest.param(number, id=name, marks=pytest.mark.xdist_group(name))
    for number, name in enumerate(["odd", "even"] if MINUTES else ["odd"])
]

OFF = frozenset({"killed"})
"""Deaths are among the mishaps."""

ENOUGH = 3

Told = Callable[[str, object], None]
"""Keeps what a test tells, also one that another process runs: pytest's ``record_property``."""


@pytest.fixture
def quick_lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[QuickLab]:
    """The demo integration, all modules on."""
    store = open_store(store_url)
    yield QuickLab(sandbox, store, tmp_path)
    store.dispose()


@dataclass
class Campaign:
    """Schedules played one after the other.

    Attributes:
        lab: the integration.
        make: makes a schedule.
        what: is played, for who reads of it.
        struck: counts what went wrong, by kind.
        violations: the story of each schedule that failed.
        played: how many.
    """

    lab: QuickLab
    make: Callable[..., Schedule | TransactionSchedule | DealSchedule]
    what: str
    struck: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    played: int = 0

    def play(self, part: int, told: Told) -> None:
        """Plays, tells what was met, and fails if anything was violated.

        Args:
            part: which of the workers this is.
            told: keeps it until the end, when it is printed.
        """
        until = time.monotonic() + MINUTES * SHARES[self.what] * 60
        seeds = count(FIRST + part, len(WORKERS))
        for seed in seeds if MINUTES else islice(seeds, SCHEDULES[self.what]):
            if len(self.violations) == ENOUGH or (MINUTES and time.monotonic() > until):
                break
            self.played += 1
            if story := failure_of(self.lab, seed, OFF, make=partial(self.make, struck=self.struck)):
                self.violations.append(shrunk(self.lab, seed, OFF, story, make=self.make))
        faults = ", ".join(f"{number} {kind}" for kind, number in sorted((+self.struck).items()))
        head = f"{self.played} schedules of {self.what} from seed {FIRST + part}: {len(self.violations)} violations"
        told(TOLD, f"{head}; {faults}")
        for one in self.violations:
            seed = one.partition(",")[0].removeprefix("seed ")
            told(TOLD, f"{one}\nReplay it: make faults SEED={seed} ARGS='-k \"odd and {self.what}\"'")
        assert self.violations == []


@pytest.mark.parametrize("part", WORKERS)
def test_nothing_is_lost_or_doubled_among_records(quick_lab: QuickLab, part: int, record_property: Told) -> None:
    """BEY-4, OPS-7, OPS-8: after quiet the oracle agrees, failures have their reasons, and no run is stuck."""
    campaign = Campaign(quick_lab, Schedule, "records")
    campaign.play(part, record_property)
    if not MINUTES and not SEED:
        assert [kind for kind in KINDS if not campaign.struck[kind]] == [], "of these nothing was met"
        assert sum(campaign.struck[kind] for kind in SPOILED) > 0


@pytest.mark.parametrize("part", WORKERS)
def test_nothing_is_lost_or_doubled_among_transactions(quick_lab: QuickLab, part: int, record_property: Told) -> None:
    """BEY-4, TXN-2, TXN-3, TXN-5, TXN-7, OPS-7: estimates, orders, invoices, in regular runs and at once."""
    campaign = Campaign(quick_lab, TransactionSchedule, "transactions")
    campaign.play(part, record_property)
    if not MINUTES and not SEED:
        assert campaign.struck["told at once"] > 0
        assert len(+campaign.struck) > 5, "few kinds of mishaps were met"


@pytest.mark.parametrize("part", WORKERS)
def test_nothing_is_lost_or_doubled_among_deals(quick_lab: QuickLab, part: int, record_property: Told) -> None:
    """BEY-4, TRG-1 to TRG-7: one document of each deal, as its stage and amount say."""
    campaign = Campaign(quick_lab, DealSchedule, "deals")
    campaign.play(part, record_property)
    if not MINUTES and not SEED:
        assert len(+campaign.struck) > 5, "few kinds of mishaps were met"
