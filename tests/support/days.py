"""Runs under tiny quotas, played as Airflow plays them: a task that is put off begins again, be it days later."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import RLock, local
from typing import Any

from sandbox import defaults
from tests.support.lab import Lab
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.guards import guard
from zoho.engine.history.runs import one_run
from zoho.engine.job import Job
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.preflight import preflight
from zoho.engine.report import RunReport
from zoho.engine.scan import scan_books, scan_sales
from zoho.engine.urgency import reserve_of
from zoho.engine.waiting import note_going_on, note_wait
from zoho.engine.waits import Wait
from zoho.store.budget import DatabaseBudget
from zoho.transport.budget import Budget
from zoho.transport.errors import Action, Retriable
from zoho.transport.limits import Limits
from zoho.transport.oauth import MemoryTokenStore

ORGANIZATIONS = {"crm": "711", "books": defaults.BOOKS_ORGANIZATION_ID}
MOST_WAITS = 60

Step = Callable[[Job], Any]


def evening() -> datetime:
    """Tomorrow, in the middle of a day of Books."""
    return datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=1)


@dataclass
class Days:
    """A lab whose time passes only when somebody waits, from tomorrow on, and whose calls are limited.

    Attributes:
        lab: the integration.
        books: calls a day; ``None``: no limit.
        crm: credits in 24 hours; ``None``: no limit.
        now: the time, in the sandbox too.
        waits: what the runs told of each wait.
        meanwhile: what somebody does before time passes, at the first wait.
    """

    lab: Lab
    books: int | None = None
    crm: int | None = None
    now: datetime = field(default_factory=evening)
    waits: list[Wait] = field(default_factory=list)
    meanwhile: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        lab, self.start = self.lab, self.now
        self._turn, self._looked = RLock(), local()
        lab.sandbox.clock(now=self.now)
        lab.tokens = MemoryTokenStore(lambda: self.now)
        lab.now, lab.sleep, lab.budget_of = lambda: self.now, self.pass_, self._budget

    def limit(self) -> None:
        """Switches the limits on, at Zoho and for the runs, from the next day on."""
        self.pass_(24 * 3_600)
        self.lab.sandbox.settings(books_calls_per_day=self.books, crm_credits_per_day=self.crm)

    def unlimit(self) -> None:
        """Switches the limits off at Zoho."""
        self.lab.sandbox.settings(books_calls_per_day=None, crm_credits_per_day=None)

    def start_over(self) -> None:
        """Ends the limits and the slow time, and empties both organizations and the store."""
        self.unlimit()
        self.lab.sandbox.clock(real=True)
        self.lab.now, self.lab.sleep, self.lab.budget_of = lambda: datetime.now(UTC), lambda _: None, None
        self.lab.start_over()

    def pass_(self, seconds: float) -> None:
        """Lets time pass."""
        with self._turn:
            self.lab.sandbox.clock(advance=seconds)
            self.now += timedelta(seconds=seconds)

    def _look(self) -> datetime:
        """The time, as the thread that asks for it remembers it."""
        self._looked.at = self.now
        return self.now

    def sleep(self, seconds: float) -> None:
        """Sleeps from the moment at which the thread looked at the clock; others may have slept meanwhile."""
        wakes = self._looked.at + timedelta(seconds=seconds)
        with self._turn:
            self.pass_(max((wakes - self.now).total_seconds(), 0))

    def run(self, module: str = "customers") -> RunReport:
        """Plays a run to its end, through all its waits."""
        run = self.lab.job(module=module)
        lifecycle.begin(run, f"test:{run.run_id}", dry_run=False)
        self._task(run, preflight)
        sales, books = self._task(run, scan_sales), self._task(run, scan_books)
        self._task(run, lambda job: take_in(job, sales, books))
        pairs, _ = self._task(run, pair)
        path, _ = self._task(run, lambda job: plan(job, pairs))
        self._task(run, lambda job: guard(job, path))
        self._task(run, lambda job: apply(job, path))
        return self.lab.close(run)

    def _task(self, run: Job, step: Step) -> Any:
        while True:
            job = self.lab.job(module=run.module_name)  # a task that begins again knows nothing of its try before
            job.run_id, job.staging = run.run_id, run.staging
            note_going_on(job)
            try:
                return step(job)
            except Retriable as error:
                if error.action is not Action.WAIT:
                    raise
                self._put_off(job, error)
            finally:
                job.close()
                lifecycle.note_calls(job, "all")

    def _put_off(self, job: Job, error: Retriable) -> None:
        seconds = error.retry_after or 0.0
        note_wait(job, error.product, self.now + timedelta(seconds=seconds))
        wait = one_run(self.lab.store, job.run_id).entry.wait
        assert wait is not None
        self.waits.append(wait)
        assert len(self.waits) <= MOST_WAITS, "it does not get any further"
        job.close()
        began = self.now
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        self.pass_(max(seconds - (self.now - began).total_seconds(), 0))

    def _budget(self, product: str, job: Job) -> Budget:
        given = {"books": self.books, "crm": self.crm}[product]
        rolling = product != "books"
        limits = Limits(given or 1_000_000, 5, None if rolling else 100, rolling)
        return DatabaseBudget(
            *(job.store, product, ORGANIZATIONS[product], limits),
            clock=self._look,
            sleep=self.sleep,
            stopwatch=lambda: (self._look() - self.start).total_seconds(),
            reserve=reserve_of(job.configured.settings, job.module_name, waited_for=False),
        )


def set_reserve(lab: Lab, value: object) -> None:
    """Sets how much of a day bulk work leaves to what is urgent."""
    text = lab.settings_file.read_text()
    lab.settings_file.write_text(text.replace("modules:\n", f"quota: {{reserve: {value}}}\n\nmodules:\n", 1))
