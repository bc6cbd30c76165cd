"""Counting the cases that Hypothesis generates."""

import re
from collections import Counter

import pytest

_STATISTICS = "_hypothesis_stats"  # what Hypothesis adds to a report, also in a worker
_PLAYED = re.compile(r"(\d+) (?:passing|failing)")


class Tally:
    """A pytest plugin that counts the generated cases, by property."""

    def __init__(self) -> None:
        self.cases: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what Hypothesis reports of a test."""
        statistics = getattr(report, _STATISTICS, None)
        if statistics is not None:
            self.cases[report.nodeid] = sum(map(int, _PLAYED.findall(statistics)))

    def print(self, seed: str) -> None:
        """Print the cases of each property, and of all."""
        for name, number in sorted(self.cases.items()):
            print(f"{number:>9,}  {name}")
        print(f"{self.cases.total():>9,}  cases of {len(self.cases)} properties, seed {seed}")
