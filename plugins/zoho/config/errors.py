"""Errors in settings and mappings: every one names the file, the line and the key."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file.

    Attributes:
        file: path as the user would type it.
        line: 1-based line, or ``None`` when the whole file is meant.
        key: dotted key, such as ``modules.customers.direction``; empty for the whole file.
        text: what is wrong and what to do.
    """

    file: str
    line: int | None
    key: str
    text: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.text}" if self.key else f"{place}: {self.text}"


class SettingsError(Exception):
    """A settings or mapping file cannot be used. ``problems`` lists everything wrong with it, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
