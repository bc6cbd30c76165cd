"""A word on how an amount came about."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Note:
    """How an amount of one side was written in the terms of the other.

    Attributes:
        about: which of the other side's fields it explains.
        text: as a sentence.
    """

    about: Literal["lines", "discount", "adjustment"]
    text: str
