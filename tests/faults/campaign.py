"""Whole integrations under random work on both sides while things go wrong; in the end an oracle judges (BEY-4).

A schedule is a sequence of ``tests.long.stateful`` in which many a run meets mishaps. Such a run may stop or fail in
part, and says why; the next one mends all of it, and what both came to is judged as one run is.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from tests.faults.faulty import FaultyRuns, all_tasks
from tests.faults.meanwhile import ACTIONS, EDITS, MADE, ROWS, changed, short_pages, with_changes, working
from tests.faults.messages import Network, run_of_what_is_told
from tests.faults.mishaps import AROUND
from tests.faults.restored import back_up, export_map, forget, import_map, makes_anew_what_is_there, restore
from tests.long.actors import act
from tests.long.oracle import Memory
from tests.long.oracle_world import SalesRecord, World
from tests.long.stateful import MOST_TYPED, SECONDS_BETWEEN_STEPS, Sequence
from zoho.engine.edited_since import LOOK_EVERY
from zoho.engine.job import Job
from zoho.engine.on_demand.bring import bring
from zoho.engine.on_demand.fetch import by_id
from zoho.engine.scan import OVERLAP

NEVER = -1
LATER = 10_000
"""No value typed between two runs has such a high number."""
STRIDE = 5
TURNS = (
    "spoiled answers",
    "SIGKILL",
    "killed",
    "store gone",
    "spoiled answers",
    "locked store",
    "quota",
    "stale search",
    "bad network",
    "killed",
    "shifted page",
    "spoiled answers",
    "full disk",
    "SIGKILL",
    "revoked token",
    "clock skew",
    "shifted page",
    "bad network",
)
"""What goes wrong in the steps of a schedule, one kind after the other; its seed says with which one it begins."""

KINDS = (
    *(kind for kind in AROUND if kind != "spoiled answers"),
    "SIGKILL",
    "restored store",
    "shifted page",
    "edited plan",
    "lost webhook",
    "repeated webhook",
    "late webhook",
    "webhook of nothing",
    "forged webhook",
    "on demand",
)
"""What is counted beside the ways in which answers are spoiled."""


@dataclass
class Schedule(Sequence):
    """A sequence in which half of the runs meet mishaps.

    Attributes:
        struck: counts what went wrong, by kind.
    """

    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__post_init__()
        random = Random(f"{self.seed} backup")
        is_restored = self.seed % 3 == 0
        self.backed_up_at = random.randrange(self.count - 2) if is_restored else NEVER
        self.restored_at = random.randrange(self.backed_up_at + 2, self.count) if is_restored else NEVER
        self.memory: Memory | None = None
        self.network = Network(self.lab)
        self.runs = FaultyRuns(self.lab, AROUND, self.told, self.struck)

    def step(self, number: int, random: Random) -> None:
        """Takes one step; half of them are runs in which something goes wrong, each kind in its turn."""
        if number == self.backed_up_at:
            self.told.append((number, "the store is backed up"))
            back_up(self.lab)
            self.memory = self.oracle.remember(self.world())
        if number == self.restored_at and self.memory:
            self.restored_run(number, random, self.memory)
        elif Random(f"{self.seed} {number} mishaps").random() < 0.5:
            kind = TURNS[(self.seed * STRIDE + number) % len(TURNS)]
            if kind in AROUND:
                self.faulty_run(number, random, kind)
            elif kind == "bad network":
                self.run_of_what_is_told(number, random)
            elif kind == "shifted page":
                self.run_among_people(number, random)
            else:
                self.slain_run(number, random)
        else:
            super().step(number, random)

    def faulty_run(self, number: int, random: Random, kind: str) -> None:
        """A run around which things go wrong, and the next one, which mends it."""
        before = self.world()
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        self.runs.around_run(number, random, kind, self._job, all_tasks(self.lab))
        self.judged_run(number, before, "the next run", False)

    def slain_run(self, number: int, random: Random) -> None:
        """A run whose process is killed, and the next one, which mends it."""
        before = self.world()
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        self.runs.slain_run(number, random, self._job, all_tasks(self.lab))
        self.judged_run(number, before, "the next run", False)

    def _job(self) -> Job:
        return self.lab.job(False, self.module)

    def run_of_what_is_told(self, number: int, random: Random) -> None:
        """Some records are told of on a bad network, and others are asked for: runs for just these.

        The next run brings what nobody was told of. What the first one writes is of what had been seen until then, so
        both are judged as one.
        """
        before = self.world()
        entities = {"customers": ("Accounts", "Contacts"), "vendors": ("Vendors",), "products": ("Products",)}
        kinds = {"customers": ("business", "individual", "person"), "vendors": ("vendor",), "products": ("item",)}
        here = [one for one in before.sales.values() if one.module in entities[self.module]]
        there = [one for one in before.books.values() if one.kind in kinds[self.module]]
        known = sorted([*here, *there], key=lambda one: one.id)
        self.network.tell([one for one in known if random.random() < 0.5], random, self.struck)
        self.told.append((number, "a run for what is told on a bad network"))
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        job = self.lab.job(module=self.module)
        run_of_what_is_told(self.lab, job)
        self.lab.close(job)
        self.judged_run(number, before, "the next run", False)
        self.network.judge()
        if wanted := [one for one in here if self.policy.in_scope(one, before)]:
            self.run_on_demand(number, random.choice(sorted(wanted, key=lambda one: one.id)))

    def run_on_demand(self, number: int, record: SalesRecord) -> None:
        """Somebody asks for one record."""
        before = self.world()
        self.told.append((number, f"{record.name!r} is asked for"))
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        job = self.lab.job(module=self.module)
        brought = bring(job, f"test:{job.run_id}", by_id(record.id, entity=record.module))
        self.struck["on demand"] += 1
        self.oracle.judge_run(before, self.world(), self.policy, brought.report.failures)

    def run_among_people(self, number: int, random: Random) -> None:
        """A run during which people go on working at what it has no work with; the next ones bring that over.

        So it makes no difference when a run meets it, and whole lists are read no more than by any run.
        """
        for nth, action in enumerate(random.choices(MADE[self.module], k=ROWS)):
            self.people_act(number, random, action, nth)
        self.run(number)
        self.lab.sandbox.clock(advance=2 * OVERLAP.total_seconds())
        before = self.world()
        at_rest = self.oracle.at_rest(before, self.policy)
        rest = at_rest.sales.keys() | at_rest.books.keys()
        pages = frozenset(random.sample(range(1, 9), k=random.randint(1, 3)))
        actions = ACTIONS[self.module]

        def work(actions: Mapping[str, int] = actions) -> None:
            nonlocal before, rest
            then = self.world()
            self.people.world = World(
                {one: then.sales[one] for one in rest & then.sales.keys()},
                {one: then.books[one] for one in rest & then.books.keys()},
            )
            (action,) = random.choices(list(actions), list(actions.values()))
            self.people.random = random
            self.people.typed = self.people.marks = LATER + len(self.told) * MOST_TYPED
            if told := act(self.people, action):
                self.told.append((number, f"meanwhile {told}"))
                now = self.world()
                self.oracle.people_did(then, now)
                before = with_changes(before, then, now)
                rest -= changed(then, now)  # the run may have met that by now

        def work_on() -> None:
            """People edit what the plan is about to write, long before that is written."""
            nonlocal rest
            self.told.append((number, "it has planned"))
            self.lab.on_call = None
            rest = before.sales.keys() | before.books.keys()
            for _ in range(random.randint(0, 2)):
                self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
                work(EDITS[self.module])
                self.struck["edited plan"] += 1
            self.lab.ahead += 2 * LOOK_EVERY

        self.told.append((number, "a run, while people go on working"))
        job = self.lab.job(random.random() < 0.5, self.module)
        with short_pages(), working(self.lab, work, pages, self.struck):
            why = self.runs.stopped_by(job, all_tasks(self.lab, work_on))
        self.runs.end(number, job, why)
        failures = self.judged_run(number, before, "the next run", False)
        failures += self.quiet(number)
        self.oracle.judge_quiet(self.world(), self.policy, failures)

    def restored_run(self, number: int, random: Random, memory: Memory) -> None:
        """The store is put back from its backup, and somebody proceeds as docs/runbook.md says.

        Names pair what was linked since, but where the plan shows that they would not: then a map is needed.
        """
        before = self.world()
        self.struck["restored store"] += 1
        file = export_map(self.lab)
        restore(self.lab)
        forget(self.lab)
        self.lab.settings_add("duplicates: overwrite", self.module)
        duplicates, self.policy.duplicates = self.policy.duplicates, "overwrite"
        mapped = random.random() < 0.5 or makes_anew_what_is_there(self.lab, self.module, before)
        if mapped:
            import_map(self.lab, file, self.module)
        self.oracle.store_restored(memory, before, mapped)
        what = f"the store is restored from its backup{', a map is imported' if mapped else ''}, then full run"
        self.judged_run(number, before, what, True)
        self.lab.settings_add(f"duplicates: {duplicates}", self.module)
        self.policy.duplicates = duplicates

    def play(self) -> None:
        """Plays all of it.

        Raises:
            Wrong: see ``Sequence.play``; or a run is stuck.
        """
        super().play()
        self.runs.judge_ends()
