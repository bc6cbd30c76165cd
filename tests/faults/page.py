"""The outcomes as a part of docs/errors.md."""

from tests.faults.bench import FAULTS
from tests.faults.operations import OPERATIONS
from tests.faults.trial import Outcome, Outcomes
from zoho.transport.error_page import MEASURED

_HEAD = """
What the clients make of every fault that the sandbox can play, measured over HTTP by `tests/faults`: struck once
(before the slash) and at every try (after it; one word where both are the same).

| word | means |
|---|---|
| ok | it worked: nothing lost, nothing twice |
| R | Retriable, and certainly nothing was done |
| R? | Retriable, and it may have been done: it is looked up before anything is tried again |
| F | Fatal, and nothing was done |
| gone | NotFound: the lost first try had deleted it already |

*Done, then …* means that Zoho did what was asked and its answer was lost. A 429 of Books (code 43) asks for an
hour, so the call ends at once and everybody waits.

"""
_WORDS = {"ok": "ok", "Retriable": "R", "Retriable?": "R?", "Fatal": "F", "NotFound": "gone", "RecordError": "skip"}


def fault_table(outcomes: Outcomes) -> str:
    """Returns the part of the page, from its headline on."""
    header = ["operation", *(fault.name for fault in FAULTS)]
    rows = [
        [operation.name, *(_cell(outcomes, operation.name, fault.name) for fault in FAULTS)]
        for operation in OPERATIONS
    ]
    lines = [header, ["---"] * len(header), *rows]
    return MEASURED + _HEAD + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(outcomes: Outcomes, operation: str, fault: str) -> str:
    once, always = outcomes[operation, fault, False], outcomes.get((operation, fault, True))
    words = [_word(once), *([_word(always)] if always else [])]
    return " / ".join(dict.fromkeys(words))


def _word(outcome: Outcome) -> str:
    return _WORDS[outcome.word]
