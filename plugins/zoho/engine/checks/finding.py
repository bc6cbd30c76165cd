"""What a check finds."""

from dataclasses import dataclass

from zoho.config.errors import Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to set right.

    Attributes:
        problem: its place in a file, and a sentence that says what to change.
        blocks: whether nothing may be written before; otherwise it is a warning.
    """

    problem: Problem
    blocks: bool = True

    def __str__(self) -> str:
        return str(self.problem)
