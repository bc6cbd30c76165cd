"""Runs that something happens to, and what Airflow does with them whatever became of their tasks (BEY-4)."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from errno import ENOSPC
from random import Random

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tests.faults.mishaps import Around
from tests.faults.slain import doom, is_slain
from tests.long.oracle import Wrong
from tests.long.stateful import Died, QuickLab
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.errors import RunStopped
from zoho.engine.job import Job
from zoho.store.runs import RunState
from zoho.store.tables import runs
from zoho.transport.errors import ZohoError

ALLOWED = (ZohoError, SQLAlchemyError, OSError)
"""What may stop a task; anything else is a mistake of ours."""

Tasks = Callable[[Job], object]
"""What a run does between its beginning and its end."""


@dataclass
class FaultyRuns:
    """Plays runs that something happens to.

    Attributes:
        lab: whose.
        around: what can go wrong around a run, by kind.
        told: what happened, in plain words, with the number of the step.
        struck: counts what went wrong, by kind.
    """

    lab: QuickLab
    around: Around
    told: list[tuple[int, str]]
    struck: Counter[str] = field(default_factory=Counter)

    def around_run(self, number: int, random: Random, kind: str, job: Callable[[], Job], tasks: Tasks) -> None:
        """A run around which things go wrong, of one kind or of two."""
        self.lab.sandbox.clear_calls()
        kinds = [kind] if random.random() < 0.75 else [kind, random.choice(list(self.around))]
        with ExitStack() as mishaps:
            told = [
                mishaps.enter_context(self.around[one](self.lab, random, self.struck)) for one in dict.fromkeys(kinds)
            ]
            self.told.append((number, "; ".join(told)))
            run = job()
            why = self.stopped_by(run, tasks)
        self.end(number, run, why)

    def slain_run(self, number: int, random: Random, job: Callable[[], Job], tasks: Tasks) -> None:
        """A run whose process is killed."""
        told, doomed = doom(random)
        self.told.append((number, told))
        run = job()
        died = is_slain(self.lab, lambda: self.stopped_by(run, tasks), doomed)
        self.struck["SIGKILL"] += died
        self.end(number, run, Died(told) if died else None)

    def stopped_by(self, job: Job, tasks: Tasks) -> BaseException | None:
        """Plays the tasks of a run; why they stopped, if they did."""
        try:
            lifecycle.begin(job, f"test:{job.run_id}", False)
            tasks(job)
        except Died as died:
            return died
        except ALLOWED as error:
            self.struck["full disk"] += isinstance(error, OSError) and error.errno == ENOSPC
            try:
                lifecycle.note_error(job, str(error))
            except Died as died:
                return died
            except ALLOWED:
                pass
            return error
        return None

    def end(self, number: int, job: Job, why: BaseException | None) -> None:
        """Closes a run.

        Raises:
            Wrong: the history does not say that it stopped, or not why.
        """
        with self.lab.store.connect() as connection:
            known = connection.scalar(select(runs.c.state).where(runs.c.run_id == job.run_id))
        if known is None:
            return  # it did not even begin
        with suppress(RunStopped):
            self.lab.close(job)
        with self.lab.store.connect() as connection:
            row = connection.execute(select(runs).where(runs.c.run_id == job.run_id)).one()
        self.told.append((number, f"it ended as {row.state}: {why!r}, in the history {row.error!r}"))
        could_tell = isinstance(why, ZohoError | OSError)  # not who is dead, nor who has no store
        if could_tell and row.state == RunState.FAILED and not row.error:
            raise Wrong(f"a run that stopped by {why!r} has no reason in the history")

    def judge_ends(self) -> None:
        """Looks for runs that never ended.

        Raises:
            Wrong: there are some.
        """
        with self.lab.store.connect() as connection:
            stuck = connection.scalars(select(runs.c.run_id).where(runs.c.state == RunState.RUNNING)).all()
        if stuck:
            raise Wrong(f"runs that never ended: {stuck}")


@dataclass
class FaultySchedule:
    """A schedule under way that :func:`tests.long.stateful.failure_of` plays.

    Attributes:
        lab: the integration.
        seed: determines all.
        left_out: numbers of steps that are not taken, where a step can be.
        off: actions that are not taken, where they have names.
        struck: counts what went wrong, by kind.
        told: what happened, in plain words, with the number of the step.
    """

    lab: QuickLab
    seed: int
    left_out: frozenset[int] = frozenset()
    off: frozenset[str] = frozenset()
    struck: Counter[str] = field(default_factory=Counter)
    told: list[tuple[int, str]] = field(default_factory=list)


def all_tasks(lab: QuickLab, planned: Callable[[], None] = lambda: None) -> Tasks:
    """The tasks of a regular run but its preflight and guard, and what happens when it has planned."""

    def tasks(job: Job) -> None:
        path = lab.plan(job)
        planned()
        apply(job, path)

    return tasks
