"""Transactions under random work while things go wrong: each is on both sides, once, and the same (BEY-4, TXN-2).

A sales person and an accountant make, edit, send and delete transactions of one kind; every run is one that something
may happen to. When no run finds work any more, both sides must hold what was typed, by the rules of
docs/transactions.md alone: this knows nothing of links, plans or merges.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from tests.faults.faulty import FaultyRuns, FaultySchedule, Tasks, all_tasks
from tests.faults.messages import told_tasks
from tests.faults.mishaps import AROUND, Around, Paths, full_disk, spoiled_answers
from tests.faults.traders import SIDES, Traders, Transaction
from tests.long.oracle import Wrong
from tests.long.stateful import RUNS_TO_QUIET, SECONDS_BETWEEN_STEPS, history_holds_lost
from tests.support.transactions import KINDS
from zoho.core.records import Side
from zoho.engine.at_once import lists_of
from zoho.engine.report import Failure
from zoho.store import events
from zoho.store.events import Event

NOBODY = "5725767000009999999"
WITHOUT_MISHAP = 0.3
STRIDE = 5


@dataclass
class TransactionSchedule(FaultySchedule):
    """Transactions of one kind, made and edited by both people."""

    def __post_init__(self) -> None:
        random = Random(self.seed)
        self.module = random.choice(list(KINDS))
        self.count = random.randint(4, 10)
        self.winner: Side = random.choice(SIDES)
        self.runs = FaultyRuns(self.lab, around(self.module), self.told, self.struck)
        self._set_up()

    def _set_up(self) -> None:
        lab, path = self.lab, self.lab.settings_file
        if f"  {self.module}:" not in path.read_text():
            blocks = "".join(f"  {module}:\n    conflicts: books\n" for module in KINDS)
            path.write_text(path.read_text().replace("from_sales", "two_way").rstrip("\n") + "\n" + blocks)
        lab.settings_add(f"conflicts: {self.winner}", self.module)
        lab.sandbox.clock(real=True)
        lab.start_over()
        self.people = Traders(lab, self.module)

    def play(self) -> None:
        """Takes all steps, each until nothing is to be done any more.

        Raises:
            Wrong: something that no requirement allows.
        """
        for number in range(self.count):
            if number not in self.left_out:
                self.step(number, Random(f"{self.seed} {number}"))
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        self._settle(self.count, full_scan=True)
        self._judge()
        self.runs.judge_ends()

    def step(self, number: int, random: Random) -> None:
        """People do something, then comes a run; the ones after it mend whatever happened to that."""
        people = self.people
        people.typed = number * 100
        deeds: dict[Callable[[Random], str | None], int] = {
            people.made_in_books: 3,
            people.made_in_crm: 3,
            people.noted: 4,
            people.lines_edited: 4,
            people.sent: 1,
            people.deleted: 1,
        }
        for deed in random.choices(list(deeds), list(deeds.values()), k=random.randint(1, 4)):
            self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
            if told := deed(random):
                self.told.append((number, told))
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
        job, tasks = partial(self.lab.job, False, self.module), all_tasks(self.lab)
        if random.random() < 0.4:
            tasks = self._tell(number, random)
        if random.random() < WITHOUT_MISHAP:
            run = job()
            if why := self.runs.stopped_by(run, tasks):
                raise Wrong(f"a run stopped by {why!r} though nothing went wrong")
            self.runs.end(number, run, None)
        else:
            kinds = (*self.runs.around, "spoiled answers", "spoiled answers", "killed", "SIGKILL")
            kind = kinds[(self.seed * STRIDE + number) % len(kinds)]
            if kind in self.runs.around:
                self.runs.around_run(number, random, kind, job, tasks)
            else:
                self.runs.slain_run(number, random, job, tasks)
        self._settle(number)
        self._judge()

    def _tell(self, number: int, random: Random) -> Tasks:
        """Zoho tells of some, of some twice, of others never, and of one that is not there; a run for these."""
        there: list[tuple[Side, str]] = [
            (side, one["id"]) for side, held in self.people.world().items() for one in held
        ]
        told = [one for one in there for _ in range(random.choice((0, 0, 1, 1, 2)))]
        lists = dict(lists_of(self.module))
        journal = [Event(side, lists[side], remote_id, "edit") for side, remote_id in [*told, ("sales", NOBODY)]]
        with self.lab.store.begin() as connection:
            for one in journal:
                events.record(connection, self.lab.integration, [one])
        self.told.append((number, f"{len(journal)} are told of, then a run for these"))
        self.struck["told at once"] += 1
        return told_tasks

    def _settle(self, number: int, *, full_scan: bool = False) -> None:
        """Runs until nothing is written.

        Raises:
            Wrong: that never comes, or something fails without need.
        """
        for nth in range(RUNS_TO_QUIET):
            self.lab.sandbox.clock(advance=SECONDS_BETWEEN_STEPS)
            self.lab.sandbox.clear_calls()
            self.told.append((number, "full run" if full_scan and not nth else "run"))
            report = self.lab.quick_run(self.module, full_scan=full_scan and not nth)
            if report.state not in ("success", "partial"):
                raise Wrong(f"the run ended as {report.state}: {report.error}")
            for failure in report.failures:
                if not self._may_fail(failure):
                    raise Wrong(f"failed without need: {failure}")
            if not [call for call in self.lab.writes() if call["status"] < 400]:
                return
        raise Wrong(f"still not quiet after {RUNS_TO_QUIET} runs: {self.lab.writes()}")

    def _may_fail(self, failure: Failure) -> bool:
        """What somebody deleted in Books tells nobody until all of it is read, so an update finds it gone."""
        return "no such record" in failure.reason and any("books" in one.gone for one in self.people.known)

    def _judge(self) -> None:
        world = self.people.world()
        by_mark: dict[Side, dict[str, list[dict[str, Any]]]] = {
            "sales": defaultdict(list),
            "books": defaultdict(list),
        }
        for side, held in world.items():
            for one in held:
                by_mark[side][one["mark"]].append(one)
        known = {one.mark for one in self.people.known}
        if strange := [mark for held in by_mark.values() for mark in held if mark not in known]:
            raise Wrong(f"nobody has made {strange}")
        for one in self.people.known:
            self._judge_one(one, by_mark["sales"][one.mark], by_mark["books"][one.mark])

    def _judge_one(
        self, one: Transaction, sales: Sequence[Mapping[str, Any]], books: Sequence[Mapping[str, Any]]
    ) -> None:
        for side, held in (("sales", sales), ("books", books)):
            if len(held) > 1:
                raise Wrong(f"BEY-4: twice on the side {side}: {one}, {held}")
            other: Side = "books" if side == "sales" else "sales"
            if not held and side not in one.gone and not (one.gone and not one.on_both):
                raise Wrong(f"BEY-4: lost on the side {side}: {one}")
            if held and side in one.gone and other not in one.edited:
                raise Wrong(
                    f"OPS-7: deleted by a person on the side {side}, made again though nobody edited it: {one}"
                )
        if not sales or not books:
            for held in (*sales, *books):
                if held["notes"] not in {one.notes, *one.typed.values()}:
                    raise Wrong(f"OPS-7: {one} lost its notes: {held}")
            return
        one.on_both = True
        if "sales" in one.gone:
            one.subject = ""  # made anew from Books
        subject = one.subject or books[0]["number"]
        if sales[0]["subject"] != subject:
            raise Wrong(f"TXN-3, TXN-7: the subject should be {subject!r}: {one}, {sales}")
        self._judge_in_step(one, sales[0], books[0])
        one.notes, one.typed = books[0]["notes"], {}
        one.agreed, one.lines_by = one.lines, None
        one.edited, one.gone = set(), set()

    def _judge_in_step(self, one: Transaction, sales: Mapping[str, Any], books: Mapping[str, Any]) -> None:
        both = f"{one}\n sales {sales}\n books {books}"
        for key in ("notes", "total", "status", "number"):
            if sales[key] != books[key]:
                raise Wrong(f"TXN-2: not in step, {key}: {both}")
        wanted = one.typed.get(self.winner) or next(iter(one.typed.values()), one.notes)
        if books["notes"] != wanted:
            raise Wrong(f"BEY-2: the notes should be {wanted!r}: {both}")
        lost = [note for note in one.typed.values() if note != wanted]
        if unknown := [note for note in lost if not history_holds_lost(self.lab, note)]:
            raise Wrong(f"BEY-2: the history does not keep what lost, {unknown}: {both}")
        for held in (sales, books):
            if sorted(row for _, row in held["rows"]) != sorted(one.lines):
                raise Wrong(f"TXN-2: the lines should be {one.lines}: {both}")
        if books["total"] != sum((quantity * price for _, quantity, price in one.lines), Decimal(0)):
            raise Wrong(f"TXN-6: the lines come to something else: {both}")


def around(module: str) -> Around:
    """What goes wrong around a run of transactions."""
    entity = KINDS[module]
    paths: Paths = {
        "crm": (f"/{entity}$", f"/{entity}", None),
        "books": (f"/{module.replace('_', '')}", f"/{module.replace('_', '')}/[0-9]", None, None),
    }
    staged = (f"sales-{entity}", f"books-{module.replace('_', '')}", "plan")
    return {
        **AROUND,
        "spoiled answers": partial(spoiled_answers, paths=paths),
        "full disk": partial(full_disk, staged=staged),
    }
