"""A test that is skipped proves nothing: in CI every skip has to be one of those listed here."""

import pytest

ALLOWED = (
    # The data sets that the tests can use are no part of the repository.
    "the data folder is absent",
    "the Northwind sample is not beside the project",
    # Some precautions concern root only, others everybody else.
    "only root",
    "only for others than root",
)
"""How the reasons of skips that are all right begin."""


def unexpected(reporter: pytest.TerminalReporter) -> list[str]:
    """Lists the skips of a finished test run whose reasons are not allowed, with the tests."""
    found = []
    for report in reporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not reason.removeprefix("Skipped: ").startswith(ALLOWED):
            found.append(f"{report.nodeid}: {reason}")
    return found
