"""Where the sandbox's answers differ from Zoho's OpenAPI files on purpose, one by one, and why."""

import csv
import io
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

REASONS = {
    "null": "The files are generated from classes of the SDK, which take null everywhere; they say so only in part.",
    "absent": "The files list as required every key that a class knows; Zoho's own samples leave out those that say "
    "nothing.",
    "sample": "The pattern or the list of values was made from one sample.",
    "recorded": "A recorded live answer to the same call has the sandbox's type.",
    "sibling": "The same thing in another call, recorded live, has the sandbox's type.",
    "text": "Zoho's samples, and the file about the thing itself, have text here.",
    "count": "The file about counting has a number.",
    "status": "Recorded live answers and Zoho's published pages have 201; the file knows only 200.",
    "upsert": "The call made a record, which Books answers with 201 elsewhere; the file names only the status of a "
    "change. No source shows a live answer.",
    "param": "The files disagree whether the details name the parameter `param` or `param_name`; Zoho's pages have "
    "`param_name`.",
    "envelope": "The file puts this error into a list or not, depending on its code; the SDK reads both.",
    "subform": "The rows of a subform are a module of their own, a kind that the file leaves out.",
}
"""Why a deviation is right."""


class Deviation(NamedTuple):
    """One difference: where in the answer, which, and the key of its reason."""

    place: str
    difference: str
    reason: str


def row(*cells: str) -> str:
    """Return cells as a line of the file."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _read() -> dict[str, list[Deviation]]:
    found = defaultdict(list)
    with Path(__file__).with_name("deviations.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["check"]].append(Deviation(row["place"], row["difference"], row["reason"]))
    return dict(found)


DEVIATIONS = _read()
"""The deviations by the name of the check that meets them."""
