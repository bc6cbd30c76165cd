"""Deals under random work while things go wrong: Books holds what the rows TRG-1 to TRG-7 say, and once (BEY-4).

The walks of ``tests.long.deal_walks``, most of whose runs meet a mishap; the next run mends whatever happened.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from tests.faults.faulty import FaultyRuns, FaultySchedule
from tests.faults.mishaps import AROUND, Around, Paths, full_disk, spoiled_answers
from tests.long.deal_walks import Make, Walk
from tests.support.deals import ESTIMATE, INVOICE, switched_on
from zoho.engine.deals.apply import apply_deals
from zoho.engine.deals.decide import decide_deals
from zoho.engine.deals.guards import may_be_carried_out
from zoho.engine.deals.preflight import preflight_deals
from zoho.engine.deals.scan import scan_deals, take_in
from zoho.engine.job import Job
from zoho.store.events import Told

MAKES: tuple[Make, ...] = ("estimates", "invoices")
ROUNDS = 6
WITHOUT_MISHAP = 0.3
BLOCK = "\n  deals:\n"
PATHS: Paths = {
    "crm": ("/Deals", None),
    "books": ("/(estimates|invoices)$", "/(estimates|invoices)/", None, None),
}
DEALS_AROUND: Around = {
    **AROUND,
    "spoiled answers": partial(spoiled_answers, paths=PATHS),
    "full disk": partial(full_disk, staged=("sales-Deals", "plan")),
}


@dataclass
class FaultyWalk(Walk):
    """A walk whose runs meet mishaps.

    Attributes:
        runs: plays them.
    """

    runs: FaultyRuns = field(kw_only=True)

    def run(self, full_scan: bool = False, only: Told | None = None) -> None:
        """A run that something happens to, most likely, and the next one."""
        if self.random.random() >= WITHOUT_MISHAP:
            kind = self.random.choice([*self.runs.around, "spoiled answers", "killed", "SIGKILL"])
            job: Callable[[], Job] = partial(self._job, only)
            if kind == "SIGKILL":
                self.runs.slain_run(0, self.random, job, tasks)
            else:
                self.runs.around_run(0, self.random, kind, job, tasks)
        self.trade.run(full_scan=full_scan, only=only)

    def _job(self, only: Told | None) -> Job:
        self.trade.lab.sandbox.clock(advance=1)
        job = self.trade.lab.job(False, "deals")
        job.only = only
        return job

    def _note(self, what: Any) -> None:
        super()._note(what)
        self.runs.told.append((0, str(what)))


def tasks(job: Job) -> None:
    """The tasks of a run of deals."""
    preflight_deals(job)
    take_in(job, scan_deals(job))
    path, _ = decide_deals(job)
    if may_be_carried_out(job, path):
        apply_deals(job, path)


@dataclass
class DealSchedule(FaultySchedule):
    """One walk under way; each deed depends on all before it, so none is left out."""

    module = "deals"

    def play(self) -> None:
        """Plays it.

        Raises:
            AssertionError: Books holds something else than it must.
            Wrong: a run never ended, or the history does not say why.
        """
        make, path = Random(self.seed).choice(MAKES), self.lab.settings_file
        path.write_text(path.read_text().partition(BLOCK)[0] + "\n")
        self.lab.sandbox.clock(real=True)
        self.lab.start_over()
        trade = switched_on(self.lab, ESTIMATE if make == "estimates" else INVOICE)
        trade.deal("Qualification", Deal_Name="A deal that stays")
        runs = FaultyRuns(self.lab, DEALS_AROUND, self.told, self.struck)
        FaultyWalk(trade, make, self.seed, runs=runs).play(ROUNDS)
        runs.judge_ends()
