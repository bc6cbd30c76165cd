"""Counting the cases that Hypothesis generates."""

import re
from collections import Counter

import pytest

_STATISTICS = "_hypothesis_stats"  # what Hypothesis adds to a report, also in a worker
_PLAYED = re.compile(r"(\d+) (?:passing|failing)")
_EVENT = re.compile(r"\* ([\d.]+%), (.+)")


class Tally:
    """A pytest plugin that counts the generated cases, by property, and what properties say became of them."""

    def __init__(self) -> None:
        self.cases: Counter[str] = Counter()
        self.events: dict[str, list[tuple[str, str]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what Hypothesis reports of a test."""
        statistics = getattr(report, _STATISTICS, None)
        if statistics is not None:
            self.cases[report.nodeid] = sum(map(int, _PLAYED.findall(statistics)))
            self.events[report.nodeid] = _EVENT.findall(statistics)

    def print(self, seed: str) -> None:
        """Print the cases of each property with the shares of what became of them, and of all."""
        for name, number in sorted(self.cases.items()):
            print(f"{number:>9,}  {name}")
            for share, event in self.events[name]:
                print(f"{share:>18}  {event}")
        print(f"{self.cases.total():>9,}  cases of {len(self.cases)} properties, seed {seed}")
