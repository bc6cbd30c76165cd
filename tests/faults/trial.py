"""Tries every operation under every fault, and writes down what became of it."""

from dataclasses import dataclass
from itertools import count

from tests.faults.bench import FAULTS, Bench, Fault, Operation
from tests.faults.operations import OPERATIONS, seed
from tests.support.sandbox import Sandbox
from zoho.transport.errors import ZohoError

_numbers = count(1)


@dataclass(frozen=True)
class Outcome:
    """What became of one trial.

    Attributes:
        error: Class of the error; empty when it worked.
        unknown: Whether the error says that it may have been done.
        done: How often it was done in truth; None for what only reads.
        whole: Whether it gave what it should.
        hits: How often the fault struck.
    """

    error: str
    unknown: bool
    done: int | None
    whole: bool
    hits: int

    @property
    def word(self) -> str:
        """As the table shows it."""
        return f"{self.error}?" if self.unknown else self.error or "ok"


Outcomes = dict[tuple[str, str, bool], Outcome]
"""By operation, fault, and whether the fault struck once (False) or always (True)."""


def try_everything(sandbox: Sandbox) -> Outcomes:
    """Returns the outcome of every trial."""
    sandbox.pristine()
    seed(sandbox)
    return {
        (operation.name, fault.name, always): tried(sandbox, operation, fault, always=always)
        for operation in OPERATIONS
        for fault in FAULTS
        for always in ((False, True) if fault.always else (False,))
    }


def tried(sandbox: Sandbox, operation: Operation, fault: Fault | None, *, always: bool = False) -> Outcome:
    """Tries one operation under one fault, or none."""
    bench = Bench(sandbox, f"Trial {next(_numbers)}")
    if fault:
        bench.read_seconds = fault.read_seconds
    if operation.strikes["product"] != "oauth" and not (fault and fault.wants_tokens):
        bench.tokens = bench.aside.tokens
    needed = operation.prepare(bench)
    if fault:
        if fault.outlives_patience:
            sandbox.clear_calls()
        times = None if always else 1
        sandbox.faults([{**fault.rule, "match": operation.strikes, "skip": operation.skip, "times": times}])
    error, whole = None, True
    try:
        whole = operation.run(bench, needed) not in (False, 0)
    except ZohoError as problem:
        error = problem
    if fault and fault.outlives_patience:
        bench.settle()
    bench.close()
    hits = sandbox.hits() if fault else 0
    sandbox.clear_faults()
    return Outcome(
        error=type(error).__name__ if error else "",
        unknown=bool(error and error.outcome_unknown),
        done=operation.done(bench, needed) if operation.done else None,
        whole=whole,
        hits=hits,
    )
