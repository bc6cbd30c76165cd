"""Where the sandbox's answers differ from Zoho's OpenAPI files on purpose, one by one, and why.

``deviations.csv`` lists them; ``reasons.csv`` says why, naming the sample, page or recording that has what the
sandbox has. Deviations with the very same source share a reason.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Deviation(NamedTuple):
    """One difference.

    Attributes:
        place: Where in the answer.
        difference: Which.
        reason: Key of its reason.
        recording: Name of the recorded live answer that has what the sandbox has, or ``""``; followed by the place
            there when it is another one.
    """

    place: str
    difference: str
    reason: str
    recording: str

    @property
    def recorded(self) -> tuple[str, str]:
        """The recorded answer's name, and the place in it."""
        name, _, place = self.recording.partition(", ")
        return name, place or self.place


def row(*cells: str) -> str:
    """Return cells as a line of the file."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _rows(name: str) -> Iterator[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _deviations() -> dict[str, list[Deviation]]:
    found = defaultdict(list)
    for cells in _rows("deviations.csv"):
        found[cells.pop("check")].append(Deviation(**cells))
    return dict(found)


REASONS: dict[str, str] = {cells["reason"]: cells["sentence"] for cells in _rows("reasons.csv")}
"""Why deviations are right: a sentence by the key that they name."""

DEVIATIONS = _deviations()
"""The deviations by the name of the check that meets them."""
