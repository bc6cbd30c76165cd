"""Whole integrations under random work on both sides while things go wrong; in the end an oracle judges (BEY-4).

A schedule is a sequence of ``tests.long.stateful`` in which many a run meets mishaps. Such a run may stop or fail in
part, and says why; the next one mends all of it, and what both came to is judged as one run is.
"""

from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from errno import ENOSPC
from random import Random

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tests.faults.mishaps import MISHAPS
from tests.long.oracle import Wrong
from tests.long.stateful import SECONDS_BETWEEN_STEPS, Died, Sequence
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.errors import RunStopped
from zoho.engine.job import Job
from zoho.store.runs import RunState
from zoho.store.tables import runs
from zoho.transport.errors import ZohoError

ALLOWED = (ZohoError, SQLAlchemyError, OSError)
"""What may stop a task; anything else is a mistake of ours."""


@dataclass
class Schedule(Sequence):
    """A sequence in which half of the runs meet mishaps.

    Attributes:
        struck: counts what went wrong, by kind.
    """

    struck: Counter[str] = field(default_factory=Counter)

    def step(self, number: int, random: Random) -> None:
        """Takes one step; where a run is due, things may go wrong before it."""
        if Random(f"{self.seed} {number} mishaps").random() < 0.5:
            self.faulty_run(number, random)
        else:
            super().step(number, random)

    def faulty_run(self, number: int, random: Random) -> None:
        """A run around which things go wrong, and the next one, which mends it."""
        before = self.world()
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        self.lab.sandbox.clear_calls()
        chosen = random.choices(list(MISHAPS), list(MISHAPS.values()), k=random.choice([1, 1, 1, 2]))
        job = None
        with ExitStack() as mishaps:
            told = [mishaps.enter_context(one(self.lab, random, self.struck)) for one in dict.fromkeys(chosen)]
            self.told.append((number, "; ".join(told)))
            job = self.lab.job(False, self.module)
            why = self.stopped_by(job)
        self.end(number, job, why)
        self.judged_run(number, before, "the next run", False)

    def stopped_by(self, job: Job) -> BaseException | None:
        """Plays the tasks of a run; why they stopped, if they did."""
        try:
            lifecycle.begin(job, f"test:{job.run_id}", False)
            apply(job, self.lab.plan(job))
        except Died as died:
            return died
        except ALLOWED as error:
            self.struck["full disk"] += isinstance(error, OSError) and error.errno == ENOSPC
            with suppress(*ALLOWED):
                lifecycle.note_error(job, str(error))
            return error
        return None

    def end(self, number: int, job: Job, why: BaseException | None) -> None:
        """Closes a run as Airflow does whatever became of its tasks.

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

    def play(self) -> None:
        """Plays all of it.

        Raises:
            Wrong: see ``Sequence.play``; or a run is stuck.
        """
        super().play()
        with self.lab.store.connect() as connection:
            stuck = connection.scalars(select(runs.c.run_id).where(runs.c.state == RunState.RUNNING)).all()
        if stuck:
            raise Wrong(f"runs that never ended: {stuck}")
