"""Zoho's own CRM SDK, which nobody here wrote, gets on with the sandbox."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.conformance.sdk.scenarios import SCENARIOS
from tests.conformance.tally import Outcome
from tests.sandbox.client import PROJECT, Zoho


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_sdk_gets_on(scenario: str, zoho: Zoho, tmp_path: Path, tell: Callable[[Outcome], None]) -> None:
    """Done when (c): the SDK understands every answer of the scenario, and what it did is so."""
    if scenario == "first_login":
        zoho.control("POST", "/reset", json={"data": "builtin"})
    command = [sys.executable, "-m", "tests.conformance.sdk", scenario, zoho.base, str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    steps = done.stdout.splitlines()
    suite = f"official SDK {version('zohocrmsdk8-0')}"
    tell(Outcome(suite, scenario.replace("_", " "), len(steps) + bool(done.returncode)))
    assert done.returncode == 0, f"after {steps[-1:]}:\n{done.stderr[-2000:]}"
    assert steps
