"""``python -m tests.bench.matching``: how well and how fast near-duplicates are found, by name and country (BEY-6).

Measures on the company names beside the checkout, where they are, whole and in halves, and on made-up ones, as many
as a large organization has. Beside it stands what names that are the same to the letter would find. Every row is
measured in a process of its own, so that its memory is its own.
"""

import argparse
import resource
import time
from collections.abc import Callable, Collection
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from rich.console import Console
from rich.table import Column, Table

from tests.support.companies import FOLDER, Pairs, made_up, real
from zoho.core.matching.propose import propose
from zoho.core.names import name_key

Ids = Collection[tuple[str, str]]
MANY = 100_000
WIDTH = 110
FIGURES = ("pairs", "precision", "recall", "seconds", "CPU s", "MB at most")
_MEGABYTES = 1024


@dataclass(frozen=True)
class Figures:
    """What one way of finding pairs came to.

    Attributes:
        proposed: pairs found.
        right: those of them that are the same company.
        true: pairs that are.
        seconds: by the wall.
        busy: seconds of the processor.
        megabytes: most memory that the process had.
    """

    proposed: int
    right: int
    true: int
    seconds: float
    busy: float
    megabytes: int

    def cells(self) -> list[str]:
        """Return the figures as a table shows them."""
        precision, recall = self.right / max(self.proposed, 1), self.right / max(self.true, 1)
        times = (f"{self.seconds:.1f}", f"{self.busy:.1f}", f"{self.megabytes:,}")
        return [f"{self.proposed:,}", f"{precision:.3f}", f"{recall:.3f}", *times]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.matching", description=__doc__)
    parser.add_argument("--many", type=int, default=MANY, help="made-up companies of each side")
    many = parser.parse_args().many
    console = Console(width=WIDTH)
    table = Table("companies", "found by", *(Column(name, justify="right") for name in FIGURES))
    if FOLDER.is_dir():
        for label, place, parts in (("real", 0, 1), ("one half", 0, 2), ("other half", 1, 2)):
            _add(table, label, real, (), (place, parts))
    else:
        console.print("The list of real company names is absent: ../shared/data/company-names beside the checkout.")
    _add(table, "made up", made_up, (many,), (0, 1))
    console.print(table)


def by_exact_name(pairs: Pairs) -> Ids:
    """Return the pairs of the same name, letter by letter, and country."""
    known: dict[tuple[str, str], list[str]] = {}
    for one in pairs.right:
        known.setdefault((name_key(one.name), one.country), []).append(one.id)
    return {(one.id, other) for one in pairs.left for other in known.get((name_key(one.name), one.country), ())}


def by_proposal(pairs: Pairs) -> Ids:
    """Return the pairs that would be proposed."""
    return {(one.left, one.right) for one in propose(pairs.left, pairs.right)}


def measure(
    find: Callable[[Pairs], Ids], make: Callable[..., Pairs], args: tuple[int, ...], part: tuple[int, int]
) -> Figures:
    """Make the companies, find pairs among them, and return what came of it."""
    pairs = make(*args).part(*part)
    begun, busy = time.monotonic(), time.process_time()
    found = set(find(pairs))
    seconds, busy = time.monotonic() - begun, time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MEGABYTES
    return Figures(len(found), len(found & pairs.truth), len(pairs.truth), seconds, busy, memory)


def _add(table: Table, label: str, make: Callable[..., Pairs], args: tuple[int, ...], part: tuple[int, int]) -> None:
    pairs = make(*args).part(*part)
    label = f"{label}, {len(pairs.left):,} × {len(pairs.right):,}"
    for way, find in (("exact name", by_exact_name), ("proposals", by_proposal)):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            figures = process.submit(measure, find, make, args, part).result()
        table.add_row(label, way, *figures.cells())


if __name__ == "__main__":
    main()
