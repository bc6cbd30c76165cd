"""What a check finds."""

from dataclasses import dataclass

from zoho.config.errors import Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to set right.

    Attributes:
        problem: its place in a file, and a sentence that says what to change.
        blocks: whether nothing may be written before; otherwise it is a warning or a note.
        is_note: whether it is only good to know, and told to who asks: most mappings have some of the kind, and
            nothing goes wrong unseen.
    """

    problem: Problem
    blocks: bool = True
    is_note: bool = False

    def __str__(self) -> str:
        return str(self.problem)
