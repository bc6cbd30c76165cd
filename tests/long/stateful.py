"""Sequences of random work on both sides with runs in between, judged by the oracle.

``play`` plays one sequence, which its seed determines. Each step picks by a random generator of its own, so that a
sequence with steps left out stays much like the whole one: ``shrink`` finds out which steps a failure needs.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random

from sqlalchemy import text

from tests.long.actors import ACTIONS, People, act
from tests.long.oracle import Oracle, Wrong
from tests.long.oracle_merge import Policy
from tests.long.oracle_world import World, read_world
from tests.support.lab import Lab
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.report import Failure, RunReport
from zoho.store.tables import metadata
from zoho.transport.exchange import Call

RUNS_TO_QUIET = 5
KEPT_TABLES = frozenset({"facts", "organizations"})
SECONDS_BETWEEN_STEPS = 5
MOST_TYPED = 20
"""Values in one action."""
SETTINGS = {
    "customers": ("direction", "duplicates", "conflicts", "unassociated", "my_accounts", "deletes"),
    "vendors": ("direction", "duplicates", "conflicts", "deletes"),
    "products": ("direction", "duplicates", "conflicts", "deletes"),
}


@dataclass
class QuickLab(Lab):
    """A lab of one integration that takes it that the organizations are fit: a third of a small run's time."""

    def __post_init__(self) -> None:
        super().__post_init__()
        (self.include / "integrations" / "demo_bigin.yaml").unlink()
        self.module_on("vendors")
        self.module_on("products")

    def quick_run(self, module: str, full_scan: bool = False) -> RunReport:
        """Plays all tasks of a run but its preflight and guard."""
        job = self.job(full_scan, module)
        lifecycle.begin(job, f"test:{job.run_id}", False)
        apply(job, self.plan(job))
        return self.close(job)


class Died(BaseException):
    """The process dies here; nothing in the product catches it."""


@dataclass
class Sequence:
    """One sequence under way.

    Attributes:
        lab: the integration.
        seed: determines all.
        left_out: numbers of steps that are not taken.
        off: names of actions that are not taken.
        told: what happened, in plain words, with the number of the step.
    """

    lab: QuickLab
    seed: int
    left_out: frozenset[int] = frozenset()
    off: frozenset[str] = frozenset()
    told: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        start_over(self.lab)
        random = Random(self.seed)
        self.module = random.choices(list(ACTIONS), (6, 1, 1))[0]
        self.count = random.randint(6, 15)
        self.policy = Policy(books_first=self.module == "products")
        self.people = Clocked(self.lab.crm, self.lab.books, random, self.world())
        self.people.lab = self.lab
        self.oracle = Oracle(partial(history_holds_lost, self.lab))

    def world(self) -> World:
        """Both sides as they are."""
        return read_world(self.lab.sandbox.dump())

    def play(self) -> None:
        """Takes all steps, then waits for quiet.

        Raises:
            Wrong: what a run did or left is not allowed.
        """
        self.choose_settings(Random(f"{self.seed} settings"), every=True)
        for number in range(self.count):
            if number not in self.left_out:
                self.step(number, Random(f"{self.seed} {number}"))
        number = self.count
        self.quiet(number)
        self.lab.ahead += timedelta(days=1)
        failures = self.run(number, full_scan=True)
        failures = [*failures, *self.quiet(number)]
        self.oracle.judge_quiet(self.world(), self.policy, failures)

    def step(self, number: int, random: Random) -> None:
        """Takes one step: a run, a setting, or something that people do."""
        kind = random.random()
        if kind < 0.3:
            self.run(number, full_scan=random.random() < 0.15)
        elif kind < 0.36 and "killed" not in self.off:
            self.killed_run(number, random.randint(1, 25))
        elif kind < 0.44:
            self.choose_settings(random, number=number)
        else:
            actions = {one: weight for one, weight in ACTIONS[self.module].items() if one not in self.off}
            for action in random.choices(list(actions), list(actions.values()), k=4):
                if self.people_act(number, random, action):
                    break

    def people_act(self, number: int, random: Random, action: str, nth: int = 0) -> bool:
        """Lets people do something, some seconds after what was before; whether there was something to do it to.

        What is done in the same step has another ``nth``, so that no value is typed twice.
        """
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        before = self.world()
        self.people.world, self.people.random = before, random
        self.people.typed = self.people.marks = number * 100 + nth * MOST_TYPED
        if told := act(self.people, action):
            self.told.append((number, told))
            self.oracle.people_did(before, self.world())
        return told is not None

    def choose_settings(self, random: Random, number: int = -1, every: bool = False) -> None:
        """Changes one setting, or all."""
        for name in SETTINGS[self.module] if every else [random.choice(SETTINGS[self.module])]:
            if name in self.off:
                continue
            line = self.choose(name, random)
            self.lab.settings_add(line, self.module)
            self.told.append((number, f"setting {line}"))

    def choose(self, name: str, random: Random) -> str:
        """A value for a setting; the line that says so in the file."""
        policy = self.policy
        if name == "direction":
            policy.two_way = random.random() < 0.8
            return f"direction: {'two_way' if policy.two_way else 'from_sales'}"
        if name == "duplicates":
            policy.duplicates = random.choice(["overwrite", "overwrite", "clone", "skip"])
            return f"duplicates: {policy.duplicates}"
        if name == "conflicts":
            policy.conflicts = random.choice(["sales", "books", "newest"])
            return f"conflicts: {policy.conflicts}"
        if name == "unassociated":
            policy.unassociated = random.random() < 0.75
            return f"include_unassociated_contacts: {str(policy.unassociated).lower()}"
        if name == "my_accounts":
            policy.my_accounts = random.random() < 0.3
            return f"accounts_view: {'My Accounts' if policy.my_accounts else 'null'}"
        policy.deactivates = random.random() < 0.25
        return f"deletes: {'deactivate' if policy.deactivates else 'keep'}"

    def run(self, number: int, full_scan: bool = False) -> list[Failure]:
        """Runs, and has the oracle judge it; what failed."""
        before = self.world()
        return self.judged_run(number, before, "full run" if full_scan else "run", full_scan)

    def killed_run(self, number: int, calls: int) -> None:
        """A run that dies after so many calls of the API, and the next one, which mends it."""
        before = self.world()
        with dying_after(self.lab, calls):
            try:
                self.lab.quick_run(self.module)
            except Died:
                self.judged_run(number, before, f"run killed after call {calls}, then run", False)
                return
        self.told.append((number, f"run of fewer than {calls} calls"))
        self.oracle.judge_run(before, self.world(), self.policy, [])

    def judged_run(self, number: int, before: World, what: str, full_scan: bool) -> list[Failure]:
        """Runs once; what failed."""
        self.told.append((number, what))
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        report = self.lab.quick_run(self.module, full_scan=full_scan)
        if report.state not in ("success", "partial"):
            raise Wrong(f"the run ended as {report.state}: {report.error}")
        self.oracle.judge_run(before, self.world(), self.policy, report.failures)
        return list(report.failures)

    def quiet(self, number: int) -> list[Failure]:
        """Runs until nothing is written; all that failed on the way."""
        failures: list[Failure] = []
        for _ in range(RUNS_TO_QUIET):
            self.lab.sandbox.clear_calls()
            failures += self.run(number)
            writes = [call for call in self.lab.writes() if call["status"] < 400]
            if not writes:
                return failures
        raise Wrong(f"still not quiet after {RUNS_TO_QUIET} runs: {writes}")


def history_holds_lost(lab: Lab, value: str) -> bool:
    """Whether the history keeps a value as one that lost."""
    query = text("SELECT count(*) FROM changes WHERE jsonb_path_exists(item, CAST(:path AS jsonpath))")
    paths = [f'$.**.lost ? (@ == "{value}")']
    if value.replace(".", "").isdigit():
        paths += [f"$.**.lost.** ? (@ == {value})", f'$.**.lost.** ? (@ == "{value}")']
    with lab.store.connect() as connection:
        return any(connection.scalar(query, {"path": path}) for path in paths)


class Clocked(People):
    """People whose clock is the sandbox's."""

    lab: Lab

    def books_later(self) -> None:
        """Some seconds pass."""
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)


def start_over(lab: Lab) -> None:
    """Empties both organizations and the store, all but what preflight learned of the organizations."""
    lab.sandbox.clock(real=True)
    lab.sandbox.reset("empty")
    lab.sandbox.clear_calls()
    lab.tokens = type(lab.tokens)()
    lab.ahead = timedelta(0)
    with lab.store.begin() as connection:
        names = ", ".join(table for table in metadata.tables if table not in KEPT_TABLES)
        connection.exec_driver_sql(f"TRUNCATE {names}")


@contextmanager
def dying_after(lab: Lab, calls: int) -> Iterator[None]:
    """Kills the process after so many calls of the API."""
    seen: list[Call] = []

    def after_call(call: Call) -> None:
        seen.append(call)
        if len(seen) == calls:
            raise Died

    lab.on_call = after_call
    try:
        yield
    finally:
        lab.on_call = None


def failure_of(
    lab: QuickLab,
    seed: int,
    off: frozenset[str],
    left_out: frozenset[int] = frozenset(),
    make: Callable[..., Sequence] = Sequence,
) -> str | None:
    """Plays a sequence, which ``make`` makes.

    Returns:
        None, or its story and what is wrong.
    """
    sequence = make(lab, seed, left_out, off)
    try:
        sequence.play()
    except Exception as wrong:
        if not isinstance(wrong, Wrong) and "ZOHO_LONG_RAISE" in os.environ:
            raise
        story = "\n".join(f"  {number:>3} {what}" for number, what in sequence.told)
        return f"seed {seed}, module {sequence.module}\n{story}\n  --> {type(wrong).__name__}: {wrong}"
    return None


def shrunk(lab: QuickLab, seed: int, off: frozenset[str], told: str, make: Callable[..., Sequence] = Sequence) -> str:
    """Leaves out steps as long as the sequence fails; the story of what remains."""
    left_out: frozenset[int] = frozenset()
    for number in reversed(range(15)):
        if not re.search(rf"^ +{number} ", told, re.M):
            continue
        if shorter := failure_of(lab, seed, off, left_out | {number}, make):
            left_out, told = left_out | {number}, shorter
    return told
