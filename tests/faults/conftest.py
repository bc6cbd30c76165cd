"""A lab, an open store, the outcome of every operation under every fault, and what campaigns tell in the end."""

import pytest

from tests.engine.conftest import empty_lab, lab
from tests.faults.trial import Outcomes, try_everything
from tests.store.conftest import store
from tests.support.sandbox import Sandbox

__all__ = ["empty_lab", "lab", "store"]


@pytest.fixture(scope="session")
def outcomes(sandbox_process: Sandbox) -> Outcomes:
    """What became of every operation under every fault."""
    return try_everything(sandbox_process)


TOLD = "told"
"""The property of a test that is printed in the end."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what campaigns have met, whichever process has played them."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == TOLD and report.when == "call":
                    terminalreporter.write_line(str(text))
